"""How well the matcher does on labelled questions, and its peers beside it: `python -m quality.scorecard [--data DIR]`.

The project's own sets and those of DIR (the form: `quality/sets.py`). Questions of a FAQ that comes with its own file
are asked in all eleven wordings, those of the project's content as they were typed. A table goes to stderr, the whole
card as JSON to stdout and, with the curves, to `--out`. No labelled question takes part in building an index.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from knowledge_base.matching.index import MatchIndex
from quality.ask import Asked, ask_ours, ask_peer, shares
from quality.curve import draw
from quality.measures import MEASURES, Answers, figures, interval, pooled, ratio, resamples
from quality.noise import WORDINGS
from quality.peers import Peer, builders
from quality.postgresql import throwaway_server
from quality.sets import HERE, LabelledSet, read_sets
from quality.table import table

OURS = "ours"
_COMPARED = ("top1", "top3", "auroc", "recall@1%", "recall@5%", "recall@1% over all")
Builders = Mapping[str, Callable[[Sequence[str]], Peer]]


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """One set with everybody's answers; `curves` has ours first."""

    asked: LabelledSet
    wordings: tuple[str, ...]
    ours: Asked
    curves: dict[str, Answers]


def measure(asked: LabelledSet, index: MatchIndex, wordings: Sequence[str], peers: Builders, seed: int) -> Measured:
    """Ask everybody."""
    used = tuple(wordings) if asked.foreign else ("clean",)
    ours = ask_ours(index, asked, used, seed)
    curves = {OURS: ours.answers} | {name: ask_peer(build, asked, used, seed) for name, build in peers.items()}
    return Measured(asked, used, ours, curves)


def card_of(found: Measured) -> dict[str, Any]:
    """The figures of one set."""
    asked, ours = found.asked, found.ours
    times = np.sort(ours.milliseconds)
    kinds = np.array([question.kind for question in asked.questions])
    return {
        "entries": len(asked.in_force()),
        "phrasings": sum(len(entry.texts) for entry in asked.in_force()),
        "in_scope": int(ours.answers.inside.sum()),
        "out_of_scope": int((~ours.answers.inside).sum()),
        "left_out": asked.missing,
        "ms": {"median": round(float(np.median(times)), 2), "p99": round(float(np.quantile(times, 0.99)), 2)},
        "shares": shares(ours.verdicts),
        **_compared(found.wordings, found.curves),
        "wordings": {
            wording: figures(ours.answers.wording(at)) | shares(ours.verdicts[at])
            for at, wording in enumerate(found.wordings)
        },
        "kinds": {
            str(kind): figures(ours.answers.questions(kinds == kind), ("top1", "top3", "mrr"))
            | shares(ours.verdicts[:, kinds == kind])
            for kind in np.unique(kinds)
        },
    }


def pooled_card(parts: Sequence[Measured]) -> tuple[dict[str, Any], dict[str, Answers]]:
    """Several sets as one, question by question."""
    wordings = parts[0].wordings
    curves = {name: pooled([part.curves[name] for part in parts]) for name in parts[0].curves}
    verdicts = np.concatenate([part.ours.verdicts for part in parts], axis=1)
    ours = curves[OURS]
    return {
        "sets": [part.asked.name for part in parts],
        "in_scope": int(ours.inside.sum()),
        "out_of_scope": int((~ours.inside).sum()),
        "shares": shares(verdicts),
        **_compared(wordings, curves),
        "wordings": {
            wording: {name: figures(answers.wording(at)) for name, answers in curves.items()} | shares(verdicts[at])
            for at, wording in enumerate(wordings)
        },
    }, curves


def _compared(wordings: Sequence[str], curves: dict[str, Answers]) -> dict[str, Any]:
    """Ours and the peers over all wordings: figures, intervals, ratios."""
    ours = curves[OURS]
    means = {name: figures(answers) for name, answers in curves.items()}
    able = [name for name in _COMPARED if name in means[OURS]]
    picks = resamples(ours)
    whole = ours.everything()
    found: dict[str, Any] = {
        OURS: means[OURS],
        "intervals": {name: interval(partial(MEASURES[name], ours), whole, picks) for name in able},
        "peers": {name: mean for name, mean in means.items() if name != OURS},
        "ratios": {
            name: {what: ratio(MEASURES[what], ours, answers, picks) for what in able}
            for name, answers in curves.items()
            if name != OURS
        },
    }
    if len(wordings) > 1:
        found["noisy_to_clean"] = {
            wording: ratio(MEASURES["top1"], ours.wording(at), ours.wording(0), picks)
            for at, wording in enumerate(wordings)
            if wording != WORDINGS[0]
        }
    return found


