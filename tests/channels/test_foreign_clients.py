"""The stand-ins of Zalo, confirmed by clients that nobody here wrote: what those can use is what ours speaks to."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import requests
import zalo_sdk
from pyzalo.main import PyZALO
from zalo_bot import Bot
from zalo_sdk.oa import Client, ZaloMessageBody, ZaloRecipient

from tests.channels import zalo_bot_platform, zalo_oa_platform
from tests.channels.zalo_bot_platform import ZaloBotPlatform
from tests.channels.zalo_oa_platform import FIRST_REFRESH, ZaloOaPlatform

OAUTH = "https://oauth.zaloapp.com"


@pytest.fixture
async def bots(unused_tcp_port: int) -> AsyncIterator[ZaloBotPlatform]:
    platform = ZaloBotPlatform(unused_tcp_port)
    await platform.open()
    yield platform
    await platform.shut()


@pytest.fixture
async def accounts(unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ZaloOaPlatform]:
    """Zalo SDK has its token service's address written into it: calls there are led to the stand-in."""
    platform, post = ZaloOaPlatform(unused_tcp_port), requests.post
    monkeypatch.setattr(requests, "post", lambda url, **more: post(url.replace(OAUTH, platform.url), **more))
    await platform.open()
    yield platform
    await platform.shut()


async def test_pyzalo_can_use_the_bots_stand_in(bots: ZaloBotPlatform) -> None:
    client = PyZALO(zalo_bot_platform.TOKEN, bots.url)
    bots.waiting.append(bots.event("71", text="chào bot"))

    def talk() -> None:
        assert client.getMe()["result"]["account_type"] == "BASIC"
        assert client.setWebhook("https://x.example/hook", "a-secret")["ok"]
        assert client.getWebhookInfo()["result"]["url"] == "https://x.example/hook"
        assert client.deleteWebhook()["ok"]
        assert client.getUpdates(timeout=1)["result"]["message"]["text"] == "chào bot"
        assert client.getUpdates(timeout=1)["error_code"] == 408
        assert client.sendMessage("71", "xin chào")["result"]["message_id"]
        assert not client.sendMessage("71", "x" * 2001)["ok"]
        client.session.close()

    await asyncio.to_thread(talk)
    assert bots.to("71") == ["xin chào"]


async def test_python_zalo_bot_can_use_the_bots_stand_in(bots: ZaloBotPlatform) -> None:
    async with Bot(zalo_bot_platform.TOKEN, bots.url) as bot:
        assert (await bot.get_me()).id == "1234567890"
        bots.waiting.append(bots.event("72", text="hộ nghèo được gì"))
        update = await bot.get_update(timeout=1)
        assert update.message.text == "hộ nghèo được gì"
        assert update.message.chat.id == "72"
        await bot.send_message("72", "xin chào")
    assert bots.to("72") == ["xin chào"]


async def test_zalo_sdk_gets_tokens_and_sends(accounts: ZaloOaPlatform) -> None:
    def talk() -> None:
        client = Client(
            zalo_oa_platform.APP_ID,
            zalo_oa_platform.APP_SECRET,
            refresh_token=FIRST_REFRESH,
            endpoint_prefix=accounts.url,
        )
        access, refresh, _until = client.refresh_acccess_token()
        assert (access, refresh) == (accounts.good, accounts.refresh)
        to = ZaloRecipient(user_id="73")
        client.send_message(to, ZaloMessageBody(text="xin chào"))
        client.send_message(to, ZaloMessageBody(text="x" * 2000))
        with pytest.raises(zalo_sdk.ZaloOAException):
            client.send_message(to, ZaloMessageBody(text="x" * 2001))
        client._refresh_token = FIRST_REFRESH
        with pytest.raises(zalo_sdk.ZaloOAException):
            client.refresh_acccess_token()  # a refresh token is good once

    await asyncio.to_thread(talk)
    assert accounts.to("73") == ["xin chào", "x" * 2000]
    assert accounts.refreshed == {FIRST_REFRESH: 2}
