"""`check`: would it start? Settings, database, content and channels are tried, nothing is started or changed."""

import argparse
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError

from knowledge_base.clock import SystemClock
from knowledge_base.content import plan_import
from knowledge_base.errors import KnowledgeBaseError, SheetFaults
from knowledge_base.faq.sheet_files import read_sheet
from knowledge_base.keys import Keys
from knowledge_base.settings import Settings, secret_key
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.schema import schema_seen

_REACH_SECONDS = 5.0
# Channels with a platform: the setting that switches each on, and the one that says where the platform is.
_PLATFORMS = (
    ("telegram", "telegram_token", "telegram_base_url"),
    ("zalo_oa", "zalo_oa_app_id", "zalo_oa_api_url"),
    ("zalo_bot", "zalo_bot_token", "zalo_bot_api_url"),
    ("sms", "sms_api_url", "sms_api_url"),
)


def check_command(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Print one line a part; exit 0 when all is well, 2 otherwise. A channel out of reach is a warning."""
    print("settings: ok")
    keys = Keys.from_secret(secret_key(settings))
    database = open_database(settings.database, SystemClock(), keys)
    try:
        well = [_try("database", lambda: _database(database)), _try("content", lambda: _content(settings, database))]
    finally:
        database.close()
    for channel, switch, address in _PLATFORMS:
        print(f"{channel}: {_reachable(settings, switch, getattr(settings, address))}")
    return 0 if all(well) else 2


def _try(part: str, work: Callable[[], str]) -> bool:
    try:
        print(f"{part}: {work()}")
    except SheetFaults as error:
        print(f"{part}: {len(error.faults)} faults", *error.faults, sep="\n  ")
        return False
    except (KnowledgeBaseError, SQLAlchemyError, OSError) as error:
        print(f"{part}: {getattr(error, 'orig', error)}")
        return False
    return True


def _database(database: Database) -> str:
    state = database.read_now(_schema)
    if state == "newer":
        raise KnowledgeBaseError("schema_newer")
    return "ok" if state == "current" else "ok, will be migrated at the next start"


def _schema(tx: Transaction) -> str:
    return schema_seen(tx.connection)


def _content(settings: Settings, database: Database) -> str:
    sheet = read_sheet(settings.content_dir)
    if sheet.faults:
        raise SheetFaults(sheet.faults)
    if database.read_now(_schema) == "current":
        database.read_now(plan_import, sheet)
    return "ok"


def _reachable(settings: Settings, switch: str, address: str) -> str:
    if not getattr(settings, switch):
        return f"off (no {switch.upper()})"
    parts = urlsplit(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((parts.hostname or "", port), timeout=_REACH_SECONDS):
            return "reachable"
    except OSError:
        return "warning: can't be reached now; the rest will work, it is tried again while serving"
