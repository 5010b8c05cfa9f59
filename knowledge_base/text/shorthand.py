"""Teencode, abbreviations and dialect words as alternatives: one form, one or more readings, best first."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge_base.text.fold import fold
from knowledge_base.text.syllables import is_syllable

_DATA = Path(__file__).parent / "data"
Reading = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shorthand:
    """One row of `data/shorthand.tsv`: the readings of a form, and the neighbours that forbid them."""

    form: str
    readings: tuple[Reading, ...]
    not_before: frozenset[str] = frozenset()
    not_after: frozenset[str] = frozenset()
    only_after: frozenset[str] = frozenset()
    after_number: bool = False

    def fits(self, before: str, after: str) -> bool:
        """Whether the neighbours (words or "") allow this row."""
        if self.after_number and not before.isdigit():
            return False
        if self.only_after and fold(before) not in self.only_after:
            return False
        return fold(after) not in self.not_before and fold(before) not in self.not_after


@cache
def shorthands() -> dict[str, tuple[Shorthand, ...]]:
    """All rows by their form, and by the accent-less twin of the form; rows after a number first."""
    rows: dict[str, list[Shorthand]] = {}
    for line in (_DATA / "shorthand.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            row = _row(line)
            for key in {row.form, fold(row.form)}:
                rows.setdefault(key, []).append(row)
    return {key: tuple(sorted(found, key=lambda row: not row.after_number)) for key, found in rows.items()}


def is_shorthand(word: str) -> bool:
    """Whether a lower-case word, with or without its marks, stands in the table."""
    return word in shorthands() or fold(word) in shorthands()


def readings(words: Sequence[str], at: int, *, marked: bool) -> tuple[Reading, ...]:
    """What the word at `at` may stand for, best first; itself when it is no shorthand.

    Where the message carries no diacritics (`marked` false), a bare syllable that only *may* be a dialect
    word ("mo", "rang") keeps itself as the first reading.
    """
    word = words[at]
    before = words[at - 1] if at else ""
    after = words[at + 1] if at + 1 < len(words) else ""
    plain = fold(word)
    real = is_syllable(plain)
    for row in shorthands().get(word) or (() if real else shorthands().get(plain, ())):
        if not row.fits(before, after):
            continue
        if row.form == word or not real:
            return row.readings
        if not marked and all(row.readings):  # a particle (vậy) is no reason to drop a word (vay)
            return ((word,), *row.readings)
    return ((word,),)


def _row(line: str) -> Shorthand:
    form, found, *rest = line.split("\t")
    guards = rest[0].split() if rest else []
    return Shorthand(
        form=form,
        readings=tuple(() if one == "-" else (form,) if one == "=" else tuple(one.split()) for one in found.split("|")),
        not_before=frozenset(fold(guard[2:]) for guard in guards if guard.startswith("!>")),
        not_after=frozenset(fold(guard[2:]) for guard in guards if guard.startswith("!<")),
        only_after=frozenset(fold(guard[2:]) for guard in guards if guard.startswith("?<")),
        after_number="#" in guards,
    )
