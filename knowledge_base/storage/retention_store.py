"""What residents wrote is kept for a stated time only; what was published, and the counts, stay."""

from datetime import timedelta

from sqlalchemy import delete, select, update

from knowledge_base.questions.question import OPEN_STATES
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import conversations, inbox, question_messages, questions

_DAYS_A_MONTH = 31  # kept no shorter than promised, at most a few days longer
_AT_ONCE = 1000


def sweep(tx: Transaction, months: int) -> int:
    """Blank residents' words older than `months`, open questions excepted; returns how many questions."""
    before = tx.now - timedelta(days=_DAYS_A_MONTH * months)
    old = (questions.c.received_at < before) & (questions.c.text != "")
    settled = questions.c.state.not_in(list(OPEN_STATES))
    ids = list(tx.execute(select(questions.c.id).where(old, settled).limit(_AT_ONCE)).scalars())
    if ids:
        blank = {"text": "", "folded": "", "commune": None}
        tx.execute(update(questions).where(questions.c.id.in_(ids)).values(**blank))
        said = question_messages.c.question_id.in_(ids)
        tx.execute(update(question_messages).where(said).values(text="", media_ref=None))
    tx.execute(delete(conversations).where(conversations.c.updated_at < before))  # they remember the commune
    kept = select(inbox.c.id).where(inbox.c.received_at < before, inbox.c.kind != "blanked").limit(_AT_ONCE)
    tx.execute(update(inbox).where(inbox.c.id.in_(kept)).values(body={}, kind="blanked"))
    return len(ids)
