"""One-time codes from a telephone (TOTP, RFC 6238: SHA-1, 6 digits, steps of 30 s)."""

from datetime import datetime

import pyotp

STEP_SECONDS = 30
_WINDOW = (0, -1, 1)  # a clock may be a step off, either way


def new_secret() -> str:
    """A fresh shared secret (base32)."""
    return pyotp.random_base32()


def address(secret: str, username: str, issuer: str) -> str:
    """The `otpauth:` address that an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=issuer)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, now or a step off; None when it is none of them. Spaces don't matter."""
    typed = "".join(code.split())
    current = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    return next(
        (current + off for off in _WINDOW if pyotp.utils.strings_equal(typed, totp.generate_otp(current + off))), None
    )
