"""Editors' verbs: propose, approve, return, publish, withdraw, link, exclude. None commits."""

from dataclasses import replace
from datetime import date
from typing import Any

from knowledge_base import confirming
from knowledge_base.clock import vietnam_day
from knowledge_base.errors import Conflict, Forbidden, InvalidInput, NotFound
from knowledge_base.faq.correction import correction_of, guard_told, tidy_note
from knowledge_base.faq.easy_read import guard_easy_read
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.public_text import guard_decided, passages_of, public_entry
from knowledge_base.faq.publication import (
    RevisionAction,
    RevisionState,
    guard_publishable,
    guard_two_people,
    step,
)
from knowledge_base.faq.revision import Revision
from knowledge_base.questions.lifecycle import Role
from knowledge_base.questions.question import ANSWERED_STATES, CloseReason, Disposition
from knowledge_base.redaction.decisions import all_marks, public_text
from knowledge_base.storage import (
    cluster_store,
    contact_store,
    event_store,
    faq_store,
    outbox_store,
    question_store,
    redaction_store,
)
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember

_CORRECTABLE = ("short_answer", "details", "kind", "legal_basis", "in_force")


def need_editor(member: StaffMember) -> None:
    """Only editors decide what becomes public."""
    if member.role != Role.EDITOR:
        raise Forbidden("editor_only", role=str(member.role))


def need_revision(tx: Transaction, member: StaffMember, revision_id: int) -> Revision:
    """A text that the member may work on: of no question, or of one of his units."""
    revision = faq_store.revision(tx, revision_id)
    if revision is None:
        raise NotFound("revision", id=revision_id)
    if revision.origin_question_id is not None:
        question_store.question_within(tx, member.unit_path, revision.origin_question_id, read=True)
    return revision


def guard_standing(tx: Transaction, entry: FaqEntry, day: date | None = None) -> None:
    """What every public text stands on: a known topic, a basis in force (today, or on a later `day`).

    Its plain words, where it has any, say no figure of their own.
    """
    if entry.topic not in {topic.slug for topic in faq_store.all_topics(tx)}:
        raise InvalidInput("topic_unknown", topic=entry.topic)
    windows = {number: document.window for number, document in faq_store.documents(tx).items()}
    guard_publishable(entry, windows, day or vietnam_day(tx.now))
    guard_easy_read(entry)


def public_of(tx: Transaction, entry: FaqEntry, *, from_resident: bool) -> FaqEntry:
    """The entry as the public may read it; refused while a hit of personal data is undecided."""
    found = passages_of(entry, from_resident=from_resident)
    decisions = redaction_store.decisions_of(tx, entry.key, all_marks(found))
    guard_decided(found, decisions)
    return public_entry(entry, found, decisions)


def public_wording(tx: Transaction, entry: FaqEntry) -> str:
    """The entry's last phrasing as the public may read it; the others are live already."""
    last = passages_of(entry)[-1:]
    decisions = redaction_store.decisions_of(tx, entry.key, all_marks(last))
    guard_decided(last, decisions)
    return public_text(last[0], decisions)


def propose(tx: Transaction, member: StaffMember, entry: FaqEntry, *, origin: int | None = None) -> int:
    """A new text for an entry (new or not; `origin`: from this question), in review; returns the revision's id."""
    faq_store.lock_changes(tx)
    for revision in faq_store.revisions_of(tx, entry.key):
        if revision.state in (RevisionState.IN_REVIEW, RevisionState.APPROVED):
            raise Conflict("revision_open", entry=entry.key, by=revision.author)
    faq_store.ensure_entry(tx, entry.key, entry.question, origin)
    if entry.phrasings and faq_store.published_of(tx, entry.key) is None:
        # Nobody is answered from these yet; those of a live entry change only with its publication.
        faq_store.replace_phrasings(tx, entry.key, entry.phrasings, keep_questions=True)
    revision_id = faq_store.add_revision(
        tx, entry, RevisionState.IN_REVIEW, member.username, phrasings=list(entry.phrasings)
    )
    event_store.record(tx, member.username, "propose", question_id=origin, entry_key=entry.key, revision=revision_id)
    return revision_id


