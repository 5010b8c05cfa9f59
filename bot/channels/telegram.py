"""Telegram: our own webhook and getUpdates loop, so that an update is acknowledged only once it is committed.

python-telegram-bot is used for types and sending; its receivers acknowledge from memory.
"""

import asyncio
import contextlib
import hmac
import json
import logging
import os
import warnings
from collections.abc import Coroutine
from typing import Any

from aiohttp import web
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
)
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.channels.protocol import Channel, DeliveryFailed, Health, Limits
from bot.channels.receiving import (
    MALFORMED,
    PATIENCE_SECONDS,
    WEBHOOK_PATIENCE_SECONDS,
    Receiver,
    Unreadable,
    body_in,
    body_of,
    parsed,
    words_of,
)
from bot.conversation.message import RECEIPTS, Incoming, Option, Reply
from bot.inbox import Inbox
from knowledge_base import receipts
from knowledge_base.errors import KnowledgeBaseError, Unavailable
from knowledge_base.settings import Settings
from knowledge_base.storage.database import Database
from translations.loader import DEFAULT_LANGUAGE, LANGUAGES, catalog
from translations.loader import mark as _

# The library's coming default: waits as timedelta. Without it every "retry after" is a deprecation warning.
os.environ.setdefault("PTB_TIMEDELTA", "1")

_LOG = logging.getLogger(__name__)
NAME = "telegram"
PATH = "/webhooks/telegram"
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
_END_OF_TIME = 2**40  # seconds; what is later was not written by the platform
_MAX_FILE = 10 * 1024 * 1024
_POLL_SECONDS = 25
_ASK_SECONDS = 60  # how often webhook mode asks whether the platform is there
_ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
_MEDIA = ("photo", "voice", "audio", "video", "video_note", "document", "location", "contact")
# Failures before a request leaves: it certainly did not arrive. (Names of httpx, which the library uses.)
_UNSENT = ("ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol")
# Bad requests that a second try can't mend, by words of the platform's description.
_PERMANENT = ("chat not found", "user is deactivated", "bot was blocked", "peer_id_invalid", "user not found")


COMMANDS = {
    "start": _("Begin, or begin again"),
    "canbo": _("Reach an officer"),
    "xem": _("Look an answer up by its code"),
    "dung": _("Stop notices"),
    "ngonngu": _("Choose the language of replies"),
    "tieptuc": _("Receive notices again"),
    "riengtu": _("See what is kept and your rights"),
    "dulieu": _("Get a copy of your data"),
    "xoa": _("Have your data erased"),
}


def incoming_of(update: dict[str, Any], bot_id: str = "") -> Incoming | None:
    """What an update says; None for updates that say nothing to the dialogue.

    Read from the JSON itself: the library's types take longer to build than all the rest of taking a message in.

    Raises:
        Unreadable: a field that is needed is missing or of another type.
    """
    try:
        int(update["update_id"])
        if query := update.get("callback_query"):
            return _press(update, query, bot_id)
        if member := update.get("my_chat_member"):
            return _left(update, member, bot_id)
        edited = update.get("edited_message")
        message = edited or update.get("message")
        if message is not None and message.get("migrate_to_chat_id"):
            return _moved(update, message, bot_id)
        if message is None or message["chat"]["type"] != "private":
            return None
        kind, media_kind, media_ref = _content(message)
        if edited and kind != "text":  # a caption, or where somebody is now: nothing that was asked
            return None
        return Incoming(
            channel=NAME,
            address=str(int(message["chat"]["id"])),
            external_id=_external_id(update, _moment(message["edit_date" if edited else "date"]), bot_id),
            kind=kind,
            text=_words(message),
            media_kind=media_kind,
            media_ref=media_ref,
            edited=edited is not None,
        )
    except MALFORMED as error:
        raise Unreadable from error


def _moment(date: Any) -> int:
    if not isinstance(date, int) or not 0 <= date < _END_OF_TIME:
        raise TypeError
    return date


