"""Writing an answer: draft, preview, sign-off; or an entry that exists, word for word."""

from aiohttp import web

from admin.candidates import seen_now, with_words
from admin.dates import moment
from admin.forms import AnswerForm
from admin.labels import PERSONAL
from admin.personal import personal_words
from admin.views.question import question_page
from admin.visit import Visit, visit_of
from admin.wire import form_of, id_of, json_of, wants_json, words_of
from knowledge_base import desk, officer_queue
from knowledge_base.errors import Conflict, KnowledgeBaseError, NotFound
from knowledge_base.faq.revision import Revision
from knowledge_base.questions.question import QuestionState
from knowledge_base.storage import faq_store, question_store


def _version(text: object) -> int:
    """The draft's version a page has seen; nonsense has seen none."""
    return int(text) if isinstance(text, int | str) and str(text).isdigit() and len(str(text)) < 10 else 0  # noqa: PLR2004 - fits the column


async def _save(visit: Visit, question_id: int, form: AnswerForm, version: int) -> int:
    """Save the draft; returns its version. What the script saved a moment before the button is no conflict."""
    try:
        return await visit.write(desk.save_draft, question_id, form.as_draft(), version)
    except Conflict as error:
        stored = await visit.read(question_store.draft_of, question_id)
        if error.key != "draft_changed" or stored is None or stored.content != form.as_draft():
            raise
        return stored.version


async def _kept(visit: Visit, question_id: int, form: AnswerForm, error: KnowledgeBaseError) -> web.Response:
    """The page with what was typed, beside what is stored."""
    draft = await visit.read(question_store.draft_of, question_id) if error.key == "draft_changed" else None
    return await question_page(visit, question_id, form=form, error=error, conflict=draft)


async def draft(request: web.Request) -> web.StreamResponse:
    """Save the draft: for the script that saves while somebody types, and for the button."""
    visit, question_id = visit_of(request), id_of(request)
    if wants_json(request):
        return await _autosave(visit, question_id)
    posted = await form_of(request)
    form = AnswerForm.from_post(posted)
    try:
        await _save(visit, question_id, form, _version(posted.get("version")))
    except KnowledgeBaseError as error:
        return await _kept(visit, question_id, form, error)
    raise visit.to("question", "draft", id=question_id)


async def _autosave(visit: Visit, question_id: int) -> web.Response:
    """Errors come back as JSON with a sentence; the page keeps the text either way."""
    content = await json_of(visit.request)
    form = AnswerForm.from_draft(content)
    version = await _save(visit, question_id, form, _version(content.get("version")))
    said = visit.gettext("Draft saved at %(time)s", time=moment(visit, visit.console.clock.now()))
    return web.json_response({"version": version, "said": said, "personal": _personal(visit, form)})


def _personal(visit: Visit, form: AnswerForm) -> str:
    """The warning about personal data in an answer; it stops nothing."""
    told = personal_words(form.short_answer, form.details)
    return visit.gettext(PERSONAL, words=", ".join(f"“{words}”" for words in told)) if told else ""


async def preview(request: web.Request) -> web.StreamResponse:
    """What the resident will read; the draft is saved on the way."""
    visit, question_id, posted = visit_of(request), id_of(request), await form_of(request)
    form = AnswerForm.from_post(posted)
    try:
        await _save(visit, question_id, form, _version(posted.get("version")))
        form.as_answer(await _topics(visit))
    except KnowledgeBaseError as error:
        return await _kept(visit, question_id, form, error)
    return await question_page(visit, question_id, form=form, preview=True)


async def _topics(visit: Visit) -> set[str]:
    return {topic.slug for topic in await visit.read(faq_store.all_topics)}


async def submit(request: web.Request) -> web.StreamResponse:
    """Sign the answer off: the resident is sent it."""
    visit, question_id = visit_of(request), id_of(request)
    form = AnswerForm.from_post(await form_of(request))
    try:
        text = form.as_answer(await _topics(visit))
        await visit.write(officer_queue.answer, question_id, text)
    except KnowledgeBaseError as error:
        if error.key == "question_state" and await _was_sent(visit, question_id, text.as_json()):
            raise visit.to("question", "already", id=question_id) from error
        return await _kept(visit, question_id, form, error)
    raise visit.to("question", "answered", id=question_id)


async def _was_sent(visit: Visit, question_id: int, content: dict[str, object]) -> bool:
    """Whether this very answer is out already: the second of two clicks."""
    answers = await visit.read(question_store.answers_of, question_id)
    return bool(answers) and answers[-1].content == content


# --- an entry as the answer -----------------------------------------------------------------------


async def find_entry(request: web.Request) -> web.Response:
    """Look for an entry by its key or words."""
    visit, question_id, words = visit_of(request), id_of(request), words_of(request, "q")
    question = await visit.read(question_store.question_within, visit.member.unit_path, question_id)
    _match, close = await seen_now(visit, words or question.text)
    named = with_words(visit, words)
    keys = {revision.key for revision in named}
    close = [found for found in close if found.holds and found.key not in keys]
    return visit.page("entry_find.html", question=question, words=words, named=named, close=close)


def _live(visit: Visit, key: str) -> Revision:
    revision = visit.console.faq.snapshot.revisions.get(key)
    if revision is None or not revision.entry.in_force.holds_on(visit.console.faq.today()):
        raise NotFound("entry", key=key)
    return revision


async def show_entry(request: web.Request) -> web.Response:
    """What the resident will read of an entry, before it is sent."""
    visit, revision = visit_of(request), _live(visit_of(request), request.match_info["key"])
    question = await visit.read(question_store.question_within, visit.member.unit_path, id_of(request))
    mine = question.assigned_to == visit.member.id and question.state == QuestionState.ASSIGNED
    return visit.page("entry_pick.html", question=question, revision=revision, mine=mine)


async def send_entry(request: web.Request) -> web.StreamResponse:
    """Answer with an entry, word for word."""
    visit, question_id, key = visit_of(request), id_of(request), request.match_info["key"]
    try:
        await visit.write(officer_queue.answer_with_entry, question_id, key)
    except Conflict as error:
        return await _picked_already(visit, question_id, key, error)
    raise visit.to("question", "answered", id=question_id)


async def _picked_already(visit: Visit, question_id: int, key: str, error: Conflict) -> web.Response:
    question = await visit.read(question_store.question_within, visit.member.unit_path, question_id)
    if error.key == "question_state" and question.state == QuestionState.ANSWERED and question.entry_key == key:
        raise visit.to("question", "already", id=question_id)
    return await question_page(visit, question_id, error=error)
