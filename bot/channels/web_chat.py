"""The web chat: a JSON API that the page, portals and the plain form share. Residents' pages fetch their replies."""

import asyncio
import hashlib
import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from aiohttp import web

from bot.channels.origins import Origins
from bot.channels.protocol import Channel, DeliveryFailed, Health, Limits
from bot.channels.refusal import (
    BAD_FIELD,
    BAD_JSON,
    NO_SESSION,
    NOT_OURS,
    TOO_LARGE,
    TOO_MANY,
    ChatError,
    busy,
    subscriber,
)
from bot.channels.way_back import WayBack
from bot.conversation.message import LONGEST_TEXT, RECEIPTS, Incoming, Reply
from bot.conversation.replies import from_core
from bot.inbox import Inbox, voice_of
from bot.rate_limit import RateLimit
from knowledge_base import receipts
from knowledge_base.clock import Clock
from knowledge_base.errors import Unavailable
from knowledge_base.live_faq import LiveFaq
from knowledge_base.settings import Settings
from knowledge_base.storage import chat_store, contact_store, erasure_store, outbox_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.outbox_store import OutboxMessage, OutboxState
from knowledge_base.text.clean import clean
from translations.loader import DEFAULT_LANGUAGE, catalog, pick_language

_LOG = logging.getLogger(__name__)
NAME = "web_chat"
_SESSION_BYTES = 16  # 128 bits
_MAX_BODY = 64 * 1024
_LONGEST_ID = 100
_LONGEST_POLL = 25.0  # seconds a page may wait for later replies
_SESSION_RATE = (60, 60.0)  # messages in seconds; people don't type faster
_ADDRESS_RATE = (600, 60.0)  # far higher: a village may share one address


