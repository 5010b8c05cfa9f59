"""Keeps a channel running: started again with back-off, shown as down meanwhile; the rest lives on."""

import asyncio
import contextlib
import logging
import secrets

from bot.channels.back_off import back_off
from bot.channels.protocol import Channel, ConsentLost, Health
from knowledge_base.storage import sending_store
from knowledge_base.storage.database import Database

_LOG = logging.getLogger(__name__)
_STEADY_SECONDS = 20.0  # who was up for less is still failing: a platform must not be asked every second
_ASK_SECONDS = 1.0


async def supervise(channel: Channel, database: Database) -> None:
    """Start and run a channel until cancelled."""
    clock = asyncio.get_running_loop().time
    attempt = 0
    while True:
        up_since: float | None = None
        try:
            await channel.start()
            channel.health, up_since = Health.UP, clock()
            await (_poll_alone(channel, database) if channel.polls else channel.run())
        except Exception as error:  # noqa: BLE001 - whatever a platform's library raises must not end the others
            channel.health = Health.NO_CONSENT if isinstance(error, ConsentLost) else Health.DOWN
            steady = up_since is not None and clock() - up_since >= _STEADY_SECONDS
            attempt = 1 if steady else attempt + 1
            _LOG.warning("channel %s is down (%s), attempt %d", channel.name, type(error).__name__, attempt)
        else:
            return
        await asyncio.sleep(back_off(attempt).total_seconds())


async def _poll_alone(channel: Channel, database: Database) -> None:
    """Run a channel that polls, while no other process does; the others stand by and send."""
    me = secrets.token_hex(8)
    while True:
        while not await database.write(sending_store.take_polling, channel.name, me):  # noqa: ASYNC110 - others hold it
            await asyncio.sleep(_ASK_SECONDS)
        polling = asyncio.create_task(channel.run())
        try:
            while not polling.done() and await database.write(sending_store.take_polling, channel.name, me):
                await asyncio.wait([polling], timeout=_ASK_SECONDS)
            if polling.done():
                return polling.result()
        finally:
            polling.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await polling
