"""Keeps a channel running: started again with back-off, shown as down meanwhile; the rest lives on."""

import asyncio
import logging

from bot.channels.back_off import back_off
from bot.channels.protocol import Channel, Health

_LOG = logging.getLogger(__name__)


async def supervise(channel: Channel) -> None:
    """Start and run a channel until cancelled."""
    attempt = 0
    while True:
        try:
            await channel.start()
            channel.health = Health.UP
            attempt = 0
            await channel.run()
        except Exception as error:  # noqa: BLE001 - whatever a platform's library raises must not end the others
            channel.health = Health.DOWN
            attempt += 1
            _LOG.warning("channel %s is down (%s), attempt %d", channel.name, type(error).__name__, attempt)
        else:
            return
        await asyncio.sleep(back_off(attempt).total_seconds())
