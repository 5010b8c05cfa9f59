"""The secret digits that, together with a reference, open a conversation on another device."""

import re
import secrets

# Like the digits of a telephone card: known to everybody, read out over the phone in any language, typed on any keypad.
# 15 of them are 49 bits; the tries are limited besides.
_LENGTH = 15
_GROUP = 3
_SHAPE = re.compile(rf"[0-9]{{{_LENGTH}}}")
_BETWEEN = re.compile(r"[\s.,-]+")


def new_return_code() -> str:
    """Fresh digits, in groups: `482 173 509 164 207`."""
    digits = f"{secrets.randbelow(10**_LENGTH):0{_LENGTH}}"
    return " ".join(digits[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def read_return_code(text: str) -> str | None:
    """The bare digits of what somebody typed, when it is such a code; else None."""
    digits = _BETWEEN.sub("", text)
    return digits if _SHAPE.fullmatch(digits) else None
