"""The other ways to a public text: on its day, past the second person in an emergency, a slip of the pen mended.

Each is a synchronous function of (transaction, who, input); none commits.
"""

from dataclasses import replace

from knowledge_base import confirming
from knowledge_base.clock import vietnam_day
from knowledge_base.editorial import go_live, guard_standing, make_live, need_editor, need_revision, public_of
from knowledge_base.errors import Conflict, InvalidInput, NotFound
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.publication import RevisionAction, RevisionState, guard_two_people, step
from knowledge_base.faq.spelling import guard_spelling
from knowledge_base.questions.change import CLOCK
from knowledge_base.storage import event_store, faq_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember

_SHORTEST_REASON = 10  # letters


def publish_due(tx: Transaction) -> int:
    """The clock's turn: what was approved for today or before goes live; returns how many did.

    A text whose legal basis no longer holds on its day goes back to its author instead.
    """
    due = faq_store.scheduled(tx, vietnam_day(tx.now))
    if due:
        faq_store.lock_changes(tx)
    for revision in due:
        plan = faq_store.schedule_of(tx, revision.id)
        entry = replace(revision.entry, phrasings=tuple(plan["phrasings"]))
        try:
            guard_standing(tx, entry)
        except InvalidInput as fault:
            back = step(revision.state, RevisionAction.RETURN)
            faq_store.set_revision(tx, revision.id, state=back, note=fault.key, publish_on=None)
            event_store.record(tx, CLOCK.name, "return", entry_key=revision.key, revision=revision.id, note=fault.key)
            continue
        make_live(
            tx,
            revision.approved_by or CLOCK.name,
            revision,
            revision.state,
            entry,
            edited=plan["correct"],
            note=plan.get("note", ""),
        )
    return len(due)


def publish_by_bypass(
    tx: Transaction, member: StaffMember, revision_id: int, public: FaqEntry, reason: str, public_note: str = ""
) -> int:
    """In an emergency an editor publishes alone, his own text too; the reason is kept, and another looks at it later.

    All other guards hold: a legal basis in force, no undecided personal data, a word to readers on what changed.
    """
    need_editor(member)
    if len(reason.strip()) < _SHORTEST_REASON:
        raise InvalidInput("bypass_reason", field="reason", least=_SHORTEST_REASON)
    faq_store.lock_changes(tx)
    revision = need_revision(tx, member, revision_id)
    state = step(revision.state, RevisionAction.BYPASS)
    live_id = go_live(tx, member.username, revision, state, public, correct_askers=True, public_note=public_note)
    faq_store.set_revision(tx, live_id, bypass_reason=reason.strip())
    event_store.record(tx, member.username, "bypass", entry_key=revision.key, revision=live_id, note=reason.strip())
    return live_id


def check_bypass(tx: Transaction, member: StaffMember, revision_id: int) -> None:
    """A second editor has looked at a text that went live without him."""
    need_editor(member)
    faq_store.lock_changes(tx)
    revision = need_revision(tx, member, revision_id)
    if revision.bypass_reason is None or revision.bypass_checked_by is not None:
        raise Conflict("revision_state", state=str(revision.state), action="check")
    guard_two_people(revision.author, member.username)
    guard_two_people(revision.approved_by or "", member.username)
    faq_store.set_revision(tx, revision_id, bypass_checked_by=member.username)
    event_store.record(tx, member.username, "bypass_checked", entry_key=revision.key, revision=revision_id)


def correct_spelling(tx: Transaction, member: StaffMember, key: str, typed: FaqEntry) -> int:
    """The light path: an editor alone mends slips of the pen in a live text; nobody is told. Returns the text's id."""
    need_editor(member)
    faq_store.lock_changes(tx)
    live = faq_store.published_of(tx, key)
    if live is None:
        raise NotFound("entry", key=key)
    mended = replace(live.entry, question=typed.question, short_answer=typed.short_answer, details=typed.details)
    words = guard_spelling(live.entry, mended)
    mended = public_of(tx, mended, from_resident=False)
    faq_store.set_revision(tx, live.id, state=step(live.state, RevisionAction.SUPERSEDE))
    new_id = faq_store.add_revision(
        tx,
        mended,
        RevisionState.PUBLISHED,
        live.author,
        approved_by=live.approved_by,
        note="spelling",
    )
    confirming.settle(tx, key)
    faq_store.record_publication(tx, member.username, "spelling", key)
    event_store.record(tx, member.username, "spelling", entry_key=key, revision=new_id, count=words)
    return new_id
