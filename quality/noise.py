"""One question in eleven wordings, as it arrives from phones; to test with. The same seed gives the same wording.

Written apart from `knowledge_base.matching.noise`, which the matcher learns from: it shares no code, no word list and
no story with it, so that nothing is tested on the noise it was trained on.
"""

import random
import re
import unicodedata
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

_STORIES = Path(__file__).parent / "stories.txt"
_TEENCODE = Path(__file__).parent / "teencode.tsv"
_WORD = re.compile(r"[^\W\d_]+")

_TONES = {"\u0301": "s1", "\u0300": "f2", "\u0309": "r3", "\u0303": "x4", "\u0323": "j5"}  # Telex and VNI key of each
_CIRCUMFLEX, _HORN, _BREVE = "\u0302", "\u031b", "\u0306"
_VNI_QUALITY = {_CIRCUMFLEX: "6", _HORN: "7", _BREVE: "8"}
_TONE_CLASS = "".join(_TONES)
# The old place of the tone: hòa, khỏe, thủy (but quý, since u belongs to qu there). On decomposed text.
_NEW_PLACE = re.compile(
    rf"(?<![qQ])([oO](?=[aeAE])|[uU](?=[yY]))([aeyAEY])([{_TONE_CLASS}])(?![^\W\d_]|[\u0300-\u036f])"
)

_NEIGHBOURS = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl",
    "p": "ol", "a": "qsz", "s": "awdx", "d": "sefc", "f": "drgv", "g": "fthb", "h": "gyjn", "j": "hukm", "k": "jil",
    "l": "ko", "z": "asx", "x": "zsdc", "c": "xdfv", "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip
_MISSPELT = (
    (r"^tr", "ch"), (r"^ch", "tr"), (r"^s", "x"), (r"^x", "s"), (r"^gi(?=[^\W\d_])", "d"), (r"^d", "gi"),
    (r"^l", "n"), (r"^n(?![gh])", "l"), (r"n$", "ng"), (r"t$", "c"), (r"^ngh", "ng"), (r"^kh", "k"),
)  # fmt: skip

_HALF = 0.5
_KEY_STYLE = 0.25  # share of texts typed in the less usual order of keys
_TEEN_WORD, _TEEN_LETTERS = 0.8, 0.2  # shares of listed words shortened, of other words respelt
_TYPO, _DROP = 0.55, 0.45  # shares of words
_SHORTEST = 3  # letters of a word that can be mistyped and still be meant
_COMMAS = 0.6  # share of stories with punctuation; the others are one breath

Chance = random.Random
WORDINGS = (
    "clean",
    "no_diacritics",
    "half_diacritics",
    "telex",
    "vni",
    "teencode",
    "typos",
    "dropped_letters",
    "nfd_old_marks",
    "rambling",
    "mixed",
)


def vary(text: str, wording: str, seed: int = 0) -> str:
    """`text` in one of WORDINGS; KeyError for any other."""
    chance = Chance(zlib.crc32(f"{seed} {wording} {text}".encode("utf-8", "surrogatepass")))
    return _BY_NAME[wording](unicodedata.normalize("NFC", text), chance)


