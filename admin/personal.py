"""Personal data on a page: where it stands in a wording, and what was decided about each place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge_base.redaction.decisions import Decision, Decisions, Mark, Passage, all_marks, undecided
from knowledge_base.redaction.find import find_personal_data


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line: plain words, or a mark with its decision (None: nobody has decided)."""

    text: str
    mark: Mark | None = None
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a field that holds a mark, in pieces."""

    field: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Personal:
    """What an editor decides about: the lines that hold a mark, and how many marks are left."""

    lines: tuple[Line, ...]
    marks: int
    left: int

    @classmethod
    def of(cls, found: Sequence[Passage], decisions: Decisions) -> "Personal":
        """The marks of a wording with their decisions."""
        lines = tuple(line for passage in found for line in _lines(passage, decisions))
        return cls(lines, len(all_marks(found)), len(undecided(found, decisions)))


def _lines(passage: Passage, decisions: Decisions) -> Iterator[Line]:
    at = 0
    marks = list(passage.marks)
    while marks:
        begin = passage.text.rfind("\n", at, marks[0].start) + 1 or at
        pieces, at = [], begin
        end = -1
        while marks and (end < 0 or marks[0].start < end):
            mark = marks.pop(0)
            pieces += [Piece(passage.text[at : mark.start]), Piece(mark.words, mark, decisions.get(mark.id))]
            at = mark.end
            end = passage.text.find("\n", at)
            end = len(passage.text) if end < 0 else end
        pieces.append(Piece(passage.text[at:end]))
        at = end
        yield Line(passage.field, tuple(piece for piece in pieces if piece.text))


def personal_words(*texts: str) -> list[str]:
    """What in these texts looks like personal data, each once."""
    found = [text[hit.start : hit.end] for text in texts for hit in find_personal_data(text)]
    return list(dict.fromkeys(found))
