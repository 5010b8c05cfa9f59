"""What each entry talks about: how many of its phrasings hold a word, a pair, a group, a side; its answer's words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

import numpy as np

from knowledge_base.matching.grams import Keys, answer_key, form_key, mark_keys, pair_keys, type_key, word_key
from knowledge_base.matching.question_type import asked_for
from knowledge_base.matching.vectors import Floats, Ints
from knowledge_base.text.normalise import Words, spell_out

_DENIALS = frozenset({"khong", "chua", "chang", "cha"})
_NO_DENIAL_BEFORE = frozenset({"a", "vay", "nhi", "the", "va", "hay", "thi", "roi", "em", "bac"})
_LISTED = 400  # texts of an entry that are taken stock of, evenly spread


def text_code(folded: str) -> int:
    """A number for a folded text: equal texts have equal ones, unequal ones hardly ever."""
    data = folded.encode("utf-8", "surrogatepass")
    return crc32(data) << 31 | crc32(data, 0x9E37) >> 1


def negated(folded: Sequence[str]) -> bool:
    """Whether a text denies something: "không" or "chưa" before a word, not as the question's last word."""
    return any(word in _DENIALS and after not in _NO_DENIAL_BEFORE for word, after in pairwise((*folded, "")) if after)


def held_by(words: Words) -> list[int]:
    """The distinct terms of one text that entries are compared by."""
    singles = [word_key(word) for word in words.folded]
    together = np.array(singles, dtype=np.int64)
    found = {*singles, *pair_keys(together[:-1], together[1:]).tolist(), *mark_keys(words.folded)}
    found.update(form_key(word) for word in words.written)
    found.update(type_key(number) for number in asked_for(words.folded))
    return sorted(found)


@dataclass(frozen=True, slots=True)
class Stock:
    """One entry's terms with the number of texts that hold each; the share of texts that deny something."""

    keys: Keys
    counts: Ints
    texts: int
    negated: float


@lru_cache(maxsize=128)
def holdings_of(texts: tuple[str, ...], answer: str) -> Stock:
    """Take stock of an entry; the latest are kept for the editor who changes them again and again."""
    listed = texts[:: -(-len(texts) // _LISTED)] if texts else ()
    counts = Counter[int]()
    denials = 0
    for text in listed:
        words = spell_out(text)
        counts.update(held_by(words))
        denials += negated(words.folded)
    # Sentence by sentence, since a message is cut at 512 characters.
    for line in answer.replace(". ", "\n").splitlines():
        counts.update(dict.fromkeys((answer_key(word) for word in spell_out(line).folded), 1))
    keys = np.array(sorted(counts), dtype=np.int64)
    return Stock(
        keys,
        np.array([counts[key] for key in keys.tolist()], dtype=np.int32),
        len(listed),
        denials / max(1, len(listed)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Holdings:
    """The stock of all entries: terms of entry e are `keys[starts[e]:ends[e]]`, sorted, with their `counts`."""

    keys: Keys
    counts: Ints
    starts: Ints
    ends: Ints
    texts: Ints
    negated: Floats

    @classmethod
    def build(cls, stocks: Sequence[Stock]) -> "Holdings":
        """Put the stock of entries in one place."""
        none = np.array([], dtype=np.int32)
        return cls(np.array([], np.int64), none, none, none, none, np.array([], np.float32)).extended(stocks)

    def extended(self, stocks: Sequence[Stock]) -> "Holdings":
        """With further entries behind."""
        ends = len(self.keys) + np.cumsum([len(stock.keys) for stock in stocks], dtype=np.int64)
        sizes = np.array([len(stock.keys) for stock in stocks], dtype=np.int64)
        return Holdings(
            np.concatenate([self.keys, *(stock.keys for stock in stocks)]),
            np.concatenate([self.counts, *(stock.counts for stock in stocks)]),
            np.concatenate([self.starts, (ends - sizes).astype(np.int32)]),
            np.concatenate([self.ends, ends.astype(np.int32)]),
            np.concatenate([self.texts, np.array([stock.texts for stock in stocks], dtype=np.int32)]),
            np.concatenate([self.negated, np.array([stock.negated for stock in stocks], dtype=np.float32)]),
        )

    def counts_of(self, entry: int, keys: Keys) -> Ints:
        """How many texts of an entry hold each term, shape (keys,)."""
        own = self.keys[self.starts[entry] : self.ends[entry]]
        if not len(own):
            return np.zeros(len(keys), dtype=np.int32)
        at = np.minimum(np.searchsorted(own, keys), len(own) - 1)
        found: Ints = np.where(own[at] == keys, self.counts[self.starts[entry] + at], 0)
        return found

    def of_kind(self, entry: int, first: int, last: int) -> tuple[Keys, Ints]:
        """An entry's terms with keys from `first` up to `last`, and their counts."""
        own = self.keys[self.starts[entry] : self.ends[entry]]
        at = slice(*(int(self.starts[entry]) + np.searchsorted(own, (first, last))).tolist())
        return self.keys[at], self.counts[at]
