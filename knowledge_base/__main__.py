"""`python -m knowledge_base …`: import, export, match, lint, staff, ledger, check. Works while the server runs."""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from knowledge_base import cli_check, cli_lint, cli_match, cli_staff
from knowledge_base.cli_content import export_command, import_command
from knowledge_base.clock import SystemClock
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.keys import Keys
from knowledge_base.ledger import ledger
from knowledge_base.settings import Settings, SettingsError, read_settings, secret_key
from knowledge_base.storage.database import Database, open_database
from knowledge_base.storage.schema import migrate, schema_state

Command = Callable[[argparse.Namespace, Settings], int]


def open_store(settings: Settings) -> Database:
    """The store, its schema brought up to date when it is new or older."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    keys = Keys.from_secret(secret_key(settings))
    database = open_database(settings.database, SystemClock(), keys)
    if schema_state(database.engine) != "current":
        migrate(database.engine)
    return database


def with_store(work: Callable[[argparse.Namespace, Database], int]) -> Command:
    """A command that needs the store open."""

    def command(arguments: argparse.Namespace, settings: Settings) -> int:
        database = open_store(settings)
        try:
            return work(arguments, database)
        finally:
            database.close()

    return command


def _import(arguments: argparse.Namespace, database: Database) -> int:
    return import_command(database, arguments.path, arguments.dry_run)


def _export(arguments: argparse.Namespace, database: Database) -> int:
    return export_command(database, arguments.path, arguments.format)


def _ledger(_arguments: argparse.Namespace, database: Database) -> int:
    print(json.dumps(database.read_now(ledger), ensure_ascii=False))
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m knowledge_base", description=__doc__)
    verbs = top.add_subparsers(dest="verb", required=True)

    def verb(name: str, help_text: str, command: Command) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=help_text, description=help_text)
        sub.set_defaults(command=command)
        return sub

    sub = verb("import", "read the FAQ from a YAML folder or file, CSV or XLSX", with_store(_import))
    sub.add_argument("path", type=Path)
    sub.add_argument("--dry-run", action="store_true", help="show the difference, change nothing")
    sub = verb("export", "write the FAQ in the form that import reads", with_store(_export))
    sub.add_argument("path", type=Path)
    sub.add_argument("--format", choices=("yaml", "csv", "xlsx"))
    sub = verb("match", "which entry fits each line of stdin, one JSON line each", cli_match.match_command)
    sub.add_argument("--faq", type=Path, help="JSON lines {id, question, phrasings[], answer} instead of the store")
    sub.add_argument("--at", type=date.fromisoformat, help="the day (YYYY-MM-DD) whose entries are in force")
    sub = verb("lint", "entries that compete, wordings that miss, what entries lack", cli_lint.lint_command)
    sub.add_argument("path", type=Path, nargs="?", help="a FAQ as import reads it, instead of the store")
    sub.add_argument("--at", type=date.fromisoformat, help="the day (YYYY-MM-DD) whose entries are in force")
    cli_staff.add_arguments(verb("staff", "accounts: add, reset, disable", with_store(cli_staff.staff_command)))
    verb("ledger", "every question's disposition, counted", with_store(_ledger))
    verb("check", "test settings, database, content and channels without starting", cli_check.check_command)
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its exit code. Faults are one clear line each on stderr, exit 2."""
    parsed = parser().parse_args(arguments)
    try:
        code: int = parsed.command(parsed, read_settings())
    except (SettingsError, KnowledgeBaseError) as error:
        print(error, file=sys.stderr)
        return 2
    except SQLAlchemyError as error:
        print(f"DATABASE_URL: {getattr(error, 'orig', error)}", file=sys.stderr)
        return 2
    return code


if __name__ == "__main__":
    sys.exit(main())
