"""Which strings can be a Vietnamese syllable: the test that tells words from raw keystrokes and shorthand."""

import re
import unicodedata
from functools import lru_cache

from knowledge_base.text.fold import fold

# The spelling rules of the modern alphabet; rimes without marks.
_ONSETS = tuple(re.findall(r"\S+", "ngh gh gi qu ng ch kh nh ph th tr b c d g h k l m n p r s t v x"))
_RIMES = frozenset(
    re.findall(
        r"\S+",
        "a ac ach ai am an ang anh ao ap at au ay e ec ech em en eng enh eo ep et eu i ia ich iec iem ien ieng "
        "iep iet ieu im in inh ip it iu o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oem oen oeo "
        "oet oi om on ong op ot u ua uan uang uat uau uay uc ue uech uenh ueu ui um un ung uo uoc uoi uom uon "
        "uong uop uot uou up ut uu uy uya uych uyen uyet uynh uyt uyu uyn y yem yen yeng yet yeu ych ynh yt yn",
    )
)
# oong and ooc live in these loanwords only; elsewhere they are Telex keys (khoong, hoocj).
_LOANWORDS = frozenset({"xoong", "coong", "boong", "moong", "mooc"})
_FRONT = frozenset("iey")
_STOPS = ("c", "ch", "p", "t")
_STOP_TONES = "\u0301\u0323"  # sắc, nặng
# Spellings that break a rule of the alphabet, and the rule; letters only, marks stand aside (NFD).
_RESPELLINGS = tuple(
    (re.compile(pattern), letters)
    for pattern, letters in (
        ("^ng(?=[iey])", "ngh"),
        ("^ngh(?=[aou])", "ng"),
        ("^g(?=e)", "gh"),
        ("^gh(?=[aou])", "g"),
        ("^c(?=[iey])", "k"),
        ("^k(?=[aou])", "c"),
        ("^q(?!u)", "qu"),
        ("^f", "ph"),
        ("^d?z", "d"),
        ("^j", "gi"),
        ("(?<!n)g$", "ng"),
        ("(?<![cn])h$", "nh"),
    )
)


@lru_cache(maxsize=20_000)
def is_syllable(word: str) -> bool:
    """Whether a folded word (a–z only) is spelled like a Vietnamese syllable."""
    if word in _RIMES or word in _LOANWORDS or word == "gi":
        return True
    return any(
        word.startswith(onset) and word[len(onset) :] in _RIMES and _agree(onset, word[len(onset)]) for onset in _ONSETS
    )


def is_marked_syllable(word: str) -> bool:
    """Whether a lower-case word with its marks can be a syllable: -c -ch -p -t carry sắc or nặng only."""
    plain = fold(word)
    if not is_syllable(plain):
        return False
    return not plain.endswith(_STOPS) or any(mark in _STOP_TONES for mark in unicodedata.normalize("NFD", word))


def respell(word: str) -> str:
    """A lower-case word that breaks one rule of the alphabet, put right (ngèo, thág, fí); others as they are."""
    if is_syllable(fold(word)):
        return word
    letters = unicodedata.normalize("NFD", word)
    for pattern, instead in _RESPELLINGS:
        changed = unicodedata.normalize("NFC", pattern.sub(instead, letters))
        if changed != word and is_syllable(fold(changed)):
            return changed
    return word


def _agree(onset: str, vowel: str) -> bool:
    """Whether the spelling of the onset goes with the first vowel: k, gh, ngh before i e y; c, g, ng elsewhere."""
    if onset in {"k", "gh", "ngh"}:
        return vowel in _FRONT
    return vowel not in _FRONT or onset not in {"c", "g", "ng"}
