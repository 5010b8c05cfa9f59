"""Ask a matcher every question of a set, in every wording, and note what it made of each."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge_base.matching.decide import Decision, Match
from knowledge_base.matching.index import MatchIndex
from quality import peer_normaliser
from quality.measures import Answers, Floats
from quality.noise import vary
from quality.peers import Peer
from quality.sets import LabelledSet

INSIDE = ("right", "wrong", "right_offered", "others_offered", "queued")
OUTSIDE = ("answered", "offered", "silent")
_OUTSIDE_OF = {Decision.CONFIDENT: "answered", Decision.SUGGEST: "offered", Decision.UNKNOWN: "silent"}


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Our matcher's answers: `verdicts`, shape (wordings, questions), holds one of INSIDE or OUTSIDE each.

    `milliseconds` of each match, in no order; `worst` are the rows gone wrong, as lines to read.
    """

    answers: Answers
    verdicts: npt.NDArray[np.str_]
    milliseconds: Floats
    worst: tuple[str, ...]


def ask_ours(index: MatchIndex, asked: LabelledSet, wordings: Sequence[str], seed: int) -> Asked:
    """Ask the matcher under test."""
    shape = len(wordings), len(asked.questions)
    ranks, scores, verdicts = np.zeros(shape, dtype=np.int64), np.zeros(shape), np.zeros(shape, dtype="<U14")
    times, worst = [], []
    for row, wording in enumerate(wordings):
        for column, question in enumerate(asked.questions):
            text = vary(question.text, wording, seed)
            began = time.perf_counter()
            found = index.match(text, asked.day)
            times.append((time.perf_counter() - began) * 1000)
            names = list(dict.fromkeys(asked.name_of(candidate.key) for candidate in found.candidates))
            ranks[row, column] = names.index(question.wanted) + 1 if question.wanted in names else 0
            scores[row, column] = found.certainty
            verdict = verdict_of(found, question.wanted, asked.name_of)
            verdicts[row, column] = verdict
            if verdict in {"wrong", "others_offered", "queued", "answered", "offered"}:
                best = [f"{candidate.key} {candidate.confidence:.2f}" for candidate in found.candidates[:3]]
                said = f"{found.reason} {found.certainty:.2f}"
                worst.append(f"{asked.name}|{wording}|{verdict}|{question.wanted}|{best}|{said}|{text}")
    return Asked(Answers(ranks, scores, _inside(asked)), verdicts, np.array(times), tuple(worst))


def verdict_of(found: Match, wanted: str | None, name_of: Callable[[str], str]) -> str:
    """What one match counts as."""
    if wanted is None:
        return _OUTSIDE_OF[found.decision]
    if found.decision is Decision.CONFIDENT:
        return "right" if name_of(found.candidates[0].key) == wanted else "wrong"
    if found.decision is Decision.SUGGEST:
        return "right_offered" if wanted in {name_of(c.key) for c in found.choices} else "others_offered"
    return "queued"


def shares(verdicts: npt.NDArray[np.str_]) -> dict[str, Any]:
    """The three-way shares of verdicts of any shape; in-scope and out-of-scope apart, whichever are there."""
    counts = Counter(verdicts.ravel().tolist())
    found: dict[str, Any] = {}
    for part, names in (("in_scope", INSIDE), ("out_of_scope", OUTSIDE)):
        total = sum(counts[name] for name in names)
        if total:
            found[part] = {"asked": total} | {name: round(counts[name] / total, 4) for name in names}
    return found


def ask_peer(build: Callable[[Sequence[str]], Peer], asked: LabelledSet, wordings: Sequence[str], seed: int) -> Answers:
    """Ask a peer over the frozen normaliser; an entry is as close as the closest of its phrasings."""
    entries = sorted(asked.in_force(), key=lambda entry: asked.name_of(entry.key))
    names = list(dict.fromkeys(asked.name_of(entry.key) for entry in entries))
    texts = [(names.index(asked.name_of(entry.key)), text) for entry in entries for text in entry.texts]
    firsts = np.searchsorted([name for name, _ in texts], np.arange(len(names)))
    shape = len(wordings), len(asked.questions)
    ranks, scores = np.zeros(shape, dtype=np.int64), np.zeros(shape)
    with closing(build([peer_normaliser.normalise(text) for _, text in texts])) as peer:
        for row, wording in enumerate(wordings):
            for column, question in enumerate(asked.questions):
                folded = peer_normaliser.normalise(vary(question.text, wording, seed))
                best = np.maximum.reduceat(peer.scores(folded), firsts)
                order = np.argsort(-best, kind="stable")
                scores[row, column] = best[order[0]]
                if question.wanted in names and best[names.index(question.wanted)] != 0:
                    ranks[row, column] = int(np.flatnonzero(order == names.index(question.wanted))[0]) + 1
    return Answers(ranks, scores, _inside(asked))


def _inside(asked: LabelledSet) -> npt.NDArray[np.bool_]:
    return np.array([question.wanted is not None for question in asked.questions])
