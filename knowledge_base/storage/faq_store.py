"""Entries, revisions, phrasings and legal documents: SQL in, values out. Rules live in `faq/` and `editorial.py`."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Row, delete, func, or_, select, update

from knowledge_base.faq.correction import Correction
from knowledge_base.faq.entry import FaqEntry, InForce, LegalBasis
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.faq.publication import OPEN_STATES, RevisionState
from knowledge_base.faq.revision import TRIAL_APPROVER, Revision
from knowledge_base.faq.slug import slug_of
from knowledge_base.redaction.find import mask_personal_data
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.dialect import wait_alone
from knowledge_base.storage.tables import (
    entries,
    legal_documents,
    phrasings,
    publications,
    revisions,
    topics,
)

_FEW = 500  # keys that are named in a statement; of more all rows are read
# Texts that bring their own phrasings with them, until they are live.
_PROPOSED = (RevisionState.IN_REVIEW, RevisionState.AMENDS_NEEDED)
_EDITED = "edited"  # in a document's row: written by an editor, not taken from a sheet


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _window(value: dict[str, str | None]) -> InForce:
    return InForce(_day(value.get("from")), _day(value.get("to")))


def _window_json(window: InForce) -> dict[str, str | None]:
    return {
        "from": window.from_day.isoformat() if window.from_day else None,
        "to": window.to_day.isoformat() if window.to_day else None,
    }


def content_of(entry: FaqEntry) -> dict[str, Any]:
    """The text of a revision as stored: everything of an entry but its key, phrasings and sheet status."""
    return {
        "kind": entry.kind,
        "topic": entry.topic,
        "question": entry.question,
        "short_answer": entry.short_answer,
        "details": entry.details,
        "easy_read": entry.easy_read,
        "audience": list(entry.audience),
        "legal_basis": [asdict(basis) for basis in entry.legal_basis],
        "in_force": _window_json(entry.in_force),
        "sources": list(entry.sources),
        "checked_on": entry.checked_on.isoformat() if entry.checked_on else None,
    }


def entry_of(key: str, content: dict[str, Any], *, approved_by: str = "", texts: Iterable[str] = ()) -> FaqEntry:
    """The entry a stored text stands for; the inverse of `content_of`."""
    return FaqEntry(
        key=key,
        kind=content["kind"],
        status="approved" if approved_by else "draft",
        approved_by=approved_by,
        topic=content["topic"],
        question=content["question"],
        short_answer=content["short_answer"],
        details=content["details"],
        easy_read=content.get("easy_read", ""),  # texts of before there were any have none
        audience=tuple(content["audience"]),
        phrasings=tuple(texts),
        legal_basis=tuple(LegalBasis(**basis) for basis in content["legal_basis"]),
        in_force=_window(content["in_force"]),
        sources=tuple(content["sources"]),
        checked_on=_day(content["checked_on"]),
    )


def _revision(row: Row[Any], texts: Iterable[str]) -> Revision:
    texts = row.phrasings if row.phrasings is not None and row.state in _PROPOSED else texts
    return Revision(
        id=row.id,
        number=row.number,
        entry=entry_of(row.entry_key, row.content, approved_by=row.approved_by or "", texts=texts),
        slug=row.slug,
        state=RevisionState(row.state),
        author=row.author,
        approved_by=row.approved_by,
        confirmed_by=row.confirmed_by,
        note=row.note,
        origin_question_id=row.origin_question_id,
        created_at=row.created_at,
        published_at=row.published_at,
        publish_on=row.publish_on,
        bypass_reason=row.bypass_reason,
        bypass_checked_by=row.bypass_checked_by,
        correction=row.correction,
        shipped=row.shipped,
    )


def _revisions(tx: Transaction, *conditions: Any) -> list[Revision]:
    query = (
        select(revisions, entries.c.slug, entries.c.origin_question_id, entries.c.shipped)
        .join(entries, entries.c.key == revisions.c.entry_key)
        .where(*conditions)
        .order_by(revisions.c.entry_key, revisions.c.number)
    )
    rows = tx.execute(query).all()
    texts = phrasings_by_entry(tx, {row.entry_key for row in rows})
    return [_revision(row, texts[row.entry_key]) for row in rows]


def phrasings_by_entry(
    tx: Transaction, keys: Iterable[str] | None = None, *, origin: str | None = None
) -> defaultdict[str, list[str]]:
    """The phrasings of the entries named (None: of all), in their order; only those of one origin, if named."""
    query = select(phrasings.c.entry_key, phrasings.c.text).order_by(phrasings.c.entry_key, phrasings.c.position)
    if origin is not None:
        query = query.where(phrasings.c.origin == origin)
    wanted = None if keys is None else set(keys)
    if wanted is not None and len(wanted) <= _FEW:
        query = query.where(phrasings.c.entry_key.in_(wanted))
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for key, text in tx.execute(query):
        if wanted is None or key in wanted:
            texts[key].append(text)
    return texts


# --- reading --------------------------------------------------------------------------------------


def published(tx: Transaction) -> list[Revision]:
    """Every live revision, whatever its window."""
    return _revisions(tx, revisions.c.state == RevisionState.PUBLISHED)


def shipped(tx: Transaction) -> list[Revision]:
    """Every live revision of an entry that came with the program, by key."""
    of_shipped = select(entries.c.key).where(entries.c.shipped)
    return _revisions(tx, revisions.c.state == RevisionState.PUBLISHED, revisions.c.entry_key.in_(of_shipped))


def written_phrasings(tx: Transaction, key: str | None = None) -> defaultdict[str, list[str]]:
    """The phrasings that no resident's question brought, of entries that came with the program; or of one entry."""
    query = select(phrasings.c.entry_key, phrasings.c.text).where(phrasings.c.question_id.is_(None))
    of_shipped = select(entries.c.key).where(entries.c.shipped)
    query = query.where(phrasings.c.entry_key == key if key else phrasings.c.entry_key.in_(of_shipped))
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for entry_key, text in tx.execute(query.order_by(phrasings.c.entry_key, phrasings.c.position)):
        texts[entry_key].append(text)
    return texts


