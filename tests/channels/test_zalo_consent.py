"""The Official Account's tokens: one use of each refresh token, whoever races and whoever dies, on both databases."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.channels.http import Http
from bot.channels.protocol import ConsentLost, DeliveryFailed
from bot.channels.zalo_oa_consent import ZaloConsent
from knowledge_base.crash_points import CONSENT_POINTS
from knowledge_base.errors import Unavailable
from knowledge_base.storage import consent_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.tables import consents
from tests.channels.consent_worker import LEASE_SECONDS, settings_for
from tests.channels.stand_in import until
from tests.channels.zalo_oa_platform import FIRST_REFRESH, ZaloOaPlatform
from tests.conftest import NOON

POINTS = (*CONSENT_POINTS, *(f"{verb}:{when}_commit" for verb in ("take", "keep") for when in ("before", "after")))


@pytest.fixture
def short_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consent_store, "_LEASE_SECONDS", LEASE_SECONDS)


@pytest.fixture
async def platform(unused_tcp_port: int) -> AsyncIterator[ZaloOaPlatform]:
    platform = ZaloOaPlatform(unused_tcp_port)
    await platform.open()
    yield platform
    await platform.shut()


async def get(database: Database, platform: ZaloOaPlatform, stale: str = "") -> str:
    """What a process gets that has just started; the name of the error that stands in its way."""
    http = Http()
    try:
        return await ZaloConsent("zalo_oa", database, http, settings_for(platform.url)).access(stale)
    except (ConsentLost, DeliveryFailed) as error:
        return type(error).__name__
    finally:
        await http.close()


async def die(database: Database, platform: ZaloOaPlatform, point: str) -> None:
    """A process of its own wants a token, and dies on the way."""
    url = database.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    command = (sys.executable, "-m", "tests.channels.consent_worker", url, platform.url)
    env = {**os.environ, "CRASH_AT": point}
    process = await asyncio.create_subprocess_exec(*command, env=env)
    assert await asyncio.wait_for(process.wait(), 120) == -signal.SIGKILL


async def _age(database: Database, hours: float) -> None:
    """Let the pair that is kept be older."""
    at = NOON - timedelta(hours=hours)
    values = {"renewed_at": at, "access_until": at + timedelta(hours=25)}
    await database.write(lambda tx: tx.execute(update(consents).values(**values)) and None)


async def test_a_token_is_kept_and_used_until_it_is_old(both_databases: Database, platform: ZaloOaPlatform) -> None:
    first = await get(both_databases, platform)
    assert first == platform.good
    assert await get(both_databases, platform) == first  # another process, the same token
    await _age(both_databases, 19)
    assert await get(both_databases, platform) == first
    await _age(both_databases, 21)
    second = await get(both_databases, platform)
    assert second == platform.good != first
    assert await get(both_databases, platform, stale=second) == second  # so young that the fault must lie elsewhere
    await _age(both_databases, 1)
    assert await get(both_databases, platform, stale=second) == platform.good != second  # refused by the platform
    assert set(platform.refreshed.values()) == {1}


async def test_of_racing_workers_one_renews(postgresql_database: Database, platform: ZaloOaPlatform) -> None:
    got = await asyncio.gather(*(get(postgresql_database, platform) for _ in range(4)))
    assert got == [platform.good] * 4
    await _age(postgresql_database, 21)
    got = await asyncio.gather(*(get(postgresql_database, platform) for _ in range(4)))
    assert set(got) <= {grant[0] for grant in platform.granted}
    assert platform.refreshed == {FIRST_REFRESH: 1, platform.granted[0][1]: 1}


@pytest.mark.usefixtures("short_lease")
@pytest.mark.parametrize("point", POINTS)
async def test_a_kill_at_any_point_spends_no_token_twice(
    both_databases: Database, platform: ZaloOaPlatform, point: str
) -> None:
    first = await get(both_databases, platform)
    await _age(both_databases, 21)
    await die(both_databases, platform, point)
    await asyncio.sleep(LEASE_SECONDS + 0.1)
    after = [await get(both_databases, platform) for _ in range(2)]
    assert set(platform.refreshed.values()) == {1}
    # Either the new pair is there, or the old token goes on while it lasts and a human is called.
    if point in ("keep:after_commit", "consent:kept", "take:before_commit"):
        assert after == [platform.good] * 2
        assert both_databases.read_now(consent_store.troubles) == {}
    else:
        assert after == [first] * 2
        assert both_databases.read_now(consent_store.troubles) == {"zalo_oa": "in_doubt"}


@pytest.mark.usefixtures("short_lease")
async def test_when_nothing_is_left_to_lose_a_doubtful_token_is_tried(
    database: Database, platform: ZaloOaPlatform
) -> None:
    await get(database, platform)
    await _age(database, 21)
    await die(database, platform, "consent:taken")  # the platform never heard of it
    await _age(database, 26)
    assert await get(database, platform) == platform.good
    assert database.read_now(consent_store.troubles) == {}
    await _age(database, 21)
    await die(database, platform, "consent:answered")  # the new pair is lost
    await _age(database, 26)
    assert await get(database, platform) == "DeliveryFailed"  # refused
    assert await get(database, platform) == "ConsentLost"
    assert database.read_now(consent_store.troubles) == {"zalo_oa": "lost"}


async def test_a_new_refresh_token_in_the_settings_begins_anew(both_databases: Database) -> None:
    def verb(tx: Transaction) -> list[str]:
        taken = consent_store.take(tx, "zalo_oa", "one", "me")
        consent_store.lose(tx, "zalo_oa", taken.refresh)
        lost = consent_store.take(tx, "zalo_oa", "one", "me")
        again = consent_store.take(tx, "zalo_oa", "two", "me")
        consent_store.keep(tx, "zalo_oa", "two", "good", "three", timedelta(hours=25))
        late = consent_store.take(tx, "zalo_oa", "one", "a process with yesterday's setting")
        return [taken.refresh, lost.standing, again.standing, again.refresh, late.standing, late.access]

    assert await both_databases.write(verb) == ["one", "lost", "renew", "two", "good", "good"]


async def test_a_pair_in_hand_is_kept_when_the_store_is_back(
    database: Database, platform: ZaloOaPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, fails = database.write, [Unavailable("database")] * 2

    async def blinks(verb: object, *args: object) -> object:
        if verb is consent_store.keep and fails:
            raise fails.pop()
        return await write(verb, *args)

    monkeypatch.setattr(database, "write", blinks)
    assert await get(database, platform) == platform.good
    monkeypatch.undo()
    assert await get(database, platform) == platform.good
    assert set(platform.refreshed.values()) == {1}


async def test_who_stops_in_the_middle_keeps_the_pair(database: Database, platform: ZaloOaPlatform) -> None:
    http = Http()
    consent = ZaloConsent("zalo_oa", database, http, settings_for(platform.url))
    asking = asyncio.create_task(consent.access())
    await until(lambda: platform.called)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await consent.close()
    await http.close()
    assert await get(database, platform) == platform.good
    assert set(platform.refreshed.values()) == {1}


async def test_a_service_that_cannot_be_reached_spends_nothing(database: Database, unused_tcp_port: int) -> None:
    away = ZaloOaPlatform(unused_tcp_port)
    assert await get(database, away) == "DeliveryFailed"
    assert database.read_now(consent_store.troubles) == {}


async def test_tokens_are_sealed(database: Database, platform: ZaloOaPlatform) -> None:
    await get(database, platform)
    sealed = database.read_now(lambda tx: tx.execute(consents.select()).one().sealed_tokens)
    assert platform.good.encode() not in sealed
    assert platform.refresh.encode() not in sealed
