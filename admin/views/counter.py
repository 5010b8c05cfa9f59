"""The counter: a code looked up for whoever brings his slip, receipts, that somebody was told; pads of slips."""

from aiohttp import web

from admin.errors import explain, status_of
from admin.printing import pdf, slip_words
from admin.visit import Visit, visit_of
from admin.wire import field_of, form_of, id_of, words_of
from knowledge_base import on_behalf
from knowledge_base.errors import InvalidInput, KnowledgeBaseError
from knowledge_base.paper.slips import pad, receipts
from knowledge_base.questions.reference import read_reference
from knowledge_base.storage import asked_for_store


async def _page(visit: Visit, typed: str, error: KnowledgeBaseError | None = None) -> web.Response:
    waiting = await visit.read(asked_for_store.to_tell, visit.member.unit_path)
    return visit.page(
        "counter.html",
        status_of(error) if error else 200,
        waiting=waiting,
        typed=typed,
        problem=await explain(visit, error) if error else "",
    )


async def show(request: web.Request) -> web.StreamResponse:
    """The codes whose answer waits to be told; with a code, its question."""
    visit = visit_of(request)
    typed = words_of(request, "ma", 20)
    if not typed:
        return await _page(visit, "")
    reference = read_reference(typed)
    try:
        if reference is None:
            raise InvalidInput("code_shape", field="ma")
        question, _came = await visit.read(on_behalf.found_by_code, visit.member, reference)
    except KnowledgeBaseError as error:
        return await _page(visit, typed, error)
    raise web.HTTPSeeOther(visit.url("question", id=question.id) + "#told")


async def slips(request: web.Request) -> web.StreamResponse:
    """A pad of slips for helpers."""
    visit, form = visit_of(request), await form_of(request)
    number = field_of(form, "number", 4)
    try:
        made = await visit.write(on_behalf.print_pad, int(number) if number.isdecimal() else 0)
    except InvalidInput as error:
        return await _page(visit, "", error)
    return pdf(pad(slip_words(visit, made), visit.console.settings.unit_name), "tap-phieu")


async def receipt(request: web.Request) -> web.StreamResponse:
    """A receipt for the asker, with a fresh secret number."""
    visit, settings = visit_of(request), visit_of(request).console.settings
    paper = await visit.write(on_behalf.receipt, id_of(request))
    body = receipts(slip_words(visit, [paper]), settings.unit_name, settings.unit_contact)
    return pdf(body, f"phieu-{paper.reference}")


async def told(request: web.Request) -> web.StreamResponse:
    """The asker was told."""
    visit, form = visit_of(request), await form_of(request)
    how = field_of(form, "how", 20)
    visit.tell_trail(how=how)
    await visit.write(on_behalf.record_told, id_of(request), how)
    raise visit.to("question", "told", id=id_of(request))
