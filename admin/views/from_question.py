"""From an answered question to the FAQ: a new entry of it, or its wordings as phrasings of an entry."""

from dataclasses import dataclass, replace

from aiohttp import web

from admin.candidates import Suggestion, seen_now, with_words
from admin.errors import explain, status_of
from admin.forms import AnswerForm
from admin.trial import Shown, is_trial, try_edit
from admin.views.entry import Task, edit_page, send
from admin.views.question import look
from admin.visit import Visit, visit_of
from admin.wire import field_of, form_of, id_of, words_of
from knowledge_base import from_question
from knowledge_base.errors import InvalidInput, KnowledgeBaseError, NotFound
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.publication import OPEN_STATES
from knowledge_base.faq.revision import Revision
from knowledge_base.questions.question import Question
from knowledge_base.storage import faq_store, phrasing_store, question_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.phrasing_store import ProposedPhrasings
from knowledge_base.storage.staff_store import StaffMember


@dataclass(frozen=True, slots=True)
class _Source:
    """An answered question: its masked wordings, the answer it had, the text that waits, the phrasings that do."""

    question: Question
    wordings: list[str]
    answer: AnswerForm
    revision: Revision | None
    proposal: ProposedPhrasings | None


def _source(tx: Transaction, member: StaffMember, question_id: int) -> _Source:
    question = from_question.answered(tx, member, question_id)
    answers = question_store.answers_of(tx, question_id)
    return _Source(
        question,
        from_question.public_wordings(tx, member, question),
        AnswerForm.from_answer(answers[-1].content) if answers else AnswerForm(topic=question.topic or ""),
        faq_store.revision_from_question(tx, question_id),
        phrasing_store.open_of(tx, question_id),
    )


async def _opened(request: web.Request) -> tuple[Visit, _Source]:
    """The question, and that somebody saw its words, on the trail."""
    visit, question_id = visit_of(request), id_of(request)
    found = await visit.read(_source, visit.member, question_id)
    await visit.write(look, question_id)
    return visit, found


# --- a new entry ----------------------------------------------------------------------------------


def _task(visit: Visit, question: Question) -> Task:
    base = FaqEntry(from_question.own_key(question.id), "answer", "draft", "", "", "", "")
    return Task("from_question", visit.url("question_entry_send", id=question.id), base, question=question)


async def show_entry(request: web.Request) -> web.Response:
    """The form of a new entry, with the answer, and the wordings without what looks like personal data."""
    visit, found = await _opened(request)
    if found.revision is not None and found.revision.state in OPEN_STATES:
        raise visit.to("revision", id=found.revision.id)  # it waits for an editor already
    first, *others = found.wordings or [""]
    form = replace(found.answer, question=first, phrasings="\n".join(others))
    return await edit_page(visit, _task(visit, found.question), form)


async def create_entry(request: web.Request) -> web.StreamResponse:
    """The new entry, in review; or only tried."""
    visit, question_id = visit_of(request), id_of(request)
    question = await visit.read(from_question.answered, visit.member, question_id)
    return await send(
        visit,
        _task(visit, question),
        lambda entry: visit.write(from_question.propose_entry, question_id, entry),
    )


# --- phrasings of an entry --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Choice:
    """What was chosen and typed: an entry, and wordings one a line."""

    key: str
    wordings: str

    @property
    def texts(self) -> list[str]:
        return [line.strip() for line in self.wordings.splitlines() if line.strip()]


async def _phrasing_page(
    visit: Visit,
    found: _Source,
    choice: _Choice,
    *,
    error: KnowledgeBaseError | None = None,
    shown: Shown | None = None,
    note: str = "",
) -> web.Response:
    words = words_of(visit.request, "q")
    live = await visit.read(faq_store.published_of, choice.key) if choice.key else None
    named = with_words(visit, words) if words and live is None else []
    close: list[Suggestion] = []
    if live is None:
        _match, close = await seen_now(visit, words or found.question.text)
    return visit.page(
        "phrasing_of.html",
        status_of(error) if error else 200,
        question=found.question,
        proposal=found.proposal,
        choice=choice,
        live=live,
        words=words,
        named=named,
        close=[one for one in close if one.revision and one.key not in {revision.key for revision in named}],
        shown=shown,
        note=note,
        problem=await explain(visit, error) if error else "",
        faulty=str(error.data.get("field", "")) if error else "",
    )


async def show_phrasing(request: web.Request) -> web.Response:
    """Choose the entry, the matcher's candidates first; then the wordings. What waits is shown to be decided."""
    visit, found = await _opened(request)
    if found.proposal is not None:
        choice = _Choice(found.proposal.entry_key, "\n".join(found.proposal.texts))
    else:
        choice = _Choice(words_of(request, "entry", 40), "\n".join(found.wordings))
    return await _phrasing_page(visit, found, choice)


async def propose_phrasing(request: web.Request) -> web.StreamResponse:
    """The wordings wait for another editor; or are only tried."""
    visit, question_id, posted = visit_of(request), id_of(request), await form_of(request)
    found = await visit.read(_source, visit.member, question_id)
    choice = _Choice(field_of(posted, "entry", 40).strip(), field_of(posted, "wordings", 8_000))
    try:
        if is_trial(posted):
            return await _try(visit, found, choice)
        await visit.write(from_question.propose_phrasings, question_id, choice.key, choice.texts)
    except KnowledgeBaseError as error:
        return await _phrasing_page(visit, found, choice, error=error)
    raise visit.to("question_phrasing", "phrasing_proposed", id=question_id)


async def _try(visit: Visit, found: _Source, choice: _Choice) -> web.StreamResponse:
    live = await visit.read(faq_store.published_of, choice.key)
    if live is None:
        raise NotFound("entry", key=choice.key)
    if not choice.texts:
        raise InvalidInput("wording_missing", field="wordings")
    entry = replace(live.entry, phrasings=tuple(dict.fromkeys((*live.entry.phrasings, *choice.texts))))
    return await try_edit(visit, entry, lambda shown: _phrasing_page(visit, found, choice, shown=shown))


async def _decide_page(visit: Visit, question_id: int, error: KnowledgeBaseError, note: str = "") -> web.Response:
    found = await visit.read(_source, visit.member, question_id)
    texts = found.proposal.texts if found.proposal else ()
    choice = _Choice(found.proposal.entry_key if found.proposal else "", "\n".join(texts))
    return await _phrasing_page(visit, found, choice, error=error, note=note)


async def take_phrasing(request: web.Request) -> web.StreamResponse:
    """Another editor takes the wordings: they are live, the entry settles the question."""
    visit, question_id = visit_of(request), id_of(request)
    try:
        await visit.write(from_question.take_phrasings, question_id)
    except KnowledgeBaseError as error:
        return await _decide_page(visit, question_id, error)
    raise visit.to("desk", "phrasing_taken")


async def refuse_phrasing(request: web.Request) -> web.StreamResponse:
    """The wordings don't come in, for a reason."""
    visit, question_id, posted = visit_of(request), id_of(request), await form_of(request)
    note = field_of(posted, "note", 2_000)
    try:
        await visit.write(from_question.refuse_phrasings, question_id, note)
    except KnowledgeBaseError as error:
        return await _decide_page(visit, question_id, error, note)
    raise visit.to("desk", "phrasing_refused")
