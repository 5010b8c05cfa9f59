"""What a sender does with the outbox: settle what ended, rescue what a dead sender left, claim what is free to go.

One transaction a turn. The row of `senders` is locked first, so that of several processes one turns at a time and their
common rate and number in flight hold exactly.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, func, or_, select, update

from knowledge_base.storage import contact_store, conversation_store, erasure_store
from knowledge_base.storage.contact_store import Contact
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.dialect import is_orphaned, lease_end
from knowledge_base.storage.outbox_store import OutboxMessage, OutboxState, message_of, new_token
from knowledge_base.storage.tables import is_being_sent, is_unsettled, outbox, senders

LEASE_SECONDS = 5.0  # renewed every second while the sender lives
_BURST = 3  # messages to one resident in `_BURST_SECONDS`; the platforms allow about one a second, and short bursts
_BURST_SECONDS = 3
_LONGEST_WAIT = timedelta(days=1)  # a message due later than this waits for a clock that has jumped
_WAITING = (OutboxState.PENDING, OutboxState.RETRY_AT)


@dataclass(frozen=True, slots=True)
class Sender:
    """One process that sends over one channel. `quarantine`: what may have arrived waits for a human."""

    name: str
    channel: str
    in_flight: int = 4  # over all processes; what the platforms' rates allow anyway, and the bound on repeats
    rate_per_s: float = 30.0
    quarantine: bool = False


@dataclass(frozen=True, slots=True)
class Settlement:
    """How one sending ended. `in_doubt`: it may have arrived; `unreachable`: this resident can't be reached.

    `parts`: of a long message, how many have arrived; the next try goes on after them. `began`: when it was tried; who
    has written since a message was held gets it at once.
    """

    message: OutboxMessage
    state: OutboxState
    not_before: datetime | None = None
    platform_message_id: str | None = None
    error: str | None = None
    in_doubt: bool = False
    unreachable: bool = False
    counts: bool = True  # whether this try counts among those that may fail; a "come later" doesn't
    parts: int = 0
    began: datetime | None = None


def turn_over(
    tx: Transaction,
    sender: Sender,
    finished: Sequence[Settlement],
    slots: int,
    holding: Collection[int] = (),
    health: str = "up",
) -> list[tuple[OutboxMessage, Contact]]:
    """One turn; returns what is now this sender's to send, at most `slots` messages, one a resident.

    `holding`: the ids of what it is sending now. A settlement whose message somebody else has claimed since has no
    effect.
    """
    tokens = _tokens(tx, sender)
    # Residents before messages, and all at once, as everybody does: two transactions must not wait for each other.
    held = {ended.message.contact_ref for ended in finished if ended.unreachable or ended.state == OutboxState.HELD}
    if held:
        contact_store.lock_contacts(tx, sorted(held))
    for ended in finished:
        if ended.unreachable:
            contact_store.set_unreachable(tx, ended.message.contact_ref, unreachable=True)
    for ended in finished:
        if ended.state == OutboxState.HELD and not _is_farewell(ended.message):
            _hold(tx, sender, ended)
        else:
            settle(tx, sender, ended)
    if parted := [ended.message.contact_ref for ended in finished if _is_farewell(ended.message)]:
        erasure_store.part(tx, parted)
    _renew(tx, sender, holding)
    _rescue(tx, sender)
    free = min(slots, sender.in_flight - _sending(tx, sender), int(tokens))
    claimed = _claim(tx, sender, free) if free > 0 else []
    left = {"tokens": tokens - len(claimed), "at": tx.now, "health": health}
    tx.execute(update(senders).where(senders.c.channel == sender.channel).values(**left))
    return claimed


def _locked(tx: Transaction, channel: str) -> Row[Any]:
    wanted = select(senders).where(senders.c.channel == channel).with_for_update()
    row = tx.execute(wanted).first()
    if row is None:
        fresh = {"channel": channel, "tokens": 0.0, "at": tx.now - _LONGEST_WAIT}
        tx.execute(tx.insert(senders).values(**fresh).on_conflict_do_nothing())
        row = tx.execute(wanted).one()
    return row


def _tokens(tx: Transaction, sender: Sender) -> float:
    """Messages that may go now, by the rate; locks the channel's row."""
    row = _locked(tx, sender.channel)
    passed = max(0.0, (tx.now - row.at).total_seconds())  # a clock that was put back gives nothing
    return min(max(sender.rate_per_s, 1.0), row.tokens + passed * sender.rate_per_s)


