"""From the words of a resident or an officer to the units of today. Nothing is guessed.

One unit is certain only when the words leave no other; else all that they may mean are given, and somebody chooses.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from knowledge_base.text.fold import fold, has_marks, surface
from knowledge_base.units.names import ALIASES, KindWord, inside, key_of, split_name, words_of
from knowledge_base.units.reading import Name, readings, starts
from knowledge_base.units.unit import FORMER, Kind, Unit

_PLACES = (Kind.PROVINCE, Kind.DISTRICT, Kind.COMMUNE)
_STILL = frozenset({"xã", "phường", "đặc khu"})  # other words for what is below a province speak of before 1 July 2025
_LONGEST_TEXT = 160  # characters: an address, not a story
_LONGEST_ADDRESS = 24  # words
_SHORTEST_GLUED = 5  # letters: "hanoi"


class Certainty(StrEnum):
    """How words were understood."""

    CERTAIN = "certain"
    CHOICES = "choices"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """A unit of today as an answer; `was`: the former unit of its kind that was named, where its name is another."""

    code: str
    name: str  # whole: "Xã Đồng Hỷ, tỉnh Thái Nguyên"
    kind: Kind
    path: str
    was: str = ""

    @property
    def province(self) -> str:
        """The code of the province it is in, or is."""
        return self.path.split("/")[1]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What words mean: one place, several to choose from, or nothing known."""

    certainty: Certainty
    places: tuple[Place, ...] = ()

    @property
    def place(self) -> Place | None:
        """The one place, where it is certain."""
        return self.places[0] if self.certainty == Certainty.CERTAIN else None


UNKNOWN = Resolution(Certainty.UNKNOWN)


@dataclass(frozen=True, slots=True)
class _Known:
    """A unit as the gazetteer keeps it."""

    unit: Unit
    kind_name: str
    written: frozenset[str]  # its name and its aliases, with marks
    alive: bool


