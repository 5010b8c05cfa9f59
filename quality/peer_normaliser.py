"""What every peer is given: NFC, lower case, raw Telex and VNI keys decoded, marks and đ folded.

FROZEN. It doesn't change when `knowledge_base.text` improves, and imports nothing of it: a ratio against a peer must
mean the same next year.
"""

import re
import unicodedata
from functools import lru_cache

_TOKEN = re.compile(r"[^\W_]+")
_ONSET = "ngh|ng|nh|gh|gi|ch|kh|ph|th|tr|qu|[bcdghklmnprstvx]"
_RIME = (
    "a(?:ch|ng|nh|[cimnoptuy])?|e(?:ch|ng|nh|[cmnoptu])?|i(?:ch|nh|[cmnptu])?|o(?:ng|[cimnpt])?|u(?:ng|[cimnptu])?"
    "|y(?:ch|nh|[nt])?|i?a|ie(?:ng|[cmnptu])|ye(?:ng|[mntu])|oa(?:ch|ng|nh|[cimnoptuy])?|oe(?:[cmnot])?"
    "|ua(?:ng|[ntuy])?|ue(?:ch|nh|u)?|uo(?:ng|[cimnptu])?|uy(?:ch|nh|[aentu]|en|et)?|uye[nt]|u[iu]|eu|yeu"
)
_SYLLABLE = re.compile(rf"(?:{_ONSET})?(?:{_RIME})")
_VNI = re.compile(r"[a-z]+[1-9][a-z1-9]*")
_MOST_DIGITS = 4


def normalise(text: str) -> str:
    """Folded words, separated by single blanks."""
    return " ".join(_decoded(fold(word)) for word in _TOKEN.findall(unicodedata.normalize("NFC", text).lower()))


def fold(text: str) -> str:
    """Lower case without any mark, đ included."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return plain.replace("đ", "d")


@lru_cache(maxsize=50_000)
def _decoded(word: str) -> str:
    """A folded word, or the folded word whose raw keys it is: only where it is no syllable itself and that one is."""
    if _SYLLABLE.fullmatch(word):
        return word
    if _VNI.fullmatch(word) and sum(c.isdigit() for c in word) <= _MOST_DIGITS:
        letters = re.sub("[1-9]", "", word)
        return letters if _SYLLABLE.fullmatch(letters) else word
    # Telex: keys of tones stand anywhere after the first vowel; doubled letters are one.
    onset = re.match("[^aeiouy]*", word)
    rest = len(onset.group()) if onset else 0
    for keys in ("w", "[sfrxj]", "[sfrxjw]"):
        letters = word[:rest] + re.sub(keys, "", word[rest:])
        for once in (letters, re.sub(r"([aeo])\1|^dd", lambda found: found.group()[0], letters), _merged(letters)):
            if once != word and _SYLLABLE.fullmatch(once):
                return once
    return word


def _merged(letters: str) -> str:
    """ "khongo" is "không" with its key typed late."""
    return re.sub(r"([aeo])(.*)\1", r"\1\2", re.sub("^dd", "d", letters))
