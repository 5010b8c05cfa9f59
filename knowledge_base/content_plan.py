"""What an import would change, found by comparing a sheet with the store; reads only."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from knowledge_base.clock import vietnam_day
from knowledge_base.errors import Fault, InvalidInput, SheetFaults
from knowledge_base.faq.entry import FaqEntry, InForce
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.faq.public_text import passages_of
from knowledge_base.faq.publication import RevisionState, guard_publishable
from knowledge_base.faq.revision import Revision
from knowledge_base.faq.sheet import IMPORTER, Placed, Sheet
from knowledge_base.faq.sheet_compare import EntryChange, differences, digest, tidied
from knowledge_base.redaction.decisions import Verdict, all_marks
from knowledge_base.storage import faq_store, redaction_store, staff_store
from knowledge_base.storage.database import Transaction

_BASIS_REASONS = {
    "legal_basis_missing": "an answer needs a legal basis",
    "legal_basis_unknown": "names a document that is not in the register",
    "legal_basis_expired": "none of its documents is in force when the answer begins to hold; correct the basis, "
    "the windows, or set status to draft",
}


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do."""

    entries: tuple[EntryChange, ...]
    documents: tuple[str, ...]  # numbers of those new or changed
    topics: tuple[str, ...]  # slugs of those new, changed or moved

    def keys(self, action: str) -> list[str]:
        """The entries that met one fate: new, changed, unchanged or kept."""
        return [change.key for change in self.entries if change.action == action]

    @property
    def summary(self) -> str:
        """One line for people."""
        counts = [f"{len(self.keys(action))} {action}" for action in ("new", "changed", "unchanged")]
        kept = self.keys("kept")
        counts += [f"{len(kept)} kept as the store has them ({', '.join(kept)})"] if kept else []
        return (
            f"entries: {', '.join(counts)}; legal documents: {len(self.documents)} new or changed; "
            f"topics: {len(self.topics)} new or changed"
        )


@dataclass(frozen=True, slots=True)
class Store:
    """What the store holds of everything a sheet may touch."""

    live: Mapping[str, Revision]
    drafts: Mapping[str, Revision]
    withdrawn: set[str]
    hashes: Mapping[str, str | None]
    imported: Mapping[str, list[str]]  # phrasings that came from sheets
    documents: Mapping[str, LegalDocument]
    edited: set[str]  # numbers of the documents that an editor wrote last
    topics: list[Topic]


def read_store(tx: Transaction, *, with_revisions: bool) -> Store:
    """The store; without the revisions where hashes alone have told that no sheet changed."""
    revisions = faq_store.in_states(
        tx, [RevisionState.PUBLISHED, RevisionState.DRAFT, RevisionState.WITHDRAWN] if with_revisions else []
    )
    newest = {(revision.key, revision.state): revision for revision in revisions}
    live = {key: found for (key, state), found in newest.items() if state == RevisionState.PUBLISHED}
    # A draft older than the live text is history; a newer one is what the sheet said last.
    drafts = {
        key: found
        for (key, state), found in newest.items()
        if state == RevisionState.DRAFT and (key not in live or found.number > live[key].number)
    }
    return Store(
        live=live,
        drafts=drafts,
        withdrawn={key for key, state in newest if state == RevisionState.WITHDRAWN and key not in live},
        hashes=faq_store.imported_hashes(tx),
        imported=faq_store.phrasings_by_entry(tx, origin="import") if with_revisions else {},
        documents=faq_store.documents(tx),
        edited=faq_store.edited_documents(tx),
        topics=faq_store.all_topics(tx),
    )


# --- what would change ----------------------------------------------------------------------------


def plan_import(tx: Transaction, sheet: Sheet, *, only_changed_sheets: bool = False) -> ImportReport:
    """What `import_content` would do; reads only.

    Raises:
        SheetFaults: with every fault of the sheet, those found against the store included.
    """
    hashes = faq_store.imported_hashes(tx)
    touched = any(hashes.get(entry.value.key) != digest(entry.value) for entry in sheet.entries)
    store = read_store(tx, with_revisions=touched or not only_changed_sheets)
    changes = tuple(
        _kept_or_changed(entry.value, store) if only_changed_sheets else _change(entry.value, store)
        for entry in sheet.entries
    )
    faults = sheet.faults + _store_faults(tx, sheet, store, changes)
    if faults:
        raise SheetFaults(sorted(faults, key=lambda fault: (fault.file, fault.row, fault.field)))
    kept = store.edited if only_changed_sheets else set()
    return ImportReport(changes, _changed_documents(sheet, store, kept), _changed_topics(sheet, store))


def _change(entry: FaqEntry, store: Store, *, only_imported: bool = False) -> EntryChange:
    """What an explicit import does to one entry; or one that leaves the phrasings from questions alone."""
    texts = store.imported.get(entry.key, []) if only_imported else None
    live = store.live.get(entry.key)
    current = live if entry.status == "approved" else store.drafts.get(entry.key)
    if current is None:
        former = live or store.drafts.get(entry.key)
        before = tidied(former.entry, texts) if former else None
    else:
        before = tidied(current.entry, texts)
        if entry.approved_by == current.vouched_by:  # as an export has it
            before = replace(before, approved_by=entry.approved_by)
    if before is None:
        return EntryChange(entry.key, "changed" if entry.key in store.hashes else "new")
    if entry.status == "draft" and live is not None:
        before = replace(before, phrasings=entry.phrasings)  # a draft leaves what is live alone
    found = differences(before, entry)
    return EntryChange(entry.key, "changed" if found else "unchanged", found)


