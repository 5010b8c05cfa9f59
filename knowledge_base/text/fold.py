"""One spelling for every way to write the same Vietnamese: composed, placed, and without accents."""

import re
import unicodedata
from functools import lru_cache

# Zero-width and directional characters that phones and office programs leave in pasted text.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe00-\ufe0f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TONE_MARKS = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng
_TONED_GLIDE = re.compile(f"([ou])([{_TONE_MARKS}])([aey])(?![{_TONE_MARKS}\u0302\u0306])")
_SHORT = 24  # characters; words come again and again, texts only while one message is taken
_GLIDE_PAIRS = {"oa", "oe", "uy"}


def nfc(text: str) -> str:
    """Compose (NFC) and drop what cannot be seen or encoded: lone surrogates, zero-width characters."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", _SURROGATE.sub(" ", text)))


def place_tones(text: str) -> str:
    """Move tone marks to the new place: hòa -> hoà, khỏe -> khoẻ, thủy -> thuỷ. Lower case in, NFC out."""

    def move(found: re.Match[str]) -> str:
        glide, tone, vowel = found.groups()
        return glide + vowel + tone if glide + vowel in _GLIDE_PAIRS else found.group()

    return unicodedata.normalize("NFC", _TONED_GLIDE.sub(move, unicodedata.normalize("NFD", text)))


def surface(text: str) -> str:
    """Compose, lower and place the tones: the form in which marks can be compared."""
    return place_tones(nfc(text).lower())


def fold(text: str) -> str:
    """Lower case without any mark, đ included. Idempotent; the accent-less twin of a text folds to the same."""
    return _fold_short(text) if len(text) <= _SHORT else _fold_long(text)


def _fold(text: str) -> str:
    lowered = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", nfc(text)).lower())
    bare = "".join(c for c in lowered if not unicodedata.combining(c) and unicodedata.category(c) != "Mn")
    return nfc(bare.replace("đ", "d"))


_fold_short = lru_cache(maxsize=16_384)(_fold)
_fold_long = lru_cache(maxsize=128)(_fold)  # a message is folded by several, one after the other


def has_marks(text: str) -> bool:
    """Whether any Vietnamese letter in `text` carries a mark (so the writer types diacritics)."""
    if text.isascii():
        return False
    return any(unicodedata.combining(c) or c in "đĐ" for c in unicodedata.normalize("NFD", text))
