"""Sketches of questions (`matching/sketch.py`): kept beside them, made after them."""

from collections.abc import Sequence

from sqlalchemy import func, select

from knowledge_base.questions.question import QuestionState
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import question_sketches, questions

# Others were answered by the bot, or are about to be: officers have no work with them.
_WORTH = (
    QuestionState.QUEUED,
    QuestionState.ASSIGNED,
    QuestionState.WAITING_FOR_RESIDENT,
    QuestionState.ANSWERED,
)


def unsketched(tx: Transaction, limit: int, *, after: int = 0) -> list[tuple[int, str]]:
    """Questions with officers (id, text as typed) that have no sketch yet, of those after one."""
    missing = ~select(question_sketches.c.number).where(question_sketches.c.question_id == questions.c.id).exists()
    wanted = questions.c.state.in_([str(state) for state in _WORTH]) & (questions.c.text != "") & missing
    query = select(questions.c.id, questions.c.text).where(wanted, questions.c.id > after)
    query = query.order_by(questions.c.id).limit(limit)
    return [(row.id, row.text) for row in tx.execute(query)]


def put(tx: Transaction, found: Sequence[tuple[int, bytes]]) -> None:
    """Keep sketches, by question; the first one made stays."""
    if found:
        rows = [{"question_id": question_id, "sketch": sketch} for question_id, sketch in found]
        tx.execute(tx.insert(question_sketches).on_conflict_do_nothing(), rows)


def after(tx: Transaction, number: int, limit: int = 20_000) -> list[tuple[int, int, bytes]]:
    """Sketches made after one, as (number, question id, sketch), in the order of their numbers."""
    query = select(question_sketches).where(question_sketches.c.number > number)
    rows = tx.execute(query.order_by(question_sketches.c.number).limit(limit))
    return [(row.number, row.question_id, row.sketch) for row in rows]


def count(tx: Transaction) -> int:
    """How many sketches there are; retention and erasures take some away."""
    return tx.execute(select(func.count()).select_from(question_sketches)).scalar_one()


def of_questions(tx: Transaction, question_ids: Sequence[int]) -> list[tuple[int, bytes]]:
    """The sketches of some questions, as (question id, sketch)."""
    query = select(question_sketches.c.question_id, question_sketches.c.sketch)
    rows = tx.execute(query.where(question_sketches.c.question_id.in_(question_ids)))
    return [(row.question_id, row.sketch) for row in rows]
