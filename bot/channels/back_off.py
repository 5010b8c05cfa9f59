"""How long to wait before trying a platform again."""

import secrets
from datetime import timedelta

_LONGEST_WAIT = timedelta(minutes=15)


def back_off(attempt: int) -> timedelta:
    """How long to wait after the n-th failed attempt: doubling from 1 s to 15 min, with jitter."""
    longest = min(2.0 ** min(attempt, 12), _LONGEST_WAIT.total_seconds())
    return timedelta(seconds=longest * (0.5 + secrets.randbelow(1000) / 2000))
