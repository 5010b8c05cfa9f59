"""Telling officers where they are: looks every few seconds for questions they have not heard of."""

import asyncio
import logging

from knowledge_base import officer_alerts, officer_mornings
from knowledge_base.officer_alerts import Desk
from knowledge_base.settings import Settings
from knowledge_base.storage.database import Database, Transaction

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 5
_MORNING_TURNS = 12  # the morning's words need not come at once


def desks_of(settings: Settings) -> list[Desk]:
    """Where officers are told, by the settings."""
    chats = (("telegram", settings.officers_telegram_chat), ("zalo_bot", settings.officers_zalo_chat))
    desks = [Desk(channel, address) for channel, address in chats if address]
    return desks + [Desk("email", address, digest_only=True) for address in settings.officers_email]


async def tell_officers(database: Database, settings: Settings) -> None:
    """Tell until cancelled; the same is never told twice, however many processes look."""
    desks, turn = desks_of(settings), 0
    while True:
        try:
            if turn % _MORNING_TURNS == 0 and await database.read(_anything_this_morning, desks):
                await database.write(officer_mornings.tell_morning, desks, settings.site)
            if await database.read(_anything_new, desks):
                await database.write(officer_alerts.tell_of_new, desks, settings.site)
            if await database.read(officer_alerts.undigested, desks):
                await database.write(officer_alerts.tell_of_due, desks, settings.site)
        except Exception:  # noqa: BLE001 - whatever went wrong: who stops telling would never be noticed
            _LOG.exception("officers could not be told; it is tried again")
        turn += 1
        await asyncio.sleep(_LOOK_SECONDS)


def _anything_new(tx: Transaction, desks: list[Desk]) -> bool:
    """Whether a desk has not heard of something; asked of readers, so that the writer isn't kept busy."""
    return any(officer_alerts.untold(tx, desk) for desk in desks if not desk.digest_only)


def _anything_this_morning(tx: Transaction, desks: list[Desk]) -> bool:
    """Whether an officer or a head of a unit has not heard this morning's words."""
    return bool(officer_mornings.untold(tx, desks, ""))
