"""What makes entries hard to tell apart or to reach, found by asking the index its own phrasings without them.

Every phrasing is held out once, in a few parts, and asked of an index of the rest: so it is met as a resident's
wording would be that nobody has written down yet.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from rapidfuzz import fuzz

from knowledge_base.matching.contrasts import sides
from knowledge_base.matching.corpus import IndexedEntry
from knowledge_base.matching.decide import Decision, Match
from knowledge_base.matching.index import MatchIndex
from knowledge_base.text.normalise import spell_out

PARTS = 5  # each phrasing is held out with a fifth of its entry's others
FEW = 5  # texts; an entry with fewer is hard to reach
_ALIKE = 92  # of 100: two phrasings that differ in a letter or a small word
_SELDOM = 0.5  # of an entry's phrasings
_OVERLAP_COUNT, _OVERLAP_SHARE = 3, 0.1  # phrasings another entry is ahead in, so that the two overlap


class Flaw(StrEnum):
    """What can be wrong; the serious ones give residents a wrong answer, or none."""

    SAME_WORDS = "same-words"
    ANOTHER_WINS = "another-wins"
    UNREACHED = "unreached"
    NEAR_DUPLICATE = "near-duplicate"
    OVERLAP = "overlap"
    OTHERS_OFFERED = "others-offered"
    SELDOM_REACHED = "seldom-reached"
    REPEATED = "repeated"
    FEW_PHRASINGS = "few-phrasings"


SERIOUS = frozenset({Flaw.SAME_WORDS, Flaw.ANOTHER_WINS, Flaw.UNREACHED})


@dataclass(frozen=True, slots=True)
class Finding:
    """One flaw of entry `key`: at `phrasing` (or of the whole entry), with entry `other` where one is involved."""

    key: str
    flaw: Flaw
    phrasing: str = ""
    other: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """One phrasing and what it was met with while it was held out."""

    entry: IndexedEntry
    phrasing: str
    found: Match


def lint(index: MatchIndex, on_day: date, told: Callable[[int, int], None] = lambda _done, _all: None) -> list[Finding]:
    """All flaws of the entries of `index`, entry by entry; `told` hears of the parts done.

    An entry that isn't in force on `on_day` is asked on the first day (or the last) that it is.
    """
    entries = index.entries
    held = list(_hold_out(index, on_day, told))
    found = [*_within(entries), *_same_words(entries), *_by_phrasing(held), *_by_entry(held)]
    order = {flaw: at for at, flaw in enumerate(Flaw)}
    return sorted(set(found), key=lambda one: (one.key, order[one.flaw], one.phrasing, one.other))


def lint_edit(index: MatchIndex, edited: IndexedEntry, on_day: date) -> list[Finding]:
    """The flaws of one entry as it would be, among the entries of `index` (where it may stand as it was).

    Seconds of `lint` in tenths of one: each fifth of its own phrasings is held out, the others' are not.
    """
    others = index.edited(edited)
    held = list(_hold_out_of(others, edited, on_day))
    if len(edited.texts) == 1 and edited.key not in {entry.key for entry in index.entries}:
        held = [Held(edited, edited.question, index.match(edited.question, day_for(edited, on_day)))]
        found = [*_by_phrasing(held, both_ways=True)]
    else:
        found = [*_by_phrasing(held, both_ways=True), *_by_entry(held)]
    found += [*_within([edited]), *_shared(others, edited)]
    order = {flaw: at for at, flaw in enumerate(Flaw)}
    return sorted(set(found), key=lambda one: (order[one.flaw], one.phrasing, one.other))


def _hold_out_of(index: MatchIndex, entry: IndexedEntry, on_day: date) -> Iterator[Held]:
    """The phrasings of one entry of the index, each asked while a fifth of them is away."""
    if len(entry.texts) == 1:
        return
    for part in range(PARTS):
        away = [text for at, text in enumerate(entry.texts) if _part(at, entry) == part]
        if away:
            kept = index.edited(_without(entry, away))
            for text in away:
                yield Held(entry, text, kept.match(text, day_for(entry, on_day)))


def _shared(index: MatchIndex, entry: IndexedEntry) -> Iterator[Finding]:
    """Texts that another entry in force together with this one has word for word."""
    for text in entry.texts:
        for at in index.corpus.asking(spell_out(text).text):
            other = index.corpus.entries[at]
            if other.key != entry.key and rivals(entry, other):
                yield Finding(entry.key, Flaw.SAME_WORDS, text, other.key)


def day_for(entry: IndexedEntry, on_day: date) -> date:
    """A day on which the entry is in force, `on_day` if that is one."""
    window = entry.in_force
    if window.holds_on(on_day):
        return on_day
    return window.from_day if window.from_day and window.from_day > on_day else window.to_day or on_day


def _hold_out(index: MatchIndex, on_day: date, told: Callable[[int, int], None]) -> Iterator[Held]:
    several = [entry for entry in index.entries if len(entry.texts) > 1]
    for part in range(PARTS):
        left = {entry.key: [t for at, t in enumerate(entry.texts) if _part(at, entry) == part] for entry in several}
        kept = index.updated([_without(entry, left.get(entry.key, [])) for entry in index.entries])
        for entry in several:
            for text in left[entry.key]:
                yield Held(entry, text, kept.match(text, day_for(entry, on_day)))
        told(part + 1, PARTS)


def _part(at: int, entry: IndexedEntry) -> int:
    """The part a text is held out in: spread over the parts, never all texts of an entry in one."""
    return (at + len(entry.key)) % PARTS


def _without(entry: IndexedEntry, left_out: Sequence[str]) -> IndexedEntry:
    texts = [text for text in entry.texts if text not in left_out]
    return replace(entry, question=texts[0], phrasings=tuple(texts[1:])) if texts else entry


def _within(entries: Sequence[IndexedEntry]) -> Iterator[Finding]:
    """What an entry's own texts show."""
    for entry in entries:
        if len(entry.texts) < FEW:
            yield Finding(entry.key, Flaw.FEW_PHRASINGS, note=f"{len(entry.texts)} of at least {FEW}")
        first: dict[str, str] = {}
        for text in entry.texts:
            other = first.setdefault(spell_out(text).text, text)
            if other != text:
                yield Finding(entry.key, Flaw.REPEATED, text, note=f"is the same as {other!r}")


