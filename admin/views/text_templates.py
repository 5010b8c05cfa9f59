"""Texts that officers begin an answer with, by unit."""

from aiohttp import web

from admin.errors import explain, status_of
from admin.visit import Visit, visit_of
from admin.wire import field_of, form_of, id_of
from knowledge_base import desk
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.storage import desk_store


async def _page(
    visit: Visit, error: KnowledgeBaseError | None = None, name: str = "", text: str = "", editing: int | None = None
) -> web.Response:
    return visit.page(
        "text_templates.html",
        status_of(error) if error else 200,
        templates=await visit.read(desk_store.templates_for, visit.member.unit_path),
        problem=await explain(visit, error) if error else "",
        name=name,
        text=text,
        editing=editing,
    )


async def show(request: web.Request) -> web.Response:
    """The texts of the unit and of those above it."""
    return await _page(visit_of(request))


async def add(request: web.Request) -> web.StreamResponse:
    """A new text."""
    return await _put(request, None)


async def change(request: web.Request) -> web.StreamResponse:
    """New words for one."""
    return await _put(request, id_of(request))


async def _put(request: web.Request, template_id: int | None) -> web.StreamResponse:
    visit, form = visit_of(request), await form_of(request)
    name, text = field_of(form, "name", 200), field_of(form, "text", 5_000)
    try:
        await visit.write(desk.put_template, template_id, name, text)
    except KnowledgeBaseError as error:
        return await _page(visit, error, name, text, template_id)
    raise visit.to("templates", "saved")


async def remove(request: web.Request) -> web.StreamResponse:
    """Remove one."""
    visit = visit_of(request)
    await visit.write(desk.remove_template, id_of(request))
    raise visit.to("templates", "removed")
