"""One question: its page, and taking, giving back, closing, reopening it."""

from collections.abc import Iterable

from aiohttp import web

from admin.candidates import Suggestion, seen_now, seen_then
from admin.dossier import Dossier, dossier, spoken
from admin.errors import explain, status_of
from admin.forms import AnswerForm
from admin.visit import Visit, visit_of
from admin.wire import field_of, form_of, id_of
from knowledge_base import officer_queue
from knowledge_base.distress.hear import hear
from knowledge_base.errors import Conflict, InvalidInput, KnowledgeBaseError
from knowledge_base.questions.change import Actor
from knowledge_base.questions.lifecycle import Action, Role
from knowledge_base.questions.question import ANSWERED_STATES, CloseReason, Disposition, QuestionState
from knowledge_base.storage import desk_store, question_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.question_store import Draft
from knowledge_base.storage.staff_store import StaffMember

_WORDS = 2_000


_LIKELY = 20  # per cent; below it a wrong topic would be left standing


def _topic(suggestions: Iterable[Suggestion]) -> str:
    """The topic of the best candidate that is likely enough for a first guess."""
    likely = (found.revision for found in suggestions if found.revision and found.percent >= _LIKELY)
    return next((revision.entry.topic for revision in likely), "")


def close_reasons(found: Dossier) -> list[CloseReason]:
    """Why a question may be closed where it stands: an answered one is settled, an open one is not."""
    if found.question.state == QuestionState.ANSWERED:
        return [CloseReason.SETTLED]
    return [reason for reason in CloseReason if reason not in (CloseReason.SETTLED, CloseReason.ERASED)]


def _to_faq(member: StaffMember, found: Dossier) -> bool:
    """Whether an editor may make something of it for the FAQ: answered, not kept out of it, without a live page."""
    question = found.question
    decided = question.disposition in (Disposition.EXCLUDED, Disposition.OWN_PAGE)
    return member.role == Role.EDITOR and found.is_here and question.state in ANSWERED_STATES and not decided


async def question_page(
    visit: Visit,
    question_id: int,
    *,
    form: AnswerForm | None = None,
    error: KnowledgeBaseError | None = None,
    preview: bool = False,
    conflict: Draft | None = None,
) -> web.Response:
    """The question's page, with what was typed and what went wrong with it."""
    found = await visit.read(dossier, visit.member, question_id, visit.console.neighbours)
    match, now = await seen_now(visit, found.question.text)
    distress = hear(found.question.text) if found.question.urgent else None
    return visit.page(
        "question_show.html",
        status_of(error) if error else 200,
        found=found,
        question=found.question,
        actions=found.actions(visit.member),
        Action=Action,
        form=form or found.form(_topic(now)),
        typed=form,
        version=found.draft.version if found.draft else 0,
        problem=await explain(visit, error) if error else "",
        faulty=str(error.data.get("field", "")) if error else "",
        preview=preview,
        conflict=conflict,
        match=match,
        now=now,
        then=seen_then(visit, found.question.candidates),
        reasons=close_reasons(found),
        spoken=spoken,
        to_faq=_to_faq(visit.member, found),
        distress=distress.kind if distress else "",
        today=visit.console.faq.today(),
        moment_now=visit.console.clock.now(),
    )


def look(tx: Transaction, member: StaffMember, question_id: int) -> None:
    """A question is opened: its words are seen, which the trail keeps."""
    question_store.question_within(tx, member.unit_path, question_id, read=True)
    desk_store.look_at(tx, question_id, member.id)


async def show(request: web.Request) -> web.Response:
    """The page. Who saw a resident's own words is kept on the trail."""
    visit, question_id = visit_of(request), id_of(request)
    await visit.write(look, question_id)
    return await question_page(visit, question_id)


async def claim(request: web.Request) -> web.StreamResponse:
    """Take the question; who comes second learns who has it."""
    visit, question_id = visit_of(request), id_of(request)
    try:
        await visit.write(officer_queue.claim, question_id)
    except Conflict as error:
        if error.data.get("by") == visit.member.id:  # a double click
            raise visit.to("question", "claimed", id=question_id) from error
        return await question_page(visit, question_id, error=error)
    raise visit.to("question", "claimed", id=question_id)


async def release(request: web.Request) -> web.StreamResponse:
    """Give it back to the queue."""
    visit, question_id = visit_of(request), id_of(request)
    try:
        await visit.write(officer_queue.release, question_id)
    except Conflict as error:
        if error.data.get("by") is None and error.key == "not_yours":
            raise visit.to("question", "released", id=question_id) from error
        return await question_page(visit, question_id, error=error)
    raise visit.to("question", "released", id=question_id)


def _reason(text: str) -> CloseReason:
    try:
        return CloseReason(text)
    except ValueError as error:
        raise InvalidInput("reason_missing", field="reason") from error


async def close(request: web.Request) -> web.StreamResponse:
    """Close it with a reason and, if wanted, words to the resident."""
    visit, question_id, form = visit_of(request), id_of(request), await form_of(request)
    try:
        reason, words = _reason(field_of(form, "reason", 30)), field_of(form, "words", _WORDS)
        await visit.write(officer_queue.close, question_id, reason, words)
    except KnowledgeBaseError as error:
        await _already(visit, question_id, QuestionState.CLOSED, error)
        raise
    raise visit.to("question", "closed", id=question_id)


def _reopen(tx: Transaction, member: StaffMember, question_id: int, working_days: int, reason: str) -> None:
    question = question_store.question_within(tx, member.unit_path, question_id, lock=True)
    officer_queue.reopen(tx, question, Actor.of(member), working_days, reason)


async def reopen(request: web.Request) -> web.StreamResponse:
    """Put it back into the queue with a new promise."""
    visit, question_id, form = visit_of(request), id_of(request), await form_of(request)
    reason = field_of(form, "note", 500).strip()
    if not reason:
        raise InvalidInput("note_missing", field="note")
    try:
        await visit.write(_reopen, question_id, visit.console.settings.answer_due_working_days, reason)
    except Conflict as error:
        await _already(visit, question_id, QuestionState.QUEUED, error)
        raise
    raise visit.to("question", "reopened", id=question_id)


async def _already(visit: Visit, question_id: int, state: QuestionState, error: KnowledgeBaseError) -> None:
    """A second click finds the work done: show it instead of an error."""
    if error.key != "question_state":
        return
    question = await visit.read(question_store.question_within, visit.member.unit_path, question_id)
    if question.state == state:
        raise visit.to("question", "already", id=question_id)
