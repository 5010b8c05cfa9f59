"""What the database says, read with plain SQL: the harness doesn't trust the code it tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, make_url, text

from knowledge_base.keys import Keys

WAITING = ("pending", "retry_at", "sending")


@dataclass(frozen=True)
class InboxRow:
    """A message that was kept."""

    id: int
    update_id: int
    contact: str | None
    state: str
    text: str


@dataclass(frozen=True)
class QuestionRow:
    """A question; `told` says whether a message about its receipt or answer is in the outbox."""

    id: int
    contact: str
    text: str
    state: str
    reference: str


@dataclass(frozen=True)
class OutboxRow:
    """A message to a resident."""

    id: int
    key: str
    contact: str
    state: str
    attempt: int
    doubts: int
    platform_message_id: int | None
    inbox_id: int | None
    text: str | None  # of the bot's own replies


@dataclass(frozen=True)
class Record:
    """The messenger's part of it, at one moment."""

    inbox: tuple[InboxRow, ...]
    questions: tuple[QuestionRow, ...]
    outbox: tuple[OutboxRow, ...]
    answers: tuple[int, ...]  # question ids, once an answer
    published: tuple[str, ...]  # entry keys, once a publication of an officer's answer
    integrity: str

    def count(self, *states: str) -> int:
        """Outbox messages in some states."""
        return sum(row.state in states for row in self.outbox)


@cache
def _engine(url: str) -> Engine:
    """Made once a database, for that takes time; connections are not kept, for the server may die."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        read_only = f"sqlite:///file:{Path(parsed.database or '').resolve()}?mode=ro&uri=true"
        return create_engine(read_only, poolclass=NullPool)
    return create_engine(parsed.set(drivername="postgresql+psycopg"), poolclass=NullPool)


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    """A connection that changes nothing."""
    with _engine(url).connect() as connection:
        yield connection


def rows(url: str, query: str, **values: Any) -> list[Any]:
    """The rows of one query."""
    with reading(url) as connection:
        return list(connection.execute(text(query), values))


def waiting(url: str) -> int:
    """How many messages are still to be sent."""
    return rows(url, f"SELECT count(*) FROM outbox WHERE channel = 'telegram' AND state IN {WAITING}")[0][0]  # noqa: S608


def read_record(url: str) -> Record:
    """Everything the invariants are about, in one transaction."""
    with reading(url) as connection:

        def all_of(query: str) -> list[Any]:
            return list(connection.execute(text(query)))

        sqlite, ours = connection.dialect.name == "sqlite", " WHERE channel = 'telegram' ORDER BY id"
        words = "json_extract(body, '$.text')" if sqlite else "body ->> 'text'"
        return Record(
            inbox=tuple(
                InboxRow(row.id, _update_id(row.external_id), row.contact_ref, row.state, row.words or "")
                for row in all_of(f"SELECT id, external_id, contact_ref, state, {words} AS words FROM inbox{ours}")  # noqa: S608
            ),
            questions=tuple(
                QuestionRow(row.id, row.contact_ref, row.text, row.state, row.reference)
                for row in all_of(f"SELECT id, contact_ref, text, state, reference FROM questions{ours}")  # noqa: S608
            ),
            outbox=tuple(_outbox_row(row) for row in all_of(f"SELECT *, {words} AS words FROM outbox{ours}")),  # noqa: S608
            answers=tuple(row[0] for row in all_of("SELECT question_id FROM answers ORDER BY id")),
            published=tuple(
                row[0] for row in all_of("SELECT entry_key FROM publications WHERE what = 'publish' ORDER BY number")
            ),
            integrity=all_of("PRAGMA integrity_check")[0][0] if sqlite else "ok",
        )


def _update_id(external_id: str) -> int:
    """The platform's number in an external id: `<bot>:<update id>:<date>`."""
    parts = external_id.split(":")
    return int(parts[1] if len(parts) > 1 else parts[0])


def _outbox_row(row: Any) -> OutboxRow:
    number = row.platform_message_id
    return OutboxRow(
        row.id,
        row.idempotency_key,
        row.contact_ref,
        row.state,
        row.attempt,
        row.doubts,
        int(number) if number else None,
        row.inbox_id,
        row.words,
    )


def contact_of(keys: Keys, chat: int) -> str:
    """How the database refers to a chat."""
    return keys.contact_ref("telegram", str(chat))
