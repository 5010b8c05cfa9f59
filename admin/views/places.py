"""Places with links and codes: their list with what each brought, adding, paper to hang up."""

import asyncio
import csv
import io

from aiohttp import web

from admin.errors import explain, status_of
from admin.printing import pdf
from admin.visit import Visit, visit_of
from admin.wire import field_of, form_of, id_of, number_of, words_of
from knowledge_base import places
from knowledge_base.community import KEEPERS
from knowledge_base.errors import InvalidInput, KnowledgeBaseError
from knowledge_base.faq.sheet_table import guard
from knowledge_base.paper.posters import FORMATS, Format, posters
from knowledge_base.storage import place_store
from knowledge_base.text.fold import fold

_PAGE = 100


async def _page(visit: Visit, error: KnowledgeBaseError | None = None) -> web.Response:
    found, words = await visit.read(place_store.places_within, visit.member.unit_path), words_of(visit.request, "q")
    if words:
        found = [one for one in found if fold(words) in fold(f"{one.label} {one.unit} {one.token}")]
    number, pages = max(number_of(visit.request, "page", 1), 1), max(1, -(-len(found) // _PAGE))
    return visit.page(
        "places_list.html",
        status_of(error) if error else 200,
        places=found[(number - 1) * _PAGE : number * _PAGE],
        total=len(found),
        number=number,
        pages=pages,
        query={"q": words},
        kinds=places.KINDS,
        formats=FORMATS,
        problem=await explain(visit, error) if error else "",
        keeps=visit.member.role in KEEPERS,
    )


async def show(request: web.Request) -> web.Response:
    """The places of the member's unit and of those below."""
    return await _page(visit_of(request))


async def add(request: web.Request) -> web.StreamResponse:
    """Places, one a line."""
    visit, form = visit_of(request), await form_of(request)
    unit = field_of(form, "unit", 20).strip() or visit.member.unit_code
    labels = field_of(form, "labels").splitlines()
    try:
        await visit.write(places.add_places, unit, field_of(form, "kind", 20), labels)
    except KnowledgeBaseError as error:
        return await _page(visit, error)
    raise visit.to("places", "saved")


async def switch(request: web.Request) -> web.StreamResponse:
    """No more paper for a place; or again."""
    visit, form = visit_of(request), await form_of(request)
    await visit.write(places.set_place_closed, id_of(request), closed=field_of(form, "closed", 5) == "1")
    raise visit.to("places", "saved")


async def paper(request: web.Request) -> web.StreamResponse:
    """Posters or stickers of all open places, perhaps of one unit."""
    visit, settings = visit_of(request), visit_of(request).console.settings
    shape: Format = next((one for one in FORMATS if one == words_of(request, "format")), "a4")
    unit = words_of(request, "unit", 20)
    found = await visit.read(places.posters_within, visit.member.unit_path, settings.site, unit)
    if not found:
        return await _page(visit, InvalidInput("places_none", field="unit"))
    made = await asyncio.to_thread(
        posters, found[: places.MOST_AT_ONCE], shape, office=settings.unit_name, contact=settings.unit_contact
    )
    return pdf(made, f"ap-phich-{shape}")


async def export(request: web.Request) -> web.Response:
    """Visits by place and channel, and questions, as CSV."""
    visit = visit_of(request)
    found = await visit.read(place_store.places_within, visit.member.unit_path)
    by_channel = await visit.read(place_store.visits_by_channel, visit.member.unit_path)
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(["token", "unit", "kind", "label", "channel", "visits", "questions"])
    for one in found:
        out.writerow([one.token, guard(one.unit), one.kind, guard(one.label), "", one.visits, one.questions])
        for token, _label, channel, visits in by_channel:
            if token == one.token:
                out.writerow([one.token, guard(one.unit), one.kind, guard(one.label), channel, visits, ""])
    headers = {"Content-Disposition": 'attachment; filename="noi-dat-ma.csv"'}
    return web.Response(body=text.getvalue().encode("utf-8-sig"), content_type="text/csv", headers=headers)