def _same_words(entries: Sequence[IndexedEntry]) -> Iterator[Finding]:
    """Texts that two entries in force together share word for word: neither can be answered."""
    asked: dict[str, list[tuple[IndexedEntry, str]]] = {}
    for entry in entries:
        for text in entry.texts:
            asked.setdefault(spell_out(text).text, []).append((entry, text))
    for same in asked.values():
        for entry, text in same:
            for other, _ in same:
                if other.key != entry.key and rivals(entry, other):
                    yield Finding(entry.key, Flaw.SAME_WORDS, text, other.key)


def rivals(one: IndexedEntry, other: IndexedEntry) -> bool:
    """Whether two entries are in force on some day together."""
    starts = max(one.in_force.from_day or date.min, other.in_force.from_day or date.min)
    return starts <= min(one.in_force.to_day or date.max, other.in_force.to_day or date.max)


def _by_phrasing(held: Sequence[Held], *, both_ways: bool = False) -> Iterator[Finding]:
    for one in held:
        key, found = one.entry.key, one.found
        own = spell_out(one.phrasing).text
        leader = found.candidates[0].key if found.candidates else ""
        if found.decision is Decision.CONFIDENT and leader != key:
            yield Finding(key, Flaw.ANOTHER_WINS, one.phrasing, leader)
        elif found.decision is Decision.SUGGEST and not _reached(one):
            yield Finding(key, Flaw.OTHERS_OFFERED, one.phrasing, leader)
        yield from (
            Finding(key, Flaw.NEAR_DUPLICATE, one.phrasing, candidate.key, repr(candidate.phrasing))
            for candidate in found.candidates
            if (key < candidate.key or (both_ways and key != candidate.key))  # once a pair
            and _alike(own, spell_out(candidate.phrasing).text)
        )


def _alike(own: str, other: str) -> bool:
    """Whether two folded texts are nearly one; what differs in a contrast (poor, near-poor) is another question."""
    alike = own != other and fuzz.token_sort_ratio(own, other) >= _ALIKE
    return alike and sides(own.split()) == sides(other.split())


def _reached(one: Held) -> bool:
    """Whether the phrasing leads to its entry, as the answer or as a choice."""
    found, key = one.found, one.entry.key
    if found.decision is Decision.CONFIDENT:
        return found.candidates[0].key == key
    return key in {candidate.key for candidate in found.choices}


def _by_entry(held: Sequence[Held]) -> Iterator[Finding]:
    asked = Counter(one.entry.key for one in held)
    reached = Counter(one.entry.key for one in held if _reached(one))
    ahead = Counter(
        (one.entry.key, one.found.candidates[0].key)
        for one in held
        if one.found.candidates and one.found.candidates[0].key != one.entry.key
    )
    for key, count in asked.items():
        if not reached[key]:
            yield Finding(key, Flaw.UNREACHED, note=f"none of {count} phrasings would lead to it")
        elif reached[key] < _SELDOM * count:
            yield Finding(key, Flaw.SELDOM_REACHED, note=f"{reached[key]} of {count} phrasings would lead to it")
    for (key, other), count in ahead.items():
        if count >= max(_OVERLAP_COUNT, _OVERLAP_SHARE * asked[key]):
            yield Finding(key, Flaw.OVERLAP, other=other, note=f"ahead in {count} of {asked[key]} phrasings")
