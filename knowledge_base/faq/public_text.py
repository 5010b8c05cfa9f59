"""An entry's texts with their marks, and the entry as the public may read it."""

from dataclasses import replace

from knowledge_base.errors import InvalidInput
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.redaction.decisions import Decisions, Passage, passages, public_text, undecided
from knowledge_base.redaction.hit import Kind

QUESTION = "question"
FIELDS = (QUESTION, "short_answer", "details", "easy_read", "phrasings")


def passages_of(entry: FaqEntry, *, from_resident: bool = False) -> tuple[Passage, ...]:
    """What an editor decides about. In a question that a resident asked, places masked by themselves count, too."""
    texts = [
        (QUESTION, entry.question),
        ("short_answer", entry.short_answer),
        ("details", entry.details),
        ("easy_read", entry.easy_read),
        *(("phrasings", text) for text in entry.phrasings),
    ]
    return passages(texts, hidden_in=QUESTION if from_resident else "")


def guard_decided(found: tuple[Passage, ...], decisions: Decisions) -> None:
    """Nothing is published while a hit is undecided.

    Raises:
        InvalidInput: `redaction_undecided` with the `field` of the first hit, the `words` of every hit, each once,
            and how many are undecided (`count`). Words that can still be read come before places masked already.
    """
    open_marks = sorted(undecided(found, decisions), key=lambda mark: mark.kind == Kind.HIDDEN)
    if open_marks:
        words = list(dict.fromkeys(mark.words for mark in open_marks))
        raise InvalidInput("redaction_undecided", field=open_marks[0].field, words=words, count=len(open_marks))


def public_entry(entry: FaqEntry, found: tuple[Passage, ...], decisions: Decisions) -> FaqEntry:
    """The entry with the text that follows from the decisions; `found` are its own passages."""
    texts = [(passage.field, public_text(passage, decisions)) for passage in found]
    plain = dict(texts)
    phrasings = tuple(text for field, text in texts if field == "phrasings")
    return replace(
        entry,
        question=plain[QUESTION],
        short_answer=plain["short_answer"],
        details=plain["details"],
        easy_read=plain["easy_read"],
        phrasings=phrasings,
    )
