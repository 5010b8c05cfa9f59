"""One driver a way of receiving: how a resident writes, presses and hears there, and how the platform goes wrong.

`DRIVERS` names them; a channel of the registry without one fails the suite. All in one file, so that what one channel
needs besides shows beside the others.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import ClientSession

from bot.channels.protocol import Channel
from tests.channels import sms_gateway, zalo_bot_platform, zalo_oa_platform
from tests.channels.sms_gateway import SmsGateway
from tests.channels.stand_in import Heard, push, until
from tests.channels.zalo_bot_platform import ZaloBotPlatform
from tests.channels.zalo_oa_platform import ZaloOaPlatform
from tests.journeys.telegram_platform import TOKEN, Platform

TELEGRAM_SECRET = "a-secret_1"


class Driver:
    """What the contract asks of a way of receiving. What it can't do is said by its flags, not by its tests."""

    channel: str  # its name in the registry
    buttons = True
    media = True
    webhook = True  # can be called by strangers
    pushed = True  # messages are sent to the platform, which may fail
    window = False  # the platform closes a conversation that has been silent
    secret_refused = 403

    def __init__(self, port: int) -> None:
        self.port = port

    def settings(self) -> dict[str, Any]:
        """The settings that switch the channel on."""
        return {}

    async def open(self, site: str, clock: Any) -> None:
        """Start the platform; `site` is where our server is."""

    async def shut(self) -> None:
        """The platform can't be reached any more."""

    async def up(self, channel: Channel) -> None:
        await until(lambda: channel.health == "up", what="the channel did not come up")

    async def say(self, who: str, text: str) -> Any:
        """The resident writes; returns what the platform would push again."""
        raise NotImplementedError

    async def again(self, said: Any) -> None:
        """The platform delivers the same once more."""
        raise NotImplementedError

    async def press(self, who: str, number: int) -> None:
        """The resident presses the n-th button under the last message, or types its number."""
        raise NotImplementedError

    async def send_media(self, who: str) -> str | None:
        """The resident sends a picture; returns the reference that is to be kept."""
        raise NotImplementedError

    async def hear(self, who: str) -> list[Heard]:
        """What has reached the resident."""
        raise NotImplementedError

    def fail(self, how: str) -> None:
        """The next sending goes wrong: "limited", "broken" or "cut" (taken, the answer lost)."""
        raise NotImplementedError

    def block(self, who: str) -> None:
        """The resident can't be reached for good."""
        raise NotImplementedError

    def fall_silent(self, who: str) -> None:
        """The window to the resident closes."""
        raise NotImplementedError

    async def forge(self, who: str) -> int:
        """A stranger pushes a message; returns our status."""
        raise NotImplementedError

    async def push_noise(self) -> int:
        """The platform pushes what can't be read; returns our status."""
        raise NotImplementedError


class _Telegram(Driver):
    channel = "telegram"
    mode: str

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.platform = Platform(port)
        self.webhook = self.mode == "webhook"
        self._site = ""
        self._updates = 1_000_000

    def settings(self) -> dict[str, Any]:
        return {
            "telegram_token": TOKEN,
            "telegram_base_url": self.platform.url,
            "telegram_mode": self.mode,
            "telegram_webhook_secret": TELEGRAM_SECRET,
        }

    async def open(self, site: str, _clock: Any) -> None:
        self._site = site
        await self.platform.open()

    async def shut(self) -> None:
        await self.platform.shut()

    async def say(self, who: str, text: str) -> Any:
        return await self._give(self.platform.text(int(who), text))

    async def _give(self, update: dict[str, Any]) -> Any:
        if not self.webhook:
            return update, await self.platform.post(update)
        self._updates += 1
        whole = {"update_id": self._updates, **update}
        assert await self._push(whole) == 200
        return whole, self._updates

    async def _push(self, update: Any, secret: str = TELEGRAM_SECRET) -> int:
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        raw = update if isinstance(update, bytes) else json.dumps(update).encode()
        return await push(f"{self._site}/webhooks/telegram", raw, headers)

    async def again(self, said: Any) -> None:
        update, _number = said
        if self.webhook:
            assert await self._push(update) == 200

    async def press(self, who: str, number: int) -> None:
        buttons = (await self.hear(who))[-1].buttons or (await self.hear(who))[-2].buttons
        await self._give(self.platform.press(int(who), buttons[number - 1][0]))

    async def send_media(self, who: str) -> str:
        update = self.platform.text(int(who), "")
        del update["message"]["text"]
        update["message"]["photo"] = [{"file_id": "p1", "file_unique_id": "u", "width": 1, "height": 1}]
        await self._give(update)
        return "p1"

    async def hear(self, who: str) -> list[Heard]:
        return [
            Heard(who, one.text, tuple((data, label) for label, data in one.buttons))
            for one in self.platform.sent
            if one.chat == int(who)
        ]

    def fail(self, how: str) -> None:
        if how == "limited":
            self.platform.fail("sendMessage", 429, retry_after=7)
        else:
            self.platform.fail("sendMessage", 502 if how == "broken" else 0)

    def block(self, _who: str) -> None:
        self.platform.fail("sendMessage", 403, description="Forbidden: bot was blocked by the user")

    async def forge(self, who: str) -> int:
        return await self._push({"update_id": 1, **self.platform.text(int(who), "?")}, "wrong")

    async def push_noise(self) -> int:
        return await self._push(b'{"update_id": 77, "message": {"chat": 1}}')


