"""The morning of a working day: officers are reminded of their promises, heads of units hear how the unit stands.

To the messenger that is linked to the account; else to the desks of the settings, whose digest (`officer_alerts.py`)
lists what nobody else hears of. Once a morning each: the day is in the message's key.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from knowledge_base.officer_alerts import LISTED, Desk, begin_of, ensure_desk, is_morning, line, window_of
from knowledge_base.storage import alert_store, calendar_store, outbox_store
from knowledge_base.storage.alert_store import Head, Link, Pressing, UnitFigures, Window
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.outbox_store import Outgoing


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be told: to a linked messenger, or to a desk."""

    key: str
    to: Link | Desk
    body: dict[str, Any]


def untold(tx: Transaction, desks: Sequence[Desk], site: str) -> list[Message]:
    """What this morning has to be told and was not yet; nothing at other times. Reads only."""
    if not is_morning(tx.now, calendar_store.calendar(tx)):
        return []
    window = window_of(tx)
    links = alert_store.links(tx)
    return [*_reminders(tx, window, links, site), *_heads_words(tx, window, links, desks, site)]


def tell_morning(tx: Transaction, desks: Sequence[Desk], site: str) -> int:
    """Tell it; returns how many were told."""
    found = untold(tx, desks, site)
    told = [Outgoing(one.key, _ref(tx, one.to), one.to.channel, {"notice": "officers", **one.body}) for one in found]
    outbox_store.enqueue_all(tx, told)
    return len(told)


def _ref(tx: Transaction, to: Link | Desk) -> str:
    return to.contact_ref if isinstance(to, Link) else ensure_desk(tx, to)


# --- reminders ------------------------------------------------------------------------------------


def _reminders(tx: Transaction, window: Window, links: dict[int, list[Link]], site: str) -> list[Message]:
    """To every linked officer: his questions that are due on the next working day, and those just missed."""
    if not links:
        return []
    held: dict[int, list[Pressing]] = {}
    for question in alert_store.pressing(tx, window):
        if question.assigned_to in links:
            held.setdefault(question.assigned_to, []).append(question)
    messages = [
        Message(f"remind:{window.today}:{link.contact_ref}", link, _reminder(mine, site))
        for staff_id, mine in held.items()
        for link in links[staff_id]
    ]
    return _new(tx, messages)


def _reminder(mine: Sequence[Pressing], site: str) -> dict[str, Any]:
    missed, soon = ([one for one in mine if one.missed is late] for late in (True, False))
    return {
        "alert": "reminder",
        "missed": len(missed),
        "soon": len(soon),
        "missed_lines": [line(question, site) for question in missed[:LISTED]],
        "soon_lines": [line(question, site) for question in soon[:LISTED]],
        "url": f"{site}/admin/?tab=mine",
    }


# --- heads of units -------------------------------------------------------------------------------


def _heads_words(
    tx: Transaction, window: Window, links: dict[int, list[Link]], desks: Sequence[Desk], site: str
) -> list[Message]:
    """The unit's figures to whoever heads it; counted only when somebody has not heard them."""
    blank = [
        (head, Message(f"unit:{window.today}:{head.unit_code}:{_where(tx, to)}", to, {}))
        for head in alert_store.heads(tx)
        for to in links.get(head.staff_id, desks)
    ]
    new = {message.key: (head, message) for head, message in blank}
    known = alert_store.keys_known(tx, new)
    left = [pair for key, pair in new.items() if key not in known]
    if not left:
        return []
    begin, end = begin_of(window.before), begin_of(window.today)
    figures = alert_store.figures_by_unit(tx, window.today, begin, end)
    return [
        Message(message.key, message.to, _digest(head, figures[head.unit_code], window.before, site))
        for head, message in left
        if head.unit_code in figures
    ]


def _where(tx: Transaction, to: Link | Desk) -> str:
    return to.contact_ref if isinstance(to, Link) else tx.keys.contact_ref(to.channel, to.address)


def _digest(head: Head, figures: UnitFigures, since: date, site: str) -> dict[str, Any]:
    counted = {"alert": "unit", "unit": head.unit_name, **asdict(figures)}
    return {**counted, "since": since.isoformat(), "url": f"{site}/admin/"}


def _new(tx: Transaction, messages: Iterable[Message]) -> list[Message]:
    by_key = {message.key: message for message in messages}
    known = alert_store.keys_known(tx, by_key)
    return [message for key, message in by_key.items() if key not in known]
