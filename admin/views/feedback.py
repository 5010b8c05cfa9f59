"""What people thought of entries, as an editors' worklist: heaviest first, each with the wordings that led there."""

from dataclasses import dataclass

from aiohttp import web

from admin.errors import explain, status_of
from admin.visit import Visit, visit_of
from admin.wire import field_of, form_of, id_of, number_of, words_of
from knowledge_base import feedback
from knowledge_base.errors import InvalidInput, KnowledgeBaseError, NotFound
from knowledge_base.faq.revision import Revision
from knowledge_base.feedback import Worry
from knowledge_base.redaction.find import mask_personal_data
from knowledge_base.storage import faq_store, feedback_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.feedback_store import Tally, Wording

PAGE = 50
_REASON = 500


@dataclass(frozen=True, slots=True)
class Page:
    """Some worries with the number of all, and how many questions each entry answered in the last 90 days."""

    worries: list[Worry]
    total: int
    answers: dict[str, int]
    tallies: dict[str, Tally]

    def share(self, worry: Worry) -> int | None:
        """How many per cent of the answers residents sent back; None where none is known."""
        said = self.tallies[worry.key].long
        answers = self.answers.get(worry.key, 0)
        sent_back = said[feedback_store.UNCLEAR] + said[feedback_store.NOT_MINE]
        return min(100, round(100 * sent_back / answers)) if answers else None


def read_page(tx: Transaction, path: str, *, handled: bool, number: int) -> Page:
    """A page of the worklist, of a unit and those below."""
    found = [one for one in feedback.worries(tx, path) if (one.handled is not None) is handled]
    shown = found[(number - 1) * PAGE : number * PAGE]
    keys = [one.key for one in shown]
    return Page(shown, len(found), feedback_store.answers(tx, path, keys), feedback_store.tallies(tx, path, keys))


def _live(visit: Visit) -> dict[str, Revision]:
    faq = visit.console.faq
    return dict(faq.snapshot.written) if faq.ready else {}


async def show(request: web.Request) -> web.Response:
    """The worklist."""
    visit = visit_of(request)
    handled, number = words_of(request, "state") == "handled", max(number_of(request, "page", 1), 1)
    page = await visit.read(read_page, visit.member.unit_path, handled=handled, number=number)
    return visit.page(
        "feedback.html",
        page=page,
        live=_live(visit),
        query={"state": "handled" if handled else ""},
        number=number,
        pages=max(1, -(-page.total // PAGE)),
    )


# --- one entry ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _One:
    worry: Worry | None
    tally: Tally
    answers: int
    wordings: list[Wording]
    shown: Revision


def _read_one(tx: Transaction, path: str, key: str) -> _One:
    shown = faq_store.published_of(tx, key) or next(iter(faq_store.revisions_of(tx, key)[::-1]), None)
    if shown is None:
        raise NotFound("entry", key=key)
    worry = next((one for one in feedback.worries(tx, path) if one.key == key), None)
    answers = feedback_store.answers(tx, path, [key]).get(key, 0)
    tally = feedback_store.tallies(tx, path, [key])[key]
    return _One(worry, tally, answers, feedback_store.wordings(tx, path, key), shown)


async def _entry_page(
    visit: Visit, key: str, error: KnowledgeBaseError | None = None, typed: str = "", question_id: int = 0
) -> web.Response:
    found = await visit.read(_read_one, visit.member.unit_path, key)
    return visit.page(
        "feedback_show.html",
        status_of(error) if error else 200,
        found=found,
        revision=found.shown,
        live=_live(visit),
        masked=mask_personal_data,
        problem=await explain(visit, error) if error else "",
        typed=typed,
        faulty=question_id,
    )


async def show_entry(request: web.Request) -> web.Response:
    """What was said of an entry, and what had been asked."""
    return await _entry_page(visit_of(request), request.match_info["key"])


async def handle(request: web.Request) -> web.StreamResponse:
    """Dealt with, until something new is said."""
    visit, key, form = visit_of(request), request.match_info["key"], await form_of(request)
    reason, up_to = field_of(form, "reason", _REASON), field_of(form, "up_to", 15)
    try:
        if not (up_to.isascii() and up_to.isdigit()):
            raise InvalidInput("form_unreadable")
        await visit.write(feedback.handle, key, int(up_to), reason)
    except NotFound:
        raise
    except KnowledgeBaseError as error:
        return await _entry_page(visit, key, error, reason)
    raise visit.to("feedback", "handled")


async def learn(request: web.Request) -> web.StreamResponse:
    """A question's wording becomes a phrasing of an entry."""
    visit, question_id, form = visit_of(request), id_of(request), await form_of(request)
    key, wording, of = field_of(form, "entry", 40).strip(), field_of(form, "wording", 500), field_of(form, "of", 40)
    try:
        await visit.write(feedback.learn, question_id, key, wording)
    except KnowledgeBaseError as error:
        if error.key == "question" or not of:
            raise
        return await _entry_page(visit, of, error, wording, question_id)
    visit.tell_trail(entry=key)
    raise visit.to("feedback_entry", "learned", key=of or key)