def _press(update: dict[str, Any], query: dict[str, Any], bot_id: str) -> Incoming | None:
    presser = str(int(query["from"]["id"]))
    if query.get("message") is None:  # pressed under a message sent by way of another bot's chat
        return None
    chat, option = query["message"]["chat"], str(query.get("data") or "")
    if chat["type"] != "private" and not option.startswith("claim:"):  # residents are spoken to in private only
        return None
    external_id = _external_id(update, str(query["id"]), bot_id)
    return Incoming(NAME, str(int(chat["id"])), external_id, "option", option=option, presser=presser)


def _left(update: dict[str, Any], member: dict[str, Any], bot_id: str) -> Incoming | None:
    """The resident blocked the bot; who comes back says /start, so that needs no word here."""
    if member["chat"]["type"] != "private" or member["new_chat_member"]["status"] != "kicked":
        return None
    external_id = _external_id(update, _moment(member["date"]), bot_id)
    return Incoming(NAME, str(int(member["chat"]["id"])), external_id, "left")


def _moved(update: dict[str, Any], message: dict[str, Any], bot_id: str) -> Incoming:
    """A group became a supergroup and has another number."""
    external_id = _external_id(update, _moment(message["date"]), bot_id)
    new = str(int(message["migrate_to_chat_id"]))
    return Incoming(NAME, str(int(message["chat"]["id"])), external_id, "moved", new)


def _external_id(update: dict[str, Any], part: int | str, bot_id: str) -> str:
    """Unique for ever: the platform numbers updates anew after a quiet week, and another bot has numbers of its own."""
    return f"{bot_id}:{int(update['update_id'])}:{part}"


def _words(message: dict[str, Any]) -> str:
    words = words_of(message, "text", "caption")
    if place := message.get("location"):
        words = f"{words}\n{place['latitude']:.5f}, {place['longitude']:.5f}".strip()
    return words


def _content(message: dict[str, Any]) -> tuple[Any, str | None, str | None]:
    """Kind of the message, and what it carries besides words."""
    if message.get("text") is not None:
        return "text", None, None
    if message.get("sticker") or message.get("animation"):
        return "sticker", None, None
    for name in _MEDIA:
        value = message.get(name)
        if value:
            largest = value[-1] if isinstance(value, list) else value
            return "media", name, largest.get("file_id")
    return "other", None, None


