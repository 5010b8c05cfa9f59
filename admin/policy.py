"""THE table of routes: each with its handler and who may use it. A route that isn't here is refused.

Administrators run the place and see no resident's words; officers and editors work with the questions; collaborators
of a unit write drafts and notes; auditors read everything and change nothing; only editors decide what becomes
public and confirm shipped text, and only administrators manage accounts.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from admin.views import (
    answer,
    beside,
    calendar,
    cluster,
    confirming,
    counter,
    cut_over,
    distress,
    entry,
    erasing,
    faq,
    feedback,
    from_question,
    gaps,
    help_page,
    law,
    media,
    meetings,
    messengers,
    passing,
    password,
    places,
    publication,
    question,
    queue,
    revision,
    sheets,
    sign_in,
    staff,
    status,
    teams,
    text_templates,
    totp,
    trail,
    translations,
    units,
)
from knowledge_base.questions.lifecycle import STAFF, Role

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Roles = frozenset[Role]

WORKERS: Roles = STAFF
EDITORS: Roles = frozenset({Role.EDITOR})
ADMINISTRATORS: Roles = frozenset({Role.ADMINISTRATOR})
READERS: Roles = WORKERS | {Role.AUDITOR}  # see residents' questions
HELPERS: Roles = WORKERS | {Role.COLLABORATOR}  # write drafts and notes; an officer signs off
LOOKERS: Roles = READERS | HELPERS
OVERSEERS: Roles = ADMINISTRATORS | {Role.AUDITOR}
KEEPERS: Roles = WORKERS | ADMINISTRATORS  # of the registers of teams and places
KEPT: Roles = KEEPERS | {Role.AUDITOR}
EVERYBODY: Roles = frozenset({*LOOKERS, *ADMINISTRATORS})


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
    before_code: bool = False  # open while codes from a telephone still have to be set up
    largest: int = 0  # bytes that a form with a file may bring; 0: what any form may
    at_the_top: bool = False  # concerns every unit: only for accounts of the unit above all


_QUESTION = r"/questions/{id:\d{1,15}}"
_REVISION = r"/revisions/{id:\d{1,15}}"
_ENTRY = r"/faq/{key:[A-Za-z0-9._-]{1,40}}"
_FEEDBACK = r"/feedback/{key:[A-Za-z0-9._-]{1,40}}"
_MESSAGE = r"/status/messages/{id:\d{1,15}}"
_TEMPLATE = r"/templates/{id:\d{1,15}}"
_UNIT = r"/units/{code:[A-Za-z0-9-]{1,20}}"
_ACCOUNT = r"/staff/{id:\d{1,15}}"
_TRANSLATIONS = r"/translations/{language:[a-z0-9]{2,3}}"
_TRANSLATION = _TRANSLATIONS + r"/{key:[A-Za-z0-9._-]{1,40}}"
_LARGEST_SHEET = 10 * 1024 * 1024

ROUTES: tuple[Route, ...] = (
    Route("GET", "/sign-in", "sign_in", sign_in.show, None),
    Route("POST", "/sign-in", "sign_in_try", sign_in.enter, None),
    Route("POST", "/sign-in/code", "sign_in_code", sign_in.enter_code, None),
    Route("POST", "/sign-out", "sign_out", sign_in.leave, EVERYBODY, before_password=True, before_code=True),
    Route("GET", "/password", "password", password.show, EVERYBODY, before_password=True, before_code=True),
    Route("POST", "/password", "password_change", password.change, EVERYBODY, before_password=True, before_code=True),
    Route("GET", "/codes", "totp", totp.show, EVERYBODY, before_code=True),
    Route("POST", "/codes", "totp_set_up", totp.set_up, EVERYBODY, before_code=True),
    Route("GET", "/messengers", "messengers", messengers.show, WORKERS),
    Route("POST", "/messengers", "messengers_code", messengers.give_code, WORKERS),
    Route("POST", r"/messengers/{id:\d{1,15}}/unlink", "messengers_unlink", messengers.unlink, WORKERS),
    Route("GET", "/help", "help", help_page.show, EVERYBODY),
    # The queue; administrators are led on to the status page.
    Route("GET", "/", "queue", queue.show, EVERYBODY),
    Route("GET", "/counts", "counts", queue.counts, LOOKERS, passive=True),
    Route("GET", "/queue/export", "queue_export", queue.export, READERS),
    Route("GET", _QUESTION, "question", question.show, LOOKERS),
    Route("POST", f"{_QUESTION}/here", "presence", beside.presence, LOOKERS, passive=True),
    Route("POST", f"{_QUESTION}/note", "note", beside.note, HELPERS),
    Route("POST", f"{_QUESTION}/ask-back", "ask_back", beside.ask_back, WORKERS),
    Route("POST", f"{_QUESTION}/go-on", "go_on", beside.go_on, WORKERS),
    Route("POST", f"{_QUESTION}/transfer", "transfer", passing.transfer, WORKERS),
    Route("POST", f"{_QUESTION}/escalate", "escalate", passing.escalate, WORKERS),
    Route("POST", f"{_QUESTION}/split", "split", passing.split, WORKERS),
    Route("GET", "/clusters", "clusters", cluster.show, READERS),
    Route("POST", f"{_QUESTION}/gather", "gather", cluster.gather, WORKERS),
    Route("POST", f"{_QUESTION}/take-out", "take_out", cluster.take_out, WORKERS),
    Route("POST", _QUESTION + r"/like/{other:\d{1,15}}", "answer_like", cluster.answer_like, WORKERS),
    Route("GET", "/templates", "templates", text_templates.show, WORKERS),
    Route("POST", "/templates", "template_add", text_templates.add, WORKERS),
    Route("POST", _TEMPLATE, "template_change", text_templates.change, WORKERS),
    Route("POST", f"{_TEMPLATE}/remove", "template_remove", text_templates.remove, WORKERS),
    Route("POST", f"{_QUESTION}/claim", "claim", question.claim, WORKERS),
    Route("POST", f"{_QUESTION}/release", "release", question.release, WORKERS),
    Route("POST", f"{_QUESTION}/close", "close", question.close, WORKERS),
    Route("POST", f"{_QUESTION}/reopen", "reopen", question.reopen, WORKERS),
    Route("POST", f"{_QUESTION}/draft", "draft", answer.draft, HELPERS),
    Route("POST", f"{_QUESTION}/preview", "preview", answer.preview, HELPERS),
    Route("POST", f"{_QUESTION}/answer", "answer", answer.submit, WORKERS),
    Route("GET", f"{_QUESTION}/entries", "pick_search", answer.find_entry, WORKERS),
    Route("GET", _QUESTION + "/entries/{key}", "pick", answer.show_entry, WORKERS),
    Route("POST", _QUESTION + "/entries/{key}", "pick_send", answer.send_entry, WORKERS),
    Route("GET", _QUESTION + r"/media/{message:\d{1,15}}", "media", media.download, LOOKERS),
    # The editors' desk; officers see it, editors act.
    Route("GET", "/publish", "desk", publication.show, READERS),
    Route("POST", f"{_QUESTION}/link", "link", publication.link, EDITORS),
    Route("GET", f"{_QUESTION}/new-entry", "question_entry", from_question.show_entry, EDITORS),
    Route("POST", f"{_QUESTION}/new-entry", "question_entry_send", from_question.create_entry, EDITORS),
    Route("GET", f"{_QUESTION}/phrasing", "question_phrasing", from_question.show_phrasing, EDITORS),
    Route("POST", f"{_QUESTION}/phrasing", "question_phrasing_send", from_question.propose_phrasing, EDITORS),
    Route("POST", f"{_QUESTION}/phrasing/take", "phrasing_take", from_question.take_phrasing, EDITORS),
    Route("POST", f"{_QUESTION}/phrasing/refuse", "phrasing_refuse", from_question.refuse_phrasing, EDITORS),
    Route("POST", f"{_QUESTION}/exclude", "exclude", publication.exclude, EDITORS),
    Route("GET", _REVISION, "revision", revision.show, READERS),
    Route("POST", f"{_REVISION}/publish", "publish", revision.publish, EDITORS),
    Route("POST", f"{_REVISION}/redact", "redact", revision.redact, EDITORS),
    Route("POST", f"{_REVISION}/bypass", "bypass", revision.bypass, EDITORS),
    Route("POST", f"{_REVISION}/bypass-check", "bypass_check", revision.check_bypass, EDITORS),
    Route("GET", "/bypasses", "bypasses", revision.bypasses, READERS | OVERSEERS),
    Route("GET", f"{_ENTRY}/spelling", "spelling", entry.show_spelling, EDITORS),
    Route("POST", f"{_ENTRY}/spelling", "spelling_send", entry.mend_spelling, EDITORS),
    Route("POST", f"{_REVISION}/return", "send_back", revision.send_back, EDITORS),
    Route("GET", f"{_REVISION}/amend", "amend", entry.show_amend, WORKERS),
    Route("POST", f"{_REVISION}/amend", "amend_send", entry.amend, WORKERS),
    # What people thought of entries, and what no entry reaches: numbers and words of one's own units.
    Route("GET", "/feedback", "feedback", feedback.show, READERS),
    Route("GET", _FEEDBACK, "feedback_entry", feedback.show_entry, READERS),
    Route("POST", f"{_FEEDBACK}/handled", "feedback_handled", feedback.handle, EDITORS),
    Route("POST", f"{_QUESTION}/learn", "learn", feedback.learn, EDITORS),
    Route("GET", "/gaps", "gaps", gaps.show, READERS),
    # The FAQ.
    Route("GET", "/faq", "faq", faq.show, EVERYBODY),
    Route("GET", "/faq/new", "entry_new", entry.show_new, WORKERS),
    Route("POST", "/faq/new", "entry_new_send", entry.create, WORKERS),
    Route("GET", _ENTRY, "entry", faq.show_entry, EVERYBODY),
    Route("GET", f"{_ENTRY}/propose", "propose", entry.show_propose, WORKERS),
    Route("POST", f"{_ENTRY}/propose", "propose_send", entry.propose, WORKERS),
    Route("POST", f"{_ENTRY}/withdraw", "withdraw", faq.withdraw, EDITORS),
    Route("POST", f"{_ENTRY}/recall", "recall", faq.send_recall, EDITORS),
    # Shipped text is for every unit: an editor of the unit above all confirms it, point by point.
    Route("GET", "/confirming", "confirming", confirming.show, EVERYBODY),
    Route("GET", f"{_ENTRY}/check", "checklist", confirming.show_entry, EVERYBODY),
    Route("POST", f"{_ENTRY}/check", "checklist_send", confirming.send, EDITORS, at_the_top=True),
    # Sheets for editors who work in Excel.
    Route("GET", "/sheets", "sheets", sheets.show, EDITORS),
    Route("GET", "/sheets/download", "sheet_download", sheets.download, READERS),
    Route("POST", "/sheets", "sheet_upload", sheets.upload, EDITORS, largest=_LARGEST_SHEET),
    Route("POST", "/sheets/send", "sheet_send", sheets.send, EDITORS),
    Route("POST", "/sheets/drop", "sheet_drop", sheets.drop, EDITORS),
    # Entries in other languages.
    Route("GET", _TRANSLATIONS, "translations", translations.show, LOOKERS),
    Route("GET", f"{_TRANSLATIONS}.po", "translations_download", translations.download, HELPERS),
    Route("POST", _TRANSLATIONS, "translations_upload", translations.upload, HELPERS, largest=_LARGEST_SHEET),
    Route("GET", _TRANSLATION, "translation", translations.show_entry, LOOKERS),
    Route("POST", _TRANSLATION, "translation_put", translations.put, HELPERS),
    Route("POST", f"{_TRANSLATION}/approve", "translation_approve", translations.approve, EDITORS),
    Route("POST", f"{_TRANSLATION}/return", "translation_return", translations.send_back, EDITORS),
    Route("POST", f"{_TRANSLATION}/withdraw", "translation_withdraw", translations.withdraw, EDITORS),
    # The law; everybody looks, editors act. Numbers hold slashes, so they stand in the query.
    Route("GET", "/law", "law", law.show, EVERYBODY),
    Route("POST", "/law", "law_add", law.add, EDITORS),
    Route("GET", "/law/document", "law_document", law.show_document, EVERYBODY),
    Route("POST", "/law/document", "law_change", law.change, EDITORS),
    Route("POST", "/law/repeal", "law_repeal", law.repeal, EDITORS),
    Route("GET", "/law/review", "upkeep", cut_over.upkeep, EVERYBODY),
    Route("GET", "/cut-over", "cut_over", cut_over.show, EVERYBODY),
    # The working days; everybody looks, administrators change.
    Route("GET", "/calendar", "calendar", calendar.show, EVERYBODY),
    Route("POST", "/calendar", "calendar_change", calendar.change, ADMINISTRATORS, at_the_top=True),
    # What is said to somebody in distress; everybody looks, administrators change.
    Route("GET", "/distress", "distress", distress.show, EVERYBODY),
    Route("POST", "/distress", "distress_change", distress.change, ADMINISTRATORS, at_the_top=True),
    # The register of units; everybody looks, administrators act.
    Route("GET", "/units", "units", units.show, EVERYBODY),
    Route("POST", "/units", "unit_add", units.add, ADMINISTRATORS, at_the_top=True),
    Route("GET", _UNIT, "unit", units.show_unit, EVERYBODY),
    Route("POST", f"{_UNIT}/rename", "unit_rename", units.rename, ADMINISTRATORS, at_the_top=True),
    Route("POST", f"{_UNIT}/merge", "unit_merge", units.merge, ADMINISTRATORS, at_the_top=True),
    Route("POST", f"{_UNIT}/owners", "owner_add", units.add_owner, ADMINISTRATORS),
    Route("POST", _UNIT + r"/owners/{id:\d{1,15}}/remove", "owner_remove", units.remove_owner, ADMINISTRATORS),
    # People who ask for neighbours, places with codes, village meetings, and the counter.
    Route("GET", "/counter", "counter", counter.show, READERS),
    Route("GET", "/erasing", "erasing", erasing.show, KEEPERS),
    Route("POST", f"{_QUESTION}/erase", "erase_for_asker", erasing.erase, KEEPERS),
    Route("POST", "/counter/slips", "counter_slips", counter.slips, WORKERS),
    Route("POST", f"{_QUESTION}/receipt", "receipt", counter.receipt, WORKERS),
    Route("POST", f"{_QUESTION}/told", "told", counter.told, WORKERS),
    Route("GET", "/teams", "teams", teams.show, KEPT),
    Route("POST", "/teams", "team_add", teams.add, KEEPERS),
    Route("GET", "/teams/sheet", "teams_sheet", teams.sheet, KEEPERS),
    Route("POST", "/teams/sheet", "teams_import", teams.take_sheet, KEEPERS),
    Route("GET", r"/teams/{id:\d{1,15}}", "team", teams.show_team, KEPT),
    Route("POST", r"/teams/{id:\d{1,15}}/members", "helper_add", teams.add_member, KEEPERS),
    Route("POST", r"/teams/{id:\d{1,15}}/invitations", "team_invite", teams.invite, KEEPERS),
    Route("POST", r"/teams/{id:\d{1,15}}/state", "team_switch", teams.switch, KEEPERS),
    Route("POST", r"/helpers/{id:\d{1,15}}/state", "helper_switch", teams.switch_member, KEEPERS),
    Route("GET", "/places", "places", places.show, KEPT),
    Route("POST", "/places", "place_add", places.add, KEEPERS),
    Route("GET", "/places/paper", "places_paper", places.paper, KEPT),
    Route("GET", "/places/export", "places_export", places.export, KEPT),
    Route("POST", r"/places/{id:\d{1,15}}/state", "place_switch", places.switch, KEEPERS),
    Route("GET", "/meetings", "meetings", meetings.show, READERS),
    Route("POST", "/meetings", "meeting_add", meetings.add, WORKERS),
    Route("GET", r"/meetings/{id:\d{1,15}}", "meeting", meetings.show_meeting, READERS),
    Route("GET", r"/meetings/{id:\d{1,15}}/form", "meeting_form", meetings.form, WORKERS),
    Route("GET", r"/meetings/{id:\d{1,15}}/sheet", "meeting_sheet", meetings.sheet, WORKERS),
    Route("POST", r"/meetings/{id:\d{1,15}}/sheet", "meeting_look", meetings.look, WORKERS),
    Route("POST", r"/meetings/{id:\d{1,15}}/enter", "meeting_enter", meetings.enter, WORKERS),
    Route("POST", r"/meetings/{id:\d{1,15}}/receipts", "meeting_receipts", meetings.print_receipts, WORKERS),
    # Running the place.
    Route("GET", "/staff", "staff", staff.show, OVERSEERS),
    Route("POST", "/staff", "staff_add", staff.add, ADMINISTRATORS),
    Route("POST", f"{_ACCOUNT}/duties", "staff_duties", staff.duties, ADMINISTRATORS),
    Route("POST", f"{_ACCOUNT}/codes", "staff_totp_forget", staff.forget_totp, ADMINISTRATORS),
    Route("POST", f"{_ACCOUNT}/reset", "staff_reset", staff.reset, ADMINISTRATORS),
    Route("POST", f"{_ACCOUNT}/disable", "staff_disable", staff.disable, ADMINISTRATORS),
    Route("POST", f"{_ACCOUNT}/enable", "staff_enable", staff.enable, ADMINISTRATORS),
    Route("GET", "/status", "status", status.show, OVERSEERS, at_the_top=True),
    Route("GET", "/trail", "trail", trail.show, OVERSEERS),
    Route("POST", f"{_MESSAGE}/again", "message_again", status.send_again, ADMINISTRATORS, at_the_top=True),
    Route("POST", f"{_MESSAGE}/arrived", "message_arrived", status.count_as_arrived, ADMINISTRATORS, at_the_top=True),
    Route("POST", f"{_MESSAGE}/retry", "message_retry", status.try_again, ADMINISTRATORS, at_the_top=True),
    Route(
        "POST",
        r"/status/quarantine/{id:\d{1,15}}",
        "quarantine_open",
        status.open_quarantined,
        ADMINISTRATORS,
        at_the_top=True,
    ),
)
POLICY = {route.name: route for route in ROUTES}
