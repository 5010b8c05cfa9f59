"""`teams import`: the register of community teams from a sheet, as the console takes it."""

import argparse
from pathlib import Path

from knowledge_base import community
from knowledge_base.audit import Deed
from knowledge_base.cli_io import Terminal
from knowledge_base.errors import Fault, NotFound
from knowledge_base.rosters import REASONS, Listed, read_roster
from knowledge_base.storage import audit_store, staff_store
from knowledge_base.storage.database import Database, Transaction


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `teams`."""
    parser.add_argument("action", choices=("import",))
    parser.add_argument("path", type=Path)
    parser.add_argument("--as", dest="account", required=True, help="the account that keeps these teams")
    parser.add_argument("--dry-run", action="store_true", help="only look for faults")


def teams_command(arguments: argparse.Namespace, database: Database, terminal: Terminal) -> int:
    """Take a sheet over, whole or not at all; each fault is a line `file:row:field: reason`."""
    member = database.read_now(staff_store.member_by_username, arguments.account)
    if member is None or member.disabled_at is not None:
        raise NotFound("account", username=arguments.account)
    faults: list[Fault] = []
    codes = database.read_now(staff_store.codes_within, member.unit_path)
    listed = read_roster(str(arguments.path), arguments.path.read_bytes(), codes.get, faults)
    if faults:
        terminal.complain(
            *(f"{one.file}:{one.row}:{one.field}: {REASONS.get(one.reason, one.reason)}" for one in faults)
        )
        return 2
    if arguments.dry_run:
        terminal.say(f"{arguments.path}: {len(listed)} members, no fault")
        return 0
    taken = database.write_now(_take, arguments.account, listed)
    terminal.say(f"{taken.teams} teams and {taken.members} members are new; {taken.known} members were known")
    return 0


def _take(tx: Transaction, account: str, listed: list[Listed]) -> community.Taken:
    member = staff_store.member_by_username(tx, account)
    if member is None:
        raise NotFound("account", username=account)
    deed = Deed(account, str(member.role), member.unit_code, "command line", "teams_import")
    audit_store.append(tx, deed)
    return community.take_roster(tx, member, listed)
