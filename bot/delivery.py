"""Sending: claim free slots of the outbox -> send -> settle. One loop a channel; four in flight, one a resident."""

import asyncio
import contextlib
import logging
from datetime import timedelta

from bot.channels.back_off import back_off
from bot.channels.protocol import Channel, DeliveryFailed, Health
from bot.conversation.message import Reply
from bot.conversation.replies import from_core
from bot.inbox import voice_of
from knowledge_base.clock import Clock
from knowledge_base.live_faq import LiveFaq
from knowledge_base.settings import Settings
from knowledge_base.storage import contact_store, outbox_store
from knowledge_base.storage.contact_store import Contact
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.outbox_store import OutboxMessage, OutboxState
from translations.loader import mark as _

_LOG = logging.getLogger(__name__)
_IN_FLIGHT = 4  # a bot; what the platforms' rates allow anyway, and the bound on repeats after a crash
_POLL_SECONDS = 1.0
_STOP_SECONDS = 4.0
_MOST_ATTEMPTS = 40


class Delivery:
    """Drains the outbox of one channel."""

    def __init__(self, database: Database, channel: Channel, faq: LiveFaq, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._channel = channel
        self._faq = faq
        self._settings = settings
        self._clock = clock
        self._sending: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._began = False

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled; what is in flight then is finished first."""
        filling: asyncio.Task[None] | None = None
        try:
            while True:
                # Shielded: what is claimed in the moment of stopping would count as sent in doubt if nobody sent it.
                filling = asyncio.create_task(self._fill_slots())
                await asyncio.shield(filling)
                await self._rest()
        finally:
            if filling is not None:
                await asyncio.wait([filling])
            if self._sending:
                await asyncio.wait(self._sending, timeout=_STOP_SECONDS)

    async def _rest(self) -> None:
        # Not wait_for: before Python 3.12 it swallows a cancellation that comes with the wake-up, and nothing stops.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_POLL_SECONDS):
                await self._wake.wait()
        self._wake.clear()

    async def _fill_slots(self) -> None:
        free = _IN_FLIGHT - len(self._sending)
        if free <= 0 or self._channel.health != Health.UP:
            return
        try:
            if not self._began:
                await self._database.write(outbox_store.release_leases)
                self._began = True
            claimed = await self._database.write(outbox_store.claim, self._channel.name, free)
        except Exception:  # noqa: BLE001 - whatever went wrong: a loop that ends would never send again
            _LOG.exception("outbox can't be claimed; trying again")
            return
        for message, to in claimed:
            task = asyncio.create_task(self._deliver(message, to))
            self._sending.add(task)
            task.add_done_callback(self._sent)

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self.wake()
        if not task.cancelled() and task.exception():
            _LOG.error("a message could not be settled; its lease will run out", exc_info=task.exception())

    async def _deliver(self, message: OutboxMessage, to: Contact) -> None:
        try:
            platform_id = await self._channel.send(to.address, self._words(message))
        except Exception as error:  # noqa: BLE001 - what can't be sent must not hold up the resident's others for ever
            await self._database.write(self._settle_failure, message, _failure(error))
        else:
            await self._database.write(outbox_store.settle, message, OutboxState.SENT, platform_message_id=platform_id)

    def _words(self, message: OutboxMessage) -> Reply:
        voice = voice_of(self._settings, "vi")
        reply = from_core(voice, message.body, self._faq.snapshot.documents)
        if not message.body.get("repeat"):
            return reply
        note = voice.say(_("(Sent again: please disregard this if you have it already.)"))
        return Reply(f"{reply.text}\n\n{note}", reply.decision, reply.options, reply.entry, reply.reference)

    def _settle_failure(self, tx: Transaction, message: OutboxMessage, failure: DeliveryFailed) -> None:
        if failure.permanent or message.attempt >= _MOST_ATTEMPTS:
            outbox_store.settle(tx, message, OutboxState.FAILED, error=str(failure))
            if failure.permanent:
                contact_store.set_unreachable(tx, message.contact_ref, unreachable=True)
            return
        wait = timedelta(seconds=failure.retry_after) if failure.retry_after is not None else back_off(message.attempt)
        outbox_store.settle(
            tx, message, OutboxState.RETRY_AT, not_before=tx.now + wait, error=str(failure), repeat=failure.in_doubt
        )


def _failure(error: Exception) -> DeliveryFailed:
    """What a channel says of a failure; of others nothing is known but that they may not last."""
    if isinstance(error, DeliveryFailed):
        return error
    _LOG.error("a message could not be sent", exc_info=error)
    return DeliveryFailed(type(error).__name__, permanent=False, in_doubt=True)
