"""Learn the weights by which distress is heard: `python -m quality.learn_distress`. Same input, same weights.

Learned from `distress/tuning/`, the shipped phrasings and talk; the held-back part isn't read. The slips it learns
from are made here and share nothing with `noise.py`, by which the held-back part is worded.
"""

import json
import random
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from babel.messages.pofile import read_po
from numpy.typing import NDArray

from knowledge_base.distress.grams import ROWS, grams
from knowledge_base.distress.hear import KIND_ROWS, KINDS, TABLE, WHOLE, Table
from knowledge_base.distress.words import said
from knowledge_base.text.fold import fold
from knowledge_base.text.shorthand import shorthands
from knowledge_base.units.seed import read_seed
from quality.distress_set import HARMLESS, phrasings, read, talk, variants
from quality.sets import own_entries

_DATA = Path(__file__).parents[1] / "knowledge_base" / "matching" / "data"
_VARIANTS = 3  # of a line with alternatives
_COPIES = 5  # of each, worded otherwise
_STORIES = 25_000  # stretches of talk about nothing
_ROUNDS, _BATCH = 6, 2_000  # over all messages, so many at once
_KINDS_FROM = 3  # one message in so many: kinds are easier to tell apart
_RATE, _DECAY = 0.05, 3e-5
_SCALE = 6.0  # of unit vectors of runs; the greater, the less the decay holds back
_PIECES = (0, 3, 15)  # of talk around a message, which make about STRETCHES
# Of the harmless messages so told, most of them near distress: about 2 % of what residents ordinarily ask.
_FALSE_ALARMS = (0.11, 0.1, 0.12)
_CHANGED = 0.45  # share of words with a slip
_HELD = 5  # one line in so many is left out when the threshold is looked for
_LONGEST = 18  # words of a message that is cut out of a story
_SEED = 8
_UNITS = Path(__file__).parents[1] / "content" / "units"
_NEAR_DISTRESS = re.compile(
    r"(?i)nguy|danger|distress|tự tử|self-harm|bạo lực|violence|lũ|flood|trafficking|mua bán người|abused"
    r"|nothing to eat|không còn gì ăn|shelter|threatened|đe dọa|bỏ mặc|helpless|cấp cứu|emergency"
)
_TINY = 0.02  # weights that tell nothing
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Chance = random.Random
_NEAR = {key: row[max(0, at - 1) : at] + row[at + 1 : at + 2] for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
         for at, key in enumerate(row)}  # fmt: skip
_SOUNDS = (("tr", "ch"), ("ch", "tr"), ("s", "x"), ("x", "s"), ("gi", "d"), ("d", "gi"), ("l", "n"), ("n", "l"),
           ("r", "d"), ("v", "d"))  # fmt: skip


def _bare(word: str, _chance: Chance) -> str:
    return fold(word)


def _half(word: str, chance: Chance) -> str:
    return fold(word) if chance.random() < 1 / 2 else word


def _slip(word: str, chance: Chance) -> str:
    """A letter mistyped, doubled, lost, or changed with its neighbour; a mark lost; a sound written otherwise."""
    if len(word) < 3 or chance.random() > _CHANGED:  # noqa: PLR2004 - letters of a word that stays itself
        return word
    at = chance.randrange(len(word) - 1)
    return chance.choice(
        (
            word[:at] + chance.choice(_NEAR.get(fold(word[at]), word[at]) or word[at]) + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[: at + 1] + word[at:],
            word[:at] + word[at + 1 :],
            _unmarked(word),
            _misheard(word),
        )
    )


def _unmarked(word: str) -> str:
    return unicodedata.normalize("NFC", "".join(c for c in unicodedata.normalize("NFD", word) if c < "\u0300"
                                                or c in "\u0302\u0306\u031b"))  # fmt: skip


def _misheard(word: str) -> str:
    return next((other + word[len(sound) :] for sound, other in _SOUNDS if word.startswith(sound)), word)


