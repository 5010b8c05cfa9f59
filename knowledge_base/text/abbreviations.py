"""Abbreviations in words: those of a reviewed list, words that are only written large, letters by their names. Pure."""

import re
from functools import cache
from pathlib import Path

from knowledge_base.text.fold import fold
from knowledge_base.text.syllables import is_syllable

_LONGEST = 80  # characters of the words that an abbreviation stands for
_DATA = Path(__file__).parent / "data" / "aloud.tsv"
_LETTER = r"[^\W\d_]"
_LETTERS = {
    "A": "a", "Ă": "á", "Â": "ớ", "B": "bê", "C": "xê", "D": "dê", "Đ": "đê", "E": "e", "Ê": "ê", "F": "ép-phờ",
    "G": "giê", "H": "hát", "I": "i", "J": "di", "K": "ca", "L": "e-lờ", "M": "em-mờ", "N": "en-nờ", "O": "o",
    "Ô": "ô", "Ơ": "ơ", "P": "pê", "Q": "quy", "R": "e-rờ", "S": "ét-sì", "T": "tê", "U": "u", "Ư": "ư", "V": "vê",
    "W": "vê kép", "X": "ích-xì", "Y": "i dài", "Z": "dét",
}  # fmt: skip
_WORDS = re.compile(rf"(?<!\w){_LETTER}++(?:[-&.]{_LETTER}++)*+")


@cache
def listed_words() -> dict[str, str]:
    """The reviewed list: what is written, what is said."""
    rows = (line.split("\t") for line in _DATA.read_text(encoding="utf-8").splitlines() if line and line[0] != "#")
    return {row[0]: row[1] for row in rows}


def spelled_out(text: str) -> str:
    """Abbreviations in words. One that stands in brackets behind its own words is left out."""
    said, at = [], 0
    for found in _WORDS.finditer(text):
        word = found.group()
        words = _abbreviated(word)
        if words == word:
            continue
        before, end = text[at : found.start()], found.end()
        if before.endswith("(") and text[end : end + 1] == ")":
            if _ends_with(text[max(0, found.start() - _LONGEST) : found.start() - 1], words):
                said.append(before[:-1].rstrip(" "))
                at = end + 1
                continue
        elif text[end : end + 2] == " (":
            inside, closed, _after = text[end + 2 : end + 2 + _LONGEST].partition(")")
            if closed and _ends_with(inside, words):
                end += len(inside) + 3
        said += [before, words]
        at = end
    return "".join(said) + text[at:]


def _ends_with(text: str, words: str) -> bool:
    return fold(text).rstrip().endswith(fold(words))


def _abbreviated(word: str) -> str:
    table = listed_words()
    if word in table:
        return table[word]
    if not re.search("[-&.]", word):
        return abbreviation(word)
    parts = re.split("([-&.])", word)
    said = [table.get(part) or abbreviation(part) if part not in "-&." else part for part in parts]
    changed = any(one != part for one, part in zip(said, parts, strict=True))
    if not changed:
        return word
    return "".join({"-": " ", "&": " và ", ".": ". "}.get(one, one) for one in said)


def abbreviation(word: str) -> str:
    """Capitals: of the list, a word that is only written large, or letters by their names."""
    if word in listed_words():
        return listed_words()[word]
    if len(word) < 2 or not all(map(str.isupper, word)):  # noqa: PLR2004 - one letter is its own name
        return word
    if is_syllable(fold(word)) and word.lower() != word:
        return word.lower()
    return " ".join(_LETTERS.get(sign) or _LETTERS.get(fold(sign).upper(), "") for sign in word).strip() or word.lower()