class WebChat(Channel):
    """`POST /chat/messages`, `GET /chat/messages?after=…`; see docs/channels.md for the contract."""

    name = NAME
    limits = Limits(text=LONGEST_TEXT, buttons=10)
    pulled = True

    def __init__(self, inbox: Inbox, database: Database, faq: LiveFaq, settings: Settings, clock: Clock) -> None:
        self.health = Health.UP
        self.origins = Origins(settings)
        self.way_back = WayBack(database, clock)
        self._inbox = inbox
        self._database = database
        self._faq = faq
        self._settings = settings
        self._per_session = RateLimit(clock, *_SESSION_RATE)
        self._per_address = RateLimit(clock, *_ADDRESS_RATE)
        self._news = asyncio.Condition()
        self._told = 0  # how often; tells a page that looked just before the news came
        self._closing = False

    # --- what every channel has -------------------------------------------------------------------

    def add_routes(self, app: web.Application) -> None:
        """The API's two addresses."""
        app.router.add_post("/chat/messages", self.post)
        app.router.add_get("/chat/messages", self.get)
        self.origins.add_to(app)
        app.on_shutdown.append(self._let_go)

    async def start(self) -> None:
        """Nothing to reach."""

    async def send(self, _address: str, _reply: Reply) -> str | None:
        """Never called: pages fetch their messages."""
        raise DeliveryFailed("web chat is fetched, not pushed")

    async def tell(self) -> None:
        """Something was put in the outbox: pages that wait look again."""
        async with self._news:
            self._told += 1
            self._news.notify_all()

    async def _let_go(self, _app: web.Application) -> None:
        """The server stops: pages that wait get their answer now."""
        self._closing = True
        await self.tell()

    # --- the API ----------------------------------------------------------------------------------

    async def post(self, request: web.Request) -> web.Response:
        """Take one message, answer with what the bot says to it."""
        try:
            return await self._post(request)
        except ChatError as error:
            return self.refused(request, error)
        except Unavailable:
            return self.refused(request, busy())

    async def get(self, request: web.Request) -> web.Response:
        """Later replies: those after an id; waits up to `wait` seconds for the first."""
        try:
            return await self._get(request)
        except ChatError as error:
            return self.refused(request, error)
        except Unavailable:
            return self.refused(request, busy())

    async def _post(self, request: web.Request) -> web.Response:
        self.admit(request)
        body = await self.body(request)
        language = pick_language(_text(body, "lang", 8))
        text = _text(body, "text", LONGEST_TEXT, too_long=413)
        option = _text(body, "option", 64)
        message_id = _text(body, "message_id", _LONGEST_ID)
        if text is None and option is None:
            raise ChatError(400, "text_or_option_needed", BAD_FIELD)
        session = await self.session(_text(body, "session", 64) or request.headers.get("X-Chat-Session"))
        replies = await self.say(session, text=text, option=option, message_id=message_id, language=language)
        return web.json_response({"session": session, "replies": replies})

    async def say(
        self, session: str, *, text: str | None, option: str | None, message_id: str | None, language: str
    ) -> list[dict[str, Any]]:
        """Take one message of a session; returns the replies as JSON, the stored ones if it came before."""
        self._limit(self._per_session, session)
        # The id is the resident's own within his session: it must not meet another session's. The session itself
        # opens the conversation, so only its hash is written down (128 random bits need no key).
        own = message_id or secrets.token_hex(_SESSION_BYTES)
        mark = hashlib.sha256(session.encode()).hexdigest()[:32]
        incoming = Incoming(
            channel=NAME,
            address=session,
            external_id=f"{mark}:{own}",
            kind="option" if option else "text",
            text=text or "",
            option=option or "",
            language=language,
        )
        accepted = await self._inbox.receive(incoming)
        messages = await self._database.write(_fetch_replies, accepted.contact_ref, accepted.inbox_id)
        return self._as_json(messages, await self._spoken(session, language, messages))

    async def session(self, given: str | None) -> str:
        """The session given if we issued it, a new one if none was given."""
        if given:
            if not await self.knows(given):
                raise ChatError(404, "session_unknown", NO_SESSION)
            return given
        session = secrets.token_urlsafe(_SESSION_BYTES)
        await self._database.write(chat_store.issue_session, session)
        return session

    async def knows(self, session: str) -> bool:
        """Whether we issued this session."""
        return await self._database.read(chat_store.is_session, session)

    async def session_for(self, form: str) -> str:
        """The session that begins with a form of ours; sent twice, it is one session."""
        return await self._database.write(chat_store.issue_session_for, form)

    async def _get(self, request: web.Request) -> web.Response:
        self.admit(request)
        given = request.headers.get("X-Chat-Session")
        if not given:
            raise ChatError(404, "session_unknown", NO_SESSION)
        session = await self.session(given)
        after = _number(request.query.get("after", "0"))
        wait = min(_number(request.query.get("wait", "0")), _LONGEST_POLL)
        language = pick_language(request.query.get("lang"))
        deadline = asyncio.get_running_loop().time() + wait
        while True:
            told = self._told
            replies, last = await self.later(session, int(after), language)
            left = deadline - asyncio.get_running_loop().time()
            if not replies and (left <= 0 or self._closing) and request.query.get("quiet") == "1":
                return web.Response(status=204)
            if replies or left <= 0 or self._closing:
                return web.json_response({"session": session, "replies": replies, "last": last})
            await self._wait(left, told)

    async def _wait(self, seconds: float, told: int) -> None:
        """Until there is news that came after the `told`-th, or the time is up."""
        try:
            async with asyncio.timeout(seconds), self._news:
                await self._news.wait_for(lambda: self._told != told)
        except TimeoutError:
            return

    async def later(self, session: str, after: int, language: str) -> tuple[list[dict[str, Any]], int]:
        """The replies of a session after an id, as JSON with `id` and `at`, and the last id."""
        messages = await self._database.read(_after, session, after)
        fetched = [message.id for message in messages if message.state == OutboxState.PENDING]
        if fetched:  # pages that wait in vain must not keep the writer busy
            await self._database.write(outbox_store.mark_fetched, fetched)
        told = self._as_json(messages, await self._spoken(session, language, messages))
        return told, messages[-1].id if messages else after

    async def conversation(self, session: str, language: str) -> list[dict[str, Any]]:
        """Both sides of a session, oldest first: the resident's words (`"from": "resident"`) and the replies."""
        turns = await self._database.read(chat_store.turns, session)
        said = [turn for turn in turns if isinstance(turn, OutboxMessage)]
        replies = self._as_json(said, await self._spoken(session, language, said))
        if pending := [turn.id for turn in turns if isinstance(turn, OutboxMessage) and turn.state == "pending"]:
            await self._database.write(outbox_store.mark_fetched, pending)
        bot = {reply["id"]: {"from": "bot", **reply} for reply in replies}
        return [bot[turn.id] if isinstance(turn, OutboxMessage) else turn.as_json() for turn in turns]

    async def pictures(self, turns: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """Where the receipts among the turns of a conversation can be kept as pictures, by code."""
        codes = {turn["reference"] for turn in turns if turn["from"] == "bot" and turn["decision"] in RECEIPTS}
        return await self._database.read(receipts.paths, sorted(codes)) if codes else {}

    async def _spoken(self, session: str, language: str, messages: list[OutboxMessage]) -> str:
        """The language of what the core has to tell: the one chosen in the chat, else the page's."""
        if not any("notice" in message.body for message in messages):
            return language
        return pick_language(await self._database.read(_chosen, session) or language)

    def _as_json(self, messages: list[OutboxMessage], language: str) -> list[dict[str, Any]]:
        voice = voice_of(self._settings, language)
        documents = self._faq.snapshot.documents
        return [
            {
                **_spoken_in(from_core(voice, message.body, documents), message, voice.language).as_json(),
                "id": message.id,
                "at": message.created_at.isoformat(),
                "prompted": message.inbox_id is not None,  # by the resident's words, or it came by itself
            }
            for message in messages
        ]

    async def body(self, request: web.Request) -> dict[str, Any]:
        """The JSON object of a request."""
        if request.content_type != "application/json":
            raise ChatError(400, "json_needed", BAD_JSON)
        if (request.content_length or 0) > _MAX_BODY:
            raise ChatError(413, "too_large", TOO_LARGE)
        raw = await request.content.read(_MAX_BODY + 1)
        while len(raw) <= _MAX_BODY and not request.content.at_eof():
            raw += await request.content.read(_MAX_BODY + 1 - len(raw))
        if len(raw) > _MAX_BODY:
            raise ChatError(413, "too_large", TOO_LARGE)
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise ChatError(400, "bad_json", BAD_JSON) from error
        if not isinstance(body, dict):
            raise ChatError(400, "bad_json", BAD_JSON)
        return body

    def admit(self, request: web.Request) -> None:
        """Refuse other sites' scripts, and who comes too often from one address."""
        if not self.origins.admits(request):
            raise ChatError(403, "not_ours", NOT_OURS)
        self._limit(self._per_address, subscriber(request.remote or "?"))

    def _limit(self, limit: RateLimit, subject: str) -> None:
        if not limit.allows(subject):
            raise ChatError(429, "too_many", TOO_MANY)

    def refused(self, request: web.Request, error: ChatError) -> web.Response:
        """The error as JSON, in the language the page speaks."""
        sentence = catalog("bot", pick_language(request.query.get("lang"))).gettext(error.sentence)
        headers = {"Retry-After": str(error.again_in)} if error.status in (429, 503) else {}
        return web.json_response(
            {"error": {"code": error.code, "message": sentence}}, status=error.status, headers=headers
        )


def _text(body: dict[str, Any], name: str, longest: int, too_long: int = 400) -> str | None:
    """A text field that may be missing."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ChatError(400, f"{name}_not_text", BAD_FIELD)
    if len(value) > longest:
        raise ChatError(too_long, f"{name}_too_long", TOO_LARGE)
    if name == "message_id" and clean(value) != value:  # part of a key: what can't be stored isn't replaced
        raise ChatError(400, f"{name}_unreadable", BAD_FIELD)
    return value


def _number(value: str) -> float:
    """A whole number that isn't negative."""
    if not value.isascii() or not value.isdigit() or len(value) > 15:  # noqa: PLR2004 - past any row number
        raise ChatError(400, "not_a_number", BAD_FIELD)
    return float(value)


def _fetch_replies(tx: Transaction, contact_ref: str, inbox_id: int) -> list[OutboxMessage]:
    """The replies to one message. Others may lie between them and what the page has, so only these count as sent."""
    messages = outbox_store.messages_for(tx, contact_ref, inbox_id=inbox_id)
    outbox_store.mark_fetched(tx, [message.id for message in messages])
    erasure_store.part(tx, [contact_ref])  # of who was erased, once he has been told
    return messages


def _spoken_in(reply: Reply, message: OutboxMessage, language: str) -> Reply:
    """What the core tells is put into words here, so its language is known here."""
    told_now = "notice" in message.body and language != DEFAULT_LANGUAGE
    return replace(reply, language=language) if told_now else reply


def _chosen(tx: Transaction, session: str) -> str | None:
    ref = tx.keys.contact_ref(NAME, session)
    return contact_store.languages_of(tx, [ref]).get(ref)


def _after(tx: Transaction, session: str, after: int) -> list[OutboxMessage]:
    return outbox_store.messages_for(tx, tx.keys.contact_ref(NAME, session), after=after)
