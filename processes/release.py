"""`python -m processes.release`: migrate, make the unit known, load the curated FAQ, create the first accounts."""

import logging
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy.engine import make_url

from knowledge_base.accounts import Keeper, add_account
from knowledge_base.clock import SystemClock
from knowledge_base.content import load_content, loaded_hash
from knowledge_base.errors import KnowledgeBaseError, SheetFaults, Unavailable
from knowledge_base.faq.sheet_files import read_sheet, sheet_hash
from knowledge_base.keys import Keys
from knowledge_base.officer_queue import FIRST_UNIT
from knowledge_base.passwords import hash_password, new_password
from knowledge_base.questions.lifecycle import Role
from knowledge_base.settings import Settings, SettingsError, read_settings, secret_key
from knowledge_base.storage.contact_store import check_keys
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.dialect import is_sqlite
from knowledge_base.storage.faq_store import publication_number
from knowledge_base.storage.lock import hold_store
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.schema import migrate, schema_state
from knowledge_base.storage.staff_store import ensure_unit, members
from knowledge_base.unit_register import load_units
from processes.erasures import replay_list

_LOG = logging.getLogger(__name__)
_FAULTS = {
    "schema_newer": "The database was made by a newer version of this program. Start that one, or restore a backup.",
    "schema_older": "The database is of an older version. Run `python -m processes.release` once, then start again.",
    "needs_postgresql": "DATABASE_URL: `web` and `worker` are several processes and need postgresql://…. "
    "With SQLite start `python -m processes.standalone`, which is all in one.",
    "store_in_use": "DATA_DIR: process {pid} serves this database already. Stop it first, or use another DATA_DIR.",
    "keys_differ": "SECRET_KEY: it is not the one this database was written with; residents' addresses can't be read. "
    "Give every process the same SECRET_KEY (or the DATA_DIR that holds it).",
}
FIRST_ACCOUNTS = {"quantri": Role.ADMINISTRATOR, "canbo": Role.OFFICER, "bientap": Role.EDITOR}


@dataclass(frozen=True, slots=True)
class Prepared:
    """An open store that is ready to serve, and the one-time passwords made just now (first start only)."""

    database: Database
    keys: Keys
    held: ExitStack  # what is let go of when the store is closed: the database, a file's lock
    passwords: dict[str, str] = field(default_factory=dict)

    def close(self) -> None:
        """Close the store and let others have it."""
        self.held.close()


def prepare(settings: Settings) -> Prepared:
    """Bring the store up to date, to serve it alone where it is a file; safe to run again and again.

    Raises:
        Unavailable: `store_in_use`, when another process serves the file.
    """
    with _opened(settings) as prepared:
        migrate(prepared.database.engine)
        prepared.database.read_now(check_keys)
        if again := replay_list(prepared.database, settings.erasures):
            _LOG.info("erasures: %d made again in a store that is older than they are", again)
        prepared.database.write_now(ensure_unit, FIRST_UNIT, settings.unit_name)
        _load_units(settings, prepared.database)
        _load_content(settings, prepared.database)
        return replace(prepared, passwords=_first_accounts(prepared.database), held=prepared.held.pop_all())


def attach(settings: Settings) -> Prepared:
    """Open a store that several processes share and `release` has prepared.

    Raises:
        Unavailable: `needs_postgresql`, `schema_older`, `schema_newer`, `keys_differ`.
    """
    if is_sqlite(settings.database):
        raise Unavailable("needs_postgresql")
    with _opened(settings) as prepared:
        state = schema_state(prepared.database.engine)
        if state != "current":
            raise Unavailable(f"schema_{state}")
        prepared.database.read_now(check_keys)
        return replace(prepared, held=prepared.held.pop_all())


@contextmanager
def _opened(settings: Settings) -> Iterator[Prepared]:
    """The store, let go of again unless somebody takes over what is held."""
    with ExitStack() as held:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        if is_sqlite(settings.database):
            held.enter_context(hold_store(Path(make_url(settings.database).database or "").absolute()))
        keys = Keys.from_secret(secret_key(settings))
        database = open_database(settings.database, SystemClock(), keys)
        held.callback(database.close)
        yield Prepared(database, keys, held)


def _load_units(settings: Settings, database: Database) -> None:
    """Load the shipped lists of units, once a list; costs nothing at later starts."""
    loaded = load_units(database, settings.content_dir / "units")
    if loaded:
        _LOG.info("units: %d loaded", loaded)


def _load_content(settings: Settings, database: Database) -> None:
    """Load the curated FAQ, once a sheet.

    A faulty sheet changes nothing; a store that has a FAQ already goes on with that.
    """
    came = sheet_hash(settings.content_dir)
    if came is not None and came == database.read_now(loaded_hash):
        return
    try:
        report = database.write_now(load_content, read_sheet(settings.content_dir), came)
        _LOG.info("content: %s", report.summary)
    except SheetFaults as error:
        if database.read_now(publication_number) == 0:
            raise
        _LOG.error("content was not loaded, the FAQ stays as it was:\n%s", explain(error))


def _first_accounts(database: Database) -> dict[str, str]:
    """On the first start one account a role, each with a one-time password."""
    if database.read_now(members):
        return {}
    passwords = {username: new_password() for username in FIRST_ACCOUNTS}
    hashes = {username: hash_password(password) for username, password in passwords.items()}

    def create(tx: Transaction) -> None:
        for username, role in FIRST_ACCOUNTS.items():
            add_account(tx, Keeper("release"), username, role, FIRST_UNIT, hashes[username])

    database.write_now(create)
    return passwords


def announce(passwords: dict[str, str]) -> None:
    """Print the one-time passwords; they are shown once and stored nowhere."""
    if passwords:
        print("\nFirst start. One-time passwords, to be changed at the first sign-in / Mật khẩu dùng một lần:")
        for username, password in passwords.items():
            print(f"  {FIRST_ACCOUNTS[username]:<14} {username:<8} {password}")
        sys.stdout.flush()


def explain(error: Exception) -> str:
    """A start that failed, in words for the operator."""
    if isinstance(error, SheetFaults):
        return "\n".join(str(fault) for fault in error.faults)
    if isinstance(error, KnowledgeBaseError) and error.key in _FAULTS:
        return _FAULTS[error.key].format(**error.data)
    return str(error)


def main() -> int:
    """Prepare the store and say what was done."""
    try:
        prepared = prepare(read_settings())
    except (SettingsError, KnowledgeBaseError) as error:
        print(explain(error), file=sys.stderr)
        return 2
    prepared.close()
    announce(prepared.passwords)
    return 0


if __name__ == "__main__":
    sys.exit(main())
