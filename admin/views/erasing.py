"""“Xóa theo yêu cầu của người dân”: what an office does for an asker who has only a code on paper. Shows no words."""

from aiohttp import web

from admin.errors import explain, status_of
from admin.visit import Visit, visit_of
from admin.wire import field_of, form_of, id_of, words_of
from knowledge_base import on_behalf
from knowledge_base.erasing import WHY, erase_for_asker
from knowledge_base.errors import InvalidInput, KnowledgeBaseError
from knowledge_base.questions.reference import read_reference


async def _page(visit: Visit, typed: str, error: KnowledgeBaseError | None = None) -> web.Response:
    reference, question, came = read_reference(typed), None, None
    if reference is not None:
        try:
            question, came = await visit.read(on_behalf.found_by_code, visit.member, reference)
        except KnowledgeBaseError as missing:
            error = error or missing
    elif typed:
        error = error or InvalidInput("code_shape", field="ma")
    return visit.page(
        "erasing.html",
        status_of(error) if error else 200,
        typed=typed,
        question=question,
        came=came,
        reasons=WHY,
        problem=await explain(visit, error) if error else "",
    )


async def show(request: web.Request) -> web.Response:
    """The form; with a code, what it would erase."""
    return await _page(visit_of(request), words_of(request, "ma", 20))


async def erase(request: web.Request) -> web.StreamResponse:
    """Erase, once it was confirmed with the code; then show that nothing is left."""
    visit, form = visit_of(request), await form_of(request)
    code, why, whole = field_of(form, "ma", 20), field_of(form, "why", 20), field_of(form, "whole", 5) == "1"
    try:
        question, _came = await visit.read(on_behalf.found_by_code, visit.member, read_reference(code) or "")
        if question.id != id_of(request) or field_of(form, "sure", 5) != "1":
            raise InvalidInput("erase_unsure", field="sure")
        visit.tell_trail(why=why, whole=whole)
        await visit.write(erase_for_asker, question.id, why, all_of_his=whole)
    except KnowledgeBaseError as error:
        return await _page(visit, code, error)
    raise visit.to("erasing", "erased", query={"ma": question.reference})
