"""Harm to the database's own processes."""

import asyncio
import os
import random
import signal

import psycopg

from knowledge_base.storage.dialect import libpq_url

RESTART_SECONDS = 30.0


class Backends:
    """The processes that serve one database. What is done to them is PostgreSQL's everyday: it must come back."""

    def __init__(self, url: str, chance: random.Random) -> None:
        self._url = libpq_url(url)
        self._chance = chance

    async def terminate_one(self) -> None:
        """As an administrator, or a failover, ends a session: its transaction is rolled back."""
        await asyncio.to_thread(self._terminate, "ORDER BY random() LIMIT 1")

    async def terminate_all(self) -> None:
        """All sessions at once, as a restart of the server does."""
        await asyncio.to_thread(self._terminate, "")

    async def kill_one(self) -> None:
        """SIGKILL a session's process: the server ends all others too, and recovers from its log."""
        await asyncio.to_thread(self._kill)
        await self._until_back()

    def _terminate(self, which: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(f"SELECT pg_terminate_backend(pid) FROM ({_OTHERS} {which}) AS others")  # noqa: S608

    def _kill(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            others = [pid for (pid,) in connection.execute(_OTHERS)]
        if others:
            os.kill(self._chance.choice(others), signal.SIGKILL)

    async def _until_back(self) -> None:
        async with asyncio.timeout(RESTART_SECONDS):
            while True:
                try:
                    (await asyncio.to_thread(psycopg.connect, self._url)).close()
                except psycopg.OperationalError:
                    await asyncio.sleep(0.1)
                else:
                    return


_OTHERS = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend'"
)
