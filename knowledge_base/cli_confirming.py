"""`confirming`: how far the shipped text is confirmed, in all, by topic and, with `--open`, entry by entry."""

import argparse
from collections import Counter

from knowledge_base import confirming
from knowledge_base.cli_io import Terminal
from knowledge_base.faq.checklist import open_points
from knowledge_base.storage.database import Database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `confirming`."""
    parser.add_argument("--open", action="store_true", help="name the entries on trial, with their open points")


def confirming_command(arguments: argparse.Namespace, database: Database, terminal: Terminal) -> int:
    """Exit 0."""
    found = database.read_now(confirming.shipped)
    confirmed = [one for one in found if one.confirmed]
    terminal.say(f"{len(confirmed)} of {len(found)} shipped entries confirmed")
    whole = Counter(one.revision.entry.topic for one in found)
    done = Counter(one.revision.entry.topic for one in confirmed)
    for topic in sorted(whole):
        terminal.say(f"  {topic}: {done[topic]} of {whole[topic]}")
    for one in found if arguments.open else ():
        if not one.confirmed:
            wrong = f"; wrong: {', '.join(check.point for check in one.wrong)}" if one.wrong else ""
            terminal.say(f"{one.revision.key}: open: {', '.join(open_points(one.points))}{wrong}")
    return 0
