"""What officers are told where they are: new questions at once, each morning what is due and what is late.

Through the outbox like everything that is said. Without a word of a resident: the messenger isn't ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from knowledge_base.clock import VIETNAM, vietnam_day
from knowledge_base.questions.deadline import Calendar
from knowledge_base.questions.question import Question
from knowledge_base.storage import alert_store, calendar_store, contact_store, outbox_store, question_store
from knowledge_base.storage.alert_store import Pressing, Window
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.outbox_store import Outgoing

_RECENT = timedelta(days=1)  # an older question is no news: it is in the morning's digest
_AT_ONCE = 50
LISTED = 10
_MORNING = range(7, 12)  # o'clock, in Viet Nam


@dataclass(frozen=True, slots=True)
class Desk:
    """Where officers are told: a chat that hears of each question (`digest_only`: of the morning's digest only)."""

    channel: str
    address: str
    digest_only: bool = False


def untold(tx: Transaction, desk: Desk) -> list[Question]:
    """Questions queued lately that a desk has not heard of, oldest first."""
    return question_store.queued_since(tx, tx.now - _RECENT, f"alert:{desk.channel}:", _AT_ONCE)


def tell_of_new(tx: Transaction, desks: Sequence[Desk], site: str) -> None:
    """Tell each desk of the questions it has not heard of."""
    for desk in desks:
        if desk.digest_only:
            continue
        for question in untold(tx, desk):
            key = f"alert:{desk.channel}:{question.id}:{question.clock_from or question.due_on}"
            _tell(tx, desk, key, {"alert": "new", **line(question, site)})


def is_morning(now: datetime, calendar: Calendar) -> bool:
    """Whether it is the morning of a working day."""
    local = now.astimezone(VIETNAM)
    return local.hour in _MORNING and calendar.is_working_day(local.date())


def begin_of(day: date, hour: int = 0) -> datetime:
    """When a day begins in Viet Nam, or an hour of it."""
    return datetime.combine(day, time(hour), VIETNAM)


def window_of(tx: Transaction) -> Window:
    """What a morning looks at; a promise missed after the last one (which ended at noon) is news."""
    calendar, today = calendar_store.calendar(tx), vietnam_day(tx.now)
    before = calendar.last_working_day(today)
    return Window(today, calendar.due_day(today, 1), before, begin_of(before, _MORNING.stop))


def undigested(tx: Transaction, desks: Sequence[Desk]) -> list[Desk]:
    """The desks that have not had this morning's digest; none at other times, or when nothing is open."""
    if not is_morning(tx.now, calendar_store.calendar(tx)) or not question_store.count_due(tx):
        return []
    return [desk for desk in desks if not outbox_store.has_key(tx, _digest_key(tx, desk))]


def tell_of_due(tx: Transaction, desks: Sequence[Desk], site: str) -> None:
    """The morning's digest: what is late, what is due by the next working day, how many wait. Once a day and desk.

    First on its list are promises just missed that no officer is reminded of in his own messenger.
    """
    new = undigested(tx, desks)
    if not new:
        return
    window = window_of(tx)
    today, soon = window.today, window.soon
    links = alert_store.links(tx)
    missed = [one for one in alert_store.pressing(tx, window) if one.missed and one.assigned_to not in links]
    first: list[Question | Pressing] = [*missed[:LISTED], *question_store.due_by(tx, soon, LISTED)]
    listed = {one.id: line(one, site) for one in first}
    late = question_store.count_due(tx, before=today)
    body = {
        "alert": "digest",
        "late": late,
        "soon": question_store.count_due(tx, before=soon + timedelta(days=1)) - late,
        "open": question_store.count_due(tx),
        "missed": len(missed),
        "lines": list(listed.values())[:LISTED],
        "url": f"{site}/admin/",
    }
    for desk in new:
        _tell(tx, desk, _digest_key(tx, desk), body)


def _digest_key(tx: Transaction, desk: Desk) -> str:
    return f"digest:{vietnam_day(tx.now)}:{tx.keys.contact_ref(desk.channel, desk.address)}"


def line(question: Question | Pressing, site: str) -> dict[str, Any]:
    """A question in a list; without a word of it."""
    return {
        "reference": question.reference,
        "due_on": question.due_on.isoformat() if question.due_on else None,
        "urgent": question.urgent,
        "taken": question.assigned_to is not None,
        "url": f"{site}/admin/questions/{question.id}",
    }


def _tell(tx: Transaction, desk: Desk, key: str, body: dict[str, Any]) -> None:
    """A desk hears even when its chat said /dung: that is meant for residents' notices."""
    outbox_store.enqueue_all(tx, [Outgoing(key, ensure_desk(tx, desk), desk.channel, {"notice": "officers", **body})])


def ensure_desk(tx: Transaction, desk: Desk) -> str:
    """A desk as a contact."""
    return contact_store.ensure_contact(tx, desk.channel, desk.address)
