"""Polling, where the platform forgets an update once a greater offset is asked for: never before it is committed."""

from pathlib import Path

import pytest

from bot.channels.telegram import Telegram
from knowledge_base.errors import Unavailable
from knowledge_base.settings import Settings
from knowledge_base.storage.database import Database
from tests.conftest import FixedClock
from tests.faults.in_process import Faulty, open_inbox, url_of
from tests.faults.messenger import TOKEN, Platform
from tests.faults.questions import asked
from tests.faults.record import rows


@pytest.mark.parametrize("fault", ["nothing kept", "answer lost"])
async def test_the_offset_follows_commit(
    database: Database,
    clock: FixedClock,
    platform_port: int,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    fault: str,
) -> None:
    faulty = Faulty(database)
    inbox = await open_inbox(database, clock, tmp_path_factory.getbasetemp())
    inbox._database = faulty  # type: ignore[assignment]
    told = asked(6)
    async with Platform(platform_port, held=[item.update for item in told]) as platform:
        chosen = Settings(data_dir=tmp_path, telegram_token=TOKEN, telegram_base_url=platform.url)
        channel = Telegram(inbox, database, chosen)
        await channel.start()
        assert channel._bot
        faulty.next_fault = fault
        with pytest.raises(Unavailable):
            await channel._poll(channel._bot, None)
        assert len(platform.held) == len(told)  # the platform still has all of them
        offset = await channel._poll(channel._bot, None)
        await channel._poll(channel._bot, offset)
        await channel.close()
    assert platform.held == []
    kept = [int(row[0].split(":")[1]) for row in rows(url_of(database), "SELECT external_id FROM inbox ORDER BY id")]
    assert kept == [item.update_id for item in told]
