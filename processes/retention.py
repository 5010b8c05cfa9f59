"""Keeping the promise of retention: once an hour what was kept long enough is blanked, bit by bit."""

import asyncio
import logging
from datetime import timedelta

from knowledge_base import erasing
from knowledge_base.retention import DAYS_A_MONTH
from knowledge_base.settings import Settings
from knowledge_base.storage import erasure_store
from knowledge_base.storage.database import Database
from knowledge_base.storage.retention_store import Rules, blank, find_due

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 3600.0
_PAUSE_SECONDS = 0.2  # between two bits, so that residents' messages come first


async def keep_retention(database: Database, settings: Settings) -> None:
    """Look and blank until cancelled."""
    rules = Rules(settings.retention_months, settings.retention_payload_days)
    while True:
        try:
            done = await blank_all(database, rules)
            done += await part_all(database, settings.retention_contact_months)
            if done:
                _LOG.info("retention: %d rows blanked or deleted", done)
        except Exception:  # noqa: BLE001 - whatever went wrong: a sweeper that ends would keep words for ever
            _LOG.exception("retention could not be kept; it is tried again")
        await asyncio.sleep(_LOOK_SECONDS)


async def part_all(database: Database, months: int) -> int:
    """Destroy addresses that nobody needs any more: of those erased, and of those who have long been silent."""
    done = await database.write(erasure_store.part_late)
    before = months * timedelta(days=DAYS_A_MONTH)
    while silent := await database.read(erasing.silent, before):
        done += await database.write(erasing.erase_silent, silent, before)
        await asyncio.sleep(_PAUSE_SECONDS)
    return done


async def blank_all(database: Database, rules: Rules) -> int:
    """Blank everything that is due now; returns how many rows."""
    done = 0
    while (due := await database.read(find_due, rules)).number:
        await database.write(blank, rules, due)
        done += due.number
        await asyncio.sleep(_PAUSE_SECONDS)
    return done
