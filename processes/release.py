"""`python -m processes.release`: migrate, make the unit known, load the curated FAQ, create the first accounts."""

import logging
import sys
from dataclasses import dataclass

from knowledge_base.accounts import add_account
from knowledge_base.clock import SystemClock
from knowledge_base.content import import_content
from knowledge_base.errors import KnowledgeBaseError, SheetFaults
from knowledge_base.faq.sheet_files import read_sheet
from knowledge_base.keys import Keys
from knowledge_base.officer_queue import FIRST_UNIT
from knowledge_base.passwords import hash_password, new_password
from knowledge_base.questions.lifecycle import Role
from knowledge_base.settings import Settings, SettingsError, read_settings, secret_key
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.faq_store import publication_number
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.schema import migrate
from knowledge_base.storage.staff_store import ensure_unit, members

_LOG = logging.getLogger(__name__)
FIRST_ACCOUNTS = {"quantri": Role.ADMINISTRATOR, "canbo": Role.OFFICER, "bientap": Role.EDITOR}


@dataclass(frozen=True, slots=True)
class Prepared:
    """An open store that is ready to serve, and the one-time passwords made just now (first start only)."""

    database: Database
    keys: Keys
    passwords: dict[str, str]


def prepare(settings: Settings) -> Prepared:
    """Bring the store up to date; safe to run again and again."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    keys = Keys.from_secret(secret_key(settings))
    database = open_database(settings.database, SystemClock(), keys)
    try:
        migrate(database.engine)
        database.write_now(ensure_unit, FIRST_UNIT, settings.unit_name)
        _load_content(settings, database)
        passwords = _first_accounts(database)
    except BaseException:
        database.close()
        raise
    return Prepared(database, keys, passwords)


def _load_content(settings: Settings, database: Database) -> None:
    """Load the curated FAQ. A faulty sheet changes nothing; a store that has a FAQ already goes on with that."""
    try:
        report = database.write_now(import_content, read_sheet(settings.content_dir), only_changed_sheets=True)
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
            add_account(tx, "release", username, role, FIRST_UNIT, hashes[username])

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
    if isinstance(error, KnowledgeBaseError) and error.key == "schema_newer":
        return "The database was made by a newer version of this program. Start that version, or restore a backup."
    return str(error)


def main() -> int:
    """Prepare the store and say what was done."""
    try:
        prepared = prepare(read_settings())
    except (SettingsError, KnowledgeBaseError) as error:
        print(explain(error), file=sys.stderr)
        return 2
    prepared.database.close()
    announce(prepared.passwords)
    return 0


if __name__ == "__main__":
    sys.exit(main())
