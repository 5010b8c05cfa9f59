"""Sending: settle what ended, claim what may go, send it. One loop a channel; four in flight, one a resident."""

import asyncio
import contextlib
import logging
import secrets
import time
from dataclasses import replace
from datetime import datetime, timedelta

from bot.channels.back_off import back_off
from bot.channels.parts import in_parts
from bot.channels.protocol import Channel, DeliveryFailed, Health
from bot.conversation.message import Reply
from bot.conversation.replies import from_core
from bot.inbox import voice_of
from knowledge_base.clock import Clock
from knowledge_base.crash_points import crash_point
from knowledge_base.live_faq import LiveFaq
from knowledge_base.settings import Settings
from knowledge_base.storage import sending_store
from knowledge_base.storage.contact_store import Contact
from knowledge_base.storage.database import Database
from knowledge_base.storage.outbox_store import OutboxMessage, OutboxState
from knowledge_base.storage.sending_store import Sender, Settlement
from translations.loader import mark as _
from translations.loader import pick_language

_LOG = logging.getLogger(__name__)
_POLL_SECONDS = 1.0  # also how often leases are renewed
_STOP_SECONDS = 4.0
_STALE_SECONDS = 1.0  # between claim and sending nothing waits; who took longer was stopped, and asks again
_MOST_ATTEMPTS = 40
_OUTAGE = timedelta(seconds=15)  # between tries while a platform can't be reached; these don't count


class Delivery:
    """Drains the outbox of one channel."""

    def __init__(self, database: Database, channel: Channel, faq: LiveFaq, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._channel = channel
        self._faq = faq
        self._settings = settings
        self._clock = clock
        self._sender = Sender(
            secrets.token_hex(8),
            channel.name,
            rate_per_s=settings.send_rate_per_s,
            quarantine=settings.send_in_doubt == "quarantine",
        )
        self._sending: dict[asyncio.Task[None], int] = {}  # with the ids of their messages
        self._finished: list[Settlement] = []
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled; what is in flight then is finished and settled first."""
        turn: asyncio.Task[None] | None = None
        turned_at = -_POLL_SECONDS
        try:
            while True:
                free = self._free()
                # With nothing to settle and nothing that may go, one look a second is enough however often it is woken.
                if free or self._finished or time.monotonic() - turned_at >= _POLL_SECONDS:
                    turned_at = time.monotonic()
                    # Shielded: what is claimed in the moment of stopping would be in doubt if nobody sent it.
                    turn = asyncio.create_task(self._turn_over(free))
                    await asyncio.shield(turn)
                await self._rest()
        finally:
            if turn is not None:
                await asyncio.wait([turn])
            if self._sending:
                await asyncio.wait(self._sending, timeout=_STOP_SECONDS)
            await self._turn_over(0)

    async def _rest(self) -> None:
        # Not wait_for: before Python 3.12 it swallows a cancellation that comes with the wake-up, and nothing stops.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_POLL_SECONDS):
                await self._wake.wait()
        self._wake.clear()

    def _free(self) -> int:
        return self._sender.in_flight - len(self._sending) if self._channel.health == Health.UP else 0

    async def _turn_over(self, free: int) -> None:
        finished, self._finished = self._finished, []
        try:
            claimed = await self._database.write(
                sending_store.turn_over,
                self._sender,
                finished,
                free,
                holding=list(self._sending.values()),
                health=str(self._channel.health),
            )
        except Exception:  # noqa: BLE001 - whatever went wrong: a loop that ends would never send again
            _LOG.exception("the outbox can't be worked on; trying again")
            self._finished = finished + self._finished
            return
        crash_point("delivery:claimed")
        for message, to in claimed:
            task = asyncio.create_task(self._deliver(message, to, time.monotonic()))
            self._sending[task] = message.id
            task.add_done_callback(self._sent)

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._sending.pop(task, None)
        self.wake()
        if not task.cancelled() and task.exception():
            _LOG.error("a message could not be sent; its lease will run out", exc_info=task.exception())

    async def _deliver(self, message: OutboxMessage, to: Contact, claimed_at: float) -> None:
        if time.monotonic() - claimed_at > _STALE_SECONDS and not await self._still_mine(message):
            return
        began, platform_id, done = self._clock.now(), None, message.body.get("parts", 0)
        try:
            parts = in_parts(self._words(message, to), self._channel.limits)
            for part in parts[min(done, len(parts) - 1) :]:
                platform_id = await self._channel.send(to.address, part)
                done += 1
        except Exception as error:  # noqa: BLE001 - what can't be sent must not hold up the resident's others for ever
            failure = _failure(error)
            if failure.until_heard and to.held_at is None:
                await self._announce(message, to)
            self._finished.append(replace(_failed(message, failure, self._clock.now()), parts=done, began=began))
        else:
            crash_point("delivery:sent")
            self._finished.append(Settlement(message, OutboxState.SENT, platform_message_id=platform_id))

    async def _announce(self, message: OutboxMessage, to: Contact) -> None:
        """Tell the resident that something waits for his next word; he may not hear of it, and the message waits on."""
        try:
            await self._channel.announce(to.address, message.body.get("reference") or "")
        except Exception as error:  # noqa: BLE001 - nothing depends on it
            _LOG.warning("channel %s: an announcement was not made: %s", self._channel.name, _failure(error))

    async def _still_mine(self, message: OutboxMessage) -> bool:
        return await self._database.read(sending_store.holds, message)

    def _words(self, message: OutboxMessage, to: Contact) -> Reply:
        voice = voice_of(self._settings, pick_language(to.language))
        reply = from_core(voice, message.body, self._faq.snapshot.documents)
        if not message.body.get("repeat"):
            return reply
        note = voice.say(_("(Sent again: please disregard this if you have it already.)"))
        return replace(reply, text=f"{reply.text}\n\n{note}")


def _failed(message: OutboxMessage, failure: DeliveryFailed, now: datetime) -> Settlement:
    """What becomes of a message whose sending failed."""
    if failure.permanent:
        return Settlement(message, OutboxState.FAILED, error=str(failure), unreachable=True)
    if failure.until_heard:
        return Settlement(message, OutboxState.HELD, error=str(failure), counts=False)
    if message.attempt >= _MOST_ATTEMPTS and not failure.unreached:
        return Settlement(message, OutboxState.FAILED, error=str(failure), in_doubt=failure.in_doubt)
    asked = failure.retry_after is not None
    wait = timedelta(seconds=failure.retry_after or 0) if asked else back_off(message.attempt)
    if failure.unreached and not asked:
        wait = max(wait, _OUTAGE)
    return Settlement(
        message,
        OutboxState.RETRY_AT,
        not_before=now + wait,
        error=str(failure),
        in_doubt=failure.in_doubt,
        counts=not (asked or failure.unreached),
    )


def _failure(error: Exception) -> DeliveryFailed:
    """What a channel says of a failure; of others nothing is known but that they may not last."""
    if isinstance(error, DeliveryFailed):
        return error
    _LOG.error("a message could not be sent", exc_info=error)
    return DeliveryFailed(type(error).__name__, in_doubt=True)
