"""What residents wrote is kept for a stated time only; what was published, and the counts, stay."""

from datetime import timedelta

from sqlalchemy import select, update

from knowledge_base.questions.question import Disposition
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import inbox, question_messages, questions

_DAYS_A_MONTH = 31  # kept no shorter than promised, at most a few days longer


def sweep(tx: Transaction, months: int) -> int:
    """Blank residents' words older than `months`; returns how many questions were blanked."""
    before = tx.now - timedelta(days=_DAYS_A_MONTH * months)
    old = (questions.c.received_at < before) & (questions.c.disposition != Disposition.PENDING) & (questions.c.text != "")
    ids = list(tx.execute(select(questions.c.id).where(old).limit(1000)).scalars())
    if ids:
        tx.execute(update(questions).where(questions.c.id.in_(ids)).values(text="", folded="", commune=None))
        tx.execute(update(question_messages).where(question_messages.c.question_id.in_(ids)).values(text="", media_ref=None))
    tx.execute(update(inbox).where(inbox.c.received_at < before).values(body={}))
    return len(ids)
