"""Writing a text of the FAQ: a new entry, a new text of one, the answer to an editor's note."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from admin.errors import explain, status_of
from admin.forms import AnswerForm
from admin.trial import Shown, is_trial, try_edit
from admin.views.faq import entry_file
from admin.views.revision import review
from admin.visit import Visit, visit_of
from admin.wire import form_of, id_of
from knowledge_base import editorial, publishing
from knowledge_base.errors import KnowledgeBaseError, NotFound
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.faq.revision import Revision
from knowledge_base.questions.question import Question
from knowledge_base.questions.reference import new_reference
from knowledge_base.storage import faq_store
from knowledge_base.storage.database import Transaction


@dataclass(frozen=True, slots=True)
class Task:
    """What is being written: `act` names the sentences of the page, `former` is the text it starts from.

    `question` is the one that it comes from.
    """

    act: str  # new | propose | amend | spelling | from_question
    action: str  # where the form goes
    base: FaqEntry
    former: Revision | None = None
    question: Question | None = None


def _register(tx: Transaction) -> tuple[list[Topic], dict[str, LegalDocument]]:
    return faq_store.all_topics(tx), faq_store.documents(tx)


async def edit_page(
    visit: Visit,
    task: Task,
    form: AnswerForm | None = None,
    error: KnowledgeBaseError | None = None,
    shown: Shown | None = None,
) -> web.Response:
    """The form, with what was typed, what went wrong with it, and what trying it showed."""
    topics, documents = await visit.read(_register)
    return visit.page(
        "faq_edit.html",
        status_of(error) if error else 200,
        task=task,
        form=form or AnswerForm.from_entry(task.base),
        topics=topics,
        documents=documents,
        shown=shown,
        problem=await explain(visit, error) if error else "",
        faulty=str(error.data.get("field", "")) if error else "",
    )


async def send(visit: Visit, task: Task, save: Callable[[FaqEntry], Awaitable[int]]) -> web.StreamResponse:
    """Save what was typed as a text in review, or try it; on any refusal it is still in the form."""
    posted = await form_of(visit.request)
    form = AnswerForm.from_post(posted)
    topics, _documents = await visit.read(_register)
    try:
        if is_trial(posted):
            return await try_edit(
                visit, form.as_tried(task.base), lambda shown: edit_page(visit, task, form, shown=shown)
            )
        revision_id = await save(form.as_entry(task.base, {topic.slug for topic in topics}))
    except KnowledgeBaseError as error:
        return await edit_page(visit, task, form, error)
    raise visit.to("revision", "proposed", id=revision_id)


# --- a new entry ----------------------------------------------------------------------------------


def _new(visit: Visit) -> Task:
    empty = FaqEntry(f"E-{new_reference()}", "answer", "draft", "", "", "", "")
    return Task("new", visit.url("entry_new_send"), empty)


async def show_new(request: web.Request) -> web.Response:
    """An empty form."""
    visit = visit_of(request)
    return await edit_page(visit, _new(visit))


async def create(request: web.Request) -> web.StreamResponse:
    """A new entry, in review."""
    visit = visit_of(request)
    return await send(visit, _new(visit), lambda entry: visit.write(editorial.propose, entry))


# --- a new text of an entry -----------------------------------------------------------------------


async def _proposal(visit: Visit, key: str) -> Task:
    found = await visit.read(entry_file, key)
    return Task("propose", visit.url("propose_send", key=key), found.shown.entry, found.shown)


async def show_propose(request: web.Request) -> web.Response:
    """The live text, to be changed."""
    visit = visit_of(request)
    return await edit_page(visit, await _proposal(visit, request.match_info["key"]))


async def propose(request: web.Request) -> web.StreamResponse:
    """A new text of an entry, in review."""
    visit = visit_of(request)
    task = await _proposal(visit, request.match_info["key"])
    return await send(visit, task, lambda entry: visit.write(editorial.propose, entry))


# --- a slip of the pen ------------------------------------------------------------------------------


async def _slip(visit: Visit, key: str) -> Task:
    found = await visit.read(entry_file, key)
    if found.live is None:
        raise NotFound("entry", key=key)
    return Task("spelling", visit.url("spelling_send", key=key), found.live.entry, found.live)


async def show_spelling(request: web.Request) -> web.Response:
    """The live text, for letters and marks only."""
    visit = visit_of(request)
    return await edit_page(visit, await _slip(visit, request.match_info["key"]))


async def mend_spelling(request: web.Request) -> web.StreamResponse:
    """Live at once, if it is no more than a slip."""
    visit, key = visit_of(request), request.match_info["key"]
    task, form = await _slip(visit, key), AnswerForm.from_post(await form_of(request))
    try:
        await visit.write(publishing.correct_spelling, key, form.worded(task.base))
    except KnowledgeBaseError as error:
        return await edit_page(visit, task, form, error)
    raise visit.to("entry", "spelling", key=key)


# --- the answer to an editor's note ---------------------------------------------------------------


async def _amendment(visit: Visit, revision_id: int) -> Task:
    revision = (await visit.read(review, visit.member, revision_id)).revision
    return Task("amend", visit.url("amend_send", id=revision_id), revision.entry, revision)


async def show_amend(request: web.Request) -> web.Response:
    """The returned text with the note."""
    visit = visit_of(request)
    return await edit_page(visit, await _amendment(visit, id_of(request)))


async def amend(request: web.Request) -> web.StreamResponse:
    """The amended text, in review again."""
    visit, revision_id = visit_of(request), id_of(request)
    task = await _amendment(visit, revision_id)
    return await send(visit, task, lambda entry: visit.write(editorial.amend, revision_id, entry))