def published_of(tx: Transaction, key: str) -> Revision | None:
    """The live revision of one entry."""
    found = _revisions(tx, revisions.c.state == RevisionState.PUBLISHED, revisions.c.entry_key == key)
    return found[0] if found else None


def was_withdrawn(tx: Transaction, slug: str) -> bool:
    """Whether an entry was public at this address and was taken off."""
    query = (
        select(revisions.c.id)
        .join(entries, entries.c.key == revisions.c.entry_key)
        .where(entries.c.slug == slug, revisions.c.state == RevisionState.WITHDRAWN)
    )
    return tx.execute(query.limit(1)).first() is not None


def in_review(tx: Transaction) -> list[Revision]:
    """What waits for an editor."""
    return _revisions(tx, revisions.c.state.in_([RevisionState.IN_REVIEW, RevisionState.APPROVED]))


def revision(tx: Transaction, revision_id: int) -> Revision | None:
    """One revision by its id."""
    found = _revisions(tx, revisions.c.id == revision_id)
    return found[0] if found else None


def scheduled(tx: Transaction, by: date | None = None) -> list[Revision]:
    """Texts approved for a day; with `by`: for that day or one before."""
    waiting = (revisions.c.state == RevisionState.APPROVED) & revisions.c.publish_on.is_not(None)
    return _revisions(tx, waiting if by is None else waiting & (revisions.c.publish_on <= by))


def schedule_of(tx: Transaction, revision_id: int) -> dict[str, Any]:
    """What is to become of the phrasings and askers of a text on its day."""
    kept: dict[str, Any] = tx.execute(select(revisions.c.scheduled).where(revisions.c.id == revision_id)).scalar() or {}
    return kept


