"""Learn the weights by which distress is heard: `python -m quality.learn_distress`. Same input, same weights.

Learned from `distress/tuning.txt`, the shipped phrasings and talk; the held-back part isn't read. The slips it learns
from are made here and share nothing with `noise.py`, by which the held-back part is worded.
"""

import json
import random
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from babel.messages.pofile import read_po
from numpy.typing import NDArray

from knowledge_base.distress.hear import EVENED, KINDS, TABLE, WHOLE, Table, runs
from knowledge_base.distress.words import ROWS, rows, said
from knowledge_base.text.fold import fold
from knowledge_base.text.shorthand import shorthands
from knowledge_base.units.seed import read_seed
from quality.distress_set import HARMLESS, TALK, phrasings, read, variants
from quality.sets import own_entries

_DATA = Path(__file__).parents[1] / "knowledge_base" / "matching" / "data"
_VARIANTS = 6  # of a line with alternatives
_COPIES = 4  # of each, worded otherwise
_STORIES = 7_000  # stretches of talk about nothing
_ROUNDS, _KIND_ROUNDS = 80, 25
_RATE = 0.05
_DECAY = 3e-6
_FALSE_ALARMS, _FALSE_ALARMS_IN_TALK = (
    0.05,
    0.01,
)  # of the tuning part's harmless messages, by which the threshold is set
_CHANGED = 0.45  # share of words with a slip
_HELD = 5  # one line in so many is left out when the threshold is looked for
_LONGEST = 18  # words of a message that is cut out of a story
_SEED = 8
_UNITS = Path(__file__).parents[1] / "content" / "units"
_NEAR_DISTRESS = re.compile(
    r"(?i)nguy|danger|distress|tự tử|self-harm|bạo lực|violence|lũ|flood|trafficking|mua bán người|abused"
    r"|nothing to eat|không còn gì ăn|shelter|threatened|đe dọa|bỏ mặc|helpless|cấp cứu|emergency"
)
_TINY = 0.01  # weights that tell nothing
Floats = NDArray[np.float32]
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


_WAYS: tuple[tuple[Callable[[str, Chance], str], ...], ...] = (
    (),
    (_bare,),
    (_half,),
    (_slip,),
    (_lost,),
    (_shortened,),
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
    kept = [line.text for line in read("tuning") if line.kind == TALK] + _read_lines(_DATA / "story_filler.txt")
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
    sources = [(line.text, line.kind, _VARIANTS) for line in read("tuning") if line.kind != TALK]
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
                told = _in_talk(variant, chance, held=held) if chance.random() < 1 / 4 else variant
                yield worded(told, chance), kind
    for _ in range(_STORIES // _HELD if held else _STORIES):
        yield worded(_talked(chance, held=held), chance), HARMLESS


class _Sparse:
    """Messages as rows of the table, each weighed by 1 / √(its words)."""

    def __init__(self, texts: Sequence[str]) -> None:
        found, self.sizes, weights = [], [], []
        for text in texts:
            words = said(text)
            used = [row for word in zip(words.written, words.folded, strict=True) for row in rows(*word)]
            used += [int(row) for _gap, paired in runs(words) for row in paired]
            found += used or [0]
            self.sizes.append(len(used) or 1)
            weights.append(1 / np.sqrt(len(words.folded) + EVENED))
        self.rows = np.array(found, dtype=np.int64)
        self.starts = np.concatenate([[0], np.cumsum(self.sizes)[:-1]])
        self.weights = np.array(weights, dtype=np.float32)

    def times(self, column: Floats) -> Floats:
        summed: Floats = np.add.reduceat(column[self.rows], self.starts) * self.weights
        return summed

    def back(self, errors: Floats) -> Floats:
        spread = np.repeat(errors * self.weights, self.sizes)
        return np.bincount(self.rows, weights=spread, minlength=ROWS).astype(np.float32)


def _learn(seen: _Sparse, wanted: Floats, rounds: int) -> tuple[Floats, float]:
    """Logistic weights by Adam; both sides weigh the same together."""
    column, bias = np.zeros(ROWS, dtype=np.float32), 0.0
    share = float(wanted.mean())
    balance = np.where(wanted > 0, 0.5 / share, 0.5 / (1 - share)).astype(np.float32) / len(wanted)
    mean, square, bias_mean, bias_square = np.zeros(ROWS, np.float32), np.zeros(ROWS, np.float32), 0.0, 0.0
    for turn in range(1, rounds + 1):
        errors = (1 / (1 + np.exp(-np.clip(seen.times(column) + bias, -30, 30))) - wanted) * balance
        slope, bias_slope = seen.back(errors) + _DECAY * column, float(errors.sum())
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        bias_mean, bias_square = 0.9 * bias_mean + 0.1 * bias_slope, 0.99 * bias_square + 0.01 * bias_slope**2
        step = _RATE * np.sqrt(1 - 0.99**turn) / (1 - 0.9**turn)
        column -= (step * mean / (np.sqrt(square) + 1e-6)).astype(np.float32)
        bias -= step * bias_mean / (np.sqrt(bias_square) + 1e-6)
    return column, bias


def learn(found: Sequence[tuple[str, str]], *, kinds: bool) -> tuple[Floats, Floats]:
    """Weights (ROWS, 1 + kinds) and biases."""
    weights, bias = np.zeros((ROWS, 1 + len(KINDS)), dtype=np.float32), np.zeros(1 + len(KINDS), dtype=np.float32)
    wanted = np.array([kind != HARMLESS for _text, kind in found], dtype=np.float32)
    weights[:, 0], bias[0] = _learn(_Sparse([text for text, _kind in found]), wanted, _ROUNDS)
    if kinds:
        told = [(text, kind) for text, kind in found if kind != HARMLESS]
        seen = _Sparse([text for text, _kind in told])
        for at, name in enumerate(KINDS, 1):
            is_it = np.array([kind == name for _text, kind in told], dtype=np.float32)
            weights[:, at], bias[at] = _learn(seen, is_it, _KIND_ROUNDS)
    return weights, bias


def _thresholds(table: Table) -> tuple[list[float], float]:
    """By lines that weren't learned from: the log-odds that few harmless messages reach, and the recall there.

    The second threshold is for messages in the midst of talk.
    """
    found, chance = [], Chance(_SEED)
    for around, share in ((0, _FALSE_ALARMS), (6, _FALSE_ALARMS_IN_TALK)):
        scored = []
        for text, kind in examples(held=True):
            talk = chance.sample(_talk(held=True), around)
            scored.append((table.score(". ".join([*talk[: around // 2], text, *talk[around // 2 :]]))[0], kind))
        harmless = [score for score, kind in scored if kind == HARMLESS]
        found.append(float(np.quantile(harmless, 1 - share)))
        told = [score >= found[-1] for score, kind in scored if kind != HARMLESS]
    return found, sum(told) / len(told)


def main() -> None:
    """Look for the thresholds with a fifth of the lines left out, then learn from all."""
    shown = list(examples(held=False))
    _save(*learn(shown, kinds=False), [0.0, 0.0])
    thresholds, recall = _thresholds(Table())
    _save(*learn([*shown, *examples(held=True)], kinds=True), thresholds)
    print(json.dumps({"thresholds": thresholds, "recall_of_left_out_lines": round(recall, 3)}))


def _save(weights: Floats, bias: Floats, thresholds: list[float]) -> None:
    weights[np.abs(weights) < _TINY] = 0
    np.savez_compressed(
        TABLE, weights=weights.astype(np.float16), bias=bias, thresholds=np.array(thresholds, dtype=np.float32)
    )


if __name__ == "__main__":
    main()
