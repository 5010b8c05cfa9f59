"""Questions: SQL in, values out. What may happen to a question is decided in `questions/lifecycle.py`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, cast, func, literal, select, true, update

from knowledge_base.errors import Conflict, NotFound
from knowledge_base.questions.question import ANSWERED_STATES, OPEN_STATES, Disposition, Question, QuestionState
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.dialect import among, next_numbers
from knowledge_base.storage.prepared import ManyRows, Prepared
from knowledge_base.storage.staff_store import TOP
from knowledge_base.storage.tables import (
    answers,
    drafts,
    feedback,
    outbox,
    question_messages,
    question_units,
    questions,
    units,
)
from knowledge_base.text.fold import fold

_BY_REFERENCE = Prepared(lambda name: select(questions).where(among(name, questions.c.reference, "references")))
_OPEN_ALIKE = Prepared(
    lambda name: (
        select(questions)
        .where(among(name, questions.c.contact_ref, "refs"), among(name, questions.c.folded, "folded"))
        .where(questions.c.state.in_(OPEN_STATES))
        .order_by(questions.c.id)
    )
)
SHARED = ~questions.c.unshared  # people may read it; whatever officers ever had is
_WITH_OFFICERS = (QuestionState.QUEUED, QuestionState.ASSIGNED)
_COLUMNS = tuple(questions.c.keys())
_UNKNOWN = dict.fromkeys(_COLUMNS)
_in_order = itemgetter(*_COLUMNS)
_NEW = ManyRows(questions, " ".join(_COLUMNS))
_NEW_MESSAGES = ManyRows(question_messages, "question_id text media_kind media_ref sender at")


@dataclass(frozen=True, slots=True)
class QuestionMessage:
    """One thing said about a question, by the resident or by an officer."""

    id: int
    sender: str
    text: str
    media_kind: str | None
    media_ref: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """An officer's unfinished answer; `version` grows with every save."""

    author_id: int
    content: dict[str, Any]
    version: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What an officer signed off and the asker was sent."""

    id: int
    question_id: int
    author_id: int
    content: dict[str, Any]
    revision_id: int | None
    signed_off_at: datetime


def _question(row: Row[Any]) -> Question:
    values = {name: getattr(row, name) for name in Question.__dataclass_fields__}
    values["state"] = QuestionState(row.state)
    values["disposition"] = Disposition(row.disposition)
    values["candidates"] = tuple(row.candidates)
    values["pauses"] = tuple(map(tuple, row.pauses))
    return Question(**values)


def add_questions(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """New questions, each by its columns; what isn't given is as in a question just asked. Ids by reference."""
    if not rows:
        return {}
    fresh: dict[str, Any] = {
        **_UNKNOWN,
        "candidates": [],
        "pauses": [],
        "urgent": False,
        "unshared": False,
        "disposition": "pending",
        "received_at": tx.now,
        "updated_at": tx.now,
        "version": 1,
    }
    numbers = next_numbers(tx.connection, questions, len(rows))
    full = [
        {**fresh, "id": number, "folded": fold(row["text"]), **row} for number, row in zip(numbers, rows, strict=True)
    ]
    _NEW.insert(tx, list(map(_in_order, full)))
    return {row["reference"]: number for number, row in zip(numbers, rows, strict=True)}


def question(tx: Transaction, question_id: int, *, lock: bool = False) -> Question:
    """One question; `lock` keeps others from changing it until this transaction ends."""
    query = select(questions).where(questions.c.id == question_id)
    row = tx.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound("question", id=question_id)
    return _question(row)


def is_within(path: str) -> ColumnElement[bool]:
    """The condition that a question is with a unit (by its path) or one below; to be shown it must be `SHARED`, too."""
    if path == TOP:
        return true()
    return questions.c.unit_code.in_(select(units.c.code).where(units.c.path.startswith(path)))


