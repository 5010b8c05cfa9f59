"""What residents have asked so far, for trying an edit on it: numbers and words, nothing else of a question."""

from collections.abc import Sequence

from sqlalchemy import func, select

from knowledge_base.storage.database import Transaction
from knowledge_base.storage.question_store import SHARED
from knowledge_base.storage.tables import questions

_SHOWN = (questions.c.text != "") & SHARED  # editors are shown the words


def asked_after(tx: Transaction, number: int, limit: int) -> list[tuple[int, str]]:
    """Questions after one, as (id, text as typed), in the order of their ids; those without words are left out."""
    query = select(questions.c.id, questions.c.text).where(questions.c.id > number, _SHOWN)
    return [(row.id, row.text) for row in tx.execute(query.order_by(questions.c.id).limit(limit))]


def asked_of(tx: Transaction, numbers: Sequence[int]) -> dict[int, str]:
    """The words of some questions that still have any."""
    query = select(questions.c.id, questions.c.text).where(questions.c.id.in_(numbers), _SHOWN)
    return {row.id: row.text for row in tx.execute(query)}


def still_worded(tx: Transaction, first: int) -> set[int]:
    """The ids, from one on, of questions that still have words."""
    query = select(questions.c.id).where(questions.c.id >= first, _SHOWN)
    return set(tx.execute(query).scalars())


def number_before_newest(tx: Transaction, count: int) -> int:
    """The id after which the newest `count` questions stand."""
    query = select(questions.c.id).order_by(questions.c.id.desc()).offset(count).limit(1)
    return tx.execute(query).scalar() or 0


def count_asked(tx: Transaction) -> int:
    """How many questions with words there are."""
    return tx.execute(select(func.count()).select_from(questions).where(_SHOWN)).scalar_one()
