"""The short public code a resident can quote."""

import re
import secrets

# No 0/O, 1/I/L, U/V: easy to read out and to copy by hand. 8 of 29 characters are 38 bits: not to be guessed
# through a throttled look-up.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
_QUARTERS = [one + other for one in ALPHABET for other in ALPHABET]  # of a code: two of its eight signs
_SHAPE = re.compile(rf"[{ALPHABET}]{{4}}[\s-]?[{ALPHABET}]{{4}}", re.IGNORECASE)


def new_reference() -> str:
    """A fresh code, as `K7MP-42QX`."""
    number, first = divmod(secrets.randbelow(len(_QUARTERS) ** 4), len(_QUARTERS))
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
