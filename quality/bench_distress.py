"""How distress is heard on the held-back part: `python -m quality.bench_distress [--tuning] [--json]`."""

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from knowledge_base.distress.hear import KINDS, hear
from quality import noise
from quality.distress_set import HARMLESS, WORDINGS, Line, ordinary, read, variants, word, worded


@dataclass(slots=True)
class Tally:
    """How many were heard of how many."""

    heard: int = 0
    all: int = 0

    def add(self, *, heard: bool) -> None:
        self.heard += heard
        self.all += 1

    @property
    def share(self) -> float:
        return self.heard / self.all if self.all else 0.0

    def __str__(self) -> str:
        return f"{self.share:7.1%} {self.heard:>5}/{self.all}"


@dataclass(slots=True)
class Report:
    """Recall by wording, kind and dialect; false alarms by wording, of ordinary questions and of words near it."""

    recall: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    near: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    ordinary: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    kinds: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    dialects: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    named: Tally = field(default_factory=Tally)  # of those heard, whose kind was right


def measure(found: Iterable[Line], questions: Iterable[str], wordings: Collection[str] = WORDINGS) -> Report:
    """Hear every message in these wordings."""
    report = Report()
    for line in found:
        for wording, text in worded(line):
            if wording not in wordings:
                continue
            heard = hear(text)
            if line.kind == HARMLESS:
                report.near[wording].add(heard=heard is not None)
                continue
            for tally in (report.recall[wording], report.kinds[line.kind], report.dialects[line.dialect]):
                tally.add(heard=heard is not None)
            if heard:
                report.named.add(heard=heard.kind == line.kind)
    for question in questions:
        for wording in wordings:
            report.ordinary[wording].add(heard=hear(word(question, wording)) is not None)
    return report


def longest_seconds() -> float:
    """Seconds for the longest message, the best of some; its words are new each time."""
    best = 1.0
    for turn in range(5):
        text = " ".join(f"{noise.vary(f'nhà tôi ở xa lắm chuyện thứ {turn}', 'typos', at)}" for at in range(200))[:4096]
        began = time.perf_counter()
        hear(text)
        best = min(best, time.perf_counter() - began)
    return best


def as_json(report: Report) -> dict[str, dict[str, str] | str]:
    """The report, readable by a machine."""
    tables: Mapping[str, dict[str, Tally]] = {
        "recall": report.recall,
        "false alarms": report.ordinary,
        "false alarms near distress": report.near,
        "recall by kind": report.kinds,
        "recall by dialect": report.dialects,
    }
    shown = {name: {key: str(tally).strip() for key, tally in table.items()} for name, table in tables.items()}
    return {**shown, "kind named right": str(report.named).strip()}


def main() -> None:
    """Print rates with counts; never the messages, so that nothing is tuned on them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tuning", action="store_true", help="the tuning part instead")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    part = read("tuning") if asked.tuning else read("held_back")
    lines = [Line(text, line.kind, line.dialect) for line in part for text in variants(line.text, 1)]
    report = measure(lines, ordinary())
    if asked.json:
        json.dump(as_json(report), sys.stdout, indent=1)
        return
    write = sys.stdout.write
    write(f"{'wording':18}{'recall':>16}{'false alarms':>20}{'of near ones':>18}\n")
    for name in WORDINGS:
        write(f"{name:18}{report.recall[name]!s:>16}{report.ordinary[name]!s:>20}{report.near[name]!s:>18}\n")
    for title, table in (("kind", report.kinds), ("dialect", report.dialects)):
        write(f"\n{title}\n")
        for name in KINDS if title == "kind" else sorted(table):
            write(f"{name:18}{table[name]!s:>16}\n")
    write(f"\nkind named right {report.named}; longest message {1000 * longest_seconds():.1f} ms\n")


if __name__ == "__main__":
    main()
