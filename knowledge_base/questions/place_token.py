"""The token in a place's link and QR code: six signs and one that checks them: a slip of the hand leads nowhere."""

import secrets

from knowledge_base.questions.reference import ALPHABET

_LENGTH = 6
LONGEST_START = 64  # characters of a Telegram start parameter, of A-Z a-z 0-9 _ -


def _check(body: str) -> str:
    """Weighted by the place of each sign; 29 is prime, so one wrong sign and two that changed places are found."""
    return ALPHABET[sum(weight * ALPHABET.index(sign) for weight, sign in enumerate(body, 1)) % len(ALPHABET)]


def new_token() -> str:
    """A fresh token, as `7KM2QX4`."""
    body = "".join(secrets.choice(ALPHABET) for _sign in range(_LENGTH))
    return body + _check(body)


def read_token(text: str) -> str | None:
    """A token in its one spelling; None when the text is none."""
    token = text.strip().upper()
    if len(token) != _LENGTH + 1 or not set(token) <= set(ALPHABET):
        return None
    return token if _check(token[:-1]) == token[-1] else None


def start_parameter(token: str) -> str:
    """What a link into a messenger carries; the underscore keeps it apart from codes and keys of entries."""
    return f"q_{token}"
