"""Questions asked for somebody else: who asked for whom, how he agreed, and whether he was told the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cryptography.exceptions import InvalidTag
from sqlalchemy import or_, select, update

from knowledge_base.questions.question import Question, QuestionState
from knowledge_base.storage import question_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import asked_for, contacts, helpers, meetings, questions, teams

ON_PAPER = "paper"  # the channel of askers whom nothing but paper reaches
TOLD_HOW = ("read_out", "printed", "notice_board")
_SHOWN = 200
# States in which there is something to be told.
TELLABLE = (
    QuestionState.ANSWERED,
    QuestionState.ANSWERED_BY_BOT,
    QuestionState.CLOSED,
    QuestionState.WAITING_FOR_RESIDENT,
)


@dataclass(frozen=True, slots=True)
class AskedFor:
    """How a question came from somebody who did not write it himself."""

    question_id: int
    name: str  # of the asker; empty once his words were blanked
    consent: str  # oral, signed, or meeting: at it, before its chair
    consent_at: datetime
    helper: str | None
    team: str | None
    meeting_id: int | None
    chair: str | None
    hamlet: str | None
    held_on: date | None
    told_at: datetime | None
    told_by: str | None
    told_how: str | None


@dataclass(frozen=True, slots=True)
class Consent:
    """What is kept of one when it is asked: exactly one of helper and meeting."""

    name: str
    consent: str
    helper_id: int | None = None
    meeting_id: int | None = None


def add(tx: Transaction, made: Sequence[tuple[int, Consent]]) -> None:
    """Keep how questions came, as (question, consent)."""
    rows = [
        {
            "question_id": question_id,
            "helper_id": one.helper_id,
            "meeting_id": one.meeting_id,
            "sealed_name": tx.keys.seal(one.name) if one.name else None,
            "consent": one.consent,
            "consent_at": tx.now,
        }
        for question_id, one in made
    ]
    if rows:
        tx.execute(asked_for.insert(), rows)


def of_question(tx: Transaction, question_id: int) -> AskedFor | None:
    """How one question came; None when its asker wrote it himself."""
    query = (
        select(
            asked_for,
            helpers.c.name.label("helper"),
            teams.c.name.label("team"),
            meetings.c.chair,
            meetings.c.hamlet,
            meetings.c.held_on,
        )
        .outerjoin(helpers, helpers.c.id == asked_for.c.helper_id)
        .outerjoin(teams, teams.c.id == helpers.c.team_id)
        .outerjoin(meetings, meetings.c.id == asked_for.c.meeting_id)
        .where(asked_for.c.question_id == question_id)
    )
    row = tx.execute(query).first()
    if row is None:
        return None
    try:
        name = tx.keys.unseal(row.sealed_name) if row.sealed_name else ""
    except InvalidTag:  # sealed with another key
        name = ""
    values = {name: getattr(row, name) for name in AskedFor.__dataclass_fields__ if name != "name"}
    return AskedFor(**{**values, "name": name})


def set_told(tx: Transaction, question_id: int, by: str, how: str) -> None:
    """The asker was told the answer, face to face or by paper."""
    values = {"told_at": tx.now, "told_by": by, "told_how": how}
    tx.execute(update(asked_for).where(asked_for.c.question_id == question_id).values(**values))


def set_untold(tx: Transaction, question_ids: Sequence[int]) -> None:
    """There is something new to tell."""
    if question_ids:
        again = asked_for.c.question_id.in_(question_ids)
        tx.execute(update(asked_for).where(again).values(told_at=None, told_by=None, told_how=None))


def to_tell(tx: Transaction, within: str) -> list[Question]:
    """Of a unit (by its path) and those below: questions whose answer nothing but people can carry, oldest first."""
    query = (
        select(questions)
        .join(asked_for, asked_for.c.question_id == questions.c.id)
        .join(contacts, contacts.c.ref == questions.c.contact_ref)
        .where(
            question_store.is_within(within),
            contacts.c.channel == ON_PAPER,
            asked_for.c.told_at.is_(None),
            # What the bot answers a helper reads out on the spot.
            or_(asked_for.c.helper_id.is_(None), questions.c.state != QuestionState.ANSWERED_BY_BOT),
            questions.c.state.in_(TELLABLE),
        )
        .order_by(questions.c.updated_at, questions.c.id)
        .limit(_SHOWN)
    )
    return question_store.listed(tx, query)


def asked_at(tx: Transaction, meeting_id: int) -> list[Question]:
    """The questions of a meeting, in the order in which they were entered."""
    query = (
        select(questions)
        .join(asked_for, asked_for.c.question_id == questions.c.id)
        .where(asked_for.c.meeting_id == meeting_id)
        .order_by(questions.c.id)
    )
    return question_store.listed(tx, query)
