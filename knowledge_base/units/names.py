"""How units are named and how people write the names: kinds as words, spellings, abbreviations."""

import re
from dataclasses import dataclass
from functools import lru_cache

from knowledge_base.text.fold import fold, nfc, surface
from knowledge_base.units.unit import Kind

_APOSTROPHE = re.compile(r"['’‘`´]")
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[,;()\n]")
_SYLLABLES = 8_192  # kept as words: names are made of few
_BREAK = frozenset(",;()\n")
_SHORT_I = re.compile(r"\b([bcdghklmnpqrstvx]+|qu)y\b")  # kỳ and kì, mỹ and mĩ, quy and qui


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is compared without marks, as it was written, and whether a comma or the like stands before it."""

    folded: str
    written: str
    after_break: bool = False


@dataclass(frozen=True, slots=True)
class KindWord:
    """A word for a kind of unit, as in "thị trấn": the levels it may mean."""

    name: str  # as registers have it
    written: str  # in full
    kinds: frozenset[Kind]


_COMMUNE, _DISTRICT, _PROVINCE = (frozenset({kind}) for kind in (Kind.COMMUNE, Kind.DISTRICT, Kind.PROVINCE))
# In full and as people shorten it.
_KIND_WORDS: tuple[tuple[str, frozenset[Kind], tuple[str, ...]], ...] = (
    ("xã", _COMMUNE, ("x",)),
    ("phường", _COMMUNE, ("p", "f")),
    ("thị trấn", _COMMUNE, ("tt",)),
    ("đặc khu", _COMMUNE, ()),
    ("huyện đảo", _DISTRICT, ()),
    ("huyện", _DISTRICT, ("h",)),
    ("quận", _DISTRICT, ("q",)),
    ("thị xã", _DISTRICT, ("tx",)),
    ("thành phố", _DISTRICT | _PROVINCE, ("tp",)),
    ("tỉnh", _PROVINCE, ("t",)),
)
_OFFICIAL = tuple(name for name, _kinds, _short in _KIND_WORDS if name != "huyện đảo")
# Other names of provinces, by the name they have in the register; only what everybody understands the same way.
ALIASES = {
    "hà nội": ("hn", "tphn"),
    "hồ chí minh": ("hcm", "tphcm", "hcmc", "tp hcm", "sg", "sài gòn"),
    "hải phòng": ("hp",),
    "huế": ("thừa thiên huế", "thừa thiên - huế", "tth", "tt huế"),
    "bà rịa - vũng tàu": ("brvt", "br vt"),
    "đắk lắk": ("đắc lắc", "đăk lăk", "dac lac"),
    "đắk nông": ("đắc nông", "dac nong"),
    "bắc kạn": ("bắc cạn",),
}


def key_of(words: str) -> str:
    """Folded words, in the one spelling that names are looked up by."""
    return _SHORT_I.sub(r"\1i", words)


def words_of(text: str) -> list[Word]:
    """The words of a name or an address, apostrophes left out: "Ia H'Drai" is two."""
    found: list[Word] = []
    broken = False
    for token in _TOKEN.findall(_APOSTROPHE.sub("", nfc(text))):
        if token in _BREAK:
            broken = True
            continue
        found.append(Word(*_spelled(token), broken))
        broken = False
    return found


@lru_cache(maxsize=_SYLLABLES)
def _spelled(token: str) -> tuple[str, str]:
    written = surface(token)
    if written.isdecimal():
        written = written.lstrip("0") or written
    return key_of(fold(written)), written


@lru_cache(maxsize=1)
def kind_words() -> dict[str, list[KindWord]]:
    """Words for kinds by their folded form; a folded form may be that of several."""
    found: dict[str, list[KindWord]] = {}
    for name, kinds, short in _KIND_WORDS:
        official = name.removesuffix(" đảo")  # "huyện đảo Lý Sơn" is a huyện
        for written in (name, *short):
            found.setdefault(fold(written), []).append(KindWord(official, written, kinds))
    return found


def split_name(name: str) -> tuple[str, str]:
    """The kind and the proper name in an official name: "Thị trấn Sa Pa" -> "thị trấn", "Sa Pa"."""
    lowered = name.lower()
    kind = next((kind for kind in _OFFICIAL if lowered.startswith(f"{kind} ")), "")
    return kind, name[len(kind) :].strip()


def inside(name: str) -> str:
    """A unit's name within a sentence: "Tỉnh Cà Mau" -> "tỉnh Cà Mau"."""
    return name[:1].lower() + name[1:] if split_name(name)[0] else name
