"""What a match costs, and what an index weighs: `python -m quality.bench_matching` prints JSON.

Synthetic FAQs of growing size (`synthetic.py`). Every question is put to the matcher and to the peers in one round, so
that a slow moment of the machine slows all; ratios are taken block by block, and given with their spread. Run it with
one thread (`OPENBLAS_NUM_THREADS=1`, as `make bench` does).
"""

import argparse
import json
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from knowledge_base.matching.index import IndexedEntry, MatchIndex
from quality import peer_normaliser
from quality.noise import vary
from quality.peers import Peer, builders
from quality.postgresql import throwaway_server
from quality.synthetic import questions, synthetic_faq

OURS = "ours"
SIZES = (1_000, 10_000, 100_000)
_BLOCKS = 5
_PEER_MILLISECONDS = 1_500.0  # a peer is asked in a block until it has taken so long: the slowest would take an hour
_LONG = 4_096  # characters of a long message
_EDITS = 5
Times = list[tuple[float, float]]
Builders = Mapping[str, Callable[[Sequence[str]], Peer]]
Asker = Callable[[str, str], Any]  # of the text as typed, and of the peers' folded one
_UPDATED_AT = 10_000  # phrasings; the size at which the issue of one edit is measured
_KIB = 1024


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds of one call: on the clock, and of this thread's processor time."""
    began, used = time.perf_counter(), time.thread_time()
    work()
    return (time.perf_counter() - began) * 1000, (time.thread_time() - used) * 1000


def spent(times: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """Median and 99th percentile in milliseconds, on the clock and of processor time (a busy machine shows)."""
    found: dict[str, Any] = {"asked": len(times)}
    for name, values in zip(("", "cpu_"), zip(*times, strict=True), strict=True):
        ordered = sorted(values)
        found[f"{name}p50_ms"] = round(statistics.median(ordered), 3)
        found[f"{name}p99_ms"] = round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))], 3)
    return found


def spread(values: Sequence[float]) -> list[float]:
    """[median, least, most]."""
    return [round(statistics.median(values), 4), round(min(values), 4), round(max(values), 4)]


def in_rounds(askers: dict[str, Asker], asked: Sequence[str], budget: float = math.inf) -> dict[str, list[Times]]:
    """Times by asker and block: every question goes to everybody in one round.

    An asker is left out for the rest of a block once it has taken `budget` milliseconds of it.
    """
    found: dict[str, list[Times]] = {name: [[] for _ in range(_BLOCKS)] for name in askers}
    for block in range(_BLOCKS):
        taken = dict.fromkeys(askers, 0.0)
        for text in asked[block::_BLOCKS]:
            folded = peer_normaliser.normalise(text)
            for name, ask in askers.items():
                if taken[name] < budget:
                    found[name][block].append(timed(partial(ask, text, folded)))
                    taken[name] += found[name][block][-1][0]
    return found


def ratios(one: Sequence[Times], other: Sequence[Times]) -> dict[str, list[float]]:
    """Median and 99th percentile of `one` over those of `other`, block by block; on the clock."""
    pairs = [(spent(a), spent(b)) for a, b in zip(one, other, strict=True)]
    return {at: spread([a[f"{at}_ms"] / b[f"{at}_ms"] for a, b in pairs]) for at in ("p50", "p99")}


def long_messages(asked: Sequence[str]) -> list[str]:
    """Messages of _LONG characters that hold a question at their end."""
    talk = " ".join(vary(text, "rambling", seed) for seed, text in enumerate(asked))
    talk *= 1 + 20 * _LONG // len(talk)
    return [talk[at * 97 :][: _LONG - len(text) - 2] + ". " + text for at, text in enumerate(asked[:20])]


