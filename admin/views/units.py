"""The register of units: its list, one unit with its history, merging; and who answers which topic in a unit."""

import asyncio
from dataclasses import dataclass

from aiohttp import web

from admin.errors import explain, status_of
from admin.forms import read_day
from admin.visit import Visit, visit_of
from admin.wire import field_of, form_of, id_of, number_of, words_of
from knowledge_base import unit_register
from knowledge_base.errors import InvalidInput, KnowledgeBaseError, NotFound
from knowledge_base.faq.legal_document import Topic
from knowledge_base.questions.lifecycle import STAFF
from knowledge_base.storage import faq_store, staff_store, unit_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember
from knowledge_base.storage.unit_store import Owner
from knowledge_base.units.gazetteer import Gazetteer
from knowledge_base.units.unit import TOP, Kind, Unit

_PAGE = 50
_MOST_SUCCESSORS = 20
_TYPED = ("name", "successors", "first_day", "topic")  # fields of the unit's forms
_UPPER = (Kind.TOP, Kind.MINISTRY, Kind.PROVINCE)


def _gone(visit: Visit, unit: Unit) -> bool:
    return not unit.lives_on(visit.console.faq.today())


@dataclass(frozen=True, slots=True)
class _Cut:
    """What a page shows of many units."""

    units: list[Unit]
    total: int
    number: int
    pages: int