def _lost(word: str, chance: Chance) -> str:
    if len(word) < 3 or chance.random() > _CHANGED:  # noqa: PLR2004
        return word
    at = chance.randrange(len(word))
    return word[:at] + word[at + 1 :]


@cache
def _short() -> dict[str, list[str]]:
    """Words and how they are shortened."""
    found: dict[str, list[str]] = {}
    for form, shapes in shorthands().items():
        for reading in shapes[0].readings[:1]:
            if len(reading) == 1:
                found.setdefault(reading[0], []).append(form)
    return found


def _shortened(word: str, chance: Chance) -> str:
    forms = _short().get(word)
    return chance.choice(forms) if forms and chance.random() < 1 / 2 else word


# Without marks more often than not: so it's mostly typed, and there it is hardest to hear.
_WAYS: tuple[tuple[Callable[[str, Chance], str], ...], ...] = (
    (),
    (_half,),
    (_slip,),
    (_lost,),
    (_shortened,),
    (_bare,),
    (_bare,),
    (_slip, _bare),
    (_slip, _bare),
    (_lost, _bare),
    (_shortened, _slip, _bare),
    (_shortened, _lost, _half),
    (_slip, _lost, _bare),
)


def worded(text: str, chance: Chance) -> str:
    """A message as another would type it."""
    words = text.lower().split()
    for way in chance.choice(_WAYS):
        words = [way(word, chance) for word in words]
    return " ".join(word for word in words if word)


@cache
def _talk(*, held: bool) -> tuple[str, ...]:
    """What people say around a matter."""
    kept = [*talk("tuning"), *_read_lines(_DATA / "story_filler.txt")]
    return tuple(line for line in kept if _is_held(line) == held)


