"""Translators' and editors' verbs: words in another language, handed in, approved by a second person, taken off.

Each is a synchronous function of (transaction, who, input); none commits. A translation goes stale by itself, when the
live text has other words than it was made from: from then on readers get the Vietnamese, and are told so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from knowledge_base.editorial import need_editor
from knowledge_base.errors import Conflict, Forbidden, InvalidInput, NotFound
from knowledge_base.faq.publication import RevisionAction, RevisionState, guard_two_people, step
from knowledge_base.faq.revision import Revision
from knowledge_base.faq.translation import LANGUAGE, SOURCE_LANGUAGE, Translation, Words, faults_of, source_of
from knowledge_base.faq.translation_po import PoRow
from knowledge_base.questions.lifecycle import STAFF, Role
from knowledge_base.storage import event_store, faq_store, translation_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember

AT_ONCE = 50  # translations in one write
TRANSLATORS = STAFF | {Role.COLLABORATOR}


@dataclass(frozen=True, slots=True)
class Work:
    """One live entry in the translators' list: the words that are public, and those on their way."""

    revision: Revision
    public: Translation | None
    pending: Translation | None  # in review or returned

    @property
    def standing(self) -> str:
        """`in_review`, `returned`, `stale`, `missing` or `fresh`."""
        if self.pending is not None and self.pending.is_of(self.revision.entry):
            return "in_review" if self.pending.state == RevisionState.IN_REVIEW else "returned"
        if self.public is None:
            return "stale" if self.pending else "missing"
        return "fresh" if self.public.is_of(self.revision.entry) else "stale"


def guard_language(language: str) -> None:
    """A language that the entries aren't written in."""
    if not LANGUAGE.fullmatch(language) or language == SOURCE_LANGUAGE:
        raise NotFound("translation_language", language=language[:20])


def worklist(tx: Transaction, language: str) -> list[Work]:
    """Every live entry with its words in a language; reads only."""
    guard_language(language)
    public: dict[str, Translation] = {}
    pending: dict[str, Translation] = {}
    for one in translation_store.current(tx, language):
        (public if one.state == RevisionState.PUBLISHED else pending)[one.key] = one
    return [Work(one, public.get(one.key), pending.get(one.key)) for one in faq_store.published(tx)]


def po_rows(tx: Transaction, language: str, *, only_open: bool = False) -> list[PoRow]:
    """The live entries for a translator's file: all, or only those that want work."""
    return [
        PoRow(work.revision.entry, work.pending or work.public)
        for work in worklist(tx, language)
        if not only_open or work.standing in ("missing", "stale", "returned")
    ]


def _need_translator(member: StaffMember) -> None:
    if member.role not in TRANSLATORS:
        raise Forbidden("role_needed", role=str(member.role))


def put_translations(tx: Transaction, member: StaffMember, language: str, words: Mapping[str, Words]) -> int:
    """Hand translations in, by the entries' keys, each whole; returns how many are new. The same words change nothing.

    Raises:
        InvalidInput: a fault of `faq/translation.py`, of the first entry that has one (`entry`, `field`).
        Conflict: `translation_open`, where somebody else's words of an entry wait for an editor.
    """
    _need_translator(member)
    guard_language(language)
    faq_store.lock_changes(tx)
    return sum(_put(tx, member, language, key, text) for key, text in words.items())


def _put(tx: Transaction, member: StaffMember, language: str, key: str, words: Words) -> bool:
    live = faq_store.published_of(tx, key)
    if live is None:
        raise NotFound("entry", key=key)
    source = source_of(live.entry)
    for fault in faults_of(key, source, words):
        raise InvalidInput(fault.key, entry=key, field=fault.field, **fault.data)
    former = translation_store.current(tx, language, key)
    waiting = [one for one in former if one.state != RevisionState.PUBLISHED]
    if any(one.words == words and one.source == source for one in former):
        return False  # handed in already; returned words are still the words that were returned
    others = [one for one in waiting if one.state == RevisionState.IN_REVIEW and one.translator != member.username]
    if others:
        raise Conflict("translation_open", entry=key, by=others[0].translator)
    translation_store.set_state(tx, [one.id for one in waiting], RevisionState.SUPERSEDED)
    translation_store.add(tx, key, language, source, words, member.username)
    event_store.record(tx, member.username, "translate", entry_key=key, language=language)
    return True


def _need(tx: Transaction, translation_id: int) -> Translation:
    found = translation_store.translation(tx, translation_id)
    if found is None:
        raise NotFound("translation", id=translation_id)
    return found


def approve_translation(tx: Transaction, member: StaffMember, translation_id: int) -> None:
    """An editor vouches for somebody else's words: they are public from now on.

    Raises:
        Conflict: `translation_stale`, where the live text has other words by now.
    """
    need_editor(member)
    faq_store.lock_changes(tx)
    found = _need(tx, translation_id)
    guard_two_people(found.translator, member.username)
    state = step(step(found.state, RevisionAction.APPROVE), RevisionAction.PUBLISH)
    live = faq_store.published_of(tx, found.key)
    if live is None or not found.is_of(live.entry):
        raise Conflict("translation_stale", entry=found.key)
    former = [one for one in translation_store.current(tx, found.language, found.key) if one.state == state]
    translation_store.set_state(tx, [one.id for one in former], RevisionState.SUPERSEDED)
    translation_store.set_state(tx, [found.id], state, approved_by=member.username)
    _public_changed(tx, member, found, "translation_approved")


def return_translation(tx: Transaction, member: StaffMember, translation_id: int, note: str) -> None:
    """The words need amends; the note says which."""
    need_editor(member)
    if not note.strip():
        raise InvalidInput("note_missing", field="note")
    found = _need(tx, translation_id)
    state = step(found.state, RevisionAction.RETURN)
    translation_store.set_state(tx, [found.id], state, note=note.strip())
    event_store.record(
        tx, member.username, "translation_returned", entry_key=found.key, language=found.language, note=note.strip()
    )


def withdraw_translation(tx: Transaction, member: StaffMember, translation_id: int, note: str) -> None:
    """Take words off: readers get the Vietnamese."""
    need_editor(member)
    if not note.strip():
        raise InvalidInput("note_missing", field="note")
    faq_store.lock_changes(tx)
    found = _need(tx, translation_id)
    translation_store.set_state(tx, [found.id], step(found.state, RevisionAction.WITHDRAW), note=note.strip())
    _public_changed(tx, member, found, "translation_withdrawn", note=note.strip())


def _public_changed(tx: Transaction, member: StaffMember, found: Translation, what: str, **data: Any) -> None:
    faq_store.record_publication(tx, member.username, what, found.key)
    event_store.record(tx, member.username, what, entry_key=found.key, language=found.language, **data)
