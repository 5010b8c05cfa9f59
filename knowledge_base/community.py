"""Verbs on community teams and their members: who keeps them, sheets of them, codes that link a messenger."""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.errors import Forbidden, InvalidInput, NotFound
from knowledge_base.questions.lifecycle import STAFF, Role
from knowledge_base.rosters import Listed, tidy_phone
from knowledge_base.storage import event_store, helper_store, staff_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.helper_store import Helper
from knowledge_base.storage.staff_store import StaffMember

KEEPERS = frozenset({*STAFF, Role.ADMINISTRATOR})
LONGEST_NAME = 120  # characters
MOST_INVITED = 2_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a sheet: how many teams and members are new, how many were known."""

    teams: int
    members: int
    known: int


def _keeper(member: StaffMember) -> None:
    if member.role not in KEEPERS:
        raise Forbidden("role_needed", role=str(member.role))


def _name(text: str, field: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME:
        raise InvalidInput("name_shape", field=field, most=LONGEST_NAME)
    return name


def add_team(tx: Transaction, member: StaffMember, unit_code: str, name: str, hamlet: str) -> int:
    """A team of a unit of the member's; returns its id."""
    _keeper(member)
    if not (staff_store.unit_path(tx, unit_code) or "").startswith(member.unit_path):
        raise NotFound("unit", code=unit_code)
    name, hamlet = _name(name, "name"), " ".join(hamlet.split())[:LONGEST_NAME]
    team_id, fresh = helper_store.put_team(tx, unit_code, name, hamlet)
    if fresh:
        event_store.record(tx, member.username, "team_add", team=name, unit=unit_code)
    return team_id


def add_helper(tx: Transaction, member: StaffMember, team_id: int, name: str, phone: str) -> bool:
    """A member of a team; returns whether he is new."""
    _keeper(member)
    team = helper_store.team_within(tx, member.unit_path, team_id)
    number = tidy_phone(phone)
    if number is None:
        raise InvalidInput("phone_shape", field="phone")
    return helper_store.put_helper(tx, team.id, _name(name, "name"), number)


def take_roster(tx: Transaction, member: StaffMember, listed: Sequence[Listed]) -> Taken:
    """Teams and members of a sheet; the known stay as they are, but for a hamlet or number that is given."""
    _keeper(member)
    made_teams = made_members = 0
    ids: dict[tuple[str, str], int] = {}
    allowed: dict[str, bool] = {}
    for one in listed:
        if one.unit_code not in allowed:
            path = staff_store.unit_path(tx, one.unit_code) or ""
            allowed[one.unit_code] = bool(path) and path.startswith(member.unit_path)
        if not allowed[one.unit_code]:
            raise NotFound("unit", code=one.unit_code)
        key = (one.unit_code, one.team)
        if key not in ids:
            ids[key], fresh = helper_store.put_team(tx, one.unit_code, one.team, one.hamlet)
            made_teams += fresh
        made_members += helper_store.put_helper(tx, ids[key], one.name, one.phone)
    event_store.record(tx, member.username, "roster", teams=made_teams, members=made_members)
    return Taken(made_teams, made_members, len(listed) - made_members)


def set_team_disabled(tx: Transaction, member: StaffMember, team_id: int, *, disabled: bool) -> None:
    """A team's members ask for nobody any more; or do again."""
    _keeper(member)
    team = helper_store.team_within(tx, member.unit_path, team_id)
    helper_store.set_team_disabled(tx, team.id, disabled=disabled)
    event_store.record(tx, member.username, "team_disable" if disabled else "team_enable", team=team.name)


def set_helper_disabled(tx: Transaction, member: StaffMember, helper_id: int, *, disabled: bool) -> int:
    """A member asks for nobody any more, at once; or may be invited again. Returns his team's id."""
    _keeper(member)
    helper = helper_store.helper_within(tx, member.unit_path, helper_id)
    helper_store.set_helper_disabled(tx, helper.id, disabled=disabled)
    event_store.record(tx, member.username, "helper_disable" if disabled else "helper_enable", helper=helper.id)
    return helper.team_id


def invite_team(tx: Transaction, member: StaffMember, team_id: int) -> list[tuple[Helper, str]]:
    """Codes for all members of a team who have not linked a messenger yet; each is good once and for a month."""
    _keeper(member)
    team = helper_store.team_within(tx, member.unit_path, team_id)
    open_ones = [
        one for one in helper_store.helpers_of(tx, team.id) if one.contact_ref is None and one.disabled_at is None
    ][:MOST_INVITED]
    codes = helper_store.invite(tx, [one.id for one in open_ones])
    event_store.record(tx, member.username, "team_invited", team=team.name, members=len(codes))
    return [(one, codes[one.id]) for one in open_ones]
