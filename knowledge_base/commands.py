"""The command line: every verb, its options and what carries it out."""

import argparse
import json
from datetime import date
from pathlib import Path

from knowledge_base import (
    cli_audit,
    cli_backup,
    cli_check,
    cli_confirming,
    cli_copy,
    cli_lint,
    cli_match,
    cli_places,
    cli_staff,
    cli_teams,
    cli_translations,
)
from knowledge_base.cli_content import export_command, import_command
from knowledge_base.cli_io import Terminal
from knowledge_base.cli_store import Command, Work, reading, writing
from knowledge_base.ledger import ledger
from knowledge_base.settings import Settings
from knowledge_base.storage.database import Database


def _import(arguments: argparse.Namespace, database: Database, terminal: Terminal) -> int:
    return import_command(database, arguments.path, arguments.dry_run, terminal)


def _import_or_look(arguments: argparse.Namespace, settings: Settings) -> int:
    arguments.path = arguments.path.absolute()
    return (reading if arguments.dry_run else writing)(_import)(arguments, settings)


def _export(arguments: argparse.Namespace, database: Database, terminal: Terminal) -> int:
    return export_command(database, arguments.path, arguments.format, terminal)


def _ledger(_arguments: argparse.Namespace, database: Database, terminal: Terminal) -> int:
    terminal.say(json.dumps(database.read_now(ledger), ensure_ascii=False))
    return 0


def _password_typed(arguments: argparse.Namespace) -> bool:
    return bool(arguments.password_stdin)


# What a server carries out for others: the verbs that write.
WRITERS: dict[str, Work] = {
    "import": _import,
    "staff": cli_staff.staff_command,
    "teams": cli_teams.teams_command,
    "translations": cli_translations.translations_command,
}


def _translations(arguments: argparse.Namespace, settings: Settings) -> int:
    arguments.path = arguments.path.absolute()
    way = reading if arguments.action == "export" else writing
    return way(cli_translations.translations_command)(arguments, settings)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(
        prog="python -m knowledge_base",
        description="Import, export, match, accounts, ledger, backup … Works while the server runs.",
    )
    verbs = top.add_subparsers(dest="verb", required=True)

    def verb(name: str, help_text: str, command: Command) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=help_text, description=help_text)
        sub.set_defaults(command=command)
        return sub

    sub = verb("import", "read the FAQ from a YAML folder or file, CSV or XLSX", _import_or_look)
    sub.add_argument("path", type=Path)
    sub.add_argument("--dry-run", action="store_true", help="show the difference, change nothing")
    sub = verb("export", "write the FAQ in the form that import reads", reading(_export))
    sub.add_argument("path", type=Path)
    sub.add_argument("--format", choices=("yaml", "csv", "xlsx"))
    cli_translations.add_arguments(verb("translations", "entries in another language, as PO files", _translations))
    sub = verb("match", "which entry fits each line of stdin, one JSON line each", cli_match.match_command)
    sub.add_argument("--faq", type=Path, help="JSON lines {id, question, phrasings[], answer} instead of the store")
    sub.add_argument("--at", type=date.fromisoformat, help="the day (YYYY-MM-DD) whose entries are in force")
    sub = verb("lint", "entries that compete, wordings that miss, what entries lack", cli_lint.lint_command)
    sub.add_argument("path", type=Path, nargs="?", help="a FAQ as import reads it, instead of the store")
    sub.add_argument("--at", type=date.fromisoformat, help="the day (YYYY-MM-DD) whose entries are in force")
    sub = verb("teams", "import the register of community teams from a sheet", writing(cli_teams.teams_command))
    cli_teams.add_arguments(sub)
    sub = verb("places", "posters and stickers with the codes of places", reading(cli_places.places_command))
    cli_places.add_arguments(sub)
    staff = writing(cli_staff.staff_command, typed=_password_typed)
    cli_staff.add_arguments(verb("staff", "accounts: add, reset, disable", staff))
    cli_audit.add_arguments(verb("audit", "check the seals of the audit trail", reading(cli_audit.audit_command)))
    sub = verb("confirming", "how far the shipped text is confirmed", reading(cli_confirming.confirming_command))
    cli_confirming.add_arguments(sub)
    verb("ledger", "every question's disposition, counted", reading(_ledger))
    sub = verb("backup", "copy the whole store, sealed and proven, beside a running server", cli_backup.backup_command)
    cli_backup.add_backup_arguments(sub)
    sub = verb("restore", "bring a store back from a backup", cli_backup.restore_command)
    cli_backup.add_restore_arguments(sub)
    cli_copy.add_copy_arguments(verb("copy", "move the store to another, empty database", cli_copy.copy_command))
    verb("check", "test settings, database, content and channels without starting", cli_check.check_command)
    return top


def carry_out(typed: list[str], folder: Path, database: Database, terminal: Terminal) -> int:
    """Carry out a command for somebody else, against a store that is open; its exit code.

    Raises:
        KeyError: the verb is not one of `WRITERS`. SystemExit: the arguments are wrong.
    """
    arguments = parser().parse_args(typed)
    work = WRITERS[arguments.verb]
    if "path" in arguments:
        arguments.path = folder / arguments.path  # an absolute one stays as it is
    return work(arguments, database, terminal)
