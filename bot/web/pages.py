"""The web chat's page, its plain form for browsers without JavaScript, the widget, and the files they need."""

import hashlib
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.channels.web_chat import BAD_FIELD, NO_SESSION, TOO_LARGE, ChatError, WebChat, busy
from bot.conversation.message import LONGEST_TEXT
from bot.web.render import Renderer
from bot.web.static_files import PREFIX, StaticFile, StaticFiles, send
from bot.web.visitors import cookie_name, forget_session, is_ours, keep_session
from bot.web.widget import widget_script
from knowledge_base.errors import Unavailable
from knowledge_base.settings import Settings
from translations.loader import DEFAULT_LANGUAGE, pick_language
from translations.loader import mark as _

HEADERS = {
    # The widget shows this page in a frame of our own pages; otherwise as strict as everywhere.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
Handler = Callable[[web.Request], Awaitable[web.Response]]
_FORM_ID = re.compile(r"[A-Za-z0-9_-]{22}")  # 128 bits, as our pages carry them


NOT_OURS = _("This form was not sent from this page, so nothing was kept. Please send it again from here.")


def add_routes(app: web.Application, chat: WebChat, settings: Settings) -> None:
    """Put the chat's page on the server, beside the channel's own addresses."""
    pages = ChatPages(chat, settings)
    app.router.add_get("/chat", pages.show)
    app.router.add_post("/chat", pages.send)
    app.router.add_post("/chat/session", pages.session)
    app.router.add_get("/chat/history", pages.history)
    app.router.add_get("/chat/widget.js", pages.widget)
    app.router.add_get(PREFIX + "{name:.+}", pages.static)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows besides the conversation."""

    language: str
    embed: bool
    status: int = 200
    problem: str = ""
    typed: str = ""
    turns: Sequence[Mapping[str, Any]] = field(default=())
    held: bool = False  # whether a cookie holds a session

    @property
    def link(self) -> str:
        """The page's own address, with what must be kept."""
        return self.link_in(self.language)

    def link_in(self, language: str) -> str:
        """The page in a language, in a frame as it is now."""
        query = {} if language == DEFAULT_LANGUAGE else {"lang": language}
        if self.embed:
            query["embed"] = "1"
        return "/chat" + (f"?{urlencode(query)}" if query else "")


class ChatPages:
    """The handlers."""

    def __init__(self, chat: WebChat, settings: Settings) -> None:
        self._chat = chat
        self._settings = settings
        self._static = StaticFiles()
        self._renderer = Renderer(settings, self._static)
        self._widget = StaticFile.of(".js", widget_script(self._static).encode())

    async def show(self, request: web.Request) -> web.Response:
        """The page; with the whole conversation for who comes with a cookie."""
        language, embed = pick_language(request.query.get("lang")), "embed" in request.query
        try:
            return await self._drawn(request, Shown(language, embed))
        except Unavailable:
            return self._failed(Shown(language, embed), busy())

    async def _drawn(self, request: web.Request, shown: Shown) -> web.Response:
        session = await self._held(request)
        turns = await self._chat.conversation(session, shown.language) if session else []
        return self._page(Shown(shown.language, shown.embed, turns=turns, held=session is not None))

    def _page(self, shown: Shown) -> web.Response:
        text = self._renderer.render(shown.language, shown=shown)
        headers = {**HEADERS, "Cache-Control": "private, no-store"}
        return web.Response(text=text, status=shown.status, content_type="text/html", headers=headers)

    def _failed(self, shown: Shown, error: ChatError, typed: str = "") -> web.Response:
        """The page with what went wrong in words; what was typed stays in the box."""
        problem = self._renderer.say(shown.language, error.sentence)
        return self._page(Shown(shown.language, shown.embed, error.status, problem, typed))

    async def _held(self, request: web.Request) -> str | None:
        """The session in the cookie, if we issued it."""
        given = request.cookies.get(cookie_name(self._settings))
        return given if given and await self._chat.knows(given) else None

    # --- the plain form ---------------------------------------------------------------------------

    async def send(self, request: web.Request) -> web.Response:
        """Take a message of the plain form, then show the page anew."""
        shown, typed = Shown(pick_language(request.query.get("lang")), "embed" in request.query), ""
        if not is_ours(request, self._settings):
            return self._failed(shown, ChatError(403, "not_ours", NOT_OURS))
        try:
            self._chat.limit_address(request)
            form = await _form(request)
            shown = Shown(pick_language(form.get("lang")), "embed" in form)
            typed = form.get("text", "")
            return await self._taken(request, form, shown)
        except ChatError as error:
            return self._failed(shown, error, typed)
        except Unavailable:
            return self._failed(shown, busy(), typed)

    async def _taken(self, request: web.Request, form: Mapping[str, str], shown: Shown) -> web.Response:
        response = web.Response(status=303, headers={**HEADERS, "Cache-Control": "no-store"})
        response.headers["Location"] = shown.link
        if "again" in form:
            forget_session(response, self._settings)
            return response
        option, text = form.get("option", "")[:64], form.get("text", "")
        if len(text) > LONGEST_TEXT:
            raise ChatError(413, "text_too_long", TOO_LARGE)
        if option or text.strip():
            session = await self._session_of(request, form)
            own = _own_id(form, option or text)
            words = {"text": None, "option": option} if option else {"text": text, "option": None}
            await self._chat.say(session, message_id=own, language=shown.language, **words)
            keep_session(response, self._settings, session)
            response.headers["Location"] += "#last"
        return response

    async def _session_of(self, request: web.Request, form: Mapping[str, str]) -> str:
        """The cookie's session, or the one that begins with this form, however often it is sent."""
        if session := await self._held(request):
            return session
        form_id = form.get("message_id", "")
        if _FORM_ID.fullmatch(form_id):
            return await self._chat.session_for(form_id)
        return await self._chat.session(None)

    # --- what the script asks for -----------------------------------------------------------------

    async def session(self, request: web.Request) -> web.Response:
        """A session before the first message, so that this can be sent again without harm; `again`: a fresh one.

        Who began without JavaScript goes on with the session of the cookie.
        """
        return await self._told(request, self._session)

    async def history(self, request: web.Request) -> web.Response:
        """Both sides of a session, for a page that is opened again."""
        return await self._told(request, self._history)

    async def _told(self, request: web.Request, tell: Handler) -> web.Response:
        """What a script asked for, or why not."""
        try:
            self._chat.limit_address(request)
            response = await tell(request)
        except ChatError as error:
            return self._chat.refused(request, error)
        except Unavailable:
            return self._chat.refused(request, busy())
        response.headers["Cache-Control"] = "no-store"
        return response

    async def _session(self, request: web.Request) -> web.Response:
        if not is_ours(request, self._settings):
            raise ChatError(403, "not_ours", NOT_OURS)
        again = "again" in request.query
        session = (None if again else await self._held(request)) or await self._chat.session(None)
        response = web.json_response({"session": session})
        if again:
            forget_session(response, self._settings)
        return response

    async def _history(self, request: web.Request) -> web.Response:
        session = request.headers.get("X-Chat-Session", "")
        if not await self._chat.knows(session):
            raise ChatError(404, "session_unknown", NO_SESSION)
        turns = await self._chat.conversation(session, pick_language(request.query.get("lang")))
        last = max((turn["id"] for turn in turns if turn["from"] == "bot"), default=0)
        return web.json_response({"session": session, "turns": turns, "last": last})

    async def widget(self, request: web.Request) -> web.Response:
        """The script that puts the chat on other pages of ours."""
        return send(request, self._widget, forever=False)

    async def static(self, request: web.Request) -> web.Response:
        """A file, from memory."""
        return self._static.respond(request)


async def _form(request: web.Request) -> dict[str, str]:
    """The fields that are text, line ends as people typed them."""
    try:
        fields = await request.post()
    except web.HTTPRequestEntityTooLarge as error:
        raise ChatError(413, "too_large", TOO_LARGE) from error
    except (ValueError, LookupError, AssertionError, HttpProcessingError) as error:  # a form no browser sends
        raise ChatError(400, "bad_form", BAD_FIELD) from error
    return {name: value.replace("\r\n", "\n") for name, value in fields.items() if isinstance(value, str)}


def _own_id(form: Mapping[str, str], words: str) -> str:
    """The message's id: the form's, and its words', so that other words from the same page are another message."""
    form_id = form.get("message_id", "")
    if not _FORM_ID.fullmatch(form_id):
        form_id = secrets.token_urlsafe(16)
    digest = hashlib.sha256(json.dumps([words, "option" in form]).encode()).hexdigest()
    return f"{form_id}.{digest[:16]}"
