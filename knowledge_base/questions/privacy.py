"""What may be told of a question and its answer to whoever holds the question's code."""

import re
from collections.abc import Mapping
from typing import Any

from knowledge_base.questions.question import CloseReason, Question
from knowledge_base.redaction.find import MASK, find_personal_data
from knowledge_base.redaction.hit import Kind
from knowledge_base.text.fold import fold

# An office's own number, address or page may stand in an answer; a resident's may not.
_CONTACT = frozenset({Kind.PHONE, Kind.EMAIL, Kind.ADDRESS, Kind.PROFILE})
_DIGITS_AND_LETTERS = re.compile(r"[^a-z0-9]+")


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
    """The text without names and identity numbers, and without any number or address that the asker wrote himself.

    Where the asker's words were blanked with time, nobody can tell any more whose numbers they are.
    """
    said = _bare(asked)
    for hit in reversed(find_personal_data(text)):
        if hit.kind not in _CONTACT or not asked or _bare(text[hit.start : hit.end]) in said:
            text = text[: hit.start] + MASK + text[hit.end :]
    return text


def _bare(text: str) -> str:
    """Without marks, blanks and points: the same number or name however it is spelled."""
    return _DIGITS_AND_LETTERS.sub("", fold(text))
