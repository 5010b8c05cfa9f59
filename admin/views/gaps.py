"""What no entry reaches: groups of questions that want one answer, the largest first."""

from collections import Counter
from dataclasses import dataclass

from aiohttp import web

from admin.visit import Visit, visit_of
from admin.wire import number_of, words_of
from knowledge_base.errors import NotFound
from knowledge_base.matching.decide import Decision, Match
from knowledge_base.questions.question import Question
from knowledge_base.redaction.find import mask_personal_data
from knowledge_base.storage import gap_store, unit_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.gap_store import Gap

PAGE = 10


@dataclass(frozen=True, slots=True)
class Group:
    """A gap with some of its questions, and whose they are."""

    gap: Gap
    questions: list[Question]
    units: Counter[str]


@dataclass(frozen=True, slots=True)
class Page:
    """Some groups, the number of all, and the names of their units."""

    groups: list[Group]
    total: int
    names: dict[str, str]


def read_page(tx: Transaction, path: str, number: int) -> Page:
    """A page of the groups of a unit (by its path) and those below."""
    found, total = gap_store.gaps(tx, path, offset=(number - 1) * PAGE, limit=PAGE)
    groups = [Group(gap, gap_store.questions_of(tx, gap, path), gap_store.units_of(tx, gap, path)) for gap in found]
    codes = {code for group in groups for code in group.units}
    return Page(groups, total, unit_store.names(tx, codes))


def _path(tx: Transaction, path: str, unit: str) -> str:
    """The path of a unit among those of the reader."""
    if not unit:
        return path
    found = unit_store.unit(tx, unit).path
    if not found.startswith(path):
        raise NotFound("unit", code=unit)
    return found


async def _reached(visit: Visit, groups: list[Group]) -> dict[int, Match]:
    """What the live FAQ would say to the newest question of each group today; an entry may have come since."""
    if not visit.console.faq.ready:
        return {}
    return {group.gap.number: await visit.console.faq.match(group.questions[0].text) for group in groups}


async def show(request: web.Request) -> web.Response:
    """The groups, each with the way to an entry."""
    visit = visit_of(request)
    number, unit = max(number_of(request, "page", 1), 1), words_of(request, "unit", 20)
    path = await visit.read(_path, visit.member.unit_path, unit)
    page = await visit.read(read_page, path, number)
    return visit.page(
        "gaps.html",
        page=page,
        matches=await _reached(visit, page.groups),
        Decision=Decision,
        masked=mask_personal_data,
        query={"unit": unit},
        number=number,
        pages=max(1, -(-page.total // PAGE)),
    )