def _kept_or_changed(entry: FaqEntry, store: Store) -> EntryChange:
    """What a start of the server does: texts that were edited since the last sheet win over a new one."""
    former = store.hashes.get(entry.key)
    if former == digest(entry):
        return EntryChange(entry.key, "unchanged")
    change = _change(entry, store, only_imported=True)
    if change.action != "changed":
        return change
    current = store.drafts.get(entry.key) or store.live.get(entry.key)
    if entry.key in store.withdrawn or current is None or current.author != IMPORTER:
        return replace(change, action="kept")
    # An explicit import of somebody's own sheet must outlive the next start, too.
    as_imported = tidied(current.entry, store.imported.get(entry.key, []))
    return change if digest(as_imported) == former else replace(change, action="kept")


def _changed_documents(sheet: Sheet, store: Store, kept: set[str]) -> tuple[str, ...]:
    """The documents to be written; one that an editor repealed must not be in force again after the next start."""
    found = (document.value for document in sheet.documents if document.value.number not in kept)
    return tuple(document.number for document in found if store.documents.get(document.number) != document)


def _changed_topics(sheet: Sheet, store: Store) -> tuple[str, ...]:
    """Topics that differ; all of the sheet's when their order does."""
    wanted = [topic.value for topic in sheet.topics]
    slugs = {topic.slug for topic in wanted}
    stored = [topic for topic in store.topics if topic.slug in slugs]
    known = {topic.slug for topic in stored}
    if [topic.slug for topic in wanted if topic.slug in known] != [topic.slug for topic in stored]:
        return tuple(topic.slug for topic in wanted)
    return tuple(topic.slug for topic in wanted if topic not in stored)


# --- faults that only the store can tell ----------------------------------------------------------


def _store_faults(tx: Transaction, sheet: Sheet, store: Store, changes: tuple[EntryChange, ...]) -> list[Fault]:
    documents = {**store.documents, **{document.value.number: document.value for document in sheet.documents}}
    windows = {number: document.window for number, document in documents.items()}
    topics = {topic.slug for topic in store.topics} | {topic.value.slug for topic in sheet.topics}
    accounts = set(staff_store.usernames(tx).values())
    # A register that could not be read whole would make every entry look wrong.
    broken = {fault.file.rsplit("/", 1)[-1] for fault in sheet.faults}
    faults: list[Fault] = []
    for entry, change in zip(sheet.entries, changes, strict=True):
        if "topics.yaml" not in broken and entry.value.topic and entry.value.topic not in topics:
            reason = (
                f"unknown topic {entry.value.topic[:40]!r}; the topics are {', '.join(sorted(topics)) or 'none yet'}"
            )
            faults.append(entry.fault("topic", reason))
        if "legal_documents.yaml" not in broken:
            publishing = change.action in ("new", "changed")
            faults.extend(_basis_faults(tx, entry, windows, publishing=publishing))
        if entry.value.status == "approved" and change.action in ("new", "changed"):
            faults.extend(_redaction_faults(tx, entry))
            faults.extend(_approver_faults(entry, accounts))
    return faults


def _approver_faults(placed: Placed[FaqEntry], accounts: set[str]) -> list[Fault]:
    """A sheet can't approve in the name of somebody who approves in the console: he hasn't seen this text."""
    if placed.value.approved_by not in accounts:
        return []
    reason = "has an account and approves in the console; set status to draft, and propose the change there"
    return [placed.fault("approved_by", f"{placed.value.approved_by[:60]!r} {reason}")]


def _redaction_faults(tx: Transaction, placed: Placed[FaqEntry]) -> list[Fault]:
    """Personal data that would become public: a sheet publishes it as it stands, so an editor must have kept it."""
    marks = all_marks(passages_of(placed.value))
    decisions = redaction_store.decisions_of(tx, placed.value.key, marks)
    open_marks = [mark for mark in marks if mark.id not in decisions or decisions[mark.id].verdict != Verdict.KEPT]
    reason = "looks like personal data; take it out, or set status to draft and decide about it in the console"
    return [placed.fault(mark.field, f"{mark.words[:60]!r} {reason}") for mark in open_marks]


def _basis_faults(
    tx: Transaction, placed: Placed[FaqEntry], windows: dict[str, InForce], *, publishing: bool
) -> list[Fault]:
    entry = placed.value
    unknown = [basis.document for basis in entry.legal_basis if basis.document and basis.document not in windows]
    if unknown:
        reason = "not in the register of legal documents; correct the number or add it to legal_documents.yaml"
        return [placed.fault("legal_basis", f"{document[:60]!r} is {reason}") for document in unknown]
    if entry.status == "draft" or not entry.legal_basis or not publishing:
        return []
    try:
        guard_publishable(entry, windows, vietnam_day(tx.now))
    except InvalidInput as error:
        return [placed.fault("legal_basis", _BASIS_REASONS.get(error.key, str(error)))]
    return []
