"""Passing a question on: to another unit, one step up, or in parts."""

from aiohttp import web

from admin.views.question import question_page
from admin.visit import visit_of
from admin.wire import field_of, form_of, id_of
from knowledge_base import passing
from knowledge_base.errors import InvalidInput, KnowledgeBaseError
from knowledge_base.storage import staff_store

_WORDS = 500
_MOST_DAYS = 60


async def transfer(request: web.Request) -> web.StreamResponse:
    """To the unit that can answer."""
    visit, question_id, form = visit_of(request), id_of(request), await form_of(request)
    wanted, reason = field_of(form, "unit", 200).strip(), field_of(form, "note", _WORDS)
    try:
        code = await visit.read(staff_store.staffed_unit, wanted)
        if code is None:
            raise InvalidInput("unit_unstaffed", field="unit", unit=wanted)
        visit.tell_trail(unit=code)
        await visit.write(passing.transfer, question_id, code, reason)
    except KnowledgeBaseError as error:
        return await question_page(visit, question_id, error=error)
    raise visit.to("queue", "passed_on")


async def escalate(request: web.Request) -> web.StreamResponse:
    """To the unit above, with a deadline of its own."""
    visit, question_id, form = visit_of(request), id_of(request), await form_of(request)
    days = field_of(form, "days", 3)
    try:
        if not days.isdigit() or not 1 <= int(days) <= _MOST_DAYS:
            raise InvalidInput("days_wrong", field="days", most=_MOST_DAYS)
        await visit.write(passing.escalate, question_id, int(days), field_of(form, "note", _WORDS))
    except KnowledgeBaseError as error:
        return await question_page(visit, question_id, error=error)
    raise visit.to("queue", "passed_on")


async def split(request: web.Request) -> web.StreamResponse:
    """Each line a question of its own."""
    visit, question_id, form = visit_of(request), id_of(request), await form_of(request)
    parts = [line for line in field_of(form, "parts", 4_000).splitlines() if line.strip()]
    try:
        await visit.write(passing.split, question_id, parts)
    except KnowledgeBaseError as error:
        return await question_page(visit, question_id, error=error)
    raise visit.to("question", "split", id=question_id)
