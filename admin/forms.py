"""The form of an answer: as typed, as a draft, as a value of the core."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from multidict import MultiDictProxy

from admin.wire import field_of, tidy
from knowledge_base.errors import InvalidInput
from knowledge_base.faq.entry import FaqEntry, InForce, LegalBasis
from knowledge_base.officer_queue import AnswerText

_SHORT = 2_000
_EDITORS = ("easy_read", "question", "phrasings")  # what only their forms have
_LINE = 300
_MOST_ROWS = 20
_DAY_SHAPES = ("%Y-%m-%d", "%d/%m/%Y")


def read_day(text: str, name: str) -> date | None:
    """A day, as browsers send it or as people write it; empty is none."""
    text = text.strip()
    if not text:
        return None
    for shape in _DAY_SHAPES:
        try:
            return datetime.strptime(text, shape).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise InvalidInput("date_wrong", field=name, value=text[:40])


def _rows(documents: Iterable[Any], articles: Iterable[Any]) -> tuple[tuple[str, str], ...]:
    pairs = zip(list(documents)[:_MOST_ROWS], list(articles)[:_MOST_ROWS], strict=False)
    rows = [
        (tidy(number, "document", _LINE).strip(), tidy(article, "article", _LINE).strip()) for number, article in pairs
    ]
    return tuple(row for row in rows if any(row))


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """Everything that can be typed about an answer, exactly as typed."""

    kind: str = "answer"
    short_answer: str = ""
    details: str = ""
    easy_read: str = ""  # the answer in plain words; only editors' forms have it
    topic: str = ""
    basis: tuple[tuple[str, str], ...] = ()
    from_day: str = ""
    to_day: str = ""
    question: str = ""  # the public wording; only editors' forms have it
    phrasings: str = ""  # one a line

    @classmethod
    def from_post(cls, form: MultiDictProxy[Any]) -> "AnswerForm":
        """As a browser sends it."""
        return cls(
            kind="referral" if field_of(form, "kind") == "referral" else "answer",
            short_answer=field_of(form, "short_answer", _SHORT),
            details=field_of(form, "details"),
            easy_read=field_of(form, "easy_read", _SHORT),
            topic=field_of(form, "topic", _LINE),
            basis=_rows(form.getall("document", []), form.getall("article", [])),
            from_day=field_of(form, "from_day", _LINE),
            to_day=field_of(form, "to_day", _LINE),
            question=field_of(form, "question", _SHORT),
            phrasings=field_of(form, "phrasings"),
        )

    @classmethod
    def from_draft(cls, content: dict[str, Any]) -> "AnswerForm":
        """As a draft keeps it, and as a script sends it."""
        basis = [row for row in content.get("basis") or [] if isinstance(row, list | tuple) and len(row) == 2]  # noqa: PLR2004 - a pair
        return cls(
            kind="referral" if content.get("kind") == "referral" else "answer",
            short_answer=tidy(content.get("short_answer"), "short_answer", _SHORT),
            details=tidy(content.get("details"), "details"),
            topic=tidy(content.get("topic"), "topic", _LINE),
            basis=_rows([row[0] for row in basis], [row[1] for row in basis]),
            from_day=tidy(content.get("from_day"), "from_day", _LINE),
            to_day=tidy(content.get("to_day"), "to_day", _LINE),
        )

    @classmethod
    def from_entry(cls, entry: FaqEntry) -> "AnswerForm":
        """From a text of the FAQ."""
        return cls(
            kind=entry.kind,
            short_answer=entry.short_answer,
            details=entry.details,
            easy_read=entry.easy_read,
            topic=entry.topic,
            basis=tuple((basis.document, basis.article) for basis in entry.legal_basis),
            from_day=entry.in_force.from_day.isoformat() if entry.in_force.from_day else "",
            to_day=entry.in_force.to_day.isoformat() if entry.in_force.to_day else "",
            question=entry.question,
            phrasings="\n".join(entry.phrasings),
        )

    @classmethod
    def from_answer(cls, content: dict[str, Any]) -> "AnswerForm":
        """From an answer that was sent."""
        window = content.get("in_force") or {}
        return cls.from_draft(
            {
                **content,
                "basis": [(row["document"], row["article"]) for row in content.get("legal_basis", [])],
                "from_day": window.get("from") or "",
                "to_day": window.get("to") or "",
            }
        )

    def as_draft(self) -> dict[str, Any]:
        """As kept while it is being written."""
        kept = {name: value for name, value in asdict(self).items() if name not in _EDITORS}
        return {**kept, "basis": [list(row) for row in self.basis]}

    def in_force(self) -> InForce:
        """The window; raises InvalidInput when a day can't be read or the end comes first."""
        first, last = read_day(self.from_day, "from_day"), read_day(self.to_day, "to_day")
        if first and last and last < first:
            raise InvalidInput("window_reversed", field="to_day")
        return InForce(first, last)

    def legal_basis(self) -> tuple[LegalBasis, ...]:
        """The documents cited; raises InvalidInput for an article without one."""
        if any(article and not number for number, article in self.basis):
            raise InvalidInput("basis_without_document", field="document")
        return tuple(LegalBasis(number, article) for number, article in self.basis)

    def as_answer(self, topics: Iterable[str]) -> AnswerText:
        """What the officer signs."""
        if self.topic not in topics:
            raise InvalidInput("topic_unknown", field="topic", topic=self.topic)
        basis = tuple((row.document, row.article) for row in self.legal_basis())
        return AnswerText(
            self.kind, self.short_answer.strip(), self.details.strip(), self.topic, basis, self.in_force()
        )

    def worded(self, base: FaqEntry) -> FaqEntry:
        """The text of `base` with the words as typed, complete or not: what personal data is looked for in."""
        return replace(
            base,
            question=self.question,
            short_answer=self.short_answer,
            details=self.details,
            easy_read=self.easy_read,
            phrasings=self._phrasings(),
        )

    def as_tried(self, base: FaqEntry) -> FaqEntry:
        """The text of `base` as typed, to be tried: complete enough to be asked for, if not to be saved."""
        if not self.question.strip():
            raise InvalidInput("question_empty", field="question")
        return replace(
            self.worded(base),
            kind="referral" if self.kind == "referral" else "answer",
            question=self.question.strip(),
            legal_basis=self.legal_basis(),
            in_force=self.in_force(),
        )

    def _phrasings(self) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.phrasings.splitlines() if line.strip())

    def as_entry(self, base: FaqEntry, topics: Iterable[str]) -> FaqEntry:
        """The public text, keeping what the form doesn't show of `base`."""
        if not self.question.strip():
            raise InvalidInput("question_empty", field="question")
        if not self.short_answer.strip():
            raise InvalidInput("answer_empty", field="short_answer")
        if self.topic not in topics:
            raise InvalidInput("topic_unknown", field="topic", topic=self.topic)
        return FaqEntry(
            key=base.key,
            kind="referral" if self.kind == "referral" else "answer",
            status=base.status,
            approved_by=base.approved_by,
            topic=self.topic,
            question=self.question.strip(),
            short_answer=self.short_answer.strip(),
            details=self.details.strip(),
            easy_read=self.easy_read.strip(),
            audience=base.audience,
            phrasings=self._phrasings(),
            legal_basis=self.legal_basis(),
            in_force=self.in_force(),
            sources=base.sources,
            checked_on=base.checked_on,
        )
