"""Zalo Official Account: residents' own messenger. Events by webhook, messages by OpenAPI v3."""

import asyncio
from http import HTTPStatus
from typing import Any

from aiohttp import web

from bot.channels.http import GATEWAY, Answer, Http
from bot.channels.protocol import Channel, ConsentLost, DeliveryFailed, Health, Limits
from bot.channels.receiving import Receiver, body_of, parsed
from bot.channels.zalo_oa_consent import ZaloConsent
from bot.channels.zalo_oa_events import NAME, incoming_of, is_signed, is_stale, key_of, stale
from bot.conversation.message import Option, Reply
from bot.inbox import Inbox
from knowledge_base.clock import Clock
from knowledge_base.errors import Unavailable
from knowledge_base.settings import Settings
from knowledge_base.storage.database import Database

PATH = "/webhooks/zalo-oa"
_SIGNATURE = "X-ZEvent-Signature"
_SEND = "/v3.0/oa/message/cs"
_TEMPLATE = "/v3.0/oa/message/template"
_LOOK_SECONDS = 60.0  # how often the consent is looked at
_LONGEST_TITLE = 100  # characters of a button
# What error numbers mean for a message (Zalo's documentation; where sources differ, what loses nothing).
_TOKEN = (-124, -216, -220)
_GONE = (-213, -217, -227, -244)  # doesn't follow us, blocks us, or is banned
_SILENT = (-218, -224, -230, -232)  # nothing more to him before his next word
_LATER = {-32: 60.0, -211: 3600.0, -234: 3600.0}  # rate, quota, night: seconds to wait


class ZaloOa(Channel):
    """The channel; its consent is looked after by the supervisor's run."""

    name = NAME
    limits = Limits(text=2000, buttons=5)

    def __init__(self, inbox: Inbox, database: Database, settings: Settings, clock: Clock) -> None:
        self.health = Health.STARTING
        self._settings = settings
        self._clock = clock
        self._receiver = Receiver(NAME, inbox, database)
        self._http = Http()
        self._consent = ZaloConsent(NAME, database, self._http, settings)

    def add_routes(self, app: web.Application) -> None:
        """The webhook's address."""
        app.router.add_post(PATH, self.webhook)

    async def start(self) -> None:
        """Have a token; raises ConsentLost when a human is needed."""
        await self._consent.access()

    async def run(self) -> None:
        """Keep the consent good until cancelled."""
        while self.health == Health.UP:
            await asyncio.sleep(_LOOK_SECONDS)
            await self._consent.access()
        raise ConsentLost(NAME)

    async def close(self) -> None:
        """Let go of the platform's connections."""
        await self._consent.close()
        await self._http.close()

    # --- receiving --------------------------------------------------------------------------------

    async def webhook(self, request: web.Request) -> web.Response:
        """An event pushed by the platform: authenticated over its raw bytes, 200 only after COMMIT."""
        raw = await body_of(request)
        if raw is None:
            return web.Response(status=413)
        header = request.headers.get(_SIGNATURE, "")
        if not is_signed(raw, header, self._settings.zalo_oa_app_id, self._settings.zalo_oa_secret_key):
            return web.Response(status=401)
        event, name = parsed(raw)
        read = stale if is_stale(event, self._clock.now()) else incoming_of
        return await self._receiver.webhook(event, key_of(event, name), read)

    async def fetch_media(self, reference: str) -> tuple[bytes, str]:
        """A file a resident sent, from the platform's own hosts."""
        return await self._http.fetch(reference, self._settings.zalo_media_hosts)

    # --- sending ----------------------------------------------------------------------------------

    async def send(self, address: str, reply: Reply) -> str | None:
        """Send one message with its buttons; a press comes back as a message that says the button's id."""
        message = {"recipient": {"user_id": address}, "message": {"text": reply.text, **_buttons(reply.options)}}
        answer = await self._call(_SEND, message)
        identity = (answer.body.get("data") or {}).get("message_id")
        return str(identity) if identity else None

    async def announce(self, address: str, reference: str) -> None:
        """A template message (approved and paid for): an answer waits. It holds the question's code and no more."""
        if self._settings.zalo_oa_template_id:
            template = {"template_id": self._settings.zalo_oa_template_id, "template_data": {"reference": reference}}
            await self._call(_TEMPLATE, {"user_id": address, **template})

    async def _call(self, path: str, body: dict[str, Any]) -> Answer:
        """Call the API; with a token that is refused, once more with a new one."""
        token = await self._token()
        answer = await self._post(path, body, token)
        if answer.body.get("error") in _TOKEN:
            answer = await self._post(path, body, await self._token(stale=token))
        failure = _failure(answer)
        if failure is not None:
            raise failure
        return answer

    async def _post(self, path: str, body: dict[str, Any], token: str) -> Answer:
        return await self._http.post(self._settings.zalo_oa_api_url + path, json=body, headers={"access_token": token})

    async def _token(self, stale: str = "") -> str:
        try:
            return await self._consent.access(stale)
        except ConsentLost as error:
            self.health = Health.NO_CONSENT  # nothing more is claimed; the supervisor tries from time to time
            raise DeliveryFailed("consent lost", retry_after=30) from error
        except Unavailable as error:
            raise DeliveryFailed("the token can't be read", retry_after=1) from error


def _buttons(options: tuple[Option, ...]) -> dict[str, Any]:
    buttons = [
        {"title": option.label[:_LONGEST_TITLE], "type": "oa.query.hide", "payload": option.id} for option in options
    ]
    return {"attachment": {"type": "template", "payload": {"buttons": buttons}}} if buttons else {}


def _failure(answer: Answer) -> DeliveryFailed | None:
    """What an answer means for the message; None: it was taken. Success is HTTP 200 and error 0."""
    error = answer.body.get("error")
    if answer.status == HTTPStatus.OK and error == 0:
        return None
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return DeliveryFailed("rate limited", retry_after=_LATER[-32])
    if not isinstance(error, int):
        return DeliveryFailed(f"HTTP {answer.status}", in_doubt=answer.status in (HTTPStatus.OK, *GATEWAY))
    reason = f"error {error}"
    if error in _GONE:
        return DeliveryFailed(reason, permanent=True)
    if error in _SILENT:
        return DeliveryFailed(reason, until_heard=True)
    if error in _TOKEN:
        return DeliveryFailed(reason, retry_after=60)
    return DeliveryFailed(reason, retry_after=_LATER.get(error))
