"""Labelled questions and the FAQ they are asked of.

`NAME.queries.jsonl` ({text, faq_id | null, kind?, expected?}; null: nothing settles it) is asked of `NAME.faq.jsonl`
({id, question, phrasings, answer}) where that file is there, else of the project's own content.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from knowledge_base.faq.entry import InForce
from knowledge_base.matching.index import IndexedEntry

HERE = Path(__file__).parent
CONTENT = HERE.parent / "content" / "entries"


@dataclass(frozen=True, slots=True)
class Question:
    """One labelled question: `wanted` is the name of the entry that settles it, None where none does."""

    text: str
    wanted: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Questions and the entries they are asked of; `day` is None for a FAQ without windows (a foreign one)."""

    name: str
    entries: tuple[IndexedEntry, ...]
    questions: tuple[Question, ...]
    day: date | None
    missing: int  # questions whose entry the FAQ doesn't have; they are left out

    @property
    def foreign(self) -> bool:
        return self.day is None

    def name_of(self, key: str) -> str:
        """What a label calls an entry: `T01-2027` is a case of topic T01."""
        return key if self.foreign else key.split("-", maxsplit=1)[0]

    def in_force(self) -> tuple[IndexedEntry, ...]:
        """The entries that hold on the day."""
        return tuple(entry for entry in self.entries if self.day is None or entry.in_force.holds_on(self.day))


def read_sets(folder: Path, day: date, prefix: str = "") -> list[LabelledSet]:
    """Every set of a folder, by name."""
    return [_read(path, day, prefix) for path in sorted(folder.glob("*.queries.jsonl"))]


def _read(path: Path, day: date, prefix: str) -> LabelledSet:
    name = path.name.removesuffix(".queries.jsonl")
    faq = path.with_name(f"{name}.faq.jsonl")
    foreign = faq.exists()
    entries = tuple(foreign_entries(faq)) if foreign else own_entries()
    rows = list(lines(path))
    bare = LabelledSet(prefix + name, entries, (), None if foreign else day, 0)
    known = {bare.name_of(entry.key) for entry in entries}
    kept = [row for row in rows if row["faq_id"] is None or row["faq_id"] in known]
    questions = tuple(Question(row["text"], row["faq_id"], row.get("kind", "all")) for row in kept)
    return LabelledSet(bare.name, entries, questions, bare.day, len(rows) - len(kept))


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines file."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def foreign_entries(path: Path) -> list[IndexedEntry]:
    """A FAQ in the form that `python -m knowledge_base match --faq` takes."""
    return [
        IndexedEntry(row["id"], row["question"], tuple(row.get("phrasings", ())), row.get("answer", ""))
        for row in lines(path)
    ]


@cache
def own_entries(folder: Path = CONTENT) -> tuple[IndexedEntry, ...]:
    """The approved entries of the curated FAQ."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        entry = yaml.safe_load(path.read_text(encoding="utf-8"))
        if entry["status"] == "approved":
            window = entry.get("in_force") or {}
            answer = f"{entry['short_answer']}\n{entry.get('details') or ''}"
            in_force = InForce(window.get("from"), window.get("to"))
            found.append(IndexedEntry(entry["key"], entry["question"], tuple(entry["phrasings"]), answer, in_force))
    return tuple(found)
