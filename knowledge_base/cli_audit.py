"""`audit verify`: walk the whole trail and check every seal."""

import argparse

from knowledge_base.audit import Verdict, verify
from knowledge_base.cli_io import Terminal
from knowledge_base.storage import audit_store
from knowledge_base.storage.database import Database, Transaction


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `audit`."""
    parser.add_argument("action", choices=("verify",))
    parser.add_argument("--head", help="NUMBER:SEAL noted earlier: it must still be on the trail")


def audit_command(arguments: argparse.Namespace, database: Database, terminal: Terminal) -> int:
    """Exit 0 when every row holds (and the noted head is there), 1 when not, 2 when the head can't be read."""
    number, _colon, seal = (arguments.head or "").partition(":")
    if arguments.head and not (number.isdigit() and seal):
        terminal.complain("--head: NUMBER:SEAL, as `audit verify` prints it")
        return 2
    verdict = database.read_now(_walk)
    if verdict.broken is not None:
        terminal.complain(f"audit: row {verdict.broken} does not follow from the rows before it; {verdict.rows} hold")
        return 1
    if arguments.head and database.read_now(audit_store.seal_of, int(number)) != seal:
        terminal.complain(f"audit: row {number} is not the one that was noted: rows are missing, or were made anew")
        return 1
    head = f"{verdict.head.number}:{verdict.head.seal}" if verdict.head else "none"
    terminal.say(f"audit: {verdict.rows} rows hold; head {head}")
    return 0


def _walk(tx: Transaction) -> Verdict:
    return verify(tx.keys.audit_key, audit_store.trail(tx))