def return_with_note(tx: Transaction, member: StaffMember, revision_id: int, note: str) -> None:
    """The text needs amends; the note says which."""
    need_editor(member)
    if not note.strip():
        raise InvalidInput("note_missing", field="note")
    faq_store.lock_changes(tx)
    revision = need_revision(tx, member, revision_id)
    state = step(revision.state, RevisionAction.RETURN)
    faq_store.set_revision(tx, revision_id, state=state, note=note)
    event_store.record(
        tx,
        member.username,
        "return",
        question_id=revision.origin_question_id,
        entry_key=revision.key,
        revision=revision_id,
        note=note,
    )


def amend(tx: Transaction, member: StaffMember, revision_id: int, entry: FaqEntry) -> int:
    """Answer an editor's note with a new text of a returned revision; returns the new revision's id."""
    faq_store.lock_changes(tx)
    revision = need_revision(tx, member, revision_id)
    if revision.state != RevisionState.AMENDS_NEEDED:
        raise Conflict("revision_state", state=str(revision.state), action="amend")
    return propose(tx, member, replace(entry, key=revision.key))


def approve_and_publish(
    tx: Transaction,
    member: StaffMember,
    revision_id: int,
    public: FaqEntry,
    *,
    correct_askers: bool = True,
    publish_on: date | None = None,
    public_note: str = "",
) -> int:
    """Approve a text in review and make it live, today or on a later day, in the wording as the editor leaves it.

    `public` is the wording as typed; what goes live is that with the decided hits masked or kept.
    A changed wording becomes a revision of its own (revisions are immutable), still its author's. If the words
    of the answer changed, everybody who was sent the former ones gets the correction. `public_note` tells readers
    what changed in substance; where figures, basis, window or kind did, there must be one.
    Returns the id of the revision that is live, or will be.
    """
    need_editor(member)
    faq_store.lock_changes(tx)
    revision = need_revision(tx, member, revision_id)
    guard_two_people(revision.author, member.username)
    state = step(revision.state, RevisionAction.APPROVE)
    if publish_on is not None and publish_on > vietnam_day(tx.now):
        return _schedule(
            tx, member, revision, public, publish_on, correct_askers=correct_askers, public_note=public_note
        )
    return go_live(tx, member.username, revision, state, public, correct_askers=correct_askers, public_note=public_note)


def _schedule(
    tx: Transaction,
    member: StaffMember,
    revision: Revision,
    typed: FaqEntry,
    day: date,
    *,
    correct_askers: bool,
    public_note: str,
) -> int:
    """Keep the approved wording for its day; the clock makes it live (`publishing.publish_due`)."""
    typed = replace(typed, key=revision.key)
    guard_standing(tx, typed, day)
    public = public_of(tx, typed, from_resident=revision.origin_question_id is not None)
    note = tidy_note(public_note)
    guard_told(correction_of(_live_entry(tx, revision.key), public, note))
    changed = _changed(faq_store.content_of(revision.entry), faq_store.content_of(public))
    correct = correct_askers and _corrects(revision, typed)
    kept: dict[str, Any] = {
        "publish_on": day,
        "scheduled": {"phrasings": list(public.phrasings), "correct": correct, "note": note},
        "approved_by": member.username,
    }
    scheduled_id = revision.id
    if changed:
        faq_store.set_revision(tx, revision.id, state=RevisionState.SUPERSEDED)
        scheduled_id = faq_store.add_revision(tx, public, RevisionState.APPROVED, revision.author, **kept)
    else:
        faq_store.set_revision(tx, revision.id, state=RevisionState.APPROVED, **kept)
    origin, on = revision.origin_question_id, day.isoformat()
    event_store.record(
        tx, member.username, "schedule", question_id=origin, entry_key=revision.key, revision=scheduled_id, due_on=on
    )
    return scheduled_id


def _live_entry(tx: Transaction, key: str) -> FaqEntry | None:
    live = faq_store.published_of(tx, key)
    return live.entry if live else None