def question_within(
    tx: Transaction, path: str, question_id: int, *, lock: bool = False, read: bool = False
) -> Question:
    """One question of a unit (by its path) or of those below; to `read`, also one that they have passed on.

    Raises:
        NotFound: there is none, or it is none of theirs: who may not see it can't tell.
    """
    scope = is_within(path)
    if read and path != TOP:
        had = select(question_units.c.question_id).join_from(
            question_units, units, question_units.c.unit_code == units.c.code
        )
        scope |= questions.c.id.in_(had.where(units.c.path.startswith(path)))
    query = select(questions).where(questions.c.id == question_id, scope, SHARED)
    row = tx.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound("question", id=question_id)
    return _question(row)


def listed(tx: Transaction, query: Select[Any]) -> list[Question]:
    """The questions that a query over all their columns finds."""
    return [_question(row) for row in tx.execute(query)]


def note_unit(tx: Transaction, question_id: int, unit_code: str) -> None:
    """A unit had the question: it goes on reading it."""
    had = tx.insert(question_units).values(question_id=question_id, unit_code=unit_code)
    tx.execute(had.on_conflict_do_nothing())


def question_by_reference(tx: Transaction, reference: str) -> Question | None:
    """The question behind a public code."""
    row = tx.execute(select(questions).where(questions.c.reference == reference)).first()
    return _question(row) if row else None


def questions_by_reference(tx: Transaction, references: Iterable[str]) -> dict[str, Question]:
    """The questions behind public codes, by code."""
    wanted = set(references)
    return {row.reference: _question(row) for row in _BY_REFERENCE.typed_rows(tx, references=wanted)} if wanted else {}


def open_alike(tx: Transaction, folded_by_ref: Mapping[str, str]) -> dict[str, Question]:
    """By resident: the newest open question in the very words (folded) given for him."""
    rows = _OPEN_ALIKE.typed_rows(tx, refs=list(folded_by_ref), folded=set(folded_by_ref.values()))
    return {row.contact_ref: _question(row) for row in rows if folded_by_ref[row.contact_ref] == row.folded}


def save(tx: Transaction, seen: Question, **values: Any) -> None:
    """Change a question that nobody else changed since it was `seen`; raises Conflict otherwise."""
    refuse_erased(seen)
    statement = (
        update(questions)
        .where(questions.c.id == seen.id, questions.c.version == seen.version)
        .values(updated_at=tx.now, version=questions.c.version + 1, **values)
    )
    if tx.execute(statement).rowcount == 0:
        raise Conflict("question_changed", reference=seen.reference)


def refuse_erased(seen: Question) -> None:
    """Raise Conflict where nothing of a question's words is left: nothing is done or written about it any more."""
    if seen.erased_at is not None:
        raise Conflict("question_erased", reference=seen.reference)


def counts_by_state(tx: Transaction) -> dict[str, int]:
    """How many questions stand where."""
    query = select(questions.c.state, func.count()).group_by(questions.c.state)
    return dict(tx.execute(query).all())


def counts_by_entry(tx: Transaction, since: datetime) -> dict[str, int]:
    """How many questions received since a moment each entry answered."""
    query = (
        select(questions.c.entry_key, func.count())
        .where(questions.c.entry_key.is_not(None), questions.c.received_at >= since)
        .group_by(questions.c.entry_key)
    )
    return dict(tx.execute(query).all())


def message_of(tx: Transaction, question_id: int, message_id: int) -> QuestionMessage | None:
    """One thing that was said about a question."""
    return next((message for message in messages_of(tx, question_id) if message.id == message_id), None)


def these_within(tx: Transaction, path: str, question_ids: Sequence[int]) -> list[Question]:
    """Those of these questions that are with a unit (by its path) or one below, in the order given."""
    rows = listed(tx, select(questions).where(questions.c.id.in_(question_ids), is_within(path), SHARED))
    return sorted(rows, key=lambda one: question_ids.index(one.id))


