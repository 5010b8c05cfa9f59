"""`/tra-cuu`: where a question stands, by the code its asker holds. Never its words, nor who asked."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from aiohttp import web

from info_page.browse import window_on
from info_page.face import FACE, language_of, once
from info_page.forms import read_form
from info_page.render import Page
from info_page.throttle import visitor
from knowledge_base import on_behalf, receipts
from knowledge_base.faq.revision import Revision
from knowledge_base.live_faq import FaqSnapshot
from knowledge_base.questions.deadline import Reckoning
from knowledge_base.questions.pausing import reckoning, standing_since
from knowledge_base.questions.privacy import answer_for_anyone, is_private
from knowledge_base.questions.question import UNFINISHED_STATES, Question, QuestionState
from knowledge_base.questions.reference import read_reference
from knowledge_base.storage import calendar_store, question_store, slip_store
from knowledge_base.storage.database import Transaction

_PATH = "/tra-cuu"
_LONGEST_CODE = 20


class Status(StrEnum):
    """What the asker is told."""

    RECEIVED = "received"
    WAITING = "waiting"
    ANSWERED = "answered"
    CLOSED = "closed"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one question stands, without a word of the question."""

    reference: str
    status: Status
    due_on: date | None
    answer: dict[str, Any] | None
    entry_key: str | None
    clock: Reckoning | None = None  # how the promised day came about
    stands_since: date | None = None  # the clock stands: the asker has to reply
    with_slip: bool = False  # there is an answer, for who has the slip's secret number
    said: tuple[str, ...] = ()  # an officer's words besides an answer; only with the number
    opened: bool = False  # by the number
    picture: str = ""  # where the receipt can be kept as a picture


def standing(tx: Transaction, reference: str, language: str = "vi", number: str = "") -> Standing | None:
    """Read where the question behind a code stands; with the `number` of its slip also what is its asker's own."""
    question = question_store.question_by_reference(tx, reference)
    if question is None:
        return None
    answers = question_store.answers_of(tx, question.id)
    slip = slip_store.slip_of(tx, question.id)
    opened = slip is not None and bool(number) and slip_store.opens(tx, slip, number)
    own = slip is not None and bool(answers) and answers[-1].revision_id is None and not opened
    if opened:
        content = answers[-1].content if answers else None
    else:
        content = answer_for_anyone(question, answers[-1].content) if answers and not own else None
    if question.erased_at is not None:
        content = None
    hidden = is_private(question) or question.erased_at is not None
    key = None if hidden else question.disposition_entry or question.entry_key
    clock = reckoning(question, calendar_store.calendar(tx), language)
    since = standing_since(question)
    said = tuple(on_behalf.said_besides(tx, question.id)) if opened else ()
    own |= slip is not None and not opened and bool(on_behalf.said_besides(tx, question.id))
    state = _status(question)
    picture = "" if state is Status.ERASED else receipts.paths(tx, [question.reference])[question.reference]
    return Standing(question.reference, state, question.due_on, content, key, clock, since, own, said, opened, picture)


def _status(question: Question) -> Status:
    if question.erased_at is not None:
        return Status.ERASED
    if question.state in UNFINISHED_STATES:
        return Status.WAITING
    if question.state in (QuestionState.ANSWERED, QuestionState.ANSWERED_BY_BOT):
        return Status.ANSWERED
    return Status.CLOSED if question.state == QuestionState.CLOSED else Status.RECEIVED


def _page(**shows: Any) -> Page:
    status = shows.pop("status", 200)
    blank = {"typed": "", "standing": None, "published": None, "window": None, "fault": None}
    return Page("lookup.html", _PATH, {**blank, **shows}, status=status)


def _published(faq: FaqSnapshot, found: Standing) -> Revision | None:
    """The public page that settles the question, if there is one."""
    return faq.revisions.get(found.entry_key) if found.entry_key else None


async def form(request: web.Request) -> web.Response:
    """The empty form; `?ma=` fills it in."""
    return once(request, _page(typed=request.query.get("ma", "")[:_LONGEST_CODE]))


async def look_up(request: web.Request) -> web.Response:
    """The form's answer. A POST, so that the code stands in no address and no log."""
    face = request.app[FACE]
    form = await read_form(request)
    typed, number = (form.get(name, "").strip()[:_LONGEST_CODE] for name in ("ma", "so"))
    reference = read_reference(typed)
    if reference is None:
        return once(request, _page(typed=typed, fault="shape" if typed else "empty"))
    if not face.lookups.allows(visitor(request), face.clock.now()):
        return once(request, _page(typed=typed, fault="too_often", status=429))
    if number and not face.numbers.allows(reference, face.clock.now()):
        return once(request, _page(typed=typed, fault="too_often", status=429))
    found = await face.database.read(standing, reference, language_of(request), number)
    if found is None:
        return once(request, _page(typed=typed, fault="unknown"))
    if number and not found.opened:
        return once(request, _page(typed=typed, fault="number"))
    published = _published(face.faq.snapshot, found)
    window = window_on(published.entry.in_force, face.faq.today()) if published else None
    return once(request, _page(typed=reference, standing=found, published=published, window=window))