def _corrects(revision: Revision, typed: FaqEntry) -> bool:
    """Whether askers who were sent the former words should hear the new ones. Masked words are no correction."""
    edited = _changed(faq_store.content_of(revision.entry), faq_store.content_of(typed))
    return any(name in _CORRECTABLE for name in edited)


def go_live(
    tx: Transaction,
    actor: str,
    revision: Revision,
    state: RevisionState,
    public: FaqEntry,
    *,
    correct_askers: bool,
    public_note: str = "",
) -> int:
    """Look at the wording as every public text is looked at, and put it live; returns its id."""
    typed = replace(public, key=revision.key)
    guard_standing(tx, typed)
    public = public_of(tx, typed, from_resident=revision.origin_question_id is not None)
    note = tidy_note(public_note)
    guard_told(correction_of(_live_entry(tx, revision.key), public, note))
    edited = correct_askers and _corrects(revision, typed)
    return make_live(tx, actor, revision, state, public, edited=edited, note=note)


def make_live(
    tx: Transaction,
    actor: str,
    revision: Revision,
    state: RevisionState,
    public: FaqEntry,
    *,
    edited: bool,
    note: str = "",
) -> int:
    """Put a text in the place of the one that is live; settle its question and those like it."""
    correction = correction_of(_live_entry(tx, revision.key), public, note)
    after = faq_store.content_of(public)
    changed = _changed(faq_store.content_of(revision.entry), after)
    step(state, RevisionAction.PUBLISH)
    _supersede(tx, revision.key)
    if changed:
        faq_store.set_revision(tx, revision.id, state=RevisionState.SUPERSEDED)
        live_id = faq_store.add_revision(tx, public, RevisionState.PUBLISHED, revision.author, approved_by=actor)
    else:
        live_id = revision.id
        faq_store.set_revision(tx, live_id, state=RevisionState.PUBLISHED, approved_by=actor, published_at=tx.now)
    if correction:
        faq_store.set_revision(tx, live_id, correction=correction)
    if public.phrasings:
        faq_store.replace_phrasings(tx, revision.key, public.phrasings, keep_questions=True)
    confirming.settle(tx, revision.key)
    faq_store.record_publication(tx, actor, "publish", revision.key)
    origin = revision.origin_question_id
    data = {"revision": live_id, "changed": changed, "note": note if correction else ""}
    event_store.record(tx, actor, "publish", question_id=origin, entry_key=revision.key, **data)
    if origin is not None:
        alike = _settled_alike(tx, origin)
        _settle(tx, origin, Disposition.OWN_PAGE, revision.key)
        for question_id in alike:
            _settle(tx, question_id, Disposition.LINKED, revision.key)
        for question_id in (origin, *alike) if edited else ():
            _send_correction(tx, question_id, live_id, after)
    return live_id


def _changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return sorted(name for name, value in after.items() if value != before[name])


def _settled_alike(tx: Transaction, question_id: int) -> list[int]:
    """The other questions of its cluster that were answered and that no editor has decided on."""
    cluster = question_store.question(tx, question_id).cluster_id
    members = cluster_store.members_of(tx, cluster) if cluster is not None else []
    return [
        one.id
        for one in members
        if one.id != question_id and one.disposition == Disposition.PENDING and one.state in ANSWERED_STATES
    ]


def _supersede(tx: Transaction, key: str) -> None:
    """The revision that is live now makes room."""
    live = faq_store.published_of(tx, key)
    if live is not None:
        faq_store.set_revision(tx, live.id, state=step(live.state, RevisionAction.SUPERSEDE))


def _settle(tx: Transaction, question_id: int, disposition: Disposition, key: str) -> None:
    question = question_store.question(tx, question_id)
    values = {"disposition": disposition, "disposition_entry": key, "disposition_reason": None, "entry_key": key}
    question_store.save(tx, question, **values)


