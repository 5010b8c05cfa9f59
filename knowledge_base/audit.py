"""The audit trail: who of the staff did and saw what, when, from where. Append-only, each row sealed over the last.

The seal is an HMAC-SHA256 over the row and the seal before it, under a key that is not in the database: who can write
the table but doesn't know SECRET_KEY can't change, add or take out a row unseen. That rows are missing at the end shows
against a head noted earlier; the trail's page (of the unit above all) and `audit verify` print it.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

BEFORE_THE_FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did, as the console or the command line tells it. No words of residents, no passwords."""

    actor: str
    role: str
    unit_code: str
    origin: str  # an address, or the way in
    act: str
    subject: str = ""  # "question:12", "account:3"
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A deed as it is kept."""

    number: int
    at: datetime
    deed: Deed
    seal: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk over the trail found: how many rows hold, the last of them, and the first that doesn't."""

    rows: int
    head: Sealed | None
    broken: int | None


def seal(key: bytes, before: str, number: int, at: datetime, deed: Deed) -> str:
    """The seal of a row over the one before (64 hex digits)."""
    row = [
        before,
        number,
        at.astimezone(UTC).isoformat(),
        deed.actor,
        deed.role,
        deed.unit_code,
        deed.origin,
        deed.act,
        deed.subject,
        deed.data,
    ]
    canonical = json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key, canonical.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def verify(key: bytes, rows: Iterable[Sealed]) -> Verdict:
    """Walk the trail from its first row; stops at the first whose seal or number doesn't follow."""
    head: Sealed | None = None
    count = 0
    for row in rows:
        before = head.seal if head else BEFORE_THE_FIRST
        follows = row.number == (head.number if head else 0) + 1
        expected = seal(key, before, row.number, row.at, row.deed)
        if not follows or not hmac.compare_digest(expected, row.seal):
            return Verdict(count, head, row.number)
        head, count = row, count + 1
    return Verdict(count, head, None)
