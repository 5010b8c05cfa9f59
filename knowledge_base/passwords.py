"""Passwords of staff: what makes a good one, and what is kept of it (argon2id, RFC 9106).

Hashing is slow on purpose: never call it on an event loop.
"""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from knowledge_base.errors import InvalidInput

SHORTEST = 12
LONGEST = 200  # argon2 would take more; nobody types more
_WORDS = "23456789abcdefghjkmnpqrstwxyz"
_HASHER = PasswordHasher()
# What people choose when twelve characters are asked for, here and elsewhere; compared without case.
_COMMON = frozenset(
    {
        "123456789012",
        "1234567890123",
        "0123456789012",
        "012345678910",
        "111111111111",
        "000000000000",
        "123123123123",
        "abc123456789",
        "abcdef123456",
        "matkhau12345",
        "matkhau123456",
        "matkhau@1234",
        "password1234",
        "password12345",
        "password123456",
        "p@ssw0rd1234",
        "qwertyuiop12",
        "qwerty123456",
        "qwertyuiop123",
        "1q2w3e4r5t6y",
        "administrator",
        "admin1234567",
        "admin123456789",
        "vietnam12345",
        "vietnam123456",
        "iloveyou1234",
        "anhyeuem1234",
        "anhyeuem12345",
        "hoidapgiamngheo",
        "giamngheo123",
        "hoidap123456",
    }
)


def hash_password(password: str) -> str:
    """What is stored of a password."""
    return _HASHER.hash(password.encode(errors="surrogatepass"))


@cache
def nobody() -> str:
    """Verified against when there is no such account, so that unknown names take the same time."""
    return hash_password(secrets.token_urlsafe(16))


def verify_password(stored: str, password: str) -> bool:
    """Whether a password is the one that was stored."""
    try:
        return _HASHER.verify(stored, password[:LONGEST].encode(errors="surrogatepass"))
    except (Argon2Error, InvalidHashError):
        return False


def verify_or_refuse(stored: str | None, password: str) -> bool:
    """`verify_password`, taking as long when there is no account (None) to verify against."""
    return verify_password(stored or nobody(), password) and stored is not None


def check_password(username: str, password: str) -> None:
    """The rules for a new password.

    Raises:
        InvalidInput: `password_short`, `password_long`, `password_is_name` or `password_common`.
    """
    lowered = password.casefold()
    if len(password) < SHORTEST:
        raise InvalidInput("password_short", field="password", least=SHORTEST)
    if len(password) > LONGEST:
        raise InvalidInput("password_long", field="password", most=LONGEST)
    if lowered == username.casefold():
        raise InvalidInput("password_is_name", field="password")
    if lowered in _COMMON or len(set(lowered)) < 3:  # noqa: PLR2004 - "ababababab…" is as good as listed
        raise InvalidInput("password_common", field="password")


def new_password() -> str:
    """A one-time password that can be read out and typed: four groups of four, 77 bits."""
    return "-".join("".join(secrets.choice(_WORDS) for _ in range(4)) for _ in range(4))
