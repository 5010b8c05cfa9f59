"""`backup` and `restore`: words for the operator around the verbs."""

import argparse
import sys
from datetime import timedelta
from pathlib import Path

from knowledge_base.backup import Made, make_backup
from knowledge_base.clock import SystemClock
from knowledge_base.erasure_list import read_list
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.keys import Keys
from knowledge_base.restore import Erasures, restore_backup
from knowledge_base.rotation import DEFAULT, Keep
from knowledge_base.settings import Settings, secret_key

REFUSED = 2
WORDS = {
    "store": "there is no store yet: {file}",
    "backup": "{file}: can't be read ({reason})",
    "backup_exists": "{file} is there already; nothing was changed",
    "backup_foreign": "this is no backup of this program",
    "backup_damaged": "the backup is damaged: altered, cut off or incomplete; nothing was changed",
    "backup_header_long": "the store has more tables than a backup can name",
    "backup_key": "BACKUP_KEY: the backup was sealed with another key (or its head is damaged); nothing was changed",
    "backup_plain": "the backup is not sealed, anybody could have made it; --plain takes it all the same",
    "backup_unsound": "the copy does not prove sound and was not kept: {reason}",
    "backup_not_written": "the backup can't be written: {reason}",
    "backup_kind": "the backup is of {backup}, the target is {target}; restore into {backup}, then use `copy`",
    "secret_differs": "SECRET_KEY: the backup was made with another one, without which no resident can be reached. "
    "Put it in place, or go on without it: --without-secret-key",
    "store_in_use": "the store is in use by {who}; stop it first",
    "store_not_empty": "{store} holds a store already; --force replaces it",
    "store_lock": "{file}: {reason}",
    "schema_newer": "the backup was made by a newer version of this program; restore it with that version",
    "server_gone": "the server went away before it answered; look whether it was done, then repeat if needed",
    "server_foreign": "{place}: another account listens there; nothing was sent to it",
    "program_missing": "{name} is missing: install PostgreSQL's client programs (Debian: postgresql-client)",
    "program_failed": "{name}: {reason}",
    "database": "DATABASE_URL: {reason}",
}


def explain(error: KnowledgeBaseError) -> str:
    """A refusal in words."""
    words = WORDS.get(error.key)
    who = f"process {error.data['pid']}" if error.data.get("pid") else "another program"
    return words.format_map({**error.data, "who": who}) if words else str(error)


def add_backup_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `backup`."""
    parser.add_argument("--to", type=Path, metavar="DIR", help="the folder; else BACKUP_DIR")
    parser.add_argument("--plain", action="store_true", help="without BACKUP_KEY: write it unencrypted")
    for name in ("newest", "daily", "weekly", "monthly"):
        parser.add_argument(f"--keep-{name}", type=_count, default=getattr(DEFAULT, name), metavar="N")


def _count(words: str) -> int:
    number = int(words)
    if number < 0:
        raise ValueError
    return number


def add_restore_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `restore`."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--to", metavar="URL", help="the database; else DATABASE_URL")
    parser.add_argument("--force", action="store_true", help="replace the store that is there")
    parser.add_argument("--plain", action="store_true", help="take a backup that is not sealed")
    parser.add_argument("--without-secret-key", action="store_true", help="though addresses won't be readable")


def _secret_mark(settings: Settings) -> str:
    """By what two installations with the same SECRET_KEY know each other; tells nothing of the key.

    Nothing where there is no key yet: to make one here would only be in the way of the right one.
    """
    if not settings.secret_key and not (settings.data_dir / "secret_key").exists():
        return ""
    return Keys.from_secret(secret_key(settings)).contact_ref("", "backup")


def _erasures(settings: Settings) -> Erasures:
    return Erasures(read_list(settings.erasures), Keys.from_secret(secret_key(settings)))


def backup_command(arguments: argparse.Namespace, settings: Settings) -> int:
    """Make one backup and let old ones go."""
    if not settings.backup_key and not arguments.plain:
        print("BACKUP_KEY: expected at least 32 characters; --plain writes the backup unencrypted", file=sys.stderr)
        return REFUSED
    keep = Keep(arguments.keep_newest, arguments.keep_daily, arguments.keep_weekly, arguments.keep_monthly)
    now = SystemClock().now().replace(microsecond=0)
    folder = arguments.to or settings.backups
    try:
        mark = _secret_mark(settings)
        oldest = now - timedelta(days=settings.backup_days)
        made = make_backup(settings.database, folder, settings.data_dir, settings.backup_key, mark, now, keep, oldest)
    except KnowledgeBaseError as error:
        print(explain(error), file=sys.stderr)
        return REFUSED
    print(_told(made))
    return 0


def _told(made: Made) -> str:
    rows = sum(made.facts.rows.values())
    held = f"{rows} rows in {len(made.facts.rows)} tables, schema {made.facts.schema}"
    return f"{made.path}: {made.size} bytes, {held}, proven, {made.seconds:.1f} s; removed {len(made.removed)} older"


def restore_command(arguments: argparse.Namespace, settings: Settings) -> int:
    """Bring a store back; says how long it took."""
    url = arguments.to or settings.database
    try:
        mark = None if arguments.without_secret_key else _secret_mark(settings)
        now = SystemClock().now()
        done = restore_backup(
            arguments.file,
            url,
            settings.backup_key,
            mark,
            now,
            force=arguments.force,
            plain=arguments.plain,
            quarantine=settings.send_in_doubt == "quarantine",
            erasures=_erasures(settings) if mark else None,
        )
    except KnowledgeBaseError as error:
        print(explain(error), file=sys.stderr)
        return REFUSED
    rows, tables = sum(done.label.facts.rows.values()), len(done.label.facts.rows)
    print(
        f"restored the store of {done.label.made_at.isoformat()}: {rows} rows in {tables} tables, {done.seconds:.1f} s"
    )
    if done.migrated:
        print("its schema was brought up to date")
    if done.erased:
        print(f"{done.erased} residents had their data erased since it was made; they were erased from it again")
    if done.doubtful:
        print(f"{done.doubtful} messages may have been sent since it was made; they are marked as repeats")
    if done.aside:
        print(f"the store that was here is kept as {done.aside}; delete it when it is not needed any more")
    return 0
