"""The editors' verb about personal data: mask or keep each hit of a text in review. It doesn't commit."""

from collections.abc import Sequence
from dataclasses import replace

from knowledge_base.editorial import need_editor, need_revision
from knowledge_base.errors import Conflict, NotFound
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.public_text import QUESTION, passages_of
from knowledge_base.faq.publication import RevisionAction, guard_two_people, step
from knowledge_base.redaction.decisions import Decisions, Mark, Passage, Verdict, all_marks, put_back
from knowledge_base.redaction.hit import Kind
from knowledge_base.storage import event_store, faq_store, question_store, redaction_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember


def redaction_of(tx: Transaction, entry: FaqEntry, *, from_resident: bool) -> tuple[tuple[Passage, ...], Decisions]:
    """The marks of a wording, and what was decided about them; reads only."""
    found = passages_of(entry, from_resident=from_resident)
    return found, redaction_store.decisions_of(tx, entry.key, all_marks(found))


def decide_redaction(
    tx: Transaction, member: StaffMember, revision_id: int, typed: FaqEntry, mark_ids: Sequence[str], verdict: Verdict
) -> FaqEntry:
    """Mask or keep hits in the wording as typed so far; returns it, with words put back that had been masked unseen.

    Raises:
        Conflict: `redaction_gone`, where the text holds no such hit (any more).
        NotFound: `redaction_original`, where what a masked place said can't be told.
    """
    need_editor(member)
    faq_store.lock_changes(tx)
    revision = need_revision(tx, member, revision_id)
    guard_two_people(revision.author, member.username)
    step(revision.state, RevisionAction.APPROVE)  # only of a text in review
    typed, origin = replace(typed, key=revision.key), revision.origin_question_id
    marks = {mark.id: mark for mark in all_marks(passages_of(typed, from_resident=origin is not None))}
    if not mark_ids or not marks.keys() >= set(mark_ids):
        raise Conflict("redaction_gone")
    for mark in (marks[one] for one in mark_ids):
        if mark.kind == Kind.HIDDEN and verdict == Verdict.KEPT:
            typed, mark = _put_back(tx, typed, origin, mark)  # noqa: PLW2901 - the words are the mark from here on
        redaction_store.decide(tx, revision.key, mark, verdict, member.username)
        data = {"revision": revision_id, "verdict": str(verdict), "kind": str(mark.kind), "field": mark.field}
        event_store.record(tx, member.username, "redact", question_id=origin, entry_key=revision.key, **data)
    return typed


def _put_back(tx: Transaction, typed: FaqEntry, origin: int | None, hidden: Mark) -> tuple[FaqEntry, Mark]:
    """The wording with a masked place as the resident wrote it, and the mark those words are now."""
    original = question_store.question(tx, origin).text if origin is not None else ""
    (question, *_rest) = passages_of(typed, from_resident=True)
    text = put_back(question, original, hidden)
    if text is None:
        raise NotFound("redaction_original")
    entry = replace(typed, question=text)
    marks = all_marks(passages_of(entry, from_resident=True))
    now = next((mark for mark in marks if mark.field == QUESTION and mark.start == hidden.start), None)
    if now is None:
        raise NotFound("redaction_original")
    return entry, now
