"""A channel on the line: its platform, our server with its webhook, the supervisor, the delivery."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import func, select

from bot.channels import supervisor
from bot.channels.protocol import Channel
from bot.channels.registry import BUILDERS, Parts
from bot.channels.supervisor import supervise
from bot.channels.web_chat import WebChat
from bot.conversation.message import Reply
from bot.delivery import Delivery
from knowledge_base.storage import contact_store, outbox_store
from knowledge_base.storage.database import Database, Transaction
from tests.bot.conftest import faq, inbox, settings  # noqa: F401 - fixtures
from tests.channels.drivers import DRIVERS, Driver
from tests.channels.stand_in import Heard


@dataclass
class Line:
    """One running channel."""

    driver: Driver
    channel: Channel
    database: Database
    clock: Any
    site: str
    tasks: list[asyncio.Task[Any]] = field(default_factory=list)

    async def told(self, who: str, count: int, seconds: float = 10.0) -> list[Heard]:
        """Wait until so many messages have reached a resident."""
        deadline = asyncio.get_running_loop().time() + seconds
        while len(heard := await self.driver.hear(who)) < count:
            assert asyncio.get_running_loop().time() < deadline, f"{len(heard)} of {count} reached {who}: {heard}"
            await asyncio.sleep(0.03)
        return heard

    async def count(self, table: Any, *conditions: Any) -> int:
        def verb(tx: Transaction) -> int:
            return tx.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()

        return await self.database.read(verb)

    async def counts(self, table: Any, number: int, *conditions: Any) -> None:
        """Wait until a table holds so many rows."""
        for _try in range(400):
            if (found := await self.count(table, *conditions)) == number:
                return
            await asyncio.sleep(0.03)
        raise AssertionError((table.name, found, number))

    async def enqueue(self, who: str, key: str, text: str) -> None:
        """Something to say to a resident that isn't a reply: an officer's words."""

        def verb(tx: Transaction) -> None:
            ref = contact_store.ensure_contact(tx, self.channel.name, who)
            to = contact_store.contact(tx, ref)
            assert to
            outbox_store.enqueue(tx, key, to, Reply(text, "notice").as_json())

        await self.database.write(verb)


MakeLine = Callable[[str], AbstractAsyncContextManager[Line]]


@pytest.fixture
def make_line(
    request: pytest.FixtureRequest, database: Database, clock, unused_tcp_port_factory, monkeypatch
) -> MakeLine:
    parts = {name: request.getfixturevalue(name) for name in ("inbox", "faq", "settings")}
    monkeypatch.setattr(supervisor, "back_off", lambda _attempt: timedelta(seconds=0.05))

    @asynccontextmanager
    async def make(name: str) -> AsyncIterator[Line]:
        driver, port = DRIVERS[name](unused_tcp_port_factory()), unused_tcp_port_factory()
        site = f"http://127.0.0.1:{port}"
        # The clock stands still and brings no new tokens, so the rate must not be what is waited for.
        ours = parts["settings"].model_copy(update={**driver.settings(), "public_url": site, "send_rate_per_s": 1000.0})
        channel = BUILDERS[driver.channel](Parts(parts["inbox"], database, parts["faq"], ours, clock))
        assert channel
        app = web.Application()
        channel.add_routes(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await driver.open(site, clock)
        line = Line(driver, channel, database, clock, site)
        if not isinstance(channel, WebChat):
            delivery = Delivery(database, channel, parts["faq"], ours, clock)
            loop = asyncio.get_running_loop()
            database.listen(lambda _signals: loop.call_soon_threadsafe(delivery.wake))
            line.tasks = [asyncio.create_task(supervise(channel, database)), asyncio.create_task(delivery.run())]
        try:
            await driver.up(channel)
            yield line
        finally:
            for task in line.tasks:
                task.cancel()
            await asyncio.gather(*line.tasks, return_exceptions=True)
            await channel.close()
            await runner.cleanup()
            await driver.shut()

    return make