class TelegramPolling(_Telegram):
    mode = "polling"


class TelegramWebhook(_Telegram):
    mode = "webhook"


class ZaloOa(Driver):
    channel = "zalo_oa"
    window = True
    secret_refused = 401

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.platform = ZaloOaPlatform(port)

    def settings(self) -> dict[str, Any]:
        return {
            "zalo_oa_app_id": zalo_oa_platform.APP_ID,
            "zalo_oa_app_secret": zalo_oa_platform.APP_SECRET,
            "zalo_oa_secret_key": zalo_oa_platform.OA_SECRET,
            "zalo_oa_refresh_token": zalo_oa_platform.FIRST_REFRESH,
            "zalo_oa_api_url": self.platform.url,
            "zalo_oauth_url": self.platform.url,
            "zalo_oa_template_id": "t1",
        }

    async def open(self, site: str, clock: Any) -> None:
        self.platform.site, self.platform.clock = site, clock
        await self.platform.open()

    async def shut(self) -> None:
        await self.platform.shut()

    async def say(self, who: str, text: str) -> Any:
        event = self.platform.event(who, text=text)
        assert await self.platform.push(event) == 200
        return event

    async def again(self, said: Any) -> None:
        assert await self.platform.push(said) == 200

    async def press(self, who: str, number: int) -> None:
        heard = await self.hear(who)
        buttons = heard[-1].buttons or heard[-2].buttons
        await self.say(who, buttons[number - 1][0])

    async def send_media(self, who: str) -> str:
        url = "https://photo.zdn.vn/so-ho-ngheo.jpg"
        attached = [{"type": "image", "payload": {"url": url, "thumbnail": url}}]
        assert await self.platform.push(self.platform.event(who, "user_send_image", attachments=attached)) == 200
        return url

    async def hear(self, who: str) -> list[Heard]:
        return [one for one in self.platform.heard if one.who == who]

    def fail(self, how: str) -> None:
        faults = {"limited": (200, {"error": -32, "message": "rate"}), "broken": (503, {}), "cut": (0, {})}
        self.platform.faults["cs"].append(faults[how])

    def block(self, who: str) -> None:
        self.platform.blocked.add(who)

    def fall_silent(self, who: str) -> None:
        self.platform.silent.add(who)

    async def leave(self, who: str) -> None:
        away = {"event_name": "unfollow", "follower": {"id": who}, "timestamp": self.platform.now(), "oa_id": "2"}
        assert await self.platform.push(away) == 200

    async def forge(self, who: str) -> int:
        raw, headers = self.platform.signed(self.platform.event(who, text="?"))
        return await self.platform.post(zalo_oa_platform.PATH, raw.replace(b"?", b"!"), headers)

    async def push_noise(self) -> int:
        return await self.platform.push({"event_name": "user_send_text", "timestamp": self.platform.now()})


class _ZaloBot(Driver):
    channel = "zalo_bot"
    buttons = False
    mode: str

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.platform = ZaloBotPlatform(port)
        self.webhook = self.mode == "webhook"

    def settings(self) -> dict[str, Any]:
        return {
            "zalo_bot_token": zalo_bot_platform.TOKEN,
            "zalo_bot_api_url": self.platform.url,
            "zalo_bot_mode": self.mode,
            "zalo_bot_webhook_secret": zalo_bot_platform.SECRET,
        }

    async def open(self, site: str, _clock: Any) -> None:
        self.platform.site = site
        await self.platform.open()

    async def shut(self) -> None:
        await self.platform.shut()

    async def say(self, who: str, text: str) -> Any:
        return await self._give(self.platform.event(who, text=text))

    async def _give(self, event: Any) -> Any:
        if self.webhook:
            assert await self.platform.push(event) == 200
        else:
            self.platform.waiting.append(event)
        return event

    async def again(self, said: Any) -> None:
        await self._give(said)

    async def press(self, who: str, number: int) -> None:
        await self.say(who, str(number))

    async def send_media(self, who: str) -> str:
        url = "https://photo.zdn.vn/so-ho-ngheo.jpg"
        await self._give(self.platform.event(who, "image", photo_url=url))
        return url

    async def hear(self, who: str) -> list[Heard]:
        return [one for one in self.platform.heard if one.who == who]

    def fail(self, how: str) -> None:
        limited = {"ok": False, "error_code": 429, "parameters": {"retry_after": 7}}
        faults = {"limited": (200, limited), "broken": (503, {}), "cut": (0, {})}
        self.platform.faults["sendMessage"].append(faults[how])

    def block(self, who: str) -> None:
        self.platform.blocked.add(who)

    async def forge(self, who: str) -> int:
        return await self.platform.push(self.platform.event(who, text="?"), "wrong")

    async def push_noise(self) -> int:
        return await self.platform.push(b'{"event_name": "message.text.received", "message": "?"}')


