"""The web chat's page, its plain form for browsers without JavaScript, the script for other pages, their files."""

import hashlib
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.channels.refusal import BAD_FIELD, NO_SESSION, NOT_OURS, TOO_LARGE, ChatError, busy
from bot.channels.web_chat import WebChat
from bot.conversation.message import LONGEST_TEXT
from bot.web.embed import embed_script
from bot.web.render import Renderer
from bot.web.static_files import PREFIX, StaticFile, StaticFiles, send
from bot.web.visitors import cookie_name, forget_session, keep_session
from knowledge_base.errors import Unavailable
from knowledge_base.settings import Settings
from knowledge_base.storage.return_store import ReturnCode
from translations.loader import DEFAULT_LANGUAGE, pick_language
from translations.reader import KEPT_SECONDS, Reader, reader_of

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; "
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
Handler = Callable[[web.Request], Awaitable[web.Response]]
FormHandler = Callable[[web.Request, Mapping[str, str], "Shown"], Awaitable[web.Response]]
_LONGEST_CODE = 40  # characters of a reference or a secret number, with what people put between
_CAME = re.compile(r"q_[0-9A-Z]{7}|h_[0-9A-Z]{8}")  # from a place's link, or a helper's invitation
_FORM_ID = re.compile(r"[A-Za-z0-9_-]{22}")  # 128 bits, as our pages carry them


