"""Keeps a channel running: started again with back-off, shown as down meanwhile; the rest lives on."""

import asyncio
import logging

from bot.channels.back_off import back_off
from bot.channels.protocol import Channel, Health

_LOG = logging.getLogger(__name__)
_STEADY_SECONDS = 20.0  # who was up for less is still failing: a platform must not be asked every second


async def supervise(channel: Channel) -> None:
    """Start and run a channel until cancelled."""
    clock = asyncio.get_running_loop().time
    attempt = 0
    while True:
        up_since: float | None = None
        try:
            await channel.start()
            channel.health, up_since = Health.UP, clock()
            await channel.run()
        except Exception as error:  # noqa: BLE001 - whatever a platform's library raises must not end the others
            channel.health = Health.DOWN
            steady = up_since is not None and clock() - up_since >= _STEADY_SECONDS
            attempt = 1 if steady else attempt + 1
            _LOG.warning("channel %s is down (%s), attempt %d", channel.name, type(error).__name__, attempt)
        else:
            return
        await asyncio.sleep(back_off(attempt).total_seconds())
