"""From a question to the FAQ in one step: a new entry, or phrasings of one that exists. Another editor decides.

Each is a synchronous function of (transaction, who, input); none commits.
"""

from collections.abc import Sequence
from dataclasses import replace

from knowledge_base import editorial
from knowledge_base.errors import Conflict, InvalidInput, NotFound
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.publication import guard_two_people
from knowledge_base.faq.revision import Revision
from knowledge_base.questions.question import ANSWERED_STATES, Disposition, Question
from knowledge_base.redaction.find import mask_personal_data
from knowledge_base.storage import cluster_store, event_store, faq_store, phrasing_store, question_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.phrasing_store import ProposedPhrasings
from knowledge_base.storage.staff_store import StaffMember

MOST_PHRASINGS = 20  # of one proposal


def own_key(question_id: int) -> str:
    """The key of the entry that a question gives rise to; an officer's answer has made one by this name."""
    return f"Q{question_id}"


def public_wordings(tx: Transaction, member: StaffMember, question: Question) -> list[str]:
    """How the question, and those of its cluster that the member's units have, ask: masked, each wording once."""
    members = cluster_store.members_of(tx, question.cluster_id) if question.cluster_id is not None else []
    own = question_store.those_within(tx, member.unit_path, [one.id for one in members]) if members else set()
    texts = [question.text, *(one.text for one in members if one.id in own and one.id != question.id)]
    masked = [" ".join(mask_personal_data(text).split()) for text in texts]
    return list(dict.fromkeys(text for text in masked if text))[:MOST_PHRASINGS]


def answered(tx: Transaction, member: StaffMember, question_id: int, *, lock: bool = False) -> Question:
    """A question of the member's units that may come into the FAQ: answered, and not kept out of it.

    Raises:
        Conflict: `question_state`, `question_excluded`, `question_has_page`.
    """
    editorial.need_editor(member)
    question = question_store.question_within(tx, member.unit_path, question_id, lock=lock)
    if question.state not in ANSWERED_STATES:
        raise Conflict("question_state", state=str(question.state), action="publish")
    if question.disposition == Disposition.EXCLUDED:
        raise Conflict("question_excluded")
    page = faq_store.live_page_of(tx, question_id)
    if page is not None:
        raise Conflict("question_has_page", entry=page.key)
    return question


def propose_entry(tx: Transaction, member: StaffMember, question_id: int, entry: FaqEntry) -> int:
    """A new entry from the question and its answer, in review; returns the revision's id."""
    faq_store.lock_changes(tx)
    answered(tx, member, question_id, lock=True)
    return editorial.propose(tx, member, replace(entry, key=own_key(question_id)), origin=question_id)


def propose_phrasings(tx: Transaction, member: StaffMember, question_id: int, key: str, wordings: Sequence[str]) -> int:
    """The question's wordings, as they may be read by anybody, for an entry; returns the proposal's id."""
    faq_store.lock_changes(tx)
    answered(tx, member, question_id, lock=True)
    texts = _public(tx, _live(tx, key), wordings)
    if not texts:
        raise InvalidInput("wording_missing", field="wordings")
    if len(texts) > MOST_PHRASINGS:
        raise InvalidInput("too_many_wordings", field="wordings", most=MOST_PHRASINGS)
    proposal_id = phrasing_store.add(tx, question_id, key, texts, member.username)
    data = {"proposal": proposal_id, "wording": "; ".join(texts)}
    event_store.record(tx, member.username, "propose_phrasings", question_id=question_id, entry_key=key, **data)
    return proposal_id


def _live(tx: Transaction, key: str) -> Revision:
    live = faq_store.published_of(tx, key)
    if live is None:
        raise NotFound("entry", key=key)
    return live


def _public(tx: Transaction, live: Revision, wordings: Sequence[str]) -> list[str]:
    """The wordings as the public may read them, without those that the entry has; refused over undecided data."""
    editorial.guard_standing(tx, live.entry)
    texts = dict.fromkeys(text.strip() for text in wordings if text.strip())
    had = {live.entry.question, *live.entry.phrasings}
    return [
        editorial.public_wording(tx, replace(live.entry, phrasings=(*live.entry.phrasings, text)))
        for text in texts
        if text not in had
    ]


def _open(tx: Transaction, member: StaffMember, question_id: int) -> ProposedPhrasings:
    """The proposal to be decided, by somebody else than its author."""
    editorial.need_editor(member)
    question_store.question_within(tx, member.unit_path, question_id, lock=True)
    found = phrasing_store.open_of(tx, question_id)
    if found is None:
        raise Conflict("phrasing_decided")
    return found


def take_phrasings(tx: Transaction, member: StaffMember, question_id: int) -> None:
    """A second editor takes the wordings: the bot knows them, the entry settles the question and its cluster."""
    faq_store.lock_changes(tx)
    proposal = _open(tx, member, question_id)
    guard_two_people(proposal.author, member.username)
    answered(tx, member, question_id, lock=True)
    key = proposal.entry_key
    texts = _public(tx, _live(tx, key), proposal.texts)
    for text in texts:
        faq_store.add_phrasing(tx, key, text, question_id)
    phrasing_store.decide(tx, proposal.id, "taken", member.username)
    editorial.settle_by_entry(tx, question_id, key)
    faq_store.record_publication(tx, member.username, "phrasings", key)
    data = {"proposal": proposal.id, "wording": "; ".join(texts)}
    event_store.record(tx, member.username, "take_phrasings", question_id=question_id, entry_key=key, **data)


def refuse_phrasings(tx: Transaction, member: StaffMember, question_id: int, note: str) -> None:
    """The wordings don't come in; the note says why. Its author may take a proposal back."""
    if not note.strip():
        raise InvalidInput("note_missing", field="note")
    faq_store.lock_changes(tx)
    proposal = _open(tx, member, question_id)
    phrasing_store.decide(tx, proposal.id, "refused", member.username, note.strip())
    data = {"proposal": proposal.id, "note": note.strip()}
    event_store.record(
        tx, member.username, "refuse_phrasings", question_id=question_id, entry_key=proposal.entry_key, **data
    )
