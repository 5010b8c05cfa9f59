"""Personal data in what residents write: found and masked before anything is shown in public.

Shapes: Vietnamese CCCD (12 digits), old CMND (9), mobile and fixed phones, BHYT cards, bank accounts, e-mail.
A human decides about everything else before publication.
"""

import re
from dataclasses import dataclass

_GAP = r"[ .\-]?"
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("health_card", re.compile(rf"\b[A-Z]{{2}}{_GAP}[1-5](?:{_GAP}\d){{12}}\b", re.IGNORECASE)),
    ("phone", re.compile(rf"(?<!\d)(?:\+?84|0){_GAP}[235789](?:{_GAP}\d){{8,9}}(?!\d)")),
    ("citizen_id", re.compile(rf"(?<!\d)0(?:{_GAP}\d){{11}}(?!\d)")),
    # Nine digits or more in one run are nobody's amount of money here: those are written with points.
    ("number", re.compile(r"(?<![\d.,])\d{9,16}(?![\d.,]*\d)")),
)
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
            if all(match.end() <= hit.start or match.start() >= hit.end for hit in hits):
                hits.append(PersonalData(kind, match.start(), match.end()))
    return tuple(sorted(hits, key=lambda hit: hit.start))


def mask_personal_data(text: str) -> str:
    """The text with every hit replaced by a mark."""
    for hit in reversed(find_personal_data(text)):
        text = text[: hit.start] + MASK + text[hit.end :]
    return text
