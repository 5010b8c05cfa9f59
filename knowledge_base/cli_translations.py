"""`translations export|import`: entries in another language as PO files. Imports only hand in; an editor approves."""

import argparse
from itertools import islice
from pathlib import Path

from knowledge_base import translating
from knowledge_base.audit import Deed
from knowledge_base.cli_io import Terminal
from knowledge_base.errors import KnowledgeBaseError, NotFound
from knowledge_base.faq.translation import Words
from knowledge_base.faq.translation_po import LARGEST, PoContent, read_translations, write_translations
from knowledge_base.storage import audit_store, faq_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.staff_store import member_by_username

REFUSED = 2
_WORDS = {
    "translation_missing": "not translated; every field of an entry is needed",
    "translation_extra": "there is nothing to translate in this field",
    "translation_long": "longer than {most} characters",
    "translation_figures": "these are missing: {words}",
    "translation_personal": "looks like personal data: {words}",
    "translation_source_moved": "the Vietnamese has changed since the file was written; export again",
    "translation_unknown": "there is no live entry and field of this name",
    "translation_open": "words by {by} wait for an editor already",
    "translation_language": "--language: a code like en, not vi",
    "po_unreadable": "not a PO file that can be read",
    "po_large": "larger than {most} MB",
    "account": "--by: there is no account of this name that may sign in",
    "role_needed": "--by: this account ({role}) translates nothing",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `translations`."""
    parser.add_argument("action", choices=("export", "import"))
    parser.add_argument("path", type=Path)
    parser.add_argument("--language", required=True, help="the code of the other language, like en")
    parser.add_argument("--open", action="store_true", help="export only what is missing, stale or returned")
    parser.add_argument("--by", default="", help="import: the account of the translator, who may not approve it")


def translations_command(arguments: argparse.Namespace, database: Database, terminal: Terminal) -> int:
    """Carry out one action; returns the exit code."""
    try:
        if arguments.action == "export":
            return _export(arguments, database, terminal)
        return _import(arguments, database, terminal)
    except KnowledgeBaseError as error:
        terminal.complain(_told(error.key, error.data, str(error)))
        return REFUSED
    except OSError as error:
        terminal.complain(f"{arguments.path}: {error.strerror or error}")
        return REFUSED


def _told(key: str, data: dict[str, object], otherwise: str) -> str:
    return _WORDS[key].format(**data) if key in _WORDS else otherwise


def _export(arguments: argparse.Namespace, database: Database, terminal: Terminal) -> int:
    rows = database.read_now(translating.po_rows, arguments.language, only_open=arguments.open)
    arguments.path.write_bytes(write_translations(arguments.language, rows))
    terminal.say(f"exported {len(rows)} entries to {arguments.path}")
    return 0


def _import(arguments: argparse.Namespace, database: Database, terminal: Terminal) -> int:
    translating.guard_language(arguments.language)
    with arguments.path.open("rb") as file:
        data = file.read(LARGEST + 1)
    live = [revision.entry for revision in database.read_now(faq_store.published)]
    found = read_translations(data, arguments.language, live)
    words, new = iter(found.words.items()), 0
    while some := dict(islice(words, translating.AT_ONCE)):
        new += database.write_now(_put, arguments.by, arguments.language, some)
    _report(found, new, arguments.path, terminal)
    return REFUSED if found.faults else 0


def _put(tx: Transaction, username: str, language: str, words: dict[str, Words]) -> int:
    """Hand in, and leave the deed on the trail."""
    member = member_by_username(tx, username)
    if member is None or member.disabled_at is not None:
        raise NotFound("account", username=username)
    new = translating.put_translations(tx, member, language, words)
    deed = Deed(
        username, str(member.role), member.unit_code, "command line", "translations_upload", f"language:{language}"
    )
    audit_store.append(tx, deed)
    return new


def _report(found: PoContent, new: int, path: Path, terminal: Terminal) -> None:
    for fault in found.faults:
        terminal.complain(
            f"{path}:{fault.entry or '-'}:{fault.field or '-'}: {_told(fault.key, dict(fault.data), fault.key)}"
        )
    terminal.say(
        f"{new} handed in for approval, {len(found.words) - new} unchanged, {len(found.fuzzy)} fuzzy and "
        f"{len(found.unfinished)} unfinished left out, {len({fault.entry for fault in found.faults})} with faults"
    )