def bypasses(tx: Transaction, limit: int = 200) -> list[Revision]:
    """Texts that went live without a second person, the newest first."""
    found = _revisions(tx, revisions.c.bypass_reason.is_not(None))
    return sorted(found, key=lambda one: one.id, reverse=True)[:limit]


def revisions_of(tx: Transaction, key: str) -> list[Revision]:
    """All revisions of an entry, oldest first."""
    return _revisions(tx, revisions.c.entry_key == key)


def revisions_of_some(tx: Transaction, keys: Collection[str]) -> list[Revision]:
    """All revisions of at most some hundred entries, oldest first within each."""
    return _revisions(tx, revisions.c.entry_key.in_(keys)) if keys else []


def latest_revisions(tx: Transaction, state: RevisionState | None = None) -> list[Revision]:
    """The newest revision of every entry; or of those only whose newest is in a state."""
    newest = select(func.max(revisions.c.id)).group_by(revisions.c.entry_key)
    wanted = [] if state is None else [revisions.c.state == state]
    return _revisions(tx, revisions.c.id.in_(newest), *wanted)


def shown(tx: Transaction, keys: Iterable[str] | None = None) -> list[Revision]:
    """For each entry (of those named) the live text, else the newest, by key."""
    named = [] if keys is None else [revisions.c.entry_key.in_(list(keys))]
    live = revisions.c.state == RevisionState.PUBLISHED
    newest = select(func.max(revisions.c.id)).where(*named).group_by(revisions.c.entry_key)
    has_live = select(revisions.c.entry_key).where(live, *named)
    return _revisions(tx, or_(live, revisions.c.id.in_(newest) & revisions.c.entry_key.not_in(has_live)), *named)


def undecided(tx: Transaction) -> list[tuple[int, str]]:
    """(Revision id, state) of every text that still waits for a decision or a day."""
    query = select(revisions.c.id, revisions.c.state).where(revisions.c.state.in_(OPEN_STATES))
    return [(row.id, row.state) for row in tx.execute(query)]


def newest_revision_id(tx: Transaction) -> int:
    """The id of the newest text of all; 0 where there is none."""
    return tx.execute(select(func.coalesce(func.max(revisions.c.id), 0))).scalar_one()


def changed_since(tx: Transaction, publication: int, revision_id: int, moved: Iterable[int]) -> set[str] | None:
    """The keys of the entries published, written or moved (by revision) since; None: it may be any of them."""
    query = select(publications.c.entry_key).where(publications.c.number > publication)
    published = set(tx.execute(query).scalars())
    if None in published:
        return None
    new = select(revisions.c.entry_key).where(or_(revisions.c.id > revision_id, revisions.c.id.in_(list(moved))))
    return published | set(tx.execute(new).scalars())


def in_states(tx: Transaction, states: Iterable[RevisionState]) -> list[Revision]:
    """Every revision in one of these states, oldest first within each entry."""
    wanted = list(states)
    return _revisions(tx, revisions.c.state.in_(wanted)) if wanted else []


def revision_from_question(tx: Transaction, question_id: int) -> Revision | None:
    """The newest revision of the entry that a question gave rise to."""
    found = _revisions(tx, entries.c.origin_question_id == question_id)
    return found[-1] if found else None


def live_page_of(tx: Transaction, question_id: int) -> Revision | None:
    """The live revision of the entry that a question gave rise to; newer texts may be in review beside it."""
    found = _revisions(tx, entries.c.origin_question_id == question_id, revisions.c.state == RevisionState.PUBLISHED)
    return found[0] if found else None


def corrections(tx: Transaction, key: str | None = None) -> dict[str, list[Correction]]:
    """What was changed in substance in public texts, by entry, the newest first; of one entry, if named."""
    public = revisions.c.correction.is_not(None) & revisions.c.published_at.is_not(None)
    query = select(revisions.c.entry_key, revisions.c.published_at, revisions.c.correction).where(public)
    query = query.where(revisions.c.entry_key == key) if key else query
    found: defaultdict[str, list[Correction]] = defaultdict(list)
    for row in tx.execute(query.order_by(revisions.c.id.desc())):
        told = Correction(row.published_at, tuple(row.correction["parts"]), row.correction["note"])
        found[row.entry_key].append(told)
    return dict(found)