def _send_correction(tx: Transaction, question_id: int, revision_id: int, content: dict[str, Any]) -> None:
    question = question_store.question(tx, question_id)
    to = contact_store.contact(tx, question.contact_ref)
    body = {"notice": "correction", "reference": question.reference, "answer": content}
    key = f"correction:{revision_id}:{question_id}"
    sent = to is not None and outbox_store.enqueue(tx, key, to, body, question_id=question_id, revision_id=revision_id)
    if sent:
        event_store.record(tx, "bot", "correction", question_id=question_id, revision=revision_id)
    else:
        event_store.record(tx, "bot", "delivery_withheld", question_id=question_id, message=key)


def withdraw(tx: Transaction, member: StaffMember, key: str, note: str) -> None:
    """Take an entry off the page and out of the matcher; its questions wait for a decision again."""
    need_editor(member)
    if not note.strip():
        raise InvalidInput("note_missing", field="note")
    faq_store.lock_changes(tx)
    live = faq_store.published_of(tx, key)
    if live is None:
        raise NotFound("entry", key=key)
    faq_store.set_revision(tx, live.id, state=step(live.state, RevisionAction.WITHDRAW), note=note)
    for question in question_store.linked_to(tx, key):
        values = {"disposition": Disposition.PENDING, "disposition_entry": None}
        question_store.save(tx, question, **values)
    faq_store.record_publication(tx, member.username, "withdraw", key)
    event_store.record(tx, member.username, "withdraw", entry_key=key, note=note)


def link(tx: Transaction, member: StaffMember, question_id: int, key: str, wording: str) -> None:
    """An entry settles the question and those of its cluster; its redacted wording (if any) becomes a phrasing."""
    need_editor(member)
    faq_store.lock_changes(tx)
    question_store.question_within(tx, member.unit_path, question_id)  # there must be one
    live = faq_store.published_of(tx, key)
    if live is None:
        raise NotFound("entry", key=key)
    for answer in question_store.answers_of(tx, question_id):
        if answer.author_id == member.id:
            raise Forbidden("author_is_approver", author=member.username)
    wording = wording.strip()
    if wording:
        guard_standing(tx, live.entry)
        wording = public_wording(tx, replace(live.entry, phrasings=(*live.entry.phrasings, wording)))
        faq_store.add_phrasing(tx, key, wording, question_id)
    settle_by_entry(tx, question_id, key)
    faq_store.record_publication(tx, member.username, "link", key)
    event_store.record(tx, member.username, "link", question_id=question_id, entry_key=key, wording=wording)


def settle_by_entry(tx: Transaction, question_id: int, key: str) -> None:
    """The entry settles a question and those of its cluster; what was proposed from them needs no decision any more."""
    for one in (question_id, *_settled_alike(tx, question_id)):
        faq_store.supersede_undecided(tx, one, f"-> {key}")
        _settle(tx, one, Disposition.LINKED, key)


def learn_wording(tx: Transaction, member: StaffMember, question_id: int, key: str, wording: str) -> None:
    """A question's wording becomes a phrasing of a live entry; what becomes of the question is another matter."""
    faq_store.lock_changes(tx)
    live = faq_store.published_of(tx, key)
    if live is None:
        raise NotFound("entry", key=key)
    guard_standing(tx, live.entry)
    public = public_wording(tx, replace(live.entry, phrasings=(*live.entry.phrasings, wording)))
    faq_store.add_phrasing(tx, key, public, question_id)
    faq_store.record_publication(tx, member.username, "learn", key)
    event_store.record(tx, member.username, "learn", question_id=question_id, entry_key=key, wording=public)


def exclude(tx: Transaction, member: StaffMember, question_id: int, reason: CloseReason) -> None:
    """The question is never public, for a reason."""
    need_editor(member)
    faq_store.lock_changes(tx)
    question = question_store.question_within(tx, member.unit_path, question_id)
    page = faq_store.live_page_of(tx, question_id)
    if page is not None:
        raise Conflict("withdraw_first", entry=page.key)
    faq_store.supersede_undecided(tx, question_id, str(reason))
    values = {
        "disposition": Disposition.EXCLUDED,
        "disposition_reason": reason,
        "disposition_entry": None,
    }
    question_store.save(tx, question, **values)
    event_store.record(tx, member.username, "exclude", question_id=question_id, reason=str(reason))