def bare(text: str) -> str:
    """Without any mark, đ included."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return plain.replace("đ", "d").replace("Đ", "D")


def _each_word(text: str, change: Callable[[str], str]) -> str:
    return _WORD.sub(lambda found: change(found.group()), text)


def _half(text: str, chance: Chance) -> str:
    return _each_word(text, lambda word: bare(word) if chance.random() < _HALF else word)


# --- raw keys --------------------------------------------------------------------------------------


def _typed(text: str, chance: Chance, *, vni: bool) -> str:
    late = chance.random() >= _KEY_STYLE  # the tone's key comes last, as most people type
    single_hook = chance.random() >= _KEY_STYLE  # ươ as "uow" or "uo7", not "uwow"
    return _each_word(text, lambda word: _keys(word, vni=vni, late=late, single_hook=single_hook))


def _keys(word: str, *, vni: bool, late: bool, single_hook: bool) -> str:
    """The keys that type a word."""
    typed, tone = "", ""
    for c in unicodedata.normalize("NFD", word):
        if c in _TONES:
            tone = _TONES[c][vni]
            if not late:
                typed, tone = typed + tone, ""
        elif c in _VNI_QUALITY:
            typed += _VNI_QUALITY[c] if vni else typed[-1].lower() if c == _CIRCUMFLEX else "w"
        elif c in "đĐ":
            typed += bare(c) + ("9" if vni else "d")
        else:
            typed += c
    if single_hook:
        typed = re.sub(r"(?i)u[w7]o([w7])", lambda found: found.group()[0] + "o" + found.group(1), typed)
    return typed + tone


# --- spelling --------------------------------------------------------------------------------------


@cache
def _teencode() -> dict[str, tuple[str, ...]]:
    lines = _TEENCODE.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {words: tuple(forms.split()) for words, forms in rows}


def _teen(text: str, chance: Chance) -> str:
    listed = sorted(_teencode(), key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, listed))})(?!\w)")

    def shorten(found: re.Match[str]) -> str:
        return chance.choice(_teencode()[found.group()]) if chance.random() < _TEEN_WORD else found.group()

    def respell(word: str) -> str:
        if chance.random() >= _TEEN_LETTERS or len(word) < _SHORTEST:
            return word
        return re.sub("ng$", "g", re.sub("nh$", "h", re.sub("^ph", "f", re.sub("^gi(?=.)", "j", word))))

    return _each_word(pattern.sub(shorten, text.lower()), respell)


def _typos(text: str, chance: Chance) -> str:
    return mistyped(text, _TYPO, chance)


def mistyped(text: str, share: float, chance: Chance) -> str:
    """With a slip in this share of the words."""
    return _each_word(text, lambda word: _mistyped(word, chance) if chance.random() < share else word)


def _mistyped(word: str, chance: Chance) -> str:
    if len(word) < _SHORTEST:
        return word
    at = chance.randrange(len(word) - 1)
    plain = bare(word[at]).lower()
    kind = chance.choice(("near", "near", "swap", "swap", "twice", "lost", "tone", "sound"))
    if kind == "near" and plain in _NEIGHBOURS:
        return word[:at] + chance.choice(_NEIGHBOURS[plain]) + word[at + 1 :]
    if kind == "swap":
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == "twice":
        return word[: at + 1] + word[at:]
    if kind == "lost":
        return word[:at] + word[at + 1 :]
    if kind == "tone":
        return _other_tone(word, chance)
    return _misspelt(word, chance)


def _other_tone(word: str, chance: Chance) -> str:
    """Another tone, or none; hỏi for ngã and the other way round most of all."""
    letters = unicodedata.normalize("NFD", word)
    usual = letters.translate({0x309: "\u0303", 0x303: "\u0309"})
    if usual == letters:
        usual = re.sub(f"[{_TONE_CLASS}]", lambda _: chance.choice(("", *_TONES)), letters)
    return unicodedata.normalize("NFC", usual)


def _misspelt(word: str, chance: Chance) -> str:
    """As people write who do not tell two sounds apart."""
    found = [(pattern, instead) for pattern, instead in _MISSPELT if re.search(pattern, word)]
    return re.sub(*chance.choice(found), word) if found else word


def _drop(text: str, chance: Chance) -> str:
    def change(word: str) -> str:
        if len(word) < _SHORTEST or chance.random() >= _DROP:
            return word
        at = chance.randrange(len(word))
        return word[:at] + word[at + 1 :]

    return _each_word(text, change)


def _nfd_old(text: str, _chance: Chance) -> str:
    return _NEW_PLACE.sub(r"\1\3\2", unicodedata.normalize("NFD", text))


# --- stories ---------------------------------------------------------------------------------------


@cache
def _stories() -> dict[str, tuple[str, ...]]:
    """Pieces of talk under "greeting", "story", "lead" (into the question) and "close"."""
    found: dict[str, list[str]] = {}
    for line in _STORIES.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            found[line.strip("[]")] = []
        elif line and not line.startswith("#"):
            found[next(reversed(found))].append(line)
    return {name: tuple(lines) for name, lines in found.items()}


def _ramble(text: str, chance: Chance) -> str:
    pieces = _stories()
    lead = chance.choice(pieces["lead"]) if chance.random() < _HALF else ""
    said = [
        chance.choice(pieces["greeting"]),
        *chance.sample(pieces["story"], k=chance.choice((1, 1, 1, 2))),
        f"{lead} {text[:1].lower()}{text[1:]}".strip(),
        chance.choice(pieces["close"]) if chance.random() < _HALF else "",
    ]
    if chance.random() < _COMMAS:
        joined = chance.choice((", ", ". ")).join(piece for piece in said if piece)
        return re.sub(r"([?!.])[,.]", r"\1", joined)
    return re.sub(r"\s+", " ", re.sub(r"[.,;:?!]", " ", " ".join(said))).strip()


def _mix(text: str, chance: Chance) -> str:
    """Several at once: talk, teencode, slips, marks left out."""
    if chance.random() < _MIX_SHARES["story"]:
        text = _ramble(text, chance)
    for name, change in (("teencode", _teen), ("typos", _typos), ("dropped_letters", _drop)):
        if chance.random() < _MIX_SHARES[name]:
            text = change(text, chance)
    return bare(text) if chance.random() < _MIX_SHARES["no_diacritics"] else _half(text, chance)


_MIX_SHARES = {"story": 0.6, "teencode": 0.7, "typos": 0.8, "dropped_letters": 0.3, "no_diacritics": 0.6}

_BY_NAME: dict[str, Callable[[str, Chance], str]] = {
    "clean": lambda text, _: text,
    "no_diacritics": lambda text, _: bare(text),
    "half_diacritics": _half,
    "telex": lambda text, chance: _typed(text, chance, vni=False),
    "vni": lambda text, chance: _typed(text, chance, vni=True),
    "teencode": _teen,
    "typos": _typos,
    "dropped_letters": _drop,
    "nfd_old_marks": _nfd_old,
    "rambling": _ramble,
    "mixed": _mix,
}
