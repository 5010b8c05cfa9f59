"""Which of a message's possible words were meant: the ones that stand together in the FAQ."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge_base.matching.corpus import Corpus
from knowledge_base.matching.grams import Keys, pair_key, word_key
from knowledge_base.text.fold import fold
from knowledge_base.text.normalise import Normalised, Words, words_of
from knowledge_base.text.syllables import is_syllable

_MOST = 40  # places of a message where other words are tried
_UNKNOWN = -1.0  # of a word that no entry uses; two neighbours that an entry uses side by side are worth 1
# Of a word that was not typed so: in place of a word that entries use, of one that exists, of what is no syllable.
_KNOWN_SLIP, _SLIP, _LIKELY_SLIP = -1.6, -1.5, -0.5
_SHORTEST = 3
Clauses = tuple[tuple[int, int], ...]
Written = Sequence[str]


@dataclass(frozen=True, slots=True)
class _Place:
    """Words `start` to `end` of a message and what else they may be, at a penalty."""

    start: int
    end: int
    readings: tuple[tuple[str, ...], ...]
    penalty: float


def resolve(corpus: Corpus, message: Normalised, lost: Keys) -> tuple[Words, Clauses]:
    """The likeliest words of a message and its clauses; without evidence they stay as they are.

    `lost` are words and pairs that no entry uses if what is left out did not exist (while learning).
    """
    folded = message.words.folded
    used = corpus.postings.used(list(map(word_key, folded)), lost)
    pairs = [pair_key(word_key(left), word_key(right)) for left, right in pairwise(folded)]
    fits = [False, *corpus.postings.used(pairs, lost), False]
    places = [_Place(option.start, option.end, option.readings, 0.0) for option in message.options]
    taken = {at for place in places for at in range(place.start, place.end)}
    doubtful = [
        at
        for at, word in enumerate(folded)
        if at not in taken and len(word) >= _SHORTEST and not word.isdigit()
        if not (used[at] and (fits[at] or fits[at + 1]))
    ]
    for at, near in zip(doubtful, corpus.speller.near([folded[at] for at in doubtful]), strict=True):
        if near:
            word = folded[at]
            penalty = _KNOWN_SLIP if used[at] else _SLIP if is_syllable(word) else _LIKELY_SLIP
            places.append(_Place(at, at + 1, tuple((other,) for other in near), penalty))
    if not places:
        return message.words, message.clauses
    places = sorted(places[:_MOST], key=lambda place: place.start)
    return _rewritten(message, _choose(corpus, message.words, places, lost))


def _choose(corpus: Corpus, words: Words, places: Sequence[_Place], lost: Keys) -> Iterator[tuple[int, int, Written]]:
    """What stands at each place: the reading that fits its neighbours best, the first one where none does better."""
    offers: list[tuple[_Place, list[tuple[Written, int]]]] = []
    keys: list[int] = []
    for place in places:
        readings: list[tuple[Written, int]] = []
        before = list(map(word_key, words.folded[max(0, place.start - 1) : place.start]))
        after = list(map(word_key, words.folded[place.end : place.end + 1]))
        for reading in (words.written[place.start : place.end], *place.readings):
            own = [word_key(fold(word)) for word in reading]
            around = [*before, *own, *after]
            mine = [*own, *map(pair_key, around, around[1:])]
            readings.append((reading, len(mine)))
            keys += mine
        offers.append((place, readings))
    used = iter(corpus.postings.used(keys, lost))
    for place, readings in offers:
        scores = []
        for number, (written, size) in enumerate(readings):
            found = [next(used) for _ in range(size)]
            known, together = sum(found[: len(written)]), sum(found[len(written) :])
            score = (_UNKNOWN * (len(written) - known) + together) / max(1, len(written))
            scores.append(score + (place.penalty if number else 0.0))
        best = scores.index(max(scores))
        if best:
            yield place.start, place.end, readings[best][0]


def _rewritten(message: Normalised, chosen: Iterable[tuple[int, int, Written]]) -> tuple[Words, Clauses]:
    written: list[str] = []
    moved = [0] * (len(message.words) + 1)  # by how much each later word moves
    at = 0
    for start, end, reading in chosen:
        if start < at:
            continue
        written += message.words.written[at:start]
        written += reading
        shift = len(reading) - (end - start)
        moved[end:] = [before + shift for before in moved[end:]]
        at = end
    written += message.words.written[at:]
    clauses = tuple((start + moved[start], end + moved[end]) for start, end in message.clauses)
    return words_of(written), clauses
