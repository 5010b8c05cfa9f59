"""What people made of the matcher's work, for its thresholds: questions with the entry that settled them, or none."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select

from knowledge_base.matching.labels import Label
from knowledge_base.questions.question import CloseReason, QuestionState
from knowledge_base.redaction.find import mask_personal_data
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import feedback, questions

MOST = 500
_NEWEST = 50_000  # questions that are looked through
_A_RESIDENT = 3  # labels; one person must not move what everybody gets
_SENT_BACK = ("notmine", "unclear")
_CLOSED = questions.c.state == QuestionState.CLOSED
_SETTLED = and_(
    questions.c.entry_key.is_not(None),
    or_(
        questions.c.state == QuestionState.ANSWERED,  # an officer picked the entry
        and_(_CLOSED, questions.c.close_reason == CloseReason.SETTLED),
    ),
)
_OUT_OF_SCOPE = and_(_CLOSED, questions.c.close_reason == CloseReason.OUT_OF_SCOPE)


def labels(tx: Transaction) -> list[Label]:
    """The newest labels, at most MOST, each wording once, personal data masked.

    What an officer made of a question in the end counts more than that the resident sent an automatic answer back.
    """
    found: dict[int, tuple[Row[Any], Label]] = {}
    for row in tx.execute(_newest(select(questions).where(or_(_SETTLED, _OUT_OF_SCOPE)))):
        settled = None if row.close_reason == CloseReason.OUT_OF_SCOPE else row.entry_key
        found[row.id] = row, Label(mask_personal_data(row.text), settled_by=settled)
    sent_back = select(questions, feedback.c.entry_key.label("sent_back")).join(feedback)
    for row in tx.execute(_newest(sent_back.where(feedback.c.verdict.in_(_SENT_BACK)))):
        found.setdefault(row.id, (row, Label(mask_personal_data(row.text), not_by=row.sent_back)))
    return list(_chosen(found))


def _newest(query: Select[Any]) -> Select[Any]:
    looked_at = select(func.max(questions.c.id) - _NEWEST).scalar_subquery()
    return query.where(questions.c.id > looked_at, questions.c.text != "").order_by(questions.c.id.desc()).limit(MOST)


def _chosen(found: dict[int, tuple[Row[Any], Label]]) -> Iterator[Label]:
    said: set[str] = set()
    by_resident = Counter[str]()
    for number in sorted(found, reverse=True):
        row, label = found[number]
        if row.folded not in said and by_resident[row.contact_ref] < _A_RESIDENT and len(said) < MOST:
            said.add(row.folded)
            by_resident[row.contact_ref] += 1
            yield label