def add_routes(app: web.Application, chat: WebChat, settings: Settings) -> None:
    """Put the chat's page on the server, beside the channel's own addresses."""
    pages = ChatPages(chat, settings)
    app.router.add_get("/chat", pages.show)
    app.router.add_post("/chat", pages.send)
    app.router.add_post("/chat/session", pages.session)
    app.router.add_get("/chat/history", pages.history)
    app.router.add_post("/chat/return-code", pages.return_code)
    app.router.add_post("/chat/return", pages.return_to)
    app.router.add_get("/chat/embed.js", pages.embed)
    app.router.add_get(PREFIX + "{name:.+}", pages.static)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows besides the conversation."""

    language: str
    embed: bool
    light: bool = False  # in few bytes, without a script
    bare: str = DEFAULT_LANGUAGE  # the language that an address without one gives this reader
    whole: bool = False  # a light page with all that was said, not with the last exchange only
    status: int = 200
    problem: str = ""
    typed: str = ""
    turns: Sequence[Mapping[str, Any]] = field(default=())
    pictures: Mapping[str, str] = field(default_factory=dict)  # where receipts can be kept as pictures, by code
    came: str = ""  # what a link has said at once
    held: bool = False  # whether a cookie holds a session
    code: ReturnCode | None = None  # shown once
    returning: Mapping[str, str] = field(default_factory=dict)  # what was typed to open a conversation

    @property
    def link(self) -> str:
        """The page's own address, with what must be kept."""
        return self._address()

    @property
    def page_link(self) -> str:
        """The same as a page of its own."""
        return replace(self, embed=False).link

    def link_to(self, language: str) -> str:
        """The page in a language that is chosen by this."""
        return self._address(lang=language)

    @property
    def whole_link(self) -> str:
        """The light page with all that was said."""
        return self._address(ca="1") + "#last"

    @property
    def light_link(self) -> str:
        """The page in few bytes, from now on."""
        return self._address(nhe="1")

    @property
    def full_link(self) -> str:
        """The page with everything, from now on."""
        return self._address(nhe="0")

    def _address(self, **query: str) -> str:
        if self.language != DEFAULT_LANGUAGE or self.bare != DEFAULT_LANGUAGE:
            query = {"lang": self.language, **query}
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
        self._embed = StaticFile.of(".js", embed_script(self._static).encode())
        # Shown in frames of our own pages and of those that are allowed; otherwise as strict as everywhere.
        self._headers = {"Content-Security-Policy": _POLICY + chat.origins.frame_ancestors, **_HEADERS}

    async def show(self, request: web.Request) -> web.Response:
        """The page; with the whole conversation for who comes with a cookie."""
        to, shown = reader_of(request.query, request.cookies, request.headers), _shown(request)
        try:
            response = await self._drawn(request, replace(shown, came=_came(request.query.get("from", ""))))
        except Unavailable:
            return self._failed(shown, busy())
        return self._keeping(response, to)

    def _keeping(self, response: web.Response, to: Reader) -> web.Response:
        """Remember what was chosen by this very address."""
        for name, value in to.keeps:
            secure = self._settings.https
            response.set_cookie(
                name, value, max_age=KEPT_SECONDS, path="/", secure=secure, httponly=True, samesite="Lax"
            )
        return response

    async def _drawn(self, request: web.Request, shown: Shown, code: ReturnCode | None = None) -> web.Response:
        session = await self._held(request)
        turns = await self._chat.conversation(session, shown.language) if session else []
        pictures = await self._chat.pictures(turns)
        return self._page(replace(shown, turns=turns, pictures=pictures, held=session is not None, code=code))

    def _page(self, shown: Shown) -> web.Response:
        text = self._renderer.render(shown.language, light=shown.light, shown=shown)
        headers = {**self._headers, "Cache-Control": "private, no-store"}
        response = web.Response(text=text, status=shown.status, content_type="text/html", headers=headers)
        response.enable_compression()
        return response

    def _failed(self, shown: Shown, error: ChatError, typed: str = "") -> web.Response:
        """The page with what went wrong in words; what was typed stays in the box."""
        problem = self._renderer.say(shown.language, error.sentence)
        return self._page(replace(shown, status=error.status, problem=problem, typed=typed))

    async def _held(self, request: web.Request) -> str | None:
        """The session in the cookie, if we issued it."""
        given = request.cookies.get(cookie_name(self._settings))
        return given if given and await self._chat.knows(given) else None

    # --- the plain form ---------------------------------------------------------------------------

    async def send(self, request: web.Request) -> web.Response:
        """Take a message of the plain form, then show the page anew."""
        return await self._by_form(request, self._taken)

    async def _by_form(self, request: web.Request, act: FormHandler) -> web.Response:
        """What a form of ours asks for; or the page with why not."""
        shown, form = _shown(request), dict[str, str]()
        if not self._chat.origins.is_ours(request):
            return self._failed(shown, ChatError(403, "not_ours", NOT_OURS))
        try:
            self._chat.admit(request)
            form = await _form(request)
            language = pick_language(form.get("lang"))
            shown = replace(shown, language=language, embed=False, returning=_returning(form))
            return await act(request, form, shown)
        except ChatError as error:
            return self._failed(shown, error, form.get("text", ""))
        except Unavailable:
            return self._failed(shown, busy(), form.get("text", ""))

    async def _taken(self, request: web.Request, form: Mapping[str, str], shown: Shown) -> web.Response:
        response = self._back_to(shown.link)
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
            said = await self._chat.say(session, message_id=own, language=shown.language, **words)
            if any(one["decision"] == "erased" for one in said):
                return self._erased(shown, said)
            keep_session(response, self._settings, session)
            response.headers["Location"] += "#last"
        return response

    def _erased(self, shown: Shown, said: Sequence[Mapping[str, Any]]) -> web.Response:
        """What a resident holds after all of his is erased: the confirmation, on a page that remembers nothing."""
        response = self._page(replace(shown, turns=[{"from": "bot", **one} for one in said]))
        forget_session(response, self._settings)
        return response

    def _back_to(self, address: str) -> web.Response:
        """To the page after a form, so that loading it anew sends nothing again."""
        return web.Response(status=303, headers={**self._headers, "Cache-Control": "no-store", "Location": address})

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
            self._chat.admit(request)
            response = await tell(request)
        except ChatError as error:
            return self._chat.refused(request, error)
        except Unavailable:
            return self._chat.refused(request, busy())
        response.headers["Cache-Control"] = "no-store"
        return response

    async def _session(self, request: web.Request) -> web.Response:
        # Another site's script has no part in the cookie.
        again, ours = "again" in request.query, self._chat.origins.is_ours(request)
        held = await self._held(request) if ours and not again else None
        response = web.json_response({"session": held or await self._chat.session(None)})
        if again and ours:
            forget_session(response, self._settings)
        return response

    async def _history(self, request: web.Request) -> web.Response:
        session = await self._session_in(request)
        turns = await self._chat.conversation(session, pick_language(request.query.get("lang")))
        last = max((turn["id"] for turn in turns if turn["from"] == "bot"), default=0)
        return web.json_response({"session": session, "turns": turns, "last": last})

    async def _session_in(self, request: web.Request) -> str:
        """The session that a script names, if we issued it."""
        session = request.headers.get("X-Chat-Session", "")
        if not await self._chat.knows(session):
            raise ChatError(404, "session_unknown", NO_SESSION)
        return session

    # --- the way back from another device ---------------------------------------------------------

    async def return_code(self, request: web.Request) -> web.Response:
        """Make the secret number of a conversation: for a script as JSON, for the plain form as a page; once."""
        if "X-Chat-Session" in request.headers:
            return await self._told(request, self._return_code)
        return await self._by_form(request, self._return_code_page)

    async def _return_code(self, request: web.Request) -> web.Response:
        made = await self._chat.way_back.make(await self._session_in(request))
        return web.json_response({"reference": made.reference, "code": made.code})

    async def _return_code_page(self, request: web.Request, _given: Mapping[str, str], shown: Shown) -> web.Response:
        made = await self._chat.way_back.make(await self._held(request) or "")
        return await self._drawn(request, shown, made)

    async def return_to(self, request: web.Request) -> web.Response:
        """Open a conversation by its reference and secret number: scripts get the session, the form a cookie."""
        if request.content_type == "application/json":
            return await self._told(request, self._return_to)
        return await self._by_form(request, self._return_by_form)

    async def _return_to(self, request: web.Request) -> web.Response:
        body = await self._chat.body(request)
        return web.json_response({"session": await self._opened(request, body)})

    async def _return_by_form(self, request: web.Request, form: Mapping[str, str], shown: Shown) -> web.Response:
        session = await self._opened(request, form)
        response = self._back_to(shown.link + "#last")
        keep_session(response, self._settings, session)
        return response

    async def _opened(self, request: web.Request, given: Mapping[str, Any]) -> str:
        reference, code = (str(given.get(name, ""))[:_LONGEST_CODE] for name in ("reference", "code"))
        return await self._chat.way_back.open(request.remote or "?", reference, code)

    # --- files ------------------------------------------------------------------------------------

    async def embed(self, request: web.Request) -> web.Response:
        """The script that puts the chat on other pages."""
        return send(request, self._embed, forever=False)

    async def static(self, request: web.Request) -> web.Response:
        """A file, from memory."""
        return self._static.respond(request)


