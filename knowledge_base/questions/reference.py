"""The short public code a resident can quote."""

import re
import secrets

# No 0/O, 1/I/L, U/V: easy to read out and to copy by hand. 8 of 29 characters are 38 bits: not to be guessed
# through a throttled look-up.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
_LENGTH = 8
_SHAPE = re.compile(rf"[{ALPHABET}]{{4}}[\s-]?[{ALPHABET}]{{4}}", re.IGNORECASE)


def new_reference() -> str:
    """A fresh code, as `K7MP-42QX`."""
    number, code = secrets.randbelow(len(ALPHABET) ** _LENGTH), ""
    for _ in range(_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        code += ALPHABET[digit]
    return f"{code[:4]}-{code[4:]}"


def read_reference(text: str) -> str | None:
    """The code a resident typed, in its one spelling, when the whole text is one; else None."""
    text = text.strip()
    if not _SHAPE.fullmatch(text):
        return None
    code = re.sub(r"[\s-]", "", text).upper()
    return f"{code[:4]}-{code[4:]}"
