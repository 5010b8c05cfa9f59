"""Zalo Bot Platform: pilots and small units. Like Telegram's API in form; no buttons, no offset, small quotas."""

import asyncio
import hmac
import json
import time
from http import HTTPStatus
from typing import Any

from aiohttp import web

from bot.channels.http import GATEWAY, Answer, Http
from bot.channels.protocol import Channel, DeliveryFailed, Health, Limits
from bot.channels.receiving import MALFORMED, Receiver, Unreadable, body_of, parsed, words_of
from bot.conversation.message import Incoming, Reply
from bot.inbox import Inbox
from knowledge_base.errors import Unavailable
from knowledge_base.settings import Settings
from knowledge_base.storage.database import Database

NAME = "zalo_bot"
PATH = "/webhooks/zalo-bot"
_SECRET_HEADER = "X-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
_POLL_SECONDS = 25
_ASK_SECONDS = 60.0  # how often webhook mode asks whether the platform is there
_PAUSE_SECONDS = 1.0
_QUOTA_SECONDS = 3600.0  # until a used-up quota is tried again
_EVENTS = {
    "message.text.received": "text",
    "message.image.received": "photo",
    "message.voice.received": "voice",
    "message.sticker.received": "sticker",
    "message.unsupported.received": "other",
}
_FILES = ("photo_url", "photo", "voice_url", "voice", "url")


def _event_of(said: dict[str, Any]) -> dict[str, Any]:
    """The event itself; bodies come flat and wrapped as `{"ok", "result"}`."""
    event = said.get("result", said)
    if not isinstance(event, dict):
        raise Unreadable
    return event


def incoming_of(said: dict[str, Any]) -> Incoming | None:
    """What an event says; None for groups and for what says nothing.

    Raises:
        Unreadable: a field that is needed is missing or of another type.
    """
    try:
        event = _event_of(said)
        kind, message = _EVENTS.get(event["event_name"]), event["message"]
        if kind is None:
            raise Unreadable
        chat, key, words = message["chat"], str(message["message_id"]), words_of(message, "text", "caption")
        if message.get("from", {}).get("is_bot") or str(chat.get("chat_type", "PRIVATE")).upper() != "PRIVATE":
            return None
        address = str(chat["id"])
    except MALFORMED as error:
        raise Unreadable from error
    if kind == "text":
        return Incoming(NAME, address, key, "text", words)
    if kind in ("photo", "voice"):
        file = next((str(message[name]) for name in _FILES if message.get(name)), None)
        return Incoming(NAME, address, key, "media", words, media_kind=kind, media_ref=file)
    return Incoming(NAME, address, key, "sticker" if kind == "sticker" else "other")


def key_of(said: dict[str, Any], otherwise: str) -> str:
    """What an event is kept under; `otherwise` when it doesn't say."""
    try:
        return str(_event_of(said)["message"]["message_id"])
    except (*MALFORMED, Unreadable):
        return otherwise