@cache
def _sentences() -> tuple[str, ...]:
    """What the bot, the pages and the console say themselves, buttons too; without what they say to distress."""
    found: dict[str, None] = {}
    for path in sorted((_DATA.parents[2] / "translations").glob("*/LC_MESSAGES/*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                for text in message.string if isinstance(message.string, tuple | list) else (message.string,):
                    found |= dict.fromkeys(re.split(r"[.!?:;\n]+", re.sub(r"%\(\w+\)s", "", str(text))))
    return tuple(text.strip() for text in found if text.strip() and not _NEAR_DISTRESS.search(text))


@cache
def _places() -> tuple[str, ...]:
    """Some of the communes, as residents name theirs."""
    names = sorted({unit.name for unit in read_seed(_UNITS).units})[::6]
    return tuple(
        name for at, name in enumerate(names) for name in (name, name.partition(" ")[2], f"tôi ở {name}")[: 2 + at % 2]
    )


@cache
def _other_matters() -> tuple[str, ...]:
    """Questions that have nothing to do with the FAQ."""
    found, harmless = [], True
    for line in (_DATA / "out_of_scope.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# Nhóm"):
            harmless = "khẩn cấp" not in line  # its cries for help are no negatives
        elif line and not line.startswith("#") and harmless:
            found.append(line)
    return tuple(found)


def _is_held(text: str) -> bool:
    """Whether a line is left out until the thresholds are found."""
    return zlib.crc32(text.encode()) % _HELD == 0


def _read_lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


@cache
def _answers() -> tuple[str, ...]:
    """Sentences of the approved answers."""
    found = (part.strip(" -#") for entry in own_entries() for part in re.split(r"[.;\n]+", entry.answer))
    return tuple(part for part in found if len(part.split()) > 3)  # noqa: PLR2004 - words of a sentence


def _in_talk(text: str, chance: Chance, *, held: bool) -> str:
    """A stretch of a story with the message in it."""
    words = text.split()
    room = max(0, _LONGEST - len(words))
    before = chance.randint(0, room)
    head = " ".join(chance.sample(_talk(held=held), 2)).split()
    tail = " ".join(chance.sample(_talk(held=held), 2)).split()
    return " ".join([*head[len(head) - before :], *words, *tail[: room - before]])


def _talked(chance: Chance, *, held: bool) -> str:
    """A stretch of talk about nothing."""
    words = " ".join(chance.sample(_talk(held=held), 4)).split()
    first, size = chance.randrange(4), chance.randint(4, WHOLE)
    return " ".join(words[first : first + size])


def examples(*, held: bool) -> Iterator[tuple[str, str]]:
    """(text, kind) of the tuning part; `held`: of the lines that the threshold is looked for with, or of the others."""
    chance = Chance(_SEED + held)
    sources = [(line.text, line.kind, _VARIANTS) for line in read("tuning")]
    sources += [
        (text, HARMLESS, 1) for text in (*phrasings(), *_answers(), *_other_matters(), *_sentences(), *_places())
    ]
    sources += [(text, HARMLESS, 2) for text in _talk(held=held)]
    for text, kind, most in sources:
        if _is_held(text) != held:
            continue
        for variant in variants(text, most):
            yield variant, kind
            for _ in range(_COPIES if most > 1 else 1):
                told = _in_talk(variant, chance, held=held) if chance.random() < 1 / 3 else variant
                yield worded(told, chance), kind
    for _ in range(_STORIES // _HELD if held else _STORIES):
        yield worded(_talked(chance, held=held), chance), HARMLESS


class _Rows:
    """Messages as rows of a table, one after the other: `rows` int32, `starts` int64 (messages + 1,)."""

    def __init__(self, texts: Sequence[str]) -> None:
        found = [grams(words).rows.astype(np.int32) for words in map(said, texts) if words.folded]
        self.rows = np.concatenate(found)
        self.starts = np.concatenate([[0], np.cumsum([len(rows) for rows in found])])

    def __len__(self) -> int:
        return len(self.starts) - 1

    def rarities(self) -> Floats:
        """How rare each row is among the messages: 1 + ln(messages / those that have it)."""
        having = np.zeros(ROWS)
        for start, end in pairwise(self.starts):
            having[np.unique(self.rows[start:end])] += 1
        rarities: Floats = (np.log((1 + len(self)) / (1 + having)) + 1).astype(np.float32)
        return rarities

    def some(self, which: Ints) -> tuple[Ints, Ints]:
        """The rows of these messages, and where each message begins among them."""
        sizes = np.diff(self.starts)[which]
        starts = np.cumsum(sizes) - sizes
        return self.rows[np.repeat(self.starts[which] - starts, sizes) + np.arange(sizes.sum())], starts


def _learn(seen: _Rows, wanted: Floats, rarities: Floats, size: int) -> tuple[Floats, float]:
    """Logistic weights of `size` rows and a bias by Adam, messages in batches; both sides weigh the same together."""
    column, bias = np.zeros(size, dtype=np.float32), 0.0
    share = float(wanted.mean())
    balance = np.where(wanted > 0, 0.5 / share, 0.5 / (1 - share)).astype(np.float32)
    mean, square, bias_mean, bias_square = np.zeros(size, np.float32), np.zeros(size, np.float32), 0.0, 0.0
    order, turn = np.random.default_rng(_SEED), 0
    turns = _ROUNDS * -(-len(seen) // _BATCH)
    for _ in range(_ROUNDS):
        shuffled = order.permutation(len(seen))
        for at in range(0, len(seen), _BATCH):
            which = shuffled[at : at + _BATCH]
            rows, starts = seen.some(which)
            rare, rows = rarities[rows], rows % size
            lengths = _SCALE / np.sqrt(np.add.reduceat(rare**2, starts) + 1)
            scores = np.add.reduceat(column[rows] * rare, starts) * lengths + bias
            errors = (1 / (1 + np.exp(-np.clip(scores, -30, 30))) - wanted[which]) * balance[which] / len(which)
            spread = np.repeat(errors * lengths, np.diff([*starts, len(rows)])) * rare
            slope = np.bincount(rows, weights=spread, minlength=size).astype(np.float32) + _DECAY * column
            bias_slope, turn = float(errors.sum()), turn + 1
            mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
            bias_mean, bias_square = 0.9 * bias_mean + 0.1 * bias_slope, 0.99 * bias_square + 0.01 * bias_slope**2
            step = _RATE * (1 - turn / (turns + 1)) * np.sqrt(1 - 0.99**turn) / (1 - 0.9**turn)
            column -= (step * mean / (np.sqrt(square) + 1e-7)).astype(np.float32)
            bias -= step * bias_mean / (np.sqrt(bias_square) + 1e-7)
    return column * _SCALE, bias


def learn(found: Sequence[tuple[str, str]]) -> dict[str, Floats]:
    """The table's arrays but for the thresholds."""
    found = [(text, kind) for text, kind in found if said(text).folded]
    seen = _Rows([text for text, _kind in found])
    rarities = seen.rarities()
    wanted = np.array([kind != HARMLESS for _text, kind in found], dtype=np.float32)
    column, bias = _learn(seen, wanted, rarities, ROWS)
    return {"weights": column * rarities, "rarities": rarities**2, "bias": np.array([bias], dtype=np.float32)}


def learn_kinds(found: Sequence[tuple[str, str]]) -> tuple[Floats, Floats]:
    """Weights (KIND_ROWS, kinds) and biases (kinds,) by which the kinds of distress are told apart."""
    told = [(text, kind) for text, kind in found if kind != HARMLESS and said(text).folded][::_KINDS_FROM]
    seen = _Rows([text for text, _kind in told])
    alike = np.ones(ROWS, dtype=np.float32)
    wanted = [np.array([kind == name for _text, kind in told], dtype=np.float32) for name in KINDS]
    learned = [_learn(seen, one, alike, KIND_ROWS) for one in wanted]
    return np.stack([column for column, _bias in learned], axis=1), np.array([bias for _column, bias in learned])


def _thresholds(table: Table) -> tuple[list[float], list[float]]:
    """By lines that weren't learned from: the log-odds that few harmless messages reach, and the recall there.

    First for messages alone, then for those in some talk and in much.
    """
    found, recall, chance = [], [], Chance(_SEED)
    for pieces, share in zip(_PIECES, _FALSE_ALARMS, strict=True):
        harmless, told = [], []
        for text, kind in examples(held=True):
            sound = table.listen(_midst(text, chance, pieces))
            (harmless if kind == HARMLESS else told).append(sound.score if sound else -np.inf)
        found.append(float(np.quantile(harmless, 1 - share)))
        recall.append(round(float(np.mean(np.array(told) >= found[-1])), 3))
    return found, recall


def _midst(text: str, chance: Chance, pieces: int) -> str:
    """A message in the midst of talk, in one breath or in sentences."""
    talk = chance.sample(_talk(held=True), pieces)
    at = chance.randint(0, len(talk))
    return chance.choice((". ", ". ", ", ", " ")).join([*talk[:at], text, *talk[at:]])


def main() -> None:
    """Look for the thresholds with a fifth of the lines left out, then learn from all."""
    shown = list(examples(held=False))
    _save(**learn(shown), kinds=np.zeros((KIND_ROWS, len(KINDS)), np.float32), thresholds=np.zeros(3, np.float32))
    thresholds, recall = _thresholds(Table())
    every = [*shown, *examples(held=True)]
    learned = learn(every)
    kinds, biases = learn_kinds(every)
    learned["bias"] = np.concatenate([learned["bias"], biases])
    _save(**learned, kinds=kinds, thresholds=np.array(thresholds))
    print(json.dumps({"thresholds": thresholds, "recall_of_left_out_lines": recall}))


def _save(*, weights: Floats, rarities: Floats, kinds: Floats, bias: Floats, thresholds: Floats) -> None:
    weights[np.abs(weights) < _TINY] = 0
    kinds[np.abs(kinds) < _TINY] = 0
    small, exact = np.float16, np.float32
    np.savez_compressed(
        TABLE,
        weights=weights.astype(small),
        rarities=rarities.astype(small),
        kinds=kinds.astype(small),
        bias=bias.astype(exact),
        thresholds=thresholds.astype(exact),
    )


if __name__ == "__main__":
    main()
