"""THE table of routes: each with its handler and who may use it. A route that isn't here is refused.

Administrators run the place and see no resident's words; officers and editors work with the questions;
only editors decide what becomes public, and only administrators confirm shipped text and manage accounts.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from admin.views import (
    answer,
    entry,
    faq,
    help_page,
    media,
    messengers,
    password,
    publication,
    question,
    queue,
    revision,
    sign_in,
    staff,
    status,
)
from knowledge_base.questions.lifecycle import STAFF, Role

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Roles = frozenset[Role]

WORKERS: Roles = STAFF
EDITORS: Roles = frozenset({Role.EDITOR})
ADMINISTRATORS: Roles = frozenset({Role.ADMINISTRATOR})
ALL: Roles = WORKERS | ADMINISTRATORS


@dataclass(frozen=True, slots=True)
class Route:
    """One act: its address, its handler, who may. `roles` None: also who isn't signed in."""

    method: str
    path: str
    name: str
    handler: Handler
    roles: Roles | None
    passive: bool = False  # doesn't count as work: an open tab must not keep a session alive
    before_password: bool = False  # open while the first password still has to be changed


_QUESTION = r"/questions/{id:\d{1,15}}"
_REVISION = r"/revisions/{id:\d{1,15}}"
_ENTRY = r"/faq/{key:[A-Za-z0-9._-]{1,40}}"
_MESSAGE = r"/status/messages/{id:\d{1,15}}"
_ACCOUNT = r"/staff/{id:\d{1,15}}"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/sign-in", "sign_in", sign_in.show, None),
    Route("POST", "/sign-in", "sign_in_try", sign_in.enter, None),
    Route("POST", "/sign-out", "sign_out", sign_in.leave, ALL, before_password=True),
    Route("GET", "/password", "password", password.show, ALL, before_password=True),
    Route("POST", "/password", "password_change", password.change, ALL, before_password=True),
    Route("GET", "/messengers", "messengers", messengers.show, WORKERS),
    Route("POST", "/messengers", "messengers_code", messengers.give_code, WORKERS),
    Route("POST", r"/messengers/{id:\d{1,15}}/unlink", "messengers_unlink", messengers.unlink, WORKERS),
    Route("GET", "/help", "help", help_page.show, ALL),
    # The queue; administrators are led on to the status page.
    Route("GET", "/", "queue", queue.show, ALL),
    Route("GET", "/counts", "counts", queue.counts, WORKERS, passive=True),
    Route("GET", _QUESTION, "question", question.show, WORKERS),
    Route("POST", f"{_QUESTION}/claim", "claim", question.claim, WORKERS),
    Route("POST", f"{_QUESTION}/release", "release", question.release, WORKERS),
    Route("POST", f"{_QUESTION}/close", "close", question.close, WORKERS),
    Route("POST", f"{_QUESTION}/reopen", "reopen", question.reopen, WORKERS),
    Route("POST", f"{_QUESTION}/draft", "draft", answer.draft, WORKERS),
    Route("POST", f"{_QUESTION}/preview", "preview", answer.preview, WORKERS),
    Route("POST", f"{_QUESTION}/answer", "answer", answer.submit, WORKERS),
    Route("GET", f"{_QUESTION}/entries", "pick_search", answer.find_entry, WORKERS),
    Route("GET", _QUESTION + "/entries/{key}", "pick", answer.show_entry, WORKERS),
    Route("POST", _QUESTION + "/entries/{key}", "pick_send", answer.send_entry, WORKERS),
    Route("GET", _QUESTION + r"/media/{message:\d{1,15}}", "media", media.download, WORKERS),
    # The editors' desk; officers see it, editors act.
    Route("GET", "/publish", "desk", publication.show, WORKERS),
    Route("POST", f"{_QUESTION}/link", "link", publication.link, EDITORS),
    Route("POST", f"{_QUESTION}/exclude", "exclude", publication.exclude, EDITORS),
    Route("GET", _REVISION, "revision", revision.show, WORKERS),
    Route("POST", f"{_REVISION}/publish", "publish", revision.publish, EDITORS),
    Route("POST", f"{_REVISION}/redact", "redact", revision.redact, EDITORS),
    Route("POST", f"{_REVISION}/return", "send_back", revision.send_back, EDITORS),
    Route("GET", f"{_REVISION}/amend", "amend", entry.show_amend, WORKERS),
    Route("POST", f"{_REVISION}/amend", "amend_send", entry.amend, WORKERS),
    # The FAQ.
    Route("GET", "/faq", "faq", faq.show, ALL),
    Route("GET", "/faq/new", "entry_new", entry.show_new, WORKERS),
    Route("POST", "/faq/new", "entry_new_send", entry.create, WORKERS),
    Route("POST", "/faq/confirm", "confirm_all", faq.confirm_all, ADMINISTRATORS),
    Route("GET", _ENTRY, "entry", faq.show_entry, ALL),
    Route("GET", f"{_ENTRY}/propose", "propose", entry.show_propose, WORKERS),
    Route("POST", f"{_ENTRY}/propose", "propose_send", entry.propose, WORKERS),
    Route("POST", f"{_ENTRY}/withdraw", "withdraw", faq.withdraw, EDITORS),
    Route("POST", f"{_ENTRY}/confirm", "confirm", faq.confirm, ADMINISTRATORS),
    # Running the place.
    Route("GET", "/staff", "staff", staff.show, ADMINISTRATORS),
    Route("POST", "/staff", "staff_add", staff.add, ADMINISTRATORS),
    Route("POST", f"{_ACCOUNT}/reset", "staff_reset", staff.reset, ADMINISTRATORS),
    Route("POST", f"{_ACCOUNT}/disable", "staff_disable", staff.disable, ADMINISTRATORS),
    Route("POST", f"{_ACCOUNT}/enable", "staff_enable", staff.enable, ADMINISTRATORS),
    Route("GET", "/status", "status", status.show, ADMINISTRATORS),
    Route("POST", f"{_MESSAGE}/again", "message_again", status.send_again, ADMINISTRATORS),
    Route("POST", f"{_MESSAGE}/arrived", "message_arrived", status.count_as_arrived, ADMINISTRATORS),
    Route("POST", f"{_MESSAGE}/retry", "message_retry", status.try_again, ADMINISTRATORS),
    Route("POST", r"/status/quarantine/{id:\d{1,15}}", "quarantine_open", status.open_quarantined, ADMINISTRATORS),
)
POLICY = {route.name: route for route in ROUTES}
