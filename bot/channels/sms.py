"""SMS by an HTTP gateway, for those without a smartphone: plain text, with or without Vietnamese marks.

The gateway takes `POST {"to", "text"}` with a bearer token and answers `{"id"}`; it tells of messages by
`POST /webhooks/sms {"id", "from", "text"}` with the same kind of header. What another gateway calls these is a matter
of a few lines here.
"""

import hmac
import unicodedata
from http import HTTPStatus
from typing import Any

from aiohttp import web

from bot.channels.http import GATEWAY, Http
from bot.channels.protocol import Channel, DeliveryFailed, Health, Limits
from bot.channels.receiving import MALFORMED, Receiver, Unreadable, body_of, parsed
from bot.conversation.message import Incoming, Reply
from bot.inbox import Inbox
from knowledge_base.settings import Settings
from knowledge_base.storage.database import Database

NAME = "sms"
PATH = "/webhooks/sms"
# 3GPP TS 23.038: 160 characters of the 7-bit alphabet in one message, 70 of UCS-2.
_PLAIN, _MARKED = 160, 70
# What we write and the 7-bit alphabet lacks (or counts twice), by what says the same in as many characters.
_PLAINLY = str.maketrans("đĐ“”‘’–—…•▪₫[]{}~^|\\`", "dD\"\"''--.--d()()--//'")
_GONE = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.UNPROCESSABLE_ENTITY)


def without_marks(text: str) -> str:
    """The text in letters that every telephone has; as many of them as it has characters in NFC."""
    bare = (unicodedata.normalize("NFD", mark)[0] for mark in unicodedata.normalize("NFC", text))
    return "".join(mark if mark.isascii() else "?" for mark in "".join(bare).translate(_PLAINLY))


def incoming_of(said: dict[str, Any]) -> Incoming | None:
    """What a message says.

    Raises:
        Unreadable: a field that is needed is missing or of another type.
    """
    try:
        key, number, words = said["id"], said["from"], said["text"]
    except MALFORMED as error:
        raise Unreadable from error
    if not isinstance(key, str | int) or not isinstance(number, str) or not isinstance(words, str):
        raise Unreadable
    return Incoming(NAME, number, str(key), "text", words)


class Sms(Channel):
    """The channel."""

    name = NAME

    def __init__(self, inbox: Inbox, database: Database, settings: Settings) -> None:
        self.health = Health.STARTING
        self.limits = Limits(text=_PLAIN if settings.sms_marks == "strip" else _MARKED, buttons=0)
        self._settings = settings
        self._receiver = Receiver(NAME, inbox, database)
        self._http = Http()

    def add_routes(self, app: web.Application) -> None:
        """The webhook's address."""
        app.router.add_post(PATH, self.webhook)

    async def close(self) -> None:
        """Let go of the gateway's connections."""
        await self._http.close()

    async def webhook(self, request: web.Request) -> web.Response:
        """A message pushed by the gateway: 200 only after COMMIT."""
        given = request.headers.get("Authorization", "").encode(errors="surrogateescape")
        if not hmac.compare_digest(given, f"Bearer {self._settings.sms_webhook_secret}".encode()):
            return web.Response(status=401)
        raw = await body_of(request)
        if raw is None:
            return web.Response(status=413)
        said, name = parsed(raw)
        return await self._receiver.webhook(said, str(said.get("id") or name), incoming_of)

    async def send(self, address: str, reply: Reply) -> str | None:
        """Send one message; choices are in its words."""
        text = without_marks(reply.text) if self._settings.sms_marks == "strip" else reply.text
        headers = {"Authorization": f"Bearer {self._settings.sms_api_key}"}
        body = {"to": address, "text": text}
        answer = await self._http.post(self._settings.sms_api_url, json=body, headers=headers)
        if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return str(answer.body["id"]) if answer.body.get("id") else None
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise DeliveryFailed("rate limited", retry_after=60)
        permanent, in_doubt = answer.status in _GONE, answer.status in GATEWAY
        raise DeliveryFailed(f"HTTP {answer.status}", permanent=permanent, in_doubt=in_doubt)