def settle(tx: Transaction, sender: Sender, ended: Settlement) -> bool:
    """Say how a sending ended; False when somebody else has claimed the message since."""
    state = OutboxState.IN_DOUBT if ended.in_doubt and sender.quarantine else ended.state
    if _is_farewell(ended.message) and state not in (*_WAITING, OutboxState.SENT):
        state = OutboxState.FAILED  # his address can't wait for a human, nor for his next word
    values: dict[str, Any] = {
        "state": state,
        "error": ended.error,
        "platform_message_id": ended.platform_message_id,
        "settled_at": None if state in _WAITING else tx.now,
    }
    if ended.not_before is not None:
        values["not_before"] = ended.not_before
    if ended.in_doubt or ended.parts:
        values["body"] = {**ended.message.body, **_progress(ended)}
    if ended.in_doubt:
        values["doubts"] = outbox.c.doubts + 1
    if not ended.counts:
        values["attempt"] = outbox.c.attempt - 1
    mine = and_(
        outbox.c.id == ended.message.id,
        outbox.c.token == ended.message.token,
        outbox.c.state == OutboxState.SENDING,
    )
    return tx.execute(update(outbox).where(mine).values(**values)).rowcount == 1


def _is_farewell(message: OutboxMessage) -> bool:
    """Whether a message says that its resident's data are erased."""
    return message.body.get("decision") == "erased"


def _progress(ended: Settlement) -> dict[str, Any]:
    """What the next try must know of this one."""
    known: dict[str, Any] = {"parts": ended.parts} if ended.parts else {}
    return known | {"repeat": True} if ended.in_doubt else known


def _hold(tx: Transaction, sender: Sender, ended: Settlement) -> None:
    """Let a message wait for the resident's next word (his contact is locked); has that come meanwhile, it goes now."""
    ref = ended.message.contact_ref
    if conversation_store.has_written_since(tx, ref, ended.began or tx.now):
        settle(tx, sender, replace(ended, state=OutboxState.RETRY_AT, not_before=tx.now))
    elif settle(tx, sender, ended):
        contact_store.set_held(tx, ref)


def holds(tx: Transaction, message: OutboxMessage) -> bool:
    """Whether a claim still stands; asked again before sending by a process that was stopped for a while."""
    mine = (outbox.c.id == message.id) & (outbox.c.token == message.token) & (outbox.c.state == OutboxState.SENDING)
    return tx.execute(select(outbox.c.id).where(mine)).first() is not None


def _renew(tx: Transaction, sender: Sender, holding: Collection[int]) -> None:
    """Keep what is being sent. What was claimed without this sender hearing of it was never sent, and goes back."""
    mine = (outbox.c.sender == sender.name) & _being_sent(sender)
    if holding:
        lease = lease_end(tx.connection.dialect.name, LEASE_SECONDS)
        tx.execute(update(outbox).where(mine, outbox.c.id.in_(holding)).values(lease_until=lease))
    back = {"state": OutboxState.RETRY_AT, "not_before": tx.now, "attempt": outbox.c.attempt - 1}
    tx.execute(update(outbox).where(mine, outbox.c.id.not_in(holding)).values(**back))


def _being_sent(sender: Sender) -> Any:
    return (outbox.c.channel == sender.channel) & is_being_sent(outbox)


