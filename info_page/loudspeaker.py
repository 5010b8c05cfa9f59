"""An entry as it is heard: by a browser's voice, and from the announcer at the commune's loudspeaker. Pure.

What is said is Vietnamese in every language of the page: these words are spoken, not read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.faq.entry import FaqEntry, InForce
from knowledge_base.text.aloud import aloud

_A_MINUTE = 130  # syllables, at the pace of an announcer
_GREETING = "Kính thưa bà con.\nSau đây là một câu hỏi về chính sách giảm nghèo, và câu trả lời."
_THANKS = "Xin cảm ơn bà con đã lắng nghe."


@dataclass(frozen=True, slots=True)
class Script:
    """What the announcer reads out, in parts of one or more sentences each."""

    opening: Sequence[str]
    question: str
    answer: Sequence[str]
    closing: Sequence[str]

    @property
    def minutes(self) -> int:
        """How long it takes, at least one minute."""
        said = " ".join((*self.opening, self.question, *self.answer, *self.closing))
        return max(1, round(len(said.split()) / _A_MINUTE))


def answer_aloud(entry: FaqEntry) -> str:
    """The answer as it is said, a line a paragraph: its plain words, where it has any."""
    return aloud(entry.easy_read or f"{entry.short_answer}\n{entry.details}")


def script(entry: FaqEntry, unit: Sequence[str]) -> Script:
    """An entry for the announcer. `unit`: the name of the office, then how and when it can be reached."""
    ask = "Bà con cần hỏi thêm, xin hỏi " + ". ".join(part.strip(" .") for part in unit if part.strip())
    window = _window(entry.in_force)
    return Script(
        _GREETING.split("\n"),
        aloud(entry.question),
        answer_aloud(entry).split("\n"),
        [*([aloud(window)] if window else []), aloud(ask), _THANKS],
    )


def _window(window: InForce) -> str:
    first, last = (f"{day:%d/%m/%Y}" if day else "" for day in (window.from_day, window.to_day))
    if not (first or last):
        return ""
    parts = (f"từ {first}" if first else "", f"đến hết {last}" if last else "")
    return f"Câu trả lời này áp dụng {' '.join(part for part in parts if part)}"
