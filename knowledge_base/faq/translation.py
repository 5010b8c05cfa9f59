"""An entry's words in another language: what they were made from, whether they still fit, what they must hold. Pure.

A translation carries every figure, date, document number and placeholder of its source; numbers may be written as the
other language writes them (`1.500.000` as `1,500,000`, `2 triệu` as `2 million`).
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.publication import RevisionState
from knowledge_base.redaction.find import find_personal_data

SOURCE_LANGUAGE = "vi"
FIELDS = ("question", "short_answer", "details")
LANGUAGE = re.compile(r"[a-z]{2,3}")
LONGEST = 40_000  # characters of one field; other languages need more of them

Words = dict[str, str]  # by field

_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
_LAW = re.compile(r"\d+/\d{4}/[\wĐđ-]+")
_DAY = re.compile(r"(?<![\d/])(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?![\d/])")
_ISO_DAY = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_MONTHS = "january february march april may june july august september october november december".split()
_DAY_IN_WORDS = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?\s+({'|'.join(_MONTHS)}),?\s+(\d{{4}})"
    rf"|({'|'.join(_MONTHS)})\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})",
    re.IGNORECASE,
)
_SCALES = {
    **dict.fromkeys(("nghìn", "ngàn", "thousand"), 1_000),
    **dict.fromkeys(("triệu", "million"), 1_000_000),
    **dict.fromkeys(("tỷ", "tỉ", "billion"), 1_000_000_000),
}
_NUMBER = re.compile(rf"(\d+(?:[.,]\d+)*)(?:\s*({'|'.join(_SCALES)})\b)?", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")


@dataclass(frozen=True, slots=True)
class Translation:
    """One text in another language, immutable; `approved_by` vouches for it."""

    id: int
    key: str
    language: str
    words: Words
    source: Words
    source_hash: str
    state: RevisionState
    translator: str
    approved_by: str | None
    note: str | None
    created_at: datetime
    decided_at: datetime | None

    def is_of(self, entry: FaqEntry) -> bool:
        """Whether it was made from the words that the entry has; otherwise it is stale."""
        return self.source_hash == source_hash(source_of(entry))

    def worded(self, entry: FaqEntry) -> FaqEntry:
        """The entry in these words; its law, dates and links stay."""
        words = self.words
        return replace(entry, question=words["question"], short_answer=words["short_answer"], details=words["details"])


@dataclass(frozen=True, slots=True)
class TranslationFault:
    """One thing wrong with a translation: the entry and field, a key, its data."""

    entry: str
    field: str
    key: str
    data: Mapping[str, Any]


def source_of(entry: FaqEntry) -> Words:
    """What of an entry is translated."""
    return {name: getattr(entry, name).strip() for name in FIELDS}


def source_hash(source: Words) -> str:
    """The same for the same words to be translated (64 hex digits)."""
    told = json.dumps([source[name] for name in FIELDS], ensure_ascii=False)
    return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()


# --- what a translation must hold -------------------------------------------------------------------


def faults_of(key: str, source: Words, words: Words) -> list[TranslationFault]:
    """Everything wrong with the words of an entry."""
    return [
        TranslationFault(key, name, fault, data)
        for name in FIELDS
        for fault, data in _field_faults(source[name], words[name])
    ]


def _field_faults(source: str, words: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if bool(source) != bool(words.strip()):
        yield ("translation_missing" if source else "translation_extra"), {}
        return
    if len(words) > LONGEST:
        yield "translation_long", {"most": LONGEST}
    held = figures(words)
    lost = [shown for figure, shown in figures(source).items() if figure not in held]
    if lost:
        yield "translation_figures", {"words": lost}
    personal = [found for found in _personal(words) if found not in source]
    if personal:
        yield "translation_personal", {"words": personal}


def _personal(text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in find_personal_data(text)]


def figures(text: str) -> dict[object, str]:
    """What must not get lost of a text, each as it is meant, with the words it stands in."""
    found: dict[object, str] = {}

    def take(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
        return pattern.finditer(text)

    for pattern in (_PLACEHOLDER, _LAW):
        found |= {match.group(): match.group() for match in take(pattern, text)}
        text = pattern.sub(" ", text)
    for pattern in (_DAY, _ISO_DAY, _DAY_IN_WORDS):
        for match in take(pattern, text):
            day = _day_of(pattern, match)
            if day is not None:
                found[day] = match.group()
        text = pattern.sub(" ", text)
    for match in take(_NUMBER, text):
        found[_amount(match.group(1)) * _SCALES.get((match.group(2) or "").lower(), 1)] = match.group().strip()
    return found


def _day_of(pattern: re.Pattern[str], match: re.Match[str]) -> date | None:
    parts = [part for part in match.groups() if part]
    if pattern is _ISO_DAY:
        parts.reverse()
    elif pattern is _DAY_IN_WORDS:
        day, month = parts[:2] if parts[0].isdigit() else parts[1::-1]
        parts = [day, str(_MONTHS.index(month.lower()) + 1), parts[2]]
    try:
        return date(int(parts[2]), int(parts[1]), int(parts[0]))
    except ValueError:
        return None


def _amount(digits: str) -> Decimal:
    """A number, whichever sign groups its digits; groups of three are thousands, anything else is a decimal."""
    if _GROUPED.fullmatch(digits):
        return Decimal(re.sub(r"[.,]", "", digits))
    whole, _, rest = digits.replace(",", ".").rpartition(".")
    return Decimal(f"{whole.replace('.', '')}.{rest}") if whole else Decimal(rest)