def _shown(request: web.Request) -> Shown:
    """The page as this reader wants it; in a frame of another site nothing can be kept, so it is never light there."""
    to, embed = reader_of(request.query, request.cookies, request.headers), "embed" in request.query
    bare = reader_of({}, request.cookies, request.headers).language
    return Shown(to.language, embed, to.light and not embed, bare, whole="ca" in request.query)


def _came(link: str) -> str:
    """The words that a link stands for; nothing for links that aren't ours."""
    if not _CAME.fullmatch(link):
        return ""
    return f"Xin chào ({link})" if link.startswith("q_") else f"THAM GIA {link.removeprefix('h_')}"


async def _form(request: web.Request) -> dict[str, str]:
    """The fields that are text, line ends as people typed them."""
    try:
        fields = await request.post()
    except web.HTTPRequestEntityTooLarge as error:
        raise ChatError(413, "too_large", TOO_LARGE) from error
    except (ValueError, LookupError, AssertionError, HttpProcessingError) as error:  # a form no browser sends
        raise ChatError(400, "bad_form", BAD_FIELD) from error
    return {name: value.replace("\r\n", "\n") for name, value in fields.items() if isinstance(value, str)}


def _returning(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed to open a conversation."""
    return {name: form[name][:_LONGEST_CODE] for name in ("reference", "code") if name in form}


def _own_id(form: Mapping[str, str], words: str) -> str:
    """The message's id: the form's, and its words', so that other words from the same page are another message."""
    form_id = form.get("message_id", "")
    if not _FORM_ID.fullmatch(form_id):
        form_id = secrets.token_urlsafe(16)
    digest = hashlib.sha256(json.dumps([words, "option" in form]).encode()).hexdigest()
    return f"{form_id}.{digest[:16]}"
