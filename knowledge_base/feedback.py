"""The editors' worklist of what people thought of entries: what weighs most, what is dealt with, what is learned.

Verbs are synchronous functions of (transaction, who, input); none commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.editorial import learn_wording, need_editor
from knowledge_base.errors import InvalidInput, NotFound
from knowledge_base.storage import event_store, feedback_store, question_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.feedback_store import AGAINST, NOT_MINE, UNCLEAR, WORRIES, Handled, Tally
from knowledge_base.storage.staff_store import StaffMember

_A_VOTE = 0.5  # of a reader who pressed a button, against a resident who had asked


@dataclass(frozen=True, slots=True)
class Worry:
    """An entry that people had something to say against."""

    tally: Tally
    handled: Handled | None  # None: nobody has dealt with it, or something was said since

    @property
    def key(self) -> str:
        """The entry's key."""
        return self.tally.key

    @property
    def weight(self) -> float:
        """What is said by residents counts whole, by readers half; what is of the last 30 days, twice."""
        return _weight(self.tally.long) + _weight(self.tally.lately)


def _weight(said: dict[str, int]) -> float:
    return said[UNCLEAR] + said[NOT_MINE] + _A_VOTE * said[AGAINST]


def _units_above(path: str) -> Sequence[str]:
    """The codes of a unit (by its path) and of those above it."""
    return [code for code in path.split("/") if code]


def worries(tx: Transaction, path: str) -> list[Worry]:
    """Entries with something said against them in the last 90 days, heaviest first; reads only.

    What a unit above has dealt with is dealt with below, too.
    """
    done = feedback_store.handled(tx, _units_above(path))
    found = []
    for tally in feedback_store.tallies(tx, path):
        if any(tally.long[name] for name in WORRIES):
            mine = done.get(tally.key)
            found.append(Worry(tally, mine if mine and mine.up_to >= tally.last else None))
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
        raise InvalidInput("wording_missing", field="wording")
    learn_wording(tx, member, question_id, key, wording.strip())
