"""What time brings to a promise: choices nobody took become promises, missed promises are renewed."""

from datetime import timedelta
from typing import Any

from knowledge_base.clock import vietnam_day
from knowledge_base.officer_queue import queue
from knowledge_base.questions.change import CLOCK, promise
from knowledge_base.questions.question import Question
from knowledge_base.steps import tell
from knowledge_base.storage import calendar_store, event_store, question_store
from knowledge_base.storage.database import Transaction


def queue_forgotten_offers(tx: Transaction, working_days: int, age: timedelta = timedelta(hours=24)) -> int:
    """Questions whose choices nobody took go to the officers by themselves; returns how many."""
    forgotten = question_store.offered_before(tx, age)
    for question in forgotten:
        queue(tx, question, CLOCK, working_days, "no_choice")
        queued = question_store.question(tx, question.id)
        tell(tx, queued, f"queued:{queued.id}", {"notice": "queued", **_promise(queued)})
    return len(forgotten)


def renew_missed_promises(tx: Transaction, working_days: int) -> int:
    """A missed promise is announced once, with a new day; returns how many."""
    calendar = calendar_store.calendar(tx)
    missed = question_store.promises_missed(tx, vietnam_day(tx.now))
    for question in missed:
        event, values = promise(tx.now, working_days, calendar)
        question_store.save(tx, question, **{**values, "promise_renewed_at": tx.now})
        event_store.record(tx, CLOCK.name, "promise_renewed", question_id=question.id, **event)
        body = {"notice": "promise_renewed", "reference": question.reference, **event}
        tell(tx, question, f"renewed:{question.id}:{event['due_on']}", body)
    return len(missed)


def _promise(question: Question) -> dict[str, Any]:
    return {
        "reference": question.reference,
        "due_on": question.due_on.isoformat() if question.due_on else None,
    }