def publication_number(tx: Transaction) -> int:
    """Which FAQ is live; grows with every change of what the public sees."""
    return tx.execute(select(func.coalesce(func.max(publications.c.number), 0))).scalar_one()


def documents(tx: Transaction) -> dict[str, LegalDocument]:
    """The register of legal documents, by number."""
    rows = tx.execute(select(legal_documents).order_by(legal_documents.c.number))
    return {row.number: _document(row.number, row.content) for row in rows}


def _document(number: str, content: dict[str, Any]) -> LegalDocument:
    fields = {name: value for name, value in content.items() if name != _EDITED}
    days = {"issued_on": _day(content["issued_on"]), "in_force": _window(content["in_force"])}
    return LegalDocument(number=number, **{**fields, **days})


def edited_documents(tx: Transaction) -> set[str]:
    """The numbers of the documents that an editor wrote last: a start of the server leaves those alone."""
    rows = tx.execute(select(legal_documents.c.number, legal_documents.c.content))
    return {row.number for row in rows if row.content.get(_EDITED)}


def all_topics(tx: Transaction) -> list[Topic]:
    """The topics in the order of the info page."""
    rows = tx.execute(select(topics).order_by(topics.c.position))
    return [Topic(row.slug, row.name, row.name_en, row.hint) for row in rows]


def imported_hashes(tx: Transaction) -> dict[str, str | None]:
    """For every entry the hash of the sheet row it was last imported from."""
    return dict(tx.execute(select(entries.c.key, entries.c.imported_hash)).all())


# --- writing --------------------------------------------------------------------------------------


def _free_slug(tx: Transaction, title: str) -> str:
    base = slug_of(title)
    taken = set(tx.execute(select(entries.c.slug).where(entries.c.slug.startswith(base))).scalars())
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


def ensure_entry(tx: Transaction, key: str, title: str, origin_question_id: int | None = None) -> None:
    """The entry's own row; its address is made once and never changes, so nobody's data may come into it."""
    if tx.execute(select(entries.c.key).where(entries.c.key == key)).first() is None:
        values = {
            "key": key,
            "slug": _free_slug(tx, mask_personal_data(title)),
            "origin_question_id": origin_question_id,
        }
        tx.execute(entries.insert().values(**values, created_at=tx.now))


def rename_after(tx: Transaction, key: str, title: str) -> None:
    """Give an entry an address made from what the public reads, where its own was made from a resident's words."""
    slug = tx.execute(select(entries.c.slug).where(entries.c.key == key)).scalar_one()
    if not slug.startswith(slug_of(mask_personal_data(title))):
        fresh = _free_slug(tx, mask_personal_data(title))
        tx.execute(update(entries).where(entries.c.key == key).values(slug=fresh))


def set_imported_hash(tx: Transaction, key: str, digest: str) -> None:
    """Remember which sheet row the entry was imported from."""
    tx.execute(update(entries).where(entries.c.key == key).values(imported_hash=digest))


def add_revision(
    tx: Transaction,
    entry: FaqEntry,
    state: RevisionState,
    author: str,
    *,
    approved_by: str | None = None,
    confirmed_by: str | None = None,
    **more: Any,
) -> int:
    """A new revision of an entry that exists; returns its id. `more`: further columns, by name."""
    last = select(func.coalesce(func.max(revisions.c.number), 0)).where(revisions.c.entry_key == entry.key)
    values = {
        "entry_key": entry.key,
        "number": tx.execute(last).scalar_one() + 1,
        "content": content_of(entry),
        "state": state,
        "author": author,
        "approved_by": approved_by,
        "confirmed_by": confirmed_by,
        "created_at": tx.now,
        "published_at": tx.now if state == RevisionState.PUBLISHED else None,
        **more,
    }
    if approved_by == TRIAL_APPROVER:
        tx.execute(update(entries).where(entries.c.key == entry.key, ~entries.c.shipped).values(shipped=True))
    return tx.execute(revisions.insert().values(**values).returning(revisions.c.id)).scalar_one()


