"""Recall: who was sent a former text of an entry, and sending all of them the one that holds now.

Each verb is a synchronous function of (transaction, who, input); none commits.
"""

from dataclasses import dataclass
from typing import Any

from knowledge_base.editorial import need_editor
from knowledge_base.errors import InvalidInput, NotFound
from knowledge_base.faq.correction import tidy_note
from knowledge_base.storage import event_store, faq_store, outbox_store, recall_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.outbox_store import Outgoing
from knowledge_base.storage.staff_store import StaffMember

AT_ONCE = 500  # residents in one write, so that others' writes get their turn


@dataclass(frozen=True, slots=True)
class Reached:
    """How many residents were sent each text of an entry, and how many of them have not had the live one yet."""

    by_revision: dict[int, int]
    behind: int


def reached(tx: Transaction, key: str) -> Reached:
    """Count; reads only."""
    live = faq_store.published_of(tx, key)
    return Reached(recall_store.counts(tx, key), recall_store.count_behind(tx, key, live.id) if live else 0)


def send_recall(tx: Transaction, member: StaffMember, key: str, note: str) -> int:
    """Send the live text, with a word on what changed, to some of those who had a former one only; returns how many.

    Called again until it returns 0: whoever was sent it isn't behind any more, so that nobody is sent it twice.
    """
    need_editor(member)
    note = tidy_note(note)
    if not note:
        raise InvalidInput("note_missing", field="note")
    live = faq_store.published_of(tx, key)
    if live is None:
        raise NotFound("entry", key=key)
    behind = recall_store.behind(tx, key, live.id, AT_ONCE)
    body: dict[str, Any] = {
        "notice": "recall",
        "reference": "",
        "about": live.entry.question,
        "note": note,
        "answer": faq_store.content_of(live.entry),
        "entry": key,
    }
    outbox_store.enqueue_all(
        tx,
        [Outgoing(f"recall:{live.id}:{one.ref}", one.ref, one.channel, body, revision_id=live.id) for one in behind],
    )
    if behind:
        event_store.record(tx, member.username, "recall", entry_key=key, revision=live.id, count=len(behind), note=note)
    return len(behind)