class Gazetteer:
    """An index of the register as it is on a day; immutable, built once a process and again when units change."""

    def __init__(self, units: Iterable[Unit], successors: Mapping[str, Sequence[str]], day: date) -> None:
        self.units: Mapping[str, Unit] = {unit.code: unit for unit in units}
        self.successors = successors
        self._day = day
        self._known: dict[str, _Known] = {}
        self._sought: dict[str, str] = {}  # filled by the first search
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._glued: dict[str, set[str]] = defaultdict(set)
        self._predecessors: dict[str, set[str]] = defaultdict(set)
        for unit in self.units.values():
            if unit.kind in _PLACES:
                self._add(unit)
        for code, into in successors.items():
            for successor in into:
                self._predecessors[successor].add(code)

    def _add(self, unit: Unit) -> None:
        kind, called = _called_as(unit.name)
        if unit.kind == Kind.PROVINCE:
            called += tuple(
                spelled for name in ALIASES.get(split_name(unit.name)[1].lower(), ()) for spelled in _spelled(name)
            )
        for key, _written in called:
            codes = self._by_name[key]
            if unit.code not in codes:
                codes.append(unit.code)
            if " " in key:
                self._glued[key.replace(" ", "")].add(key)
        written = frozenset(written for _key, written in called)
        self._known[unit.code] = _Known(unit, kind, written, unit.lives_on(self._day))

    # --- looking up ---------------------------------------------------------------------------------

    def place(self, code: str) -> Place | None:
        """A unit that exists today, by its code."""
        unit = self.units.get(code)
        if unit is None or not unit.lives_on(self._day):
            return None
        return Place(unit.code, self.full_name(unit), unit.kind, unit.path)

    def full_name(self, unit: Unit) -> str:
        """A unit's name with those above it, up to the province."""
        above = [self.units[code] for code in unit.ladder[1:-1] if code in self.units]
        return ", ".join([unit.name, *(inside(other.name) for other in above)])

    def _briefly(self, unit: Unit) -> str:
        """A former unit's name with its district's."""
        above = self.units.get(unit.parent_code or "")
        return f"{unit.name}, {inside(above.name)}" if above and above.kind == Kind.DISTRICT else unit.name

    @property
    def places(self) -> Collection[str]:
        """The codes of units that are places: all but the top and ministries."""
        return self._known.keys()

    def children(self, code: str) -> list[Unit]:
        """The units right below one, by name."""
        below = [unit for unit in self.units.values() if unit.parent_code == code]
        return sorted(below, key=lambda unit: (unit.name, unit.code))

    def predecessors(self, code: str) -> list[Unit]:
        """The units that went into one, upper ones first."""
        found = [self.units[one] for one in self._predecessors.get(code, ()) if one in self.units]
        return sorted(found, key=lambda unit: (len(unit.path), unit.name, unit.code))

    def today_of(self, code: str) -> tuple[str, ...]:
        """The units of today that a unit is, or went into, through as many changes as there were."""
        found: dict[str, None] = {}
        waiting, seen = [code], {code}
        while waiting:
            current = waiting.pop(0)
            unit = self.units.get(current)
            if unit is not None and unit.lives_on(self._day):
                found[current] = None
                continue
            further = [other for other in self.successors.get(current, ()) if other not in seen]
            seen.update(further)
            waiting += further
        return tuple(found)

    def search(self, words: str) -> list[Unit]:
        """Units whose code or whole name has words that begin so, marks or none.

        Those of today come first, then those whose own name holds them in this order, then upper ones.
        """
        if not self._sought:
            named = (
                (code, f"{code} {code.removeprefix(FORMER)} {self.full_name(unit)}")
                for code, unit in self.units.items()
            )
            self._sought.update((code, f" {_plain(text)}") for code, text in named)
        wanted = _plain(words).split()
        found = [
            self.units[code] for code, sought in self._sought.items() if all(f" {word}" in sought for word in wanted)
        ]
        phrase, kinds = f" {' '.join(wanted)} ", tuple(Kind)

        def rank(unit: Unit) -> tuple[bool, bool, int, str, str]:
            own = phrase in f" {_plain(unit.name)} "
            return not unit.lives_on(self._day), not own, kinds.index(unit.kind), unit.name, unit.code

        return sorted(found, key=rank)

    # --- resolving ----------------------------------------------------------------------------------

    def resolve(self, text: str) -> Resolution:
        """What a resident's or an officer's words mean today."""
        words = words_of(text) if len(text) <= _LONGEST_TEXT else []
        if not words or len(words) > _LONGEST_ADDRESS:
            return UNKNOWN
        marked = has_marks(text)
        for said in starts(words):
            found = list(readings(said, self._is_name, marked=marked))
            for count in sorted({len(reading) for reading in found}):
                meant: dict[str, str] = {}
                for reading in found:
                    if len(reading) == count:
                        meant |= self._meant(reading, marked=marked)
                if meant:
                    return self._resolution(meant)
        return UNKNOWN

    def _meant(self, reading: Sequence[Name], *, marked: bool) -> dict[str, str]:
        """Units of today that one reading may mean, each with the unit that was named."""
        each = [self._called(name, marked=marked) for name in reading]
        if len(each) == 1:
            named = self._alone(each[0])
        else:
            named = [code for at, codes in enumerate(each) for code in codes if self._fits(code, at, each)]
        living = {code for code in named if self._known[code].alive}
        meant: dict[str, str] = {}
        for code in (*living, *(code for code in named if code not in living)):
            today = self.today_of(code)
            if code not in living and self._known[code].unit.kind == Kind.COMMUNE and not living.isdisjoint(today):
                continue  # it lives on under the very name that was said
            for one in today:
                meant.setdefault(one, code)
        return meant

    def _alone(self, codes: Sequence[str]) -> Sequence[str]:
        """A name alone: a province's name means the province, though its capital may have it too."""
        provinces = [code for code in codes if self._known[code].unit.kind == Kind.PROVINCE]
        return provinces or codes

    def _called(self, name: Name, *, marked: bool) -> list[str]:
        """The units that a name may mean, by its kind and its marks as far as they were said."""
        codes = [code for key in self._keys(name.key) for code in self._by_name.get(key, ())]
        if name.former:
            codes = [code for code in codes if not self._known[code].alive] or codes
        if name.kind:
            codes = self._of_kind(codes, name.kind)
        if marked:
            codes = [code for code in codes if name.written in self._known[code].written] or codes
        return codes

    def _is_name(self, key: str) -> bool:
        return key in self._by_name or (len(key) >= _SHORTEST_GLUED and key in self._glued)

    def _keys(self, key: str) -> Iterable[str]:
        return (key,) if key in self._by_name else self._glued.get(key, ())

    def _of_kind(self, codes: Sequence[str], kind: KindWord) -> list[str]:
        """Units of a kind. Where none of today is of the very kind, those of its level: many a xã is a phường now."""
        level = [code for code in codes if self._known[code].unit.kind in kind.kinds]
        exact = [code for code in level if self._known[code].kind_name == kind.name]
        settled = any(self._known[code].alive for code in exact) if kind.name in _STILL else bool(exact)
        return exact if settled else level

    def _fits(self, code: str, at: int, each: Sequence[Sequence[str]]) -> bool:
        """Whether a unit lies, or lay, in some unit that each other name may mean."""
        around = self._around(code)
        return all(not around.isdisjoint(codes) for number, codes in enumerate(each) if number != at)

    def _around(self, code: str) -> set[str]:
        """All units that a unit lies or lay in: those above it, above what it was, above what it became."""
        related = {code, *self.today_of(code), *self._predecessors.get(code, ())}
        return {above for one in related if one in self.units for above in self.units[one].ladder[1:-1]}

    def _resolution(self, meant: Mapping[str, str]) -> Resolution:
        places = []
        for code, named in meant.items():
            unit, said = self.units[code], self.units[named]
            was = self._briefly(said) if said.kind == unit.kind and _proper(said) != _proper(unit) else ""
            places.append(Place(code, self.full_name(unit), unit.kind, unit.path, was))
        # Those of the very name first.
        others = {code for code, named in meant.items() if _proper(self.units[named]) != _proper(self.units[code])}
        places.sort(key=lambda place: (place.code in others, self.units[place.province].name, place.name))
        return Resolution(Certainty.CERTAIN if len(places) == 1 else Certainty.CHOICES, tuple(places))


def _plain(text: str) -> str:
    return key_of(fold(text))


def _proper(unit: Unit) -> str:
    return surface(split_name(unit.name)[1])


def _spelled(name: str) -> tuple[tuple[str, str], ...]:
    words = words_of(name)
    return ((" ".join([word.folded for word in words]), " ".join([word.written for word in words])),)


@lru_cache(maxsize=16_384)  # names come again: in several provinces, and whenever the register is read anew
def _called_as(name: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The kind in a unit's name, and the proper name as it is looked up and as it is written."""
    kind, proper = split_name(name)
    return kind, _spelled(proper)


EMPTY = Gazetteer((), {}, date.min)
