"""The ways in which words can be read as names of units, each with its kind where that is said.

"xã Tân Lập huyện Đồng Hỷ" reads as two names; "quan son" as a district named Son and as a name Quan Son: all readings
are given, and the register decides which there are.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from knowledge_base.units.names import KindWord, Word, kind_words

_LONGEST_KIND = 2  # words: "thị trấn"
_MOST_NAMES = 4
_MOST_READINGS = 200
_BETWEEN = frozenset(("thuộc", "thuoc", "ở", "o", "nay", "mới", "moi"))
_BECAME = (("nay", "là"), ("nay", "la"))  # "xã A, nay là xã B"
_FORMER = frozenset(("cũ", "cu"))
_COUNTRY = (("viet", "nam"), ("vn",))
# What may stand before the commune in an address, and before the address in a sentence.
_SMALL_PLACES = frozenset(
    "thon ap xom ban buon bon lang to khu kp duong so ngo hem pho khom sn nha doi phum soc tdp plei".split()
)
_OPENING = frozenset(
    (
        "toi tui em minh chau con nha gia dinh ho khau thuong tru que dia chi o dang song tai thuoc da vang ubnd "
        "hien nay la hoi thua xin bao cao chung ben chỗ cho"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name somebody said, perhaps: its words, the kind he gave, whether he called it former."""

    key: str  # folded, as looked up
    written: str
    kind: KindWord | None = None
    former: bool = False


def readings(words: Sequence[Word], is_name: Callable[[str], bool], *, marked: bool) -> Iterator[tuple[Name, ...]]:
    """All readings of the words as one to four known names, with nothing left over."""
    words = _without_country(words)
    yield from islice(_read(words, 0, is_name, marked, ()), _MOST_READINGS)


def starts(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """The words, and what is left of them without a hamlet, a street or an opening before the commune."""
    yield words
    if not words:
        return
    if words[0].folded in _SMALL_PLACES or words[0].folded.isdigit():
        ends = (at for at in range(1, len(words)) if words[at].after_break or _kinds_at(words, at, marked=False))
    elif words[0].folded in _OPENING:
        ends = (at for at, word in enumerate(words) if word.folded not in _OPENING)
    else:
        return
    at = next(ends, None)
    if at is not None:
        yield from starts(words[at:])


def _without_country(words: Sequence[Word]) -> Sequence[Word]:
    for country in _COUNTRY:
        if len(words) > len(country) and tuple(word.folded for word in words[-len(country) :]) == country:
            return words[: -len(country)]
    return words


def _read(
    words: Sequence[Word], at: int, is_name: Callable[[str], bool], marked: bool, found: tuple[Name, ...]
) -> Iterator[tuple[Name, ...]]:
    if at == len(words):
        if found:
            yield found
        return
    if found and tuple(word.written for word in words[at : at + 2]) in _BECAME:
        yield from _read(words, at + 2, is_name, marked, ())
    if found and words[at].written in _BETWEEN:
        yield from _read(words, at + 1, is_name, marked, found)
    if len(found) == _MOST_NAMES:
        return
    for kind, begin in ((None, at), *_kinds_at(words, at, marked=marked)):
        for name, end in _names_at(words, begin, is_name, kind):
            yield from _read(words, end, is_name, marked, (*found, name))


def _kinds_at(words: Sequence[Word], at: int, *, marked: bool) -> list[tuple[KindWord, int]]:
    """Words for kinds that begin here, each with the place after it."""
    known = kind_words()
    found: list[tuple[KindWord, int]] = []
    for length in range(1, _LONGEST_KIND + 1):
        some = words[at : at + length]
        written = " ".join(word.written for word in some)
        said = known.get(" ".join(word.folded for word in some), ()) if len(some) == length else ()
        # Who types marks and writes "quan" means no district.
        found += [(kind, at + length) for kind in said if not marked or written == kind.written]
    return found


def _names_at(
    words: Sequence[Word], at: int, is_name: Callable[[str], bool], kind: KindWord | None
) -> Iterator[tuple[Name, int]]:
    key = written = ""
    for end in range(at + 1, len(words) + 1):
        word = words[end - 1]
        if end > at + 1 and word.after_break:
            return
        key, written = f"{key} {word.folded}".strip(), f"{written} {word.written}".strip()
        if is_name(key) and (kind or not key.isdigit()):
            yield Name(key, written, kind), end
            if end < len(words) and words[end].written in _FORMER:
                yield Name(key, written, kind, former=True), end + 1
        if key.count(" ") > 8:  # noqa: PLR2004 - no name is longer
            return