class ZaloBotPolling(_ZaloBot):
    mode = "polling"


class ZaloBotWebhook(_ZaloBot):
    mode = "webhook"


class Sms(Driver):
    channel = "sms"
    buttons = False
    media = False
    secret_refused = 401

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.platform = SmsGateway(port)

    def settings(self) -> dict[str, Any]:
        return {
            "sms_api_url": f"{self.platform.url}/messages",
            "sms_api_key": sms_gateway.KEY,
            "sms_webhook_secret": sms_gateway.SECRET,
            "sms_marks": "keep",
        }

    async def open(self, site: str, _clock: Any) -> None:
        self.platform.site = site
        await self.platform.open()

    async def shut(self) -> None:
        await self.platform.shut()

    async def say(self, who: str, text: str) -> Any:
        event = self.platform.event(who, text)
        assert await self.platform.push(event) == 200
        return event

    async def again(self, said: Any) -> None:
        assert await self.platform.push(said) == 200

    async def press(self, who: str, number: int) -> None:
        await self.say(who, str(number))

    async def hear(self, who: str) -> list[Heard]:
        return [one for one in self.platform.heard if one.who == who]

    def fail(self, how: str) -> None:
        self.platform.faults["messages"].append(({"limited": 429, "broken": 503, "cut": 0}[how], {}))

    def block(self, who: str) -> None:
        self.platform.blocked.add(who)

    async def forge(self, who: str) -> int:
        return await self.platform.push(self.platform.event(who, "?"), "wrong")

    async def push_noise(self) -> int:
        return await self.platform.push({"from": 1, "text": []})


class WebChat(Driver):
    """Pages fetch their messages: nothing is pushed to a platform that could fail."""

    channel = "web_chat"
    media = False
    webhook = False
    pushed = False

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self._site = ""
        self._sessions: dict[str, str] = {}
        self._last: dict[str, int] = {}
        self._heard: list[Heard] = []
        self._said = 0

    async def open(self, site: str, _clock: Any) -> None:
        self._site = site

    async def say(self, who: str, text: str) -> Any:
        self._said += 1
        said = {"message_id": f"w{self._said}", "text": text}
        await self._post(who, said)
        return who, said

    async def _post(self, who: str, body: dict[str, Any]) -> None:
        known = {"session": self._sessions[who]} if who in self._sessions else {}
        url = f"{self._site}/chat/messages"
        async with ClientSession() as client:
            for _try in range(300):  # as our page does: again while we are busy
                async with client.post(url, json={**body, **known}) as answer:
                    if answer.status == 200:
                        self._sessions[who] = (await answer.json())["session"]
                        return
                    assert answer.status == 503, await answer.text()
                await asyncio.sleep(0.1)
        raise AssertionError("busy for too long")

    async def again(self, said: Any) -> None:
        await self._post(*said)

    async def press(self, who: str, number: int) -> None:
        shown = [one for one in await self.hear(who) if one.buttons]
        self._said += 1
        await self._post(who, {"message_id": f"w{self._said}", "option": shown[-1].buttons[number - 1][0]})

    async def hear(self, who: str) -> list[Heard]:
        after = self._last.get(who, 0)
        headers, url = {"X-Chat-Session": self._sessions[who]}, f"{self._site}/chat/messages?after={after}"
        async with ClientSession(headers=headers) as client, client.get(url) as answer:
            fetched = await answer.json()
        self._last[who] = fetched["last"]
        for reply in fetched["replies"]:
            buttons = tuple((option["id"], option["label"]) for option in reply["options"])
            self._heard.append(Heard(who, reply["text"], buttons))
        return [one for one in self._heard if one.who == who]


DRIVERS: dict[str, Callable[[int], Driver]] = {
    "web_chat": WebChat,
    "zalo_oa": ZaloOa,
    "zalo_bot_polling": ZaloBotPolling,
    "zalo_bot_webhook": ZaloBotWebhook,
    "telegram_polling": TelegramPolling,
    "telegram_webhook": TelegramWebhook,
    "sms": Sms,
}