class ZaloBot(Channel):
    """The channel, by polling or by webhook."""

    name = NAME
    limits = Limits(text=2000, buttons=0)

    def __init__(self, inbox: Inbox, database: Database, settings: Settings) -> None:
        self.health = Health.STARTING
        self.polls = settings.zalo_bot_mode == "polling"
        self._settings = settings
        self._receiver = Receiver(NAME, inbox, database)
        self._http = Http()
        self._last = ""  # the message that came last

    def add_routes(self, app: web.Application) -> None:
        """The webhook's address."""
        if not self.polls:
            app.router.add_post(PATH, self.webhook)

    async def start(self) -> None:
        """Reach the platform and tell it how we want to hear."""
        await self._asked("getMe", {})
        if self.polls:
            await self._asked("deleteWebhook", {})
        else:
            where = {"url": self._settings.site + PATH, "secret_token": self._settings.zalo_bot_webhook_secret}
            await self._asked("setWebhook", where)

    async def run(self) -> None:
        """Poll until cancelled; in webhook mode, ask now and then whether the platform is there."""
        self.health = Health.UP
        while not self.polls:
            await asyncio.sleep(_ASK_SECONDS)
            await self._asked("getMe", {})
        while True:
            began = time.monotonic()
            if not await self._poll() and time.monotonic() - began < _PAUSE_SECONDS:
                await asyncio.sleep(_PAUSE_SECONDS)  # a platform with nothing new may say so at once

    async def _poll(self) -> bool:
        """One getUpdates: one message or none; whether it was new. Old ones are given again, and have no effect."""
        answer = await self._post("getUpdates", {"timeout": _POLL_SECONDS}, patience=_POLL_SECONDS + 10.0)
        if _number(answer) == HTTPStatus.REQUEST_TIMEOUT:  # nobody wrote
            return False
        _check(answer)
        said = answer.body.get("result")
        keys = [await self._keep(one) for one in (said if isinstance(said, list) else [said]) if one]
        new, self._last = bool(keys) and keys[-1] != self._last, keys[-1] if keys else self._last
        return new

    async def _keep(self, said: Any) -> str:
        """Take one message; without an offset it may never be given again, so it is tried until it is kept."""
        event, name = parsed(json.dumps(said).encode())
        key = key_of(event, name)
        while True:
            try:
                await self._receiver.take(event, key, incoming_of)
            except Unavailable:
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                return key

    async def close(self) -> None:
        """Let go of the platform's connections."""
        await self._http.close()

    async def webhook(self, request: web.Request) -> web.Response:
        """An event pushed by the platform: 200 only after COMMIT."""
        given = request.headers.get(_SECRET_HEADER, "").encode(errors="surrogateescape")
        if not hmac.compare_digest(given, self._settings.zalo_bot_webhook_secret.encode()):
            return web.Response(status=403)
        raw = await body_of(request)
        if raw is None:
            return web.Response(status=413)
        said, name = parsed(raw)
        return await self._receiver.webhook(said, key_of(said, name), incoming_of)

    async def send(self, address: str, reply: Reply) -> str | None:
        """Send one message; choices are in its words."""
        answer = await self._post("sendMessage", {"chat_id": address, "text": reply.text})
        _check(answer)
        identity = (answer.body.get("result") or {}).get("message_id")
        return str(identity) if identity else None

    async def fetch_media(self, reference: str) -> tuple[bytes, str]:
        """A file a resident sent, from the platform's own hosts."""
        return await self._http.fetch(reference, self._settings.zalo_media_hosts)

    async def _asked(self, method: str, fields: dict[str, Any]) -> None:
        _check(await self._post(method, fields))

    async def _post(self, method: str, fields: dict[str, Any], patience: float = 20.0) -> Answer:
        base = f"{self._settings.zalo_bot_api_url}/bot{self._settings.zalo_bot_token}"
        return await self._http.post(f"{base}/{method}", json=fields, patience=patience)


def _number(answer: Answer) -> int:
    """The error's number: in the body, else the HTTP status; 200 is none."""
    number = answer.body.get("error_code")
    return number if isinstance(number, int) else answer.status


def _check(answer: Answer) -> None:
    """Raise what an answer means for the message, unless it was taken. Reasons name no token and no address."""
    if answer.body.get("ok") is True:
        return
    number = _number(answer)
    if number == HTTPStatus.OK:
        raise DeliveryFailed("an answer that can't be read", in_doubt=True)
    if number == HTTPStatus.TOO_MANY_REQUESTS:
        wait = (answer.body.get("parameters") or {}).get("retry_after")
        raise DeliveryFailed("rate limited or out of quota", retry_after=float(wait) if wait else _QUOTA_SECONDS)
    if number == HTTPStatus.FORBIDDEN:
        raise DeliveryFailed("blocked by the resident", permanent=True)
    gone = "chat not found" in str(answer.body.get("description", "")).lower()
    raise DeliveryFailed(f"error {number}", permanent=gone, in_doubt=number in GATEWAY)