def resident_mib() -> float:
    """What this process holds in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _KIB / _KIB


def load(path: Path) -> None:
    """Load a stored index in a process that has nothing else; prints seconds and MiB (word lists included)."""
    before = resident_mib()
    stored = path.read_bytes()
    began = time.perf_counter()
    index = MatchIndex.from_bytes(stored)
    seconds = time.perf_counter() - began
    del stored
    index.match("hộ nghèo vay vốn")
    print(json.dumps({"load_seconds": round(seconds, 3), "memory_mib": round(resident_mib() - before, 1)}))


def stored(index: MatchIndex) -> dict[str, Any]:
    """Size on disk, and what loading costs a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.bin"
        path.write_bytes(index.to_bytes())
        command = [sys.executable, "-m", "quality.bench_matching", "--load", str(path)]
        shown = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
        return {"file_mib": round(path.stat().st_size / _KIB / _KIB, 1), **json.loads(shown.stdout)}


def edits(index: MatchIndex, entries: Sequence[IndexedEntry]) -> Times:
    """How long it takes until an index with one entry edited is there."""
    found = []
    for at in range(_EDITS):
        place = at * len(entries) // _EDITS
        edited = replace(entries[place], phrasings=(*entries[place].phrasings, f"cách hỏi mới thứ {at} về máy cày"))
        found.append(timed(partial(index.updated, [*entries[:place], edited, *entries[place + 1 :]])))
    return found


def our(index: MatchIndex) -> Asker:
    """The matcher under test, asked with the text as typed."""
    return lambda text, _folded: index.match(text)


def their(peer: Peer) -> Asker:
    """A peer, asked with what the frozen normaliser made of the text (its time isn't counted)."""
    return lambda _text, folded: peer.find(folded)


def measure(size: int, count: int, peers_of: Builders) -> tuple[MatchIndex, dict[str, Any]]:
    """The index at one size, and everything about it."""
    entries = synthetic_faq(size)
    began = time.perf_counter()
    index = MatchIndex.build(entries)
    built = time.perf_counter() - began
    print(f"{size} phrasings: built in {built:.1f} s", file=sys.stderr)
    asked = questions(entries, count)
    texts = [peer_normaliser.normalise(text) for entry in entries for text in entry.texts]
    for text in asked[:20]:  # caches that fill once are not what is measured
        index.match(text)
    with ExitStack() as stack:
        peers = {name: stack.enter_context(closing(build(texts))) for name, build in peers_of.items()}
        for peer in peers.values():
            peer.find("ho ngheo")  # builds what it builds when first asked
        askers = {OURS: our(index)} | {name: their(peer) for name, peer in peers.items()}
        times = in_rounds(askers, asked, _PEER_MILLISECONDS)
    found: dict[str, Any] = {
        "entries": len(entries),
        "phrasings": len(texts),
        "build_seconds": round(built, 2),
        "stored": stored(index),
        "match": {name: spent([one for block in each for one in block]) for name, each in times.items()},
        "peer_over_ours": {name: ratios(each, times[OURS]) for name, each in times.items() if name != OURS},
        "long_message": spent([timed(partial(index.match, text)) for text in long_messages(asked)]),
    }
    if size == _UPDATED_AT:
        found["updated"] = spent(edits(index, entries))
    return index, found


def main(arguments: list[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Times and sizes of the matcher and its peers, as JSON.")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="phrasings")
    parser.add_argument("--questions", type=int, default=300, help="questions a size")
    parser.add_argument("--peers", nargs="*", help="names of peers; all without it")
    parser.add_argument("--load", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.load:
        load(options.load)
        return
    with throwaway_server() as server:
        at_hand = builders(server).items()
        peers = {name: build for name, build in at_hand if options.peers is None or name in options.peers}
        measured = {size: measure(size, options.questions, peers) for size in options.sizes}
    indexes = {str(size): our(index) for size, (index, _) in measured.items()}
    asked = questions(synthetic_faq(min(measured)), options.questions)
    times = in_rounds(indexes, asked)
    small, large = str(min(measured)), str(max(measured))
    card = {
        "matching": {size: measured[int(size)][1] for size in indexes},
        "growth": {f"{large} over {small}": ratios(times[large], times[small])},
    }
    text = json.dumps(card, indent=1)
    print(re.sub(r"\[\s+([^][]+?)\s+\]", lambda found: f"[{' '.join(found.group(1).split())}]", text))


if __name__ == "__main__":
    main()