def _sending(tx: Transaction, sender: Sender) -> int:
    return tx.execute(select(func.count()).select_from(outbox).where(_being_sent(sender))).scalar_one()


def _rescue(tx: Transaction, sender: Sender) -> None:
    """What a sender that died was sending may have arrived: again, marked as a repeat, or left to a human."""
    left = is_orphaned(tx.connection.dialect.name, outbox.c.sender, outbox.c.lease_until, sender.name)
    orphans = select(outbox).where(_being_sent(sender), left).with_for_update(skip_locked=True)
    for row in tx.execute(orphans).all():
        lost = Settlement(
            message_of(row), OutboxState.RETRY_AT, not_before=tx.now, error="its sender died", in_doubt=True
        )
        settle(tx, sender, lost)


def _claim(tx: Transaction, sender: Sender, slots: int) -> list[tuple[OutboxMessage, Contact]]:
    before, lately = outbox.alias(), outbox.alias()
    due = or_(outbox.c.not_before <= tx.now, outbox.c.not_before > tx.now + _LONGEST_WAIT)
    in_turn = ~(
        select(before.c.id)
        .where(
            before.c.contact_ref == outbox.c.contact_ref,
            is_unsettled(before),
            or_(before.c.id < outbox.c.id, is_being_sent(before)),
        )
        .exists()
    )
    just_sent = (
        select(func.count())
        .where(
            lately.c.contact_ref == outbox.c.contact_ref,
            lately.c.state == OutboxState.SENT,
            lately.c.settled_at.between(tx.now - timedelta(seconds=_BURST_SECONDS), tx.now),
        )
        .scalar_subquery()
    )
    wanted = (
        select(outbox.c.id)
        .where(outbox.c.channel == sender.channel, is_unsettled(outbox), ~is_being_sent(outbox))
        .where(due, in_turn, just_sent < _BURST)
        .order_by(outbox.c.talked_at.desc(), outbox.c.id)
        .limit(slots)
        .with_for_update(skip_locked=True)
    )
    ids = list(tx.execute(wanted).scalars())
    if not ids:
        return []
    taken = (
        update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.state.in_(_WAITING))
        .values(
            state=OutboxState.SENDING,
            sender=sender.name,
            token=new_token(),
            attempt=outbox.c.attempt + 1,
            lease_until=lease_end(tx.connection.dialect.name, LEASE_SECONDS),
        )
        .returning(outbox)
    )
    messages = sorted((message_of(row) for row in tx.execute(taken)), key=lambda message: message.id)
    contacts = contact_store.contacts_by_ref(tx, [message.contact_ref for message in messages])
    for message in messages:
        if message.contact_ref not in contacts:  # nobody will ever be able to send it
            settle(tx, sender, Settlement(message, OutboxState.FAILED, error="address can't be read"))
    return [(message, contacts[message.contact_ref]) for message in messages if message.contact_ref in contacts]


# --- what a channel's processes know of each other ------------------------------------------------


def take_polling(tx: Transaction, channel: str, me: str) -> bool:
    """Have, or keep, the right to ask a platform for updates: one process at a time; asked for again every second."""
    row = _locked(tx, channel)
    dialect = tx.connection.dialect.name
    free = or_(senders.c.poller.is_(None), is_orphaned(dialect, senders.c.poller, senders.c.polls_until, me))
    mine = and_(senders.c.channel == row.channel, or_(senders.c.poller == me, free))
    taken = {"poller": me, "polls_until": lease_end(dialect, LEASE_SECONDS)}
    return tx.execute(update(senders).where(mine).values(**taken)).rowcount == 1


def channel_states(tx: Transaction) -> dict[str, str]:
    """How each channel was when a sender last turned over; "down" where none has for some time."""
    since = tx.now - timedelta(seconds=2 * LEASE_SECONDS)
    return {
        row.channel: (row.health or "down") if row.at >= since else "down"
        for row in tx.execute(select(senders.c.channel, senders.c.health, senders.c.at))
    }
