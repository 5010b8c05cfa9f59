"""How well the matcher does on labelled questions: `python -m quality.scorecard [--data DIR] [--at DAY]` prints JSON.

Every `NAME.queries.jsonl` of DIR ({text, faq_id | null, kind?}) is asked of `NAME.faq.jsonl` ({id, question,
phrasings, answer}) where that file is there, else of the project's own content. The thresholds come from the index
alone; no labelled question of these files takes part in building it. `--misses` also prints every row gone wrong.
"""

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from knowledge_base.faq.entry import InForce
from knowledge_base.matching.decide import Decision, Match
from knowledge_base.matching.index import IndexedEntry, MatchIndex

HERE = Path(__file__).parent
CONTENT = HERE.parent / "content" / "entries"
TOP = 3


@dataclass
class Tally:
    """Counts over questions of one set or kind."""

    inside: int = 0
    outside: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def shares(self) -> dict[str, Any]:
        """Counts as shares of their own part; in-scope and out-of-scope apart."""
        found: dict[str, Any] = {}
        if self.inside:
            names = ("top1", "top3", "right", "wrong", "right_among_choices", "choices_without_it", "queued")
            found["in_scope"] = {"questions": self.inside} | {
                name: round(self.counts[name] / self.inside, 4) for name in names
            }
        if self.outside:
            found["out_of_scope"] = {"questions": self.outside} | {
                name: round(self.counts[name] / self.outside, 4) for name in ("answered", "offered", "silent")
            }
        return found


def judge(found: Match, wanted: str | None, name_of: Callable[[str], str]) -> list[str]:
    """What one match counts as."""
    if wanted is None:
        outcome = {Decision.CONFIDENT: "answered", Decision.SUGGEST: "offered", Decision.UNKNOWN: "silent"}
        return [outcome[found.decision]]
    names = list(dict.fromkeys(name_of(candidate.key) for candidate in found.candidates))
    said = ["top1"] * (names[:1] == [wanted]) + ["top3"] * (wanted in names[:TOP])
    if found.decision is Decision.CONFIDENT:
        return [*said, "right" if names[0] == wanted else "wrong"]
    if found.decision is Decision.SUGGEST:
        offered = {name_of(candidate.key) for candidate in found.choices}
        return [*said, "right_among_choices" if wanted in offered else "choices_without_it"]
    return [*said, "queued"]


def score(
    index: MatchIndex, rows: Iterable[dict[str, Any]], day: date | None, name_of: Callable[[str], str], misses: bool
) -> dict[str, Any]:
    """Ask every row; rows whose entry the FAQ does not have are left out and counted."""
    known = {name_of(entry.key) for entry in index.entries}
    whole, kinds = Tally(), defaultdict[str, Tally](Tally)
    missing, times = 0, list[float]()
    for row in rows:
        wanted = row["faq_id"]
        if wanted is not None and wanted not in known:
            missing += 1
            continue
        started = time.perf_counter()
        found = index.match(row["text"], day)
        times.append((time.perf_counter() - started) * 1000)
        outcome = judge(found, wanted, name_of)
        for tally in (whole, kinds[row.get("kind", "all")]):
            tally.inside += wanted is not None
            tally.outside += wanted is None
            tally.counts.update(outcome)
        if misses and not {"right", "right_among_choices", "silent"} & set(outcome):
            best = [(candidate.key, candidate.confidence) for candidate in found.candidates[:TOP]]
            print(outcome[-1], wanted, best, found.reason, row["text"], sep=" | ", file=sys.stderr)
    times.sort()
    return {
        **whole.shares(),
        "ms": {"median": round(times[len(times) // 2], 2), "p99": round(times[int(len(times) * 0.99)], 2)},
        "entries_missing": missing,
        "kinds": {kind: tally.shares() for kind, tally in sorted(kinds.items())},
    }


def topic_of(key: str) -> str:
    """`T01-2027` is a case of topic T01."""
    return key.split("-", maxsplit=1)[0]


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


def own_entries(folder: Path = CONTENT) -> list[IndexedEntry]:
    """The approved entries of the curated FAQ."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        entry = yaml.safe_load(path.read_text(encoding="utf-8"))
        if entry["status"] == "approved":
            window = entry.get("in_force") or {}
            answer = f"{entry['short_answer']}\n{entry.get('details') or ''}"
            in_force = InForce(window.get("from"), window.get("to"))
            found.append(IndexedEntry(entry["key"], entry["question"], tuple(entry["phrasings"]), answer, in_force))
    return found


def main(arguments: list[str] | None = None) -> None:
    """Print the card."""
    parser = argparse.ArgumentParser(description="Scores of the matcher on labelled questions, as JSON.")
    parser.add_argument("--data", type=Path, default=HERE, help="folder of *.queries.jsonl")
    parser.add_argument("--at", type=date.fromisoformat, default=date(2026, 11, 22), help="day for the project's FAQ")
    parser.add_argument("--misses", action="store_true", help="also list what went wrong, on stderr")
    options = parser.parse_args(arguments)
    own: MatchIndex | None = None
    card: dict[str, Any] = {}
    for path in sorted(options.data.glob("*.queries.jsonl")):
        name = path.name.removesuffix(".queries.jsonl")
        faq = path.with_name(f"{name}.faq.jsonl")
        started = time.perf_counter()
        if faq.exists():
            card[name] = score(MatchIndex.build(foreign_entries(faq)), lines(path), None, str, options.misses)
        else:
            own = own or MatchIndex.build(own_entries())
            card[name] = score(own, lines(path), options.at, topic_of, options.misses)
        card[name]["seconds"] = round(time.perf_counter() - started, 2)
    json.dump(card, sys.stdout, ensure_ascii=False, indent=2)
    print()


if __name__ == "__main__":
    main()
