"""Codes on paper, and the secret number beside each: derived from our key, so that it is stored nowhere."""

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Row, select, update

from knowledge_base.errors import Conflict
from knowledge_base.questions.reference import new_reference
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import slips

_DIGITS = 8  # 27 bits: few enough to be typed by anybody; tries are limited by code
_NOT_DIGIT = re.compile(r"[\s.,-]+")


@dataclass(frozen=True, slots=True)
class Slip:
    """One code on paper; `issue` grows when it is printed anew and the paper before shall open nothing."""

    reference: str
    unit_code: str
    issue: int
    meeting_id: int | None
    line: int | None
    question_id: int | None


def _slip(row: Row[tuple[object, ...]]) -> Slip:
    return Slip(*(getattr(row, name) for name in Slip.__dataclass_fields__))


def secret_number(tx: Transaction, reference: str, issue: int) -> str:
    """The digits printed on a slip, in two groups: `4821 7350`."""
    words = tx.keys.session_hash(f"slip {reference} {issue}")
    digits = f"{int(hashlib.sha256(words.encode()).hexdigest(), 16) % 10**_DIGITS:0{_DIGITS}}"
    return f"{digits[:4]} {digits[4:]}"


def opens(tx: Transaction, found: Slip, typed: str) -> bool:
    """Whether what somebody typed is the number of a slip; compared in constant time."""
    expected = secret_number(tx, found.reference, found.issue).replace(" ", "")
    given = _NOT_DIGIT.sub("", typed)
    return hmac.compare_digest(given.encode(errors="surrogatepass"), expected.encode())


def add_slips(tx: Transaction, unit_code: str, made_by: str, number: int, meeting_id: int | None = None) -> list[Slip]:
    """Fresh codes that no question has yet; those of a meeting are numbered from 1."""
    made = [
        Slip(new_reference(), unit_code, 1, meeting_id, line if meeting_id else None, None)
        for line in range(1, number + 1)
    ]
    values = [
        {
            "reference": slip.reference,
            "unit_code": unit_code,
            "issue": 1,
            "meeting_id": meeting_id,
            "line": slip.line,
            "made_by": made_by,
            "made_at": tx.now,
        }
        for slip in made
    ]
    tx.execute(slips.insert(), values)
    return made


def slip(tx: Transaction, reference: str) -> Slip | None:
    """The slip with a code."""
    row = tx.execute(select(slips).where(slips.c.reference == reference)).first()
    return _slip(row) if row else None


def slip_of(tx: Transaction, question_id: int) -> Slip | None:
    """The slip of a question; None for one whose asker has no paper."""
    row = tx.execute(select(slips).where(slips.c.question_id == question_id)).first()
    return _slip(row) if row else None


def slips_of_meeting(tx: Transaction, meeting_id: int) -> list[Slip]:
    """The slips of a meeting's form, by line."""
    rows = tx.execute(select(slips).where(slips.c.meeting_id == meeting_id).order_by(slips.c.line))
    return [_slip(row) for row in rows]


def attach(tx: Transaction, used: Sequence[tuple[str, int, str]], made_by: str) -> None:
    """Give questions their slips, as (reference, question, unit); one that was not printed before begins here.

    Raises:
        Conflict: `slip_used`, when another question has it.
    """
    for reference, question_id, unit_code in used:
        values = {"unit_code": unit_code, "made_by": made_by, "made_at": tx.now, "issue": 1}
        fresh = tx.insert(slips).values(reference=reference, question_id=question_id, **values)
        if tx.execute(fresh.on_conflict_do_nothing().returning(slips.c.reference)).first() is not None:
            continue
        free = (slips.c.reference == reference) & slips.c.question_id.is_(None)
        if tx.execute(update(slips).where(free).values(question_id=question_id)).rowcount == 0:
            raise Conflict("slip_used", reference=reference)


def issue_anew(tx: Transaction, reference: str) -> None:
    """The paper before opens nothing any more."""
    tx.execute(update(slips).where(slips.c.reference == reference).values(issue=slips.c.issue + 1))


def on_paper(tx: Transaction, question_ids: Iterable[int]) -> set[int]:
    """Which of some questions have slips."""
    return set(tx.execute(select(slips.c.question_id).where(slips.c.question_id.in_(list(question_ids)))).scalars())
