"""One request: who is here, in which language, and the few things every view needs."""

from dataclasses import dataclass, field
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from aiohttp import web
from markupsafe import Markup

from admin.console import CONSOLE, Console
from admin.pages import environment
from knowledge_base.audit import Deed
from knowledge_base.errors import Forbidden
from knowledge_base.questions.deadline import Calendar
from knowledge_base.questions.lifecycle import Role
from knowledge_base.storage import audit_store
from knowledge_base.storage.database import Transaction, Verb
from knowledge_base.storage.staff_store import TOP, StaffMember, StaffSession
from translations.loader import DEFAULT_LANGUAGE, catalog

P = ParamSpec("P")
T = TypeVar("T")
_TOLD: web.RequestKey[dict[str, str]] = web.RequestKey("told to the trail", dict[str, str])
# What the first part of an address that names something is.
_KINDS = {"id": "id", "key": "entry"}


def audited(verb: Verb[P, T], deed: Deed) -> Verb[P, T]:
    """A verb that leaves its deed on the trail, in one transaction."""

    def with_deed(tx: Transaction, /, *args: P.args, **kwargs: P.kwargs) -> T:
        result = verb(tx, *args, **kwargs)
        audit_store.append(tx, deed)
        return result

    return cast("Verb[P, T]", update_wrapper(with_deed, verb))


@dataclass(slots=True)
class Visit:
    """A request with the session behind it."""

    request: web.Request
    console: Console
    language: str
    session: StaffSession | None = None
    calendar: Calendar = field(default_factory=Calendar)  # the working days; read with the session

    @property
    def member(self) -> StaffMember:
        """Who is signed in; the guard lets nobody else come this far."""
        if self.session is None:
            raise Forbidden("signed_out")
        return self.session.member

    def gettext(self, message: str, **data: Any) -> str:
        """A sentence in the visitor's language, filled."""
        sentence = catalog("admin", self.language).gettext(message)
        return sentence % data if data else sentence

    def ngettext(self, one: str, many: str, n: int) -> str:
        """A sentence about `n` things, in the visitor's language."""
        return catalog("admin", self.language).ngettext(one, many, n) % {"n": n}

    def url(self, name: str, query: dict[str, Any] | None = None, **parts: Any) -> str:
        """The address of a page; the language stays in links."""
        values = {key: str(value) for key, value in (query or {}).items() if value not in ("", None)}
        if self.language != DEFAULT_LANGUAGE:
            values["lang"] = self.language
        resource = self.request.app.router[name]
        return str(resource.url_for(**{key: str(part) for key, part in parts.items()}).with_query(values or None))

    def static(self, name: str) -> str:
        """The address of a static file, with a hash of its content."""
        return str(self.request.app.router["static"].url_for(filename=name))

    def in_language(self, language: str) -> str:
        """This page in another language; after a form, the start."""
        if self.request.method != "GET":
            return str(self.request.app.router["queue"].url_for().with_query(lang=language))
        return str(self.request.rel_url.update_query(lang=language))

    def csrf(self) -> Markup:
        """The hidden field without which no form is taken."""
        token = self.session.csrf_token if self.session else ""
        return Markup('<input type="hidden" name="csrf" value="%s">') % token

    def page(self, template: str, status: int = 200, **values: Any) -> web.Response:
        """A page of the console."""
        text = environment(self.language).get_template(template).render(visit=self, csrf=self.csrf, **values)
        return web.Response(text=text, content_type="text/html", status=status)

    def to(self, name: str, done: str = "", query: dict[str, Any] | None = None, **parts: Any) -> web.HTTPSeeOther:
        """Another page to show, to be raised; `done` names the sentence at its top (`labels.DONE`)."""
        return web.HTTPSeeOther(self.url(name, {**(query or {}), "done": done}, **parts))

    async def read(self, verb: Verb[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a verb that only reads."""
        return await self.console.database.read(verb, *args, **kwargs)

    async def write(self, verb: Verb[Concatenate[StaffMember, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a verb of the core as the member who is signed in; what he did is sealed onto the audit trail with it."""
        return await self.console.database.write(audited(verb, self.deed), self.member, *args, **kwargs)

    @property
    def deed(self) -> Deed:
        """What this request does, for the audit trail: its route, and what its address names."""
        match = self.request.match_info
        act = getattr(match.route.resource, "name", None) or "unknown"
        subject = next((f"{_KINDS.get(name, name)}:{value}" for name, value in match.items()), "")
        member = self.member
        origin = self.request.remote or ""
        return Deed(member.username, str(member.role), member.unit_code, origin[:64], act, subject[:60], self.told)

    @property
    def told(self) -> dict[str, str]:
        """What else the trail keeps of a request: choices of a form, never words that somebody wrote."""
        return self.request.get(_TOLD, {})

    def tell_trail(self, **data: object) -> None:
        """Have the trail keep more of what this request does."""
        self.request[_TOLD] = {**self.told, **{name: str(value)[:120] for name, value in data.items()}}


def home(member: StaffMember) -> str:
    """The page where somebody's work begins."""
    if member.role != Role.ADMINISTRATOR:
        return "queue"
    return "status" if member.unit_path == TOP else "staff"


VISIT: web.RequestKey[Visit] = web.RequestKey("visit", Visit)


def visit_of(request: web.Request) -> Visit:
    """The visit that the session middleware made of a request."""
    return request[VISIT]


def new_visit(request: web.Request, language: str) -> Visit:
    """A visit before anybody has looked at its cookie."""
    visit = Visit(request, request.app[CONSOLE], language)
    request[VISIT] = visit
    return visit
