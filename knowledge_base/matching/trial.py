"""What an edit would change for questions asked before ("thử câu này"), told before it is saved."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from knowledge_base.matching.bank import QuestionBank
from knowledge_base.matching.corpus import IndexedEntry
from knowledge_base.matching.decide import Decision, Match
from knowledge_base.matching.index import MatchIndex

# How close a question is to a changed text; below it hardly any outcome moves. Measured on 960 wordings of the
# project's own domain and 20 edits: 267 of 271 changes lie above.
NEAR = 0.22
MOST = 400  # questions that are matched before and after, the closest first
_TOLD_EVERY = 10
Texts = Callable[[Sequence[int]], Mapping[int, str]]


class Effect(StrEnum):
    """What an edit does to one question, seen from the edited entry."""

    WON = "won"  # nothing led before, the entry does now
    STOLEN = "stolen"  # another entry led before
    LOST = "lost"  # the entry led before, and doesn't now
    FIRMER = "firmer"  # offered before, answered at once now
    WEAKER = "weaker"  # answered at once before, only offered now
    BESIDE = "beside"  # what another entry did with it has changed


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a question is met with: the entry that leads (None: silence), and how."""

    leader: str | None
    decision: Decision

    @classmethod
    def of(cls, found: Match) -> "Outcome":
        """The outcome of a match."""
        leads = found.decision is not Decision.UNKNOWN
        return cls(found.candidates[0].key if leads else None, found.decision)


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose outcome the edit changes; `number` is its place in the bank."""

    number: int
    text: str
    effect: Effect
    before: Outcome
    after: Outcome


@dataclass(frozen=True, slots=True)
class Trial:
    """All changes found. Of the `stored` questions `near` come near the edit; `compared` were matched.

    The closest come first.
    """

    changes: tuple[Change, ...]
    stored: int
    near: int
    compared: int

    def of(self, effect: Effect) -> tuple[Change, ...]:
        """The changes of one kind."""
        return tuple(change for change in self.changes if change.effect is effect)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much work a trial may be: so many questions, and until a moment of `time.monotonic` where one is given.

    The `least` closest are compared however late it is.
    """

    most: int = MOST
    until: float | None = None
    least: int = 0


def try_edit(
    index: MatchIndex,
    edited: IndexedEntry,
    bank: QuestionBank,
    texts: Texts,
    on_day: date | None = None,
    bounds: Bounds = Bounds(),
    told: Callable[[int, int], bool | None] = lambda _done, _all: None,
) -> Trial:
    """Match stored questions before and after an edit (a new entry, or other words of one); nothing is kept.

    `edited` has the texts as they would be. `texts` gives the words of questions by their place in the bank; one that
    has none any more is left out. `told` hears (compared, to compare) before the first, now and then, and at the end;
    where it says False, the trial ends with what was compared so far.
    """
    former = next((entry for entry in index.entries if entry.key == edited.key), None)
    close = bank.close_to(changed_texts(former, edited))
    near = np.flatnonzero(close >= NEAR)
    chosen: list[int] = near[np.argsort(-close[near], kind="stable")][: bounds.most].tolist()
    words = texts(chosen)
    asked = [(number, words[number]) for number in chosen if words.get(number)]
    changed = index.edited(edited)
    changes: list[Change] = []
    done = 0
    told(done, len(asked))
    for number, text in asked:
        if bounds.until is not None and done >= bounds.least and time.monotonic() > bounds.until:
            break
        before, after = _met(index, changed, text, edited, former, on_day)
        effect = effect_of(edited.key, before, after)
        if effect:
            changes.append(Change(number, text, effect, before, after))
        done += 1
        if done % _TOLD_EVERY == 0 and told(done, len(asked)) is False:
            break
    told(done, len(asked))
    return Trial(tuple(changes), len(bank), len(near), done)


def _met(
    index: MatchIndex,
    changed: MatchIndex,
    text: str,
    edited: IndexedEntry,
    former: IndexedEntry | None,
    on_day: date | None,
) -> tuple[Outcome, Outcome]:
    """What a question is met with before and after.

    Half the work mostly: where texts only come, the entry must come into question afterwards, else nothing changes;
    where they only go, it must have before.
    """
    known, wanted = set(former.texts if former else ()), set(edited.texts)
    first, then = (changed, index) if known <= wanted else (index, changed)
    found = first.match(text, on_day)
    one = Outcome.of(found)
    in_question = edited.key in {candidate.key for candidate in found.candidates}
    one_way = (known <= wanted) != (wanted <= known)
    other = Outcome.of(then.match(text, on_day)) if in_question or not one_way else one
    return (other, one) if first is changed else (one, other)


def changed_texts(former: IndexedEntry | None, edited: IndexedEntry) -> Sequence[str]:
    """The texts that come or go; all of them where the answer or its window changes."""
    if former is None:
        return edited.texts
    if (former.answer, former.in_force) != (edited.answer, edited.in_force):
        return tuple(dict.fromkeys((*edited.texts, *former.texts)))
    return tuple(sorted(set(former.texts) ^ set(edited.texts)))


def effect_of(key: str, before: Outcome, after: Outcome) -> Effect | None:
    """What the change from one outcome to another means for entry `key`; None where it means nothing."""
    if before == after:
        return None
    if before.leader == key == after.leader:
        return Effect.FIRMER if after.decision is Decision.CONFIDENT else Effect.WEAKER
    if after.leader == key:
        return Effect.STOLEN if before.leader else Effect.WON
    return Effect.LOST if before.leader == key else Effect.BESIDE