class Telegram(Channel):
    """The channel; started by a supervisor, so that the platform being out of reach harms nobody else."""

    name = NAME
    limits = Limits(text=4096, buttons=100)

    def __init__(self, inbox: Inbox, database: Database, settings: Settings) -> None:
        self.health = Health.STARTING
        self._receiver = Receiver(NAME, inbox, database)
        self._database = database
        self._settings = settings
        self._catalogs = {code: catalog("bot", code).gettext for code in LANGUAGES}
        self.polls = settings.telegram_mode == "polling"
        self._bot: Bot | None = None
        self._asides: set[asyncio.Task[None]] = set()
        self._bot_id = settings.telegram_token.partition(":")[0]

    def add_routes(self, app: web.Application) -> None:
        """The webhook's address."""
        if self._settings.telegram_mode == "webhook":
            app.router.add_post(PATH, self.webhook)

    # --- life -------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Reach the platform; what is optional there may fail. Connections are kept: messages may be in flight."""
        if self._bot is not None:
            await self._bot.get_me()
        else:
            self._bot = await self._connect()
        await self._optional(self._bot)

    async def _connected(self) -> Bot:
        """The bot. A process that only serves connects when it is first wanted."""
        if self._bot is None:
            self._bot = await self._connect()
        return self._bot

    async def _connect(self) -> Bot:
        base = self._settings.telegram_base_url
        # The pool must hold the sends in flight beside the long poll.
        request = HTTPXRequest(connection_pool_size=8, connect_timeout=10, read_timeout=20, write_timeout=20)
        poll = HTTPXRequest(connection_pool_size=2, connect_timeout=10, read_timeout=_POLL_SECONDS + 10)
        bot = Bot(
            self._settings.telegram_token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=request,
            get_updates_request=poll,
        )
        try:
            await bot.initialize()
        except TelegramError:
            with contextlib.suppress(TelegramError, RuntimeError):
                await bot.shutdown()
            raise
        return bot

    async def _optional(self, bot: Bot) -> None:
        """Commands and webhook registration: wanted, not needed."""
        webhook = self._settings.telegram_mode == "webhook"
        try:
            for code, translate in self._catalogs.items():  # without a language: Vietnamese, for everybody else
                described = [BotCommand(name, translate(text)) for name, text in COMMANDS.items()]
                await bot.set_my_commands(described, language_code=None if code == DEFAULT_LANGUAGE else code)
        except TelegramError as error:
            _LOG.warning("telegram commands not set: %s", type(error).__name__)
        try:
            if webhook:
                await bot.set_webhook(
                    self._settings.site + PATH,
                    secret_token=self._settings.telegram_webhook_secret,
                    allowed_updates=_ALLOWED_UPDATES,
                    max_connections=10,
                )
            else:
                await bot.delete_webhook()
        except TelegramError as error:
            _LOG.warning("telegram webhook not changed: %s", type(error).__name__)

    async def run(self) -> None:
        """Poll until cancelled; in webhook mode, ask now and then whether the platform is there."""
        assert self._bot  # noqa: S101 - narrows the type; run() follows start()
        self.health = Health.UP
        while self._settings.telegram_mode == "webhook":
            await asyncio.sleep(_ASK_SECONDS)
            await self._bot.get_me()
        offset: int | None = None
        while True:
            offset = await self._poll(self._bot, offset)

    async def _poll(self, bot: Bot, offset: int | None) -> int | None:
        """One getUpdates; the offset moves past an update only after it is committed."""
        try:
            updates = await bot.get_updates(offset=offset, timeout=_POLL_SECONDS, allowed_updates=_ALLOWED_UPDATES)
        except TelegramError:
            raise
        except Exception:  # noqa: BLE001 - an update that the library stumbles over would come back for ever
            return await self._poll_raw(bot, offset)
        for update in updates:
            await self._take(update.to_dict())
            offset = update.update_id + 1
        return offset

    async def _poll_raw(self, bot: Bot, offset: int | None) -> int | None:
        """The same batch as JSON, when one of its updates can't be read by the library: the others must not wait."""
        wanted = {"offset": offset, "allowed_updates": _ALLOWED_UPDATES}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "use get_updates instead", which is what could not read them
            batch = await bot.do_api_request("getUpdates", api_kwargs=wanted)
        for update in batch:
            await self._take(update)
            offset = update["update_id"] + 1
        return offset

    async def close(self) -> None:
        """Let go of the platform's connections."""
        for task in self._asides:
            task.cancel()
        if self._bot:
            bot, self._bot = self._bot, None
            with contextlib.suppress(TelegramError, RuntimeError):
                await bot.shutdown()

    # --- receiving --------------------------------------------------------------------------------

    async def webhook(self, request: web.Request) -> web.Response:
        """An update pushed by the platform: 200 only after COMMIT; authentic but unreadable ones are kept aside."""
        given = request.headers.get(_SECRET_HEADER, "").encode(errors="surrogateescape")
        if not hmac.compare_digest(given, self._settings.telegram_webhook_secret.encode()):
            return web.Response(status=403)
        raw = await body_of(request)
        if raw is None:
            return web.Response(status=413)
        try:
            return await self._take(body_in(raw), WEBHOOK_PATIENCE_SECONDS) or web.Response()
        except Unavailable:
            return web.Response(status=503)

    async def _take(self, update: dict[str, Any], patience: float = PATIENCE_SECONDS) -> web.Response | None:
        """Commit one update; returns what a webhook may answer."""
        taken = await self._receiver.take(update, self._name_of(update), self._read, patience)
        return await self._answer_press(update) if taken and "callback_query" in update else None

    def _read(self, update: dict[str, Any]) -> Incoming | None:
        return incoming_of(update, self._bot_id)

    def _name_of(self, update: dict[str, Any]) -> str:
        """What an update that can't be read is kept under: its number, or a name made from its words."""
        number = update.get("update_id")
        known = isinstance(number, int) and not isinstance(number, bool)
        return f"{self._bot_id}:{number}" if known else parsed(json.dumps(update).encode())[1]

    async def _answer_press(self, update: dict[str, Any]) -> web.Response | None:
        """Stop the button's spinner and take the buttons away. A webhook's answer can carry a call."""
        query = update.get("callback_query")
        if query is None:
            return None
        self._aside(self._take_buttons_away(query))
        call = {"callback_query_id": query["id"]}
        if self._settings.telegram_mode == "webhook":
            return web.json_response({"method": "answerCallbackQuery", **call})
        if self._bot:
            with contextlib.suppress(TelegramError):
                await self._bot.answer_callback_query(**call)
        return None

    async def _take_buttons_away(self, query: dict[str, Any]) -> None:
        message = query.get("message")
        if message and message["chat"]["type"] == "private":  # in a group another may have to press
            with contextlib.suppress(TelegramError):
                bot = await self._connected()
                await bot.edit_message_reply_markup(message["chat"]["id"], message["message_id"], reply_markup=None)

    def _aside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what nobody waits for."""
        task = asyncio.create_task(work)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    # --- sending ----------------------------------------------------------------------------------

    async def send(self, address: str, reply: Reply) -> str | None:
        """Send one message with its buttons."""
        if self._bot is None:
            raise DeliveryFailed("not started")
        picture = await self._picture(reply)
        markup = _buttons(reply.options, picture) if reply.options or picture else None
        try:
            message = await self._bot.send_message(int(address), reply.text, reply_markup=markup)
        except (TelegramError, ValueError) as error:
            raise _failure(error) from error
        return str(message.message_id)

    async def _picture(self, reply: Reply) -> tuple[str, str] | None:
        """A button that opens the receipt as a picture: its words and address. Telegram takes public addresses only."""
        if reply.reference is None or reply.decision not in RECEIPTS or not self._settings.https:
            return None
        found = await self._database.read(receipts.paths, [reply.reference], receipts.IN_A_MESSAGE)
        say = self._catalogs.get(reply.language) or self._catalogs[DEFAULT_LANGUAGE]
        return say(_("Keep this receipt as a picture")), self._settings.site + found[reply.reference]

    async def fetch_media(self, reference: str) -> tuple[bytes, str]:
        """A file a resident sent, at most 10 MB."""
        try:
            file = await (await self._connected()).get_file(reference)
            if (file.file_size or 0) > _MAX_FILE:
                raise KnowledgeBaseError("media_too_large")
            data = bytes(await file.download_as_bytearray())
        except TelegramError as error:
            raise KnowledgeBaseError("media_unavailable") from error
        if len(data) > _MAX_FILE:
            raise KnowledgeBaseError("media_too_large")
        return data, "application/octet-stream"


def _buttons(options: tuple[Option, ...], link: tuple[str, str] | None = None) -> InlineKeyboardMarkup:
    rows = [[InlineKeyboardButton(option.label[:200], callback_data=option.id)] for option in options]
    if link:
        rows.append([InlineKeyboardButton(link[0], url=link[1])])
    return InlineKeyboardMarkup(rows)


def _failure(error: Exception) -> DeliveryFailed:
    """What a failed call means for the message. Reasons name no token and no address."""
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        seconds = wait.total_seconds() if hasattr(wait, "total_seconds") else float(wait)
        return DeliveryFailed("rate limited", retry_after=seconds)
    if isinstance(error, Forbidden):
        return DeliveryFailed("blocked by the resident", permanent=True)
    if isinstance(error, BadRequest):
        gone = any(words in str(error).lower() for words in _PERMANENT)
        return DeliveryFailed(f"refused: {type(error).__name__}", permanent=gone)
    if isinstance(error, ValueError):
        return DeliveryFailed("not a chat id", permanent=True)
    # Cut or timed out after the request left: it may have arrived. What the platform answered, or never got, did not.
    cause = error.__cause__
    left = cause is not None and type(cause).__module__.startswith("httpx") and type(cause).__name__ not in _UNSENT
    known = isinstance(error, NetworkError)
    return DeliveryFailed("network" if known else type(error).__name__, in_doubt=known and left)