def chosen(verdicts: Any) -> list[tuple[float, float]]:
    """Where the thresholds in use stand on the curve."""
    found = shares(verdicts)
    if len(found) < len(("in_scope", "out_of_scope")):
        return []
    return [(found["out_of_scope"]["answered"], found["in_scope"]["right"])]


def scorecard(
    sets: Sequence[LabelledSet], peers: Builders, wordings: Sequence[str], seed: int, out: Path
) -> tuple[dict[str, Any], list[str]]:
    """The whole card, the curves written to `out`; and the rows gone wrong."""
    indexes: dict[int, MatchIndex] = {}
    cards: dict[str, Any] = {}
    foreign: list[Measured] = []
    worst: list[str] = []
    out.mkdir(parents=True, exist_ok=True)
    for asked in sets:
        began = time.perf_counter()
        index = indexes.get(id(asked.entries)) or MatchIndex.build(asked.entries)
        indexes[id(asked.entries)] = index
        built = time.perf_counter() - began
        found = measure(asked, index, wordings, peers, seed)
        cards[asked.name] = card_of(found) | {"build_seconds": round(built, 2)}
        worst += found.ours.worst
        foreign += [found] if asked.foreign else []
        _write_curve(out / f"{asked.name}.svg", asked.name, found.curves, chosen(found.ours.verdicts))
    card: dict[str, Any] = {"sets": cards}
    if len(foreign) > 1:
        card["pooled"], curves = pooled_card(foreign)
        verdicts = np.concatenate([part.ours.verdicts for part in foreign], axis=1)
        _write_curve(out / "pooled.svg", " + ".join(card["pooled"]["sets"]), curves, chosen(verdicts))
    return card, worst


def _write_curve(path: Path, title: str, curves: dict[str, Answers], marks: list[tuple[float, float]]) -> None:
    inside = next(iter(curves.values())).inside
    if inside.any() and not inside.all():
        path.write_text(draw(f"Coverage against false answers: {title}", curves, marks), encoding="utf-8")


def thinned(asked: LabelledSet, most: int) -> LabelledSet:
    """At most `most` questions of a set, spread over it."""
    step = max(1, -(-len(asked.questions) // most))
    return replace(asked, questions=asked.questions[::step])


def main(arguments: list[str] | None = None) -> None:
    """Print the card."""
    parser = argparse.ArgumentParser(description="Scores of the matcher and its peers on labelled questions.")
    parser.add_argument("--data", type=Path, help="folder of further NAME.queries.jsonl and NAME.faq.jsonl")
    parser.add_argument("--at", type=date.fromisoformat, default=date(2026, 11, 22), help="day for the project's FAQ")
    parser.add_argument("--out", type=Path, default=Path("var/scorecard"), help="folder of the card and the curves")
    parser.add_argument("--only", nargs="*", help="names of sets; all without it")
    parser.add_argument("--wordings", nargs="*", default=WORDINGS, choices=WORDINGS, help="of foreign sets")
    parser.add_argument("--no-peers", action="store_true", help="measure the matcher alone")
    parser.add_argument("--most", type=int, default=10_000, help="questions of a set, for a quick look")
    parser.add_argument("--seed", type=int, default=1, help="of the wordings")
    parser.add_argument("--misses", action="store_true", help="also list what went wrong, on stderr")
    options = parser.parse_args(arguments)
    sets = read_sets(HERE, options.at, "own_") + (read_sets(options.data, options.at) if options.data else [])
    sets = [thinned(asked, options.most) for asked in sets if not options.only or asked.name in options.only]
    began = time.perf_counter()
    with throwaway_server() as server:
        peers = {} if options.no_peers else builders(server)
        card, worst = scorecard(sets, peers, options.wordings, options.seed, options.out)
    card["conditions"] = {
        "day": str(options.at),
        "seed": options.seed,
        "most_questions_a_set": options.most,
        "wordings": list(options.wordings),
        "peers": list(peers),
        "not_at_hand": [] if server or options.no_peers else ["pg_trgm: no PostgreSQL server programs"],
        "seconds": round(time.perf_counter() - began, 1),
    }
    if options.misses:
        print(*worst, sep="\n", file=sys.stderr)
    print(table(card), file=sys.stderr)
    text = json.dumps(card, ensure_ascii=False, indent=1)
    (options.out / "scorecard.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