def _cut(visit: Visit, found: list[Unit]) -> _Cut:
    number, pages = max(number_of(visit.request, "page", 1), 1), max(1, -(-len(found) // _PAGE))
    return _Cut(found[(number - 1) * _PAGE : number * _PAGE], len(found), number, pages)


async def _list_page(
    visit: Visit, error: KnowledgeBaseError | None = None, code: str = "", name: str = ""
) -> web.Response:
    gazetteer = (await visit.console.units.current()).gazetteer
    words, state = words_of(visit.request, "q"), words_of(visit.request, "state")
    state = state if state in ("former", "all") else ""
    found = await asyncio.to_thread(gazetteer.search, words)  # thousands of names
    if state != "all":
        found = [unit for unit in found if _gone(visit, unit) is (state == "former")]
    if not words and not state:  # the upper ones are a page; the others stand below them
        found = [unit for unit in found if unit.kind in _UPPER]
    cut = _cut(visit, found)
    return visit.page(
        "units_list.html",
        status_of(error) if error else 200,
        cut=cut,
        query={"q": words, "state": state},
        staffed=await visit.read(unit_store.staffed, {unit.code for unit in cut.units}),
        gazetteer=gazetteer,
        gone=_gone,
        problem=await explain(visit, error) if error else "",
        code=code,
        name=name,
    )


async def show(request: web.Request) -> web.Response:
    """All units, to search."""
    return await _list_page(visit_of(request))


async def add(request: web.Request) -> web.StreamResponse:
    """A ministry's department."""
    visit, form = visit_of(request), await form_of(request)
    code, name = field_of(form, "code", 40), field_of(form, "name", 400)
    try:
        code = await visit.write(unit_register.add_ministry, code, name)
    except KnowledgeBaseError as error:
        return await _list_page(visit, error, code, name)
    raise visit.to("unit", "unit_added", code=code)


# --- one unit -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _File:
    """What the store holds of a unit."""

    unit: Unit
    accounts: int
    questions: int
    owners: list[Owner]
    topics: list[Topic]
    answering: list[StaffMember]  # who may own a topic here


def _file(tx: Transaction, code: str) -> _File:
    unit = unit_store.unit(tx, code)
    accounts, questions = unit_store.count_held(tx, code)
    answering = [
        member
        for member in (staff_store.members(tx) if accounts else [])
        if member.unit_code == code and member.disabled_at is None and member.role in STAFF
    ]
    return _File(unit, accounts, questions, unit_store.owners_of(tx, code), faq_store.all_topics(tx), answering)


async def _unit_page(
    visit: Visit, error: KnowledgeBaseError | None = None, typed: dict[str, str] | None = None
) -> web.Response:
    code = visit.request.match_info["code"]
    found = await visit.read(_file, code)
    gazetteer = (await visit.console.units.current()).gazetteer
    below = [unit for unit in gazetteer.children(code) if not _gone(visit, unit)] if code != TOP else []
    return visit.page(
        "unit_show.html",
        status_of(error) if error else 200,
        cut=_cut(visit, below),
        found=found,
        unit=found.unit,
        gazetteer=gazetteer,
        above=[gazetteer.units[one] for one in found.unit.ladder[1:] if one in gazetteer.units],
        became=[gazetteer.units[one] for one in gazetteer.successors.get(code, ())],
        was=gazetteer.predecessors(code),
        gone=_gone,
        typed={**dict.fromkeys(_TYPED, ""), **(typed or {})},
        opened=set(typed or {}),
        problem=await explain(visit, error) if error else "",
    )


async def show_unit(request: web.Request) -> web.Response:
    """One unit."""
    return await _unit_page(visit_of(request))


async def rename(request: web.Request) -> web.StreamResponse:
    """Another name."""
    visit, form, code = visit_of(request), await form_of(request), request.match_info["code"]
    name = field_of(form, "name", 400)
    try:
        await visit.write(unit_register.rename, code, name)
    except KnowledgeBaseError as error:
        return await _refused(visit, error, {"name": name})
    raise visit.to("unit", "unit_renamed", code=code)


async def merge(request: web.Request) -> web.StreamResponse:
    """Into others, from a day on."""
    visit, form, code = visit_of(request), await form_of(request), request.match_info["code"]
    typed = {name: field_of(form, name, 4_000) for name in ("successors", "first_day")}
    gazetteer = (await visit.console.units.current()).gazetteer
    try:
        first_day = read_day(typed["first_day"], "first_day")
        if first_day is None:
            raise InvalidInput("date_wrong", field="first_day", value="")
        await visit.write(unit_register.merge, code, _meant(gazetteer, typed["successors"]), first_day)
    except KnowledgeBaseError as error:
        return await _refused(visit, error, typed)
    raise visit.to("unit", "unit_merged", code=code)


def _meant(gazetteer: Gazetteer, lines: str) -> list[str]:
    """Units by their codes or names, one a line; a name that may mean several is refused."""
    found = []
    for line in [line.strip() for line in lines.splitlines() if line.strip()][:_MOST_SUCCESSORS]:
        place = gazetteer.place(line) or gazetteer.resolve(line).place
        if place is None:
            raise InvalidInput("unit_unclear", field="successors", words=[line[:60]])
        found.append(place.code)
    return found


async def add_owner(request: web.Request) -> web.StreamResponse:
    """Somebody answers a topic here."""
    visit, form, code = visit_of(request), await form_of(request), request.match_info["code"]
    topic, staff = field_of(form, "topic", 60), field_of(form, "staff", 20)
    try:
        if not staff.isdecimal():
            raise InvalidInput("owner_elsewhere", field="staff")
        await visit.write(unit_register.add_owner, code, topic, int(staff))
    except KnowledgeBaseError as error:
        return await _refused(visit, error, {"topic": topic, "staff": staff})
    raise visit.to("unit", "owner_added", code=code)


async def remove_owner(request: web.Request) -> web.StreamResponse:
    """Undo that."""
    visit, code = visit_of(request), request.match_info["code"]
    await visit.write(unit_register.remove_owner, code, id_of(request))
    raise visit.to("unit", "owner_removed", code=code)


async def _refused(visit: Visit, error: KnowledgeBaseError, typed: dict[str, str]) -> web.Response:
    """The unit's page again, with what is wrong and what was typed; without the unit there is no page."""
    if isinstance(error, NotFound):
        raise error
    return await _unit_page(visit, error, typed)
