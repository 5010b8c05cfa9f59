"""How the store is: counts and ages for whoever runs the place, and the writer's pulse. Nobody's words."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from knowledge_base.clock import month_begin
from knowledge_base.storage.chat_store import CHANNEL
from knowledge_base.storage.consent_store import troubles
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.faq_store import publication_number
from knowledge_base.storage.outbox_store import OutboxState
from knowledge_base.storage.question_store import counts_by_state
from knowledge_base.storage.schema import schema_seen
from knowledge_base.storage.tables import contacts, outbox, writes

_TO_GO = (OutboxState.PENDING, OutboxState.RETRY_AT, OutboxState.SENDING)


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """Counts by state; `repeats`: messages that may have arrived more than once; `oldest`: of those to be sent."""

    schema: str  # current | older | newer
    questions: dict[str, int]
    outbox: dict[tuple[str, str], int]  # (channel, state) -> messages
    repeats: int
    oldest: datetime | None
    publication: int
    consents: dict[str, str]  # channel -> what is wrong with its consent


@dataclass(frozen=True, slots=True)
class Usage:
    """What a channel has used of a plan's quotas: messages sent this month (in Viet Nam), residents known."""

    messages: int
    residents: int


def usage(tx: Transaction, channel: str) -> Usage:
    """Count for one channel; rare enough to count rows."""
    month = month_begin(tx.now)
    sent = (outbox.c.channel == channel) & (outbox.c.settled_at >= month) & (outbox.c.state == OutboxState.SENT)
    return Usage(
        tx.execute(select(func.count()).select_from(outbox).where(sent)).scalar_one(),
        tx.execute(select(func.count()).select_from(contacts).where(contacts.c.channel == channel)).scalar_one(),
    )


def beat(tx: Transaction, name: str) -> None:
    """Write one row, so that it shows whether writing works: waiting, the disk, COMMIT."""
    row = {"key": f"beat {name}"[:32], "at": tx.now}
    tx.execute(tx.insert(writes).values(**row).on_conflict_do_update(index_elements=["key"], set_={"at": tx.now}))


def store_status(tx: Transaction) -> StoreStatus:
    """Count everything, in one pass a table."""
    columns = (outbox.c.channel, outbox.c.state)
    figures = (func.count().label("number"), func.sum(outbox.c.doubts).label("doubts"))
    query = select(*columns, *figures, func.min(outbox.c.created_at).label("oldest")).group_by(*columns)
    rows = tx.execute(query).all()
    pushed = (row for row in rows if row.channel != CHANNEL and row.state in _TO_GO)  # pages fetch by themselves
    return StoreStatus(
        schema=schema_seen(tx.connection),
        questions=counts_by_state(tx),
        outbox={(row.channel, row.state): row.number for row in rows},
        repeats=sum(row.doubts for row in rows),
        oldest=min((row.oldest for row in pushed), default=None),
        publication=publication_number(tx),
        consents=troubles(tx),
    )
