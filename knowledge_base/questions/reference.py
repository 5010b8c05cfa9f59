"""The short public code a resident can quote."""

import re
import secrets
from collections.abc import Iterator

# No 0/O, 1/I/L, U/V: easy to read out and to copy by hand. 8 of 29 characters are 38 bits: not to be guessed
# through a throttled look-up.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
_QUARTERS = [one + other for one in ALPHABET for other in ALPHABET]  # of a code: two of its eight signs
_BYTES = 10  # 80 bits for 39: no code is likelier than another by more than one in 10^12
_DRAWN = 64  # codes
_SHAPE = re.compile(rf"[{ALPHABET}]{{4}}[\s-]?[{ALPHABET}]{{4}}", re.IGNORECASE)


def new_reference() -> str:
    """A fresh code, as `K7MP-42QX`."""
    return next(new_references())


def new_references() -> Iterator[str]:
    """Fresh codes without end. Chance is asked of the system for many at once: each time may change threads."""
    while True:
        drawn = secrets.token_bytes(_DRAWN * _BYTES)
        for first in range(0, len(drawn), _BYTES):
            yield _spelt(int.from_bytes(drawn[first : first + _BYTES], "big") % len(_QUARTERS) ** 4)


def _spelt(number: int) -> str:
    number, first = divmod(number, len(_QUARTERS))
    number, second = divmod(number, len(_QUARTERS))
    fourth, third = divmod(number, len(_QUARTERS))
    return f"{_QUARTERS[first]}{_QUARTERS[second]}-{_QUARTERS[third]}{_QUARTERS[fourth]}"


def read_reference(text: str) -> str | None:
    """The code a resident typed, in its one spelling, when the whole text is one; else None."""
    text = text.strip()
    if not _SHAPE.fullmatch(text):
        return None
    code = re.sub(r"[\s-]", "", text).upper()
    return f"{code[:4]}-{code[4:]}"
