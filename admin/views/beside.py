"""Beside the answer: notes among officers, asking the resident back, who else is looking."""

from aiohttp import web

from admin.views.question import question_page
from admin.visit import visit_of
from admin.wire import field_of, form_of, id_of
from knowledge_base import desk
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.storage import desk_store, question_store, staff_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember

_WORDS = 2_000


async def note(request: web.Request) -> web.StreamResponse:
    """Words for the other officers."""
    visit, question_id, form = visit_of(request), id_of(request), await form_of(request)
    try:
        await visit.write(desk.add_note, question_id, field_of(form, "note", _WORDS))
    except KnowledgeBaseError as error:
        return await question_page(visit, question_id, error=error)
    raise visit.to("question", "noted", id=question_id)


async def ask_back(request: web.Request) -> web.StreamResponse:
    """Ask the resident something; his clock stands still."""
    visit, question_id, form = visit_of(request), id_of(request), await form_of(request)
    try:
        await visit.write(desk.ask_back, question_id, field_of(form, "words", _WORDS))
    except KnowledgeBaseError as error:
        return await question_page(visit, question_id, error=error)
    raise visit.to("question", "asked_back", id=question_id)


async def go_on(request: web.Request) -> web.StreamResponse:
    """Answer without waiting any longer."""
    visit, question_id = visit_of(request), id_of(request)
    try:
        await visit.write(desk.go_on, question_id)
    except KnowledgeBaseError as error:
        return await question_page(visit, question_id, error=error)
    raise visit.to("question", "gone_on", id=question_id)


def _here(tx: Transaction, member: StaffMember, question_id: int) -> tuple[dict[str, object], list[str]]:
    question = question_store.question_within(tx, member.unit_path, question_id, read=True)
    desk_store.look_at(tx, question_id, member.id)
    holder = staff_store.usernames(tx).get(question.assigned_to or 0, "")
    known = {"state": question.state, "holder": holder, "version": question.version}
    return known, desk_store.lookers(tx, question_id, member.id)


async def presence(request: web.Request) -> web.Response:
    """The open page tells that it is open, and hears who else is here and whether something changed.

    No deed of its own: that the question was seen is on the trail already.
    """
    visit = visit_of(request)
    found, others = await visit.console.database.write(_here, visit.member, id_of(request))
    said = visit.gettext("Also looking: %(names)s", names=", ".join(others)) if others else ""
    return web.json_response({**found, "said": said})
