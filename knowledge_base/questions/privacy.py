"""Personal data in what residents write: found and masked before anything is shown in public.

Shapes: Vietnamese CCCD (12 digits), old CMND (9), mobile and fixed phones, BHYT cards, bank accounts, e-mail, and
names that people give as theirs ("tôi tên …", "tên con là …").
A human decides about everything else before publication.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from knowledge_base.questions.question import CloseReason, Question

_GAP = r"[ .\-]?"
_UPPER = "".join(letter for letter in map(chr, range(0x41, 0x1EFA)) if letter.isupper())  # Vietnamese ones included
_NAME = rf"([{_UPPER}]\w*(?:\s+[{_UPPER}]\w*){{0,4}})"
_SOMEBODY = r"(?i:tôi|em|con|cháu|mình|tui|mẹ|bố|cha|ba|má|chồng|vợ|bà|ông|anh|chị)"
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("health_card", re.compile(rf"\b[A-Z]{{2}}{_GAP}[1-5](?:{_GAP}\d){{12}}\b", re.IGNORECASE)),
    ("phone", re.compile(rf"(?<!\d)(?:\+?84|0){_GAP}[235789](?:{_GAP}\d){{8,9}}(?!\d)")),
    ("citizen_id", re.compile(rf"(?<!\d)0(?:{_GAP}\d){{11}}(?!\d)")),
    ("name", re.compile(rf"\b{_SOMEBODY}\s+(?i:tên)\s+(?:là\s+)?{_NAME}")),
    ("name", re.compile(rf"\b(?i:tên)\s+{_SOMEBODY}\s+(?:là\s+)?{_NAME}")),
    # Nine digits or more in one run are nobody's amount of money here: those are written with points.
    ("number", re.compile(r"(?<![\d.,])\d{9,16}(?![\d.,]*\d)")),
)
_CONTACT = ("phone", "email")  # an office's own number may stand in an answer; a resident's may not
MASK = "[đã ẩn]"


@dataclass(frozen=True, slots=True)
class PersonalData:
    """One hit: what kind, and where in the text (start, end)."""

    kind: str
    start: int
    end: int


def find_personal_data(text: str) -> tuple[PersonalData, ...]:
    """Every hit, in order, none overlapping an earlier one."""
    hits: list[PersonalData] = []
    for kind, shape in _SHAPES:
        for match in shape.finditer(text):
            start, end = match.span(match.lastindex or 0)  # the name alone, without what introduces it
            if all(end <= hit.start or start >= hit.end for hit in hits):
                hits.append(PersonalData(kind, start, end))
    return tuple(sorted(hits, key=lambda hit: hit.start))


def mask_personal_data(text: str) -> str:
    """The text with every hit replaced by a mark."""
    for hit in reversed(find_personal_data(text)):
        text = text[: hit.start] + MASK + text[hit.end :]
    return text


def is_private(question: Question) -> bool:
    """Whether nobody but the asker may read how the question was answered."""
    return question.close_reason == CloseReason.PERSONAL_CASE


def answer_for_anyone(question: Question, content: Mapping[str, Any]) -> dict[str, Any] | None:
    """What may be told of an answer to whoever holds the question's code; nothing of a personal case."""
    if is_private(question):
        return None
    texts = {name: _without_askers_data(content.get(name) or "", question.text) for name in ("short_answer", "details")}
    return {**content, **texts}


def _without_askers_data(text: str, asked: str) -> str:
    """The text without identity numbers, and without any number or address that the asker wrote himself.

    Where the asker's words were blanked with time, nobody can tell any more whose numbers they are.
    """
    for hit in reversed(find_personal_data(text)):
        if hit.kind not in _CONTACT or not asked or text[hit.start : hit.end] in asked:
            text = text[: hit.start] + MASK + text[hit.end :]
    return text