def ungathered(tx: Transaction, path: str, limit: int) -> list[Question]:
    """The most pressing questions of a unit (by its path) and those below that wait and are in no cluster."""
    waiting = (questions.c.state == QuestionState.QUEUED) & questions.c.cluster_id.is_(None) & is_within(path)
    query = select(questions).where(waiting).order_by(questions.c.urgent.desc(), questions.c.due_on, questions.c.id)
    return listed(tx, query.limit(limit))


def those_within(tx: Transaction, path: str, question_ids: Iterable[int]) -> set[int]:
    """Which of these questions are with a unit (by its path) or one below."""
    wanted = questions.c.id.in_(set(question_ids)) & is_within(path) & SHARED
    return set(tx.execute(select(questions.c.id).where(wanted)).scalars())


def waiting_for_publication(tx: Transaction, path: str, limit: int = 200) -> list[Question]:
    """Of a unit and those below: answered, not yet (or, after a withdrawal, not any more) decided by an editor."""
    query = (
        select(questions)
        .where(
            is_within(path),
            SHARED,
            questions.c.disposition == Disposition.PENDING,
            questions.c.state.in_(list(ANSWERED_STATES)),
        )
        .order_by(questions.c.id)
        .limit(limit)
    )
    return [_question(row) for row in tx.execute(query)]


def offered_before(tx: Transaction, age: timedelta) -> list[Question]:
    """Questions whose choices nobody took for `age`."""
    query = select(questions).where(questions.c.state == QuestionState.OFFERED, questions.c.updated_at <= tx.now - age)
    return [_question(row) for row in tx.execute(query.limit(200))]


def promises_missed(tx: Transaction, today: date) -> list[Question]:
    """Open questions whose promised day has passed and whose asker has not been told yet."""
    query = select(questions).where(
        questions.c.state.in_(list(OPEN_STATES)),
        questions.c.due_on < today,
        questions.c.promise_renewed_at.is_(None),
    )
    return [_question(row) for row in tx.execute(query.limit(200))]


def queued_since(tx: Transaction, moment: datetime, told: str, limit: int) -> list[Question]:
    """Questions moved since a moment that wait to be taken, and that no outbox message `told` + id + day speaks of.

    The day is that from which the promise is counted: a calendar that moves the promised one makes no news of them.
    """
    day = func.coalesce(questions.c.clock_from, questions.c.due_on)
    key = literal(told) + cast(questions.c.id, String) + literal(":") + cast(day, String)
    waiting = (questions.c.state == QuestionState.QUEUED) & (questions.c.updated_at >= moment)
    said = select(outbox.c.id).where(outbox.c.idempotency_key == key).exists()
    query = select(questions).where(waiting, questions.c.promise_renewed_at.is_(None), ~said)
    return [_question(row) for row in tx.execute(query.order_by(questions.c.id).limit(limit))]


def due_by(tx: Transaction, day: date, limit: int) -> list[Question]:
    """Open questions that are promised by a day or were before, the most pressing first."""
    query = select(questions).where(questions.c.state.in_(_WITH_OFFICERS), questions.c.due_on <= day)
    ordered = query.order_by(questions.c.urgent.desc(), questions.c.due_on, questions.c.id)
    return [_question(row) for row in tx.execute(ordered.limit(limit))]


def count_due(tx: Transaction, before: date | None = None) -> int:
    """How many open questions there are; with `before`: promised for an earlier day."""
    query = select(func.count()).select_from(questions).where(questions.c.state.in_(_WITH_OFFICERS))
    return tx.execute(query.where(questions.c.due_on < before) if before else query).scalar_one()


def dispositions(tx: Transaction) -> list[tuple[str, str | None, int]]:
    """How many questions have which disposition and reason."""
    columns = (questions.c.disposition, questions.c.disposition_reason)
    return [tuple(row) for row in tx.execute(select(*columns, func.count()).group_by(*columns))]


def linked_to(tx: Transaction, entry_key: str) -> list[Question]:
    """Questions that the page of an entry settles."""
    query = select(questions).where(questions.c.disposition_entry == entry_key)
    return [_question(row) for row in tx.execute(query)]


# --- what belongs to a question -------------------------------------------------------------------


