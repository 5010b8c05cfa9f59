"""What time brings to a promise: choices nobody took become some, missed ones are renewed, a calendar moves them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from knowledge_base.asker import Words, tell, tell_all
from knowledge_base.clock import vietnam_day
from knowledge_base.officer_queue import close_by_resident, queue
from knowledge_base.questions.change import CLOCK, promise
from knowledge_base.questions.promised import Promised
from knowledge_base.questions.question import CloseReason, Question
from knowledge_base.storage import calendar_store, event_store, promise_store, question_store, retention_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.promise_store import Owed

AT_ONCE = 200  # questions in one write, so that others' writes get their turn
_MARKS = ("calendar", "calendar_again")
_SECOND_LOOK = timedelta(minutes=2)


def queue_forgotten_offers(tx: Transaction, working_days: int, age: timedelta = timedelta(hours=24)) -> int:
    """Questions whose choices nobody took go to the officers by themselves; returns how many."""
    forgotten = question_store.offered_before(tx, age)
    for question in forgotten:
        queue(tx, question, CLOCK, working_days, "no_choice")
        queued = question_store.question(tx, question.id)
        tell(tx, queued, f"queued:{queued.id}", {"notice": "queued", **_promise(queued)})
    return len(forgotten)


def drop_forgotten_offers(tx: Transaction, age: timedelta = timedelta(hours=24)) -> int:
    """Where nothing goes to officers without consent: questions whose choices nobody took end, without their words."""
    forgotten = question_store.offered_before(tx, age)
    for question in forgotten:
        close_by_resident(tx, question, CloseReason.WITHDRAWN, CLOCK)
        question_store.save(tx, question_store.question(tx, question.id), **retention_store.NO_WORDS)
        retention_store.blank_beside(tx, [question.id])
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


# --- another calendar -----------------------------------------------------------------------------
#
# A walk moves every open promise that isn't as the calendar has it, a few hundred in one write, until none is left.
# Then the store is marked with the calendar's hash. It is walked once more some minutes later: a question may have been
# opened under the former calendar, by another process, in the moment of the change. A walk that is cut short begins
# again and finds what is left, for what was moved is right already.


@dataclass(frozen=True, slots=True)
class Walk:
    """What is left to move, as writes of bearable length, and how to mark that nothing is."""

    mark: str
    hash: str
    writes: tuple[tuple[Promised, ...], ...]


def walk(tx: Transaction) -> Walk | None:
    """What a change of the calendar has left to do; None when there is nothing at the moment. Reads only."""
    calendar = calendar_store.calendar(tx)
    hash_ = calendar_store.hash_of(calendar)
    mark = _due_mark(tx, hash_)
    if mark is None:
        return None
    today = vietnam_day(tx.now)
    kept = promise_store.open_promises(tx, today)
    left = [(one, count) for one, count in kept if one.under(calendar, today) != one.due_on]
    return Walk(mark, hash_, tuple(_packed(left)))


def _due_mark(tx: Transaction, hash_: str) -> str | None:
    first, second = (calendar_store.mark(tx, name) for name in _MARKS)
    if first is None or first.hash != hash_:
        return _MARKS[0]
    if (second is None or second.hash != hash_) and tx.now - first.at >= _SECOND_LOOK:
        return _MARKS[1]
    return None


def _packed(left: Sequence[tuple[Promised, int]]) -> Iterator[tuple[Promised, ...]]:
    """Promises together as long as their questions fit one write; one with more comes several times."""
    pack: list[Promised] = []
    room = AT_ONCE
    for promised, count in left:
        for _write in range(count // AT_ONCE):
            yield (promised,)
        if count % AT_ONCE > room:
            yield tuple(pack)
            pack, room = [], AT_ONCE
        if count % AT_ONCE:
            pack.append(promised)
            room -= count % AT_ONCE
    if pack:
        yield tuple(pack)


def move_promises(tx: Transaction, promised: Sequence[Promised]) -> int:
    """Move some promises to the days that the calendar has for them; returns how many questions that were.

    The asker is told, once, of a day that is later than the one he was told; of an earlier one he hears nothing.
    """
    calendar, today, room = calendar_store.calendar(tx), vietnam_day(tx.now), AT_ONCE
    for one in promised:
        due_on = one.under(calendar, today)
        if due_on != one.due_on and room > 0:
            owed = promise_store.owed(tx, one, today, room)
            _move(tx, owed, one.due_on, due_on)
            room -= len(owed)
    return AT_ONCE - room


def _move(tx: Transaction, owed: Sequence[Owed], old: date, new: date) -> None:
    ids = [question.id for question in owed]
    before = promise_store.last_moves(tx, ids)
    promise_store.move(tx, ids, new)
    told = {id_: _told(before.get(id_), old) for id_ in ids}
    later = [question for question in owed if told[question.id] < new]
    told |= dict.fromkeys((question.id for question in later), new)
    dates = {"old": old.isoformat(), "due_on": new.isoformat()}
    moved = [(id_, CLOCK.name, promise_store.MOVED, {**dates, "told": told[id_].isoformat()}) for id_ in ids]
    event_store.record_all(tx, moved)
    words = {"notice": "promise_moved", "due_on": new.isoformat()}
    tell_all(
        tx,
        [
            Words(one.id, one.contact_ref, f"moved:{one.id}:{new}", {**words, "reference": one.reference})
            for one in later
        ],
    )


def _told(before: dict[str, Any] | None, old: date) -> date:
    """The day the asker was told last: the promised one, unless the calendar had moved that without a word."""
    return date.fromisoformat(before["told"]) if before and before["due_on"] == old.isoformat() else old


def settle_walk(tx: Transaction, mark: str, hash_: str) -> None:
    """Mark that the open promises agree with the calendar; not if that has changed since."""
    if calendar_store.hash_of(calendar_store.calendar(tx)) == hash_:
        calendar_store.put_mark(tx, mark, hash_)


def _promise(question: Question) -> dict[str, Any]:
    return {
        "reference": question.reference,
        "due_on": question.due_on.isoformat() if question.due_on else None,
    }
