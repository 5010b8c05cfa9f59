"""The editors' worklist of what people thought of entries: what weighs most, what is dealt with, what is learned.

Verbs are synchronous functions of (transaction, who, input); none commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.editorial import learn_wording, need_editor
from knowledge_base.errors import InvalidInput, NotFound
from knowledge_base.storage import event_store, feedback_store, question_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.feedback_store import Handled
from knowledge_base.storage.staff_store import StaffMember


@dataclass(frozen=True, slots=True)
class Worry:
    """An entry that people had something to say against.

    `weight`: a resident's word counts 2, a reader's vote 1, what is of the last 30 days twice.
    """

    key: str
    weight: int
    last: int  # the id of the last word against it
    handled: Handled | None  # None: nobody has dealt with it, or something was said since


def _units_above(path: str) -> Sequence[str]:
    """The codes of a unit (by its path) and of those above it."""
    return [code for code in path.split("/") if code]


def worries(tx: Transaction, path: str) -> list[Worry]:
    """Entries with something said against them in the last 90 days, heaviest first; reads only.

    What a unit above has dealt with is dealt with below, too.
    """
    done = feedback_store.handled(tx, _units_above(path))
    found = []
    for key, weight, last in feedback_store.worries(tx, path):
        mine = done.get(key)
        found.append(Worry(key, weight, last, mine if mine and mine.up_to >= last else None))
    return sorted(found, key=lambda one: (-one.weight, one.key))


def handle(tx: Transaction, member: StaffMember, key: str, up_to: int, reason: str) -> None:
    """An editor has dealt with what was said up to a word (a feedback's id), for his unit and those below."""
    need_editor(member)
    if not reason.strip():
        raise InvalidInput("handled_reason", field="reason")
    if not feedback_store.is_entry(tx, key):
        raise NotFound("entry", key=key)
    done = Handled(up_to, reason.strip(), member.username, tx.now)
    feedback_store.put_handled(tx, key, member.unit_code, done)
    event_store.record(tx, member.username, "feedback_handled", entry_key=key, note=done.reason)


def learn(tx: Transaction, member: StaffMember, question_id: int, key: str, wording: str) -> None:
    """A wording that led to the wrong entry, or to an answer that wasn't clear, becomes a phrasing of one."""
    need_editor(member)
    question_store.question_within(tx, member.unit_path, question_id)
    if not wording.strip():
        raise InvalidInput("wording_empty", field="wording")
    learn_wording(tx, member, question_id, key, wording.strip())
