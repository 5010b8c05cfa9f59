"""Raw Telex and VNI keystrokes back to words: "hooj ngheof" and "ho65 ngheo2" are both "hộ nghèo".

A key is decoded only where the word as typed is no syllable and the decoded one is: on ordinary text nothing happens.
"""

import re
import unicodedata

from knowledge_base.text.fold import fold, place_tones
from knowledge_base.text.syllables import is_marked_syllable, is_syllable

_TONES = {
    "s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323",
    "1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323",
}  # fmt: skip
_CIRCUMFLEX, _HORN, _BREVE = "\u0302", "\u031b", "\u0306"
_VOWELS = frozenset("aeiouy")
_TELEX_WORD = re.compile(r"[a-z]{2,12}")
_VNI_WORD = re.compile(r"[a-z]+[1-9][a-z1-9]*")
_LONGEST = 12  # keys of the longest syllable, with repeated tone keys


def decode_word(word: str) -> str:
    """The marked word that the keys of `word` (lower case) would have typed, or `word` itself."""
    if len(word) > _LONGEST or is_syllable(word):
        return word
    if _TELEX_WORD.fullmatch(word):
        return _accept(_telex(word), word)
    if _VNI_WORD.fullmatch(word):
        return _accept(_vni(word), word)
    return word


def _accept(letters: list[str] | None, word: str) -> str:
    if letters is None:
        return word
    decoded = place_tones(unicodedata.normalize("NFC", "".join(letters)))
    # Without a mark nothing was decoded ("heello"): the word is foreign.
    return decoded if decoded != fold(decoded) and is_marked_syllable(decoded) else word


def _telex(word: str) -> list[str] | None:
    letters: list[str] = []
    tone = ""
    for key in word:
        vowels = [at for at, letter in enumerate(letters) if letter[0] in _VOWELS]
        if key in "sfrxj" and vowels:
            tone = _TONES[key]
        elif key == "z" and vowels:
            tone = ""
        elif key == "w":
            _hook(letters, vowels)
        elif key == "d" and letters and letters[0] == "d":
            letters[0] = "đ"
        elif key in "aeo" and key in letters:
            letters[letters.index(key)] = key + _CIRCUMFLEX
        else:
            letters.append(key)
    return _toned(letters, tone)


def _vni(word: str) -> list[str] | None:
    letters: list[str] = []
    tone = ""
    for key in word:
        if key in "12345":
            tone = _TONES[key]
        elif key == "9":
            if not letters or letters[0] != "d":
                return None
            letters[0] = "đ"
        elif key in "678":
            if not _vni_quality(letters, key):
                return None
        else:
            letters.append(key)
    return _toned(letters, tone)


def _vni_quality(letters: list[str], key: str) -> bool:
    mark, bases = {"6": (_CIRCUMFLEX, "aeo"), "7": (_HORN, "uo"), "8": (_BREVE, "a")}[key]
    places = [at for at, letter in enumerate(letters) if letter in bases]
    if not places:
        return False
    if key == "7":
        _hook(letters, places)
    else:
        letters[places[-1]] += mark
    return True


def _hook(letters: list[str], vowels: list[int]) -> None:
    """Telex `w` / VNI `7`: ư, ơ, ă, or both letters of ươ; a lone `w` is ư."""
    text = "".join(letters[at][0] for at in vowels)
    if "uo" in text and letters[vowels[text.index("uo")]] == "u":
        first = text.index("uo")
        letters[vowels[first]] = "u" + _HORN
        if letters[vowels[first + 1]] == "o":
            letters[vowels[first + 1]] = "o" + _HORN
        return
    for at in reversed(vowels):
        if letters[at] in {"u", "o"}:
            letters[at] += _HORN
            return
        if letters[at] == "a":
            letters[at] += _BREVE
            return
    if not any(letters[at] in {"u" + _HORN, "o" + _HORN} for at in vowels):
        letters.append("u" + _HORN)


def _toned(letters: list[str], tone: str) -> list[str] | None:
    """Put the tone on the letter the spelling asks for; None when there is no vowel to carry it."""
    if not tone:
        return letters
    vowels = [at for at, letter in enumerate(letters) if letter[0] in _VOWELS]
    if len(vowels) > 1 and _is_glide(letters, vowels[0]):
        vowels = vowels[1:]
    if not vowels:
        return None
    marked = [at for at in vowels if len(letters[at]) > 1]
    closed = vowels[-1] < len(letters) - 1
    at = marked[-1] if marked else vowels[-1] if closed else vowels[max(0, len(vowels) - 2)]
    letters[at] += tone
    return letters


def _is_glide(letters: list[str], at: int) -> bool:
    """The i of gi- and the u of qu- belong to the onset."""
    return at == 1 and (letters[0] + letters[1][0]) in {"gi", "qu"}
