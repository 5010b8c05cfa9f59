"""`places posters`: hundreds of posters or stickers in one file."""

import argparse
from pathlib import Path

from knowledge_base import places
from knowledge_base.cli_io import Terminal
from knowledge_base.errors import NotFound
from knowledge_base.paper.posters import FORMATS, posters
from knowledge_base.settings import read_settings
from knowledge_base.storage import staff_store
from knowledge_base.storage.database import Database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `places`."""
    parser.add_argument("action", choices=("posters",))
    parser.add_argument("--unit", default="0", help="the code of a unit: its places, and those of the units below")
    parser.add_argument("--format", choices=FORMATS, default="a4")
    parser.add_argument("--out", type=Path, required=True)


def places_command(arguments: argparse.Namespace, database: Database, terminal: Terminal) -> int:
    """Write the file; says how many places it has."""
    settings = read_settings()
    path = database.read_now(staff_store.unit_path, arguments.unit)
    if path is None:
        raise NotFound("unit", code=arguments.unit)
    found = database.read_now(places.posters_within, path, settings.site)
    if not found:
        terminal.complain(f"--unit: no places there; add them in the console ({settings.site}/admin/places)")
        return 2
    body = posters(found, arguments.format, office=settings.unit_name, contact=settings.unit_contact)
    arguments.out.write_bytes(body)
    terminal.say(f"{arguments.out}: {len(found)} places, {len(body) >> 10} KiB")
    return 0