def set_revision(tx: Transaction, revision_id: int, **values: Any) -> None:
    """Change where a revision stands; never its text."""
    tx.execute(update(revisions).where(revisions.c.id == revision_id).values(**values))


def supersede_undecided(tx: Transaction, question_id: int, note: str) -> None:
    """What was proposed from a question needs no decision any more."""
    own = revision_from_question(tx, question_id)
    if own is not None and own.state in (RevisionState.IN_REVIEW, RevisionState.AMENDS_NEEDED):
        set_revision(tx, own.id, state=RevisionState.SUPERSEDED, note=note)


def replace_phrasings(tx: Transaction, key: str, texts: Iterable[str], *, keep_questions: bool) -> None:
    """Make the phrasings of an entry exactly `texts`; further ones that came from questions may be kept after them.

    A phrasing that stays keeps the question it came from.
    """
    former = tx.execute(
        select(phrasings.c.text, phrasings.c.origin, phrasings.c.question_id)
        .where(phrasings.c.entry_key == key)
        .order_by(phrasings.c.position)
    ).all()
    questions = {row.text: row.question_id for row in former}
    origins = dict.fromkeys(texts, "import")
    if keep_questions:
        origins |= {row.text: row.origin for row in former if row.origin != "import" and row.text not in origins}
    rows_in = [
        {"entry_key": key, "text": text, "position": position, "origin": origin, "question_id": questions.get(text)}
        for position, (text, origin) in enumerate(origins.items())
    ]
    tx.execute(delete(phrasings).where(phrasings.c.entry_key == key))
    if rows_in:
        tx.execute(phrasings.insert(), rows_in)


def add_phrasing(tx: Transaction, key: str, text: str, question_id: int) -> bool:
    """A resident's wording as a phrasing; False when the entry has it already."""
    last = select(func.coalesce(func.max(phrasings.c.position), -1)).where(phrasings.c.entry_key == key)
    values = {
        "entry_key": key,
        "text": text,
        "position": tx.execute(last).scalar_one() + 1,
        "origin": "question",
        "question_id": question_id,
    }
    statement = tx.insert(phrasings).values(**values).on_conflict_do_nothing().returning(phrasings.c.id)
    return tx.execute(statement).first() is not None


def put_document(tx: Transaction, document: LegalDocument, *, edited: bool = False) -> None:
    """Write one legal document, new or changed; `edited`: by an editor, not from a sheet."""
    content = asdict(document)
    number = content.pop("number")
    content["issued_on"] = document.issued_on.isoformat() if document.issued_on else None
    content["in_force"] = _window_json(document.in_force)
    if edited:
        content[_EDITED] = True
    changes = {"content": content, "updated_at": tx.now}
    statement = tx.insert(legal_documents).values(number=number, **changes)
    tx.execute(statement.on_conflict_do_update(index_elements=["number"], set_=changes))


def put_topic(tx: Transaction, position: int, topic: Topic) -> None:
    """Write one topic, new or changed."""
    changes = {"position": position, "name": topic.name, "name_en": topic.name_en, "hint": topic.hint}
    statement = tx.insert(topics).values(slug=topic.slug, **changes)
    tx.execute(statement.on_conflict_do_update(index_elements=["slug"], set_=changes))


def lock_changes(tx: Transaction) -> None:
    """Let one change of the FAQ run at a time, until this transaction ends: two must not decide from the same state.

    Publication numbers are thereby committed in their order: who has seen one has seen all before it.
    """
    wait_alone(tx.connection, "faq")


def record_publication(tx: Transaction, actor: str, what: str, key: str | None) -> None:
    """Count one change of what the public sees, and wake those who show it."""
    lock_changes(tx)
    tx.execute(publications.insert().values(actor=actor, what=what, entry_key=key, at=tx.now))
    tx.signal("publication")
