"""`staff add|reset|disable`: accounts from the command line, live at once in a running server."""

import argparse

from knowledge_base import accounts
from knowledge_base.audit import Deed
from knowledge_base.cli_io import Terminal
from knowledge_base.errors import KnowledgeBaseError, NotFound
from knowledge_base.officer_queue import FIRST_UNIT
from knowledge_base.passwords import check_password, hash_password, new_password
from knowledge_base.storage import audit_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.staff_store import StaffMember, member_by_username

KEEPER = accounts.Keeper("command line")
_WORDS = {
    "username_shape": "--username: 3 to 64 of letters, digits, dot, hyphen, underscore",
    "username_taken": "--username: there is an account of this name already",
    "account": "--username: there is no account of this name",
    "role_unknown": "--role: officer, editor, administrator, auditor or collaborator",
    "unit": "--unit: there is no unit with this code (the first one is 0; start the server once)",
    "password_short": "the password needs at least 12 characters",
    "password_long": "the password is too long",
    "password_is_name": "the password must not be the username",
    "password_common": "the password is too common",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `staff`."""
    parser.add_argument("action", choices=("add", "reset", "disable"))
    parser.add_argument("--username", required=True)
    parser.add_argument("--role", choices=tuple(map(str, accounts.ROLES)), default="officer")
    parser.add_argument("--unit", default=FIRST_UNIT)
    parser.add_argument("--password-stdin", action="store_true", help="else a one-time password is made and printed")


def staff_command(arguments: argparse.Namespace, database: Database, terminal: Terminal) -> int:
    """Carry out one action; prints a one-time password unless one was given."""
    try:
        _act(arguments, database, terminal)
    except KnowledgeBaseError as error:
        terminal.complain(_WORDS.get(error.key, str(error)))
        return 2
    return 0


def _act(arguments: argparse.Namespace, database: Database, terminal: Terminal) -> None:
    if arguments.action == "disable":
        database.write_now(_disable, arguments.username)
        terminal.say(f"{arguments.username}: disabled")
        return
    given = terminal.line() if arguments.password_stdin else None
    password = given if given is not None else new_password()
    check_password(arguments.username, password)
    # Who typed a password chose it; one that was made for somebody must be changed.
    must_change = given is None
    stored = hash_password(password)
    if arguments.action == "add":
        role, unit = arguments.role, arguments.unit
        database.write_now(_add, arguments.username, role, unit, stored, must_change=must_change)
    else:
        database.write_now(_reset, arguments.username, stored, must_change=must_change)
    told = "done" if given is not None else f"one-time password {password}"
    terminal.say(f"{arguments.username}: {told}")


def _member(tx: Transaction, username: str) -> StaffMember:
    member = member_by_username(tx, username)
    if member is None:
        raise NotFound("account", username=username)
    return member


def _noted(tx: Transaction, act: str, username: str, **data: str) -> None:
    deed = Deed(KEEPER.name, "administrator", FIRST_UNIT, "command line", act, f"account:{username}", data)
    audit_store.append(tx, deed)


def _add(tx: Transaction, username: str, role: str, unit: str, stored: str, *, must_change: bool) -> None:
    accounts.add_account(tx, KEEPER, username, role, unit, stored, must_change=must_change)
    _noted(tx, "staff_add", username, role=role, unit=unit)


def _reset(tx: Transaction, username: str, stored: str, *, must_change: bool) -> None:
    accounts.reset_password(tx, KEEPER, _member(tx, username).id, stored, must_change=must_change)
    _noted(tx, "staff_reset", username)


def _disable(tx: Transaction, username: str) -> None:
    accounts.disable_account(tx, KEEPER, _member(tx, username).id)
    _noted(tx, "staff_disable", username)