def add_message(
    tx: Transaction,
    question_id: int,
    sender: str,
    text: str,
    media_kind: str | None = None,
    media_ref: str | None = None,
) -> None:
    """Keep one more thing that was said about a question."""
    values = {"sender": sender, "text": text, "media_kind": media_kind, "media_ref": media_ref, "at": tx.now}
    tx.execute(question_messages.insert().values(question_id=question_id, **values))


def add_messages(tx: Transaction, said: Sequence[tuple[int, str, str | None, str | None]]) -> None:
    """Keep what residents said, each as (question id, words, kind and reference of what was sent with them)."""
    _NEW_MESSAGES.insert(tx, [(*one, "resident", tx.now) for one in said])


def messages_of(tx: Transaction, question_id: int) -> list[QuestionMessage]:
    """Everything said about a question, oldest first."""
    query = select(question_messages).where(question_messages.c.question_id == question_id)
    return [
        QuestionMessage(row.id, row.sender, row.text, row.media_kind, row.media_ref, row.at)
        for row in tx.execute(query.order_by(question_messages.c.id))
    ]


def draft_of(tx: Transaction, question_id: int) -> Draft | None:
    """The unfinished answer to a question."""
    row = tx.execute(select(drafts).where(drafts.c.question_id == question_id)).first()
    return Draft(row.author_id, row.content, row.version, row.updated_at) if row else None


def put_draft(tx: Transaction, question_id: int, author_id: int, content: dict[str, Any], seen_version: int) -> int:
    """Save a draft; `seen_version` 0 means none was seen. Returns the new version; raises Conflict if it moved."""
    changes = {"author_id": author_id, "content": content, "updated_at": tx.now}
    if seen_version == 0:
        new = tx.insert(drafts).values(question_id=question_id, version=1, **changes)
        saved = tx.execute(new.on_conflict_do_nothing().returning(drafts.c.version)).scalar()
    else:
        same = (drafts.c.question_id == question_id) & (drafts.c.version == seen_version)
        changed = update(drafts).where(same).values(version=seen_version + 1, **changes)
        saved = tx.execute(changed.returning(drafts.c.version)).scalar()
    if saved is None:
        raise Conflict("draft_changed", question_id=question_id)
    version: int = saved
    return version


def add_answer(
    tx: Transaction, question_id: int, author_id: int, content: dict[str, Any], revision_id: int | None
) -> int:
    """Keep what was signed off; returns its id."""
    values = {"author_id": author_id, "content": content, "revision_id": revision_id, "signed_off_at": tx.now}
    statement = answers.insert().values(question_id=question_id, **values).returning(answers.c.id)
    return tx.execute(statement).scalar_one()


def answers_of(tx: Transaction, question_id: int) -> list[Answer]:
    """What was signed off for a question, oldest first; without those whose words retention has blanked."""
    query = select(answers).where(answers.c.question_id == question_id).order_by(answers.c.id)
    return [answer for answer in map(_answer, tx.execute(query)) if answer.content["short_answer"]]


def _answer(row: Row[Any]) -> Answer:
    return Answer(row.id, row.question_id, row.author_id, row.content, row.revision_id, row.signed_off_at)


def last_answers(tx: Transaction, question_ids: Sequence[int]) -> dict[int, Answer]:
    """The newest answer of each of some questions that have one, by question."""
    newest = select(func.max(answers.c.id)).where(answers.c.question_id.in_(question_ids))
    rows = tx.execute(select(answers).where(answers.c.id.in_(newest.group_by(answers.c.question_id))))
    return {answer.question_id: answer for answer in map(_answer, rows) if answer.content["short_answer"]}


def add_feedback(
    tx: Transaction, entry_key: str, verdict: str, *, revision_id: int | None = None, question_id: int | None = None
) -> None:
    """What a reader or an asker thought of an entry's answer."""
    values = {"verdict": verdict, "revision_id": revision_id, "question_id": question_id, "at": tx.now}
    tx.execute(feedback.insert().values(entry_key=entry_key, **values))
