"""What a spelling correction may change: letters and marks of a few words; no figure, no word that turns a rule."""

import re

from rapidfuzz.distance import Levenshtein

from knowledge_base.errors import InvalidInput
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.text.fold import fold

_MOST_WORDS = 5
_MOST_LETTERS = 2
# A slip in one of these changes who is entitled to what.
_TURNING = frozenset(
    "không chưa chẳng được phải có nghèo cận thoát mới từ đến hết trên dưới trước sau hơn kém ít nhiều và hoặc miễn"
    " giảm tăng chỉ cả mỗi một hai ba bốn năm sáu bảy tám chín mười trăm nghìn triệu tỷ".split()
)
_WORD = re.compile(r"\w+|[^\w\s]+")


def guard_spelling(before: FaqEntry, after: FaqEntry) -> int:
    """How many words a correction of the question, the short answer and the details touches.

    Raises:
        InvalidInput: `spelling_nothing`; `spelling_more` with the words, when it is more than a slip of the pen.
    """
    changes: list[tuple[str, str]] = []
    for name in ("question", "short_answer", "details"):
        old, new = _WORD.findall(getattr(before, name)), _WORD.findall(getattr(after, name))
        if len(old) != len(new):
            raise InvalidInput("spelling_more", field=name, words=[])
        changes += [(one, other) for one, other in zip(old, new, strict=True) if one != other]
    if not changes:
        raise InvalidInput("spelling_nothing")
    wrong = [f"{one} → {other}" for one, other in changes if not _is_slip(one, other)]
    if wrong or len(changes) > _MOST_WORDS:
        raise InvalidInput("spelling_more", field="short_answer", words=wrong or [other for _one, other in changes])
    return len(changes)


def _is_slip(one: str, other: str) -> bool:
    words = {one.lower(), other.lower()}
    if words & _TURNING and len(words) > 1:
        return False
    if any(letter.isdigit() for letter in one + other):
        return False
    return Levenshtein.distance(fold(one), fold(other)) <= _MOST_LETTERS
