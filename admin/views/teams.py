"""Community teams: their list, a sheet of them, one team with its members and their invitations."""

from dataclasses import dataclass

from aiohttp import web

from admin.errors import explain, status_of
from admin.printing import pdf, workbook
from admin.visit import Visit, visit_of
from admin.wire import field_of, form_of, id_of, number_of, words_of
from knowledge_base import community
from knowledge_base.community import Taken
from knowledge_base.errors import Fault, InvalidInput, KnowledgeBaseError
from knowledge_base.paper.slips import invitations
from knowledge_base.rosters import ROSTER, read_roster
from knowledge_base.storage import helper_store, staff_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.helper_store import Helper, Team
from knowledge_base.text.fold import fold

_PAGE = 50
_MOST_FAULTS = 200


async def _list(
    visit: Visit,
    *,
    error: KnowledgeBaseError | None = None,
    faults: list[Fault] | None = None,
    taken: Taken | None = None,
) -> web.Response:
    found, words = await visit.read(helper_store.teams_within, visit.member.unit_path), words_of(visit.request, "q")
    if words:
        found = [team for team in found if fold(words) in fold(f"{team.name} {team.hamlet} {team.unit}")]
    number, pages = max(number_of(visit.request, "page", 1), 1), max(1, -(-len(found) // _PAGE))
    return visit.page(
        "teams_list.html",
        status_of(error) if error else 400 if faults else 200,
        teams=found[(number - 1) * _PAGE : number * _PAGE],
        total=len(found),
        number=number,
        pages=pages,
        query={"q": words},
        faults=(faults or [])[:_MOST_FAULTS],
        taken=taken,
        problem=await explain(visit, error) if error else "",
        keeps=visit.member.role in community.KEEPERS,
    )


async def show(request: web.Request) -> web.Response:
    """The teams of the member's unit and of those below."""
    return await _list(visit_of(request))


async def add(request: web.Request) -> web.StreamResponse:
    """A team."""
    visit, form = visit_of(request), await form_of(request)
    unit, name, hamlet = (field_of(form, field, 200).strip() for field in ("unit", "name", "hamlet"))
    try:
        team_id = await visit.write(community.add_team, unit or visit.member.unit_code, name, hamlet)
    except KnowledgeBaseError as error:
        return await _list(visit, error=error)
    raise visit.to("team", "saved", id=team_id)


async def sheet(_request: web.Request) -> web.Response:
    """An empty sheet with the columns' names."""
    return workbook([list(ROSTER.values())], "to-cong-nghe-so")


async def take_sheet(request: web.Request) -> web.StreamResponse:
    """A sheet of teams and members: taken over whole, or every fault named."""
    visit, form = visit_of(request), await form_of(request)
    given = form.get("sheet")
    if not isinstance(given, web.FileField):
        return await _list(visit, error=InvalidInput("sheet_missing", field="sheet"))
    faults: list[Fault] = []
    codes = await visit.read(staff_store.codes_within, visit.member.unit_path)
    listed = read_roster(given.filename[:80], given.file.read(), codes.get, faults)
    if faults:
        return await _list(visit, faults=faults)
    return await _list(visit, taken=await visit.write(community.take_roster, listed))


@dataclass(frozen=True, slots=True)
class _File:
    team: Team
    members: list[Helper]


def _file(tx: Transaction, within: str, team_id: int) -> _File:
    return _File(helper_store.team_within(tx, within, team_id), helper_store.helpers_of(tx, team_id))


async def _team(visit: Visit, error: KnowledgeBaseError | None = None) -> web.Response:
    found = await visit.read(_file, visit.member.unit_path, id_of(visit.request))
    return visit.page(
        "team_show.html",
        status_of(error) if error else 200,
        team=found.team,
        members=found.members,
        problem=await explain(visit, error) if error else "",
        keeps=visit.member.role in community.KEEPERS,
    )


async def show_team(request: web.Request) -> web.Response:
    """One team."""
    return await _team(visit_of(request))


async def add_member(request: web.Request) -> web.StreamResponse:
    """A member."""
    visit, form = visit_of(request), await form_of(request)
    try:
        await visit.write(
            community.add_helper, id_of(request), field_of(form, "name", 200), field_of(form, "phone", 40)
        )
    except InvalidInput as error:
        return await _team(visit, error)
    raise visit.to("team", "saved", id=id_of(request))


async def invite(request: web.Request) -> web.StreamResponse:
    """Invitations on paper for all who have linked no messenger yet."""
    visit, settings = visit_of(request), visit_of(request).console.settings
    invited = await visit.write(community.invite_team, id_of(request))
    slips = [(helper.name, code, f"{settings.site}/chat?from=h_{code.replace('-', '')}") for helper, code in invited]
    if not slips:
        raise visit.to("team", "nobody_to_invite", id=id_of(request))
    return pdf(invitations(slips, invited[0][0].team, settings.unit_name), "giay-moi")


async def switch(request: web.Request) -> web.StreamResponse:
    """A team that asks for nobody any more; or again."""
    visit, form = visit_of(request), await form_of(request)
    await visit.write(community.set_team_disabled, id_of(request), disabled=field_of(form, "disabled", 5) == "1")
    raise visit.to("team", "saved", id=id_of(request))


async def switch_member(request: web.Request) -> web.StreamResponse:
    """A member who asks for nobody any more; or again."""
    visit, form = visit_of(request), await form_of(request)
    off = field_of(form, "disabled", 5) == "1"
    team_id = await visit.write(community.set_helper_disabled, id_of(request), disabled=off)
    raise visit.to("team", "saved", id=team_id)
