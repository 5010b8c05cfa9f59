"""The verbs of sheets: import and export. Neither commits; files are read and written elsewhere."""

from dataclasses import replace

from knowledge_base import confirming
from knowledge_base.content_plan import ImportReport, plan_import, read_store
from knowledge_base.faq.correction import correction_of
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.publication import RevisionState
from knowledge_base.faq.revision import Revision
from knowledge_base.faq.sheet import IMPORTER, Sheet
from knowledge_base.faq.sheet_compare import EntryChange, digest, tidied
from knowledge_base.faq.sheet_write import Export
from knowledge_base.storage import event_store, faq_store, seed_store
from knowledge_base.storage.database import Transaction

__all__ = ["ImportReport", "export_content", "import_content", "load_content", "loaded_hash", "plan_import"]
_SEED = "content"  # row of `seeds`


def import_content(
    tx: Transaction, sheet: Sheet, *, actor: str = IMPORTER, only_changed_sheets: bool = False
) -> ImportReport:
    """Bring a sheet into the store, whole or not at all; the same sheet again changes nothing.

    With `only_changed_sheets` (every start of a server) a sheet that has not changed since it was last taken
    is left alone, and a text edited in the meantime wins over a changed sheet (`kept` in the report).

    Raises:
        SheetFaults: with every fault; nothing was changed.
    """
    faq_store.lock_changes(tx)
    report = plan_import(tx, sheet, only_changed_sheets=only_changed_sheets)
    public = _put_registers(tx, sheet, report, actor)
    former = faq_store.imported_hashes(tx)
    for entry, change in zip((placed.value for placed in sheet.entries), report.entries, strict=True):
        if change.action in ("new", "changed"):
            public |= _put_entry(tx, entry, change, actor, keep_questions=only_changed_sheets)
        # The hash says what a start last took from `content/`; an explicit import must not pose as that.
        takes_hash = change.action != "kept" if only_changed_sheets else former.get(entry.key) is None
        if takes_hash and former.get(entry.key) != (now := digest(entry)):
            faq_store.set_imported_hash(tx, entry.key, now)
    if public:
        changed = report.keys("new") + report.keys("changed")
        faq_store.record_publication(tx, actor, "import", changed[0] if len(changed) == 1 else None)
    return report


def loaded_hash(tx: Transaction) -> str | None:
    """The hash of the sheet that a start of a server took last."""
    return seed_store.loaded(tx, _SEED)


def load_content(tx: Transaction, sheet: Sheet, sheet_hash: str | None) -> ImportReport:
    """Take a sheet at a start, as `import_content` does with `only_changed_sheets`, and remember which it was.

    Raises:
        SheetFaults: as there.
    """
    report = import_content(tx, sheet, only_changed_sheets=True)
    if sheet_hash is not None:
        seed_store.put(tx, _SEED, sheet_hash)
    return report


def _put_registers(tx: Transaction, sheet: Sheet, report: ImportReport, actor: str) -> bool:
    for document in sheet.documents:
        if document.value.number in report.documents:
            faq_store.put_document(tx, document.value)
    if report.topics:  # all of them: positions follow the sheet
        for position, topic in enumerate(sheet.topics):
            faq_store.put_topic(tx, position, topic.value)
    changed = bool(report.documents or report.topics)
    if changed:
        event_store.record(tx, actor, "import", documents=list(report.documents), topics=list(report.topics))
    return changed


def _put_entry(tx: Transaction, entry: FaqEntry, change: EntryChange, actor: str, *, keep_questions: bool) -> bool:
    """Write one entry; returns whether the public sees the change."""
    faq_store.ensure_entry(tx, entry.key, entry.question)
    live = faq_store.published_of(tx, entry.key)
    approved = entry.status == "approved"
    revision = None
    if change.names != ["phrasings"]:
        revision = _new_revision(tx, entry, actor, live if approved else None)
    if approved or live is None:
        faq_store.replace_phrasings(tx, entry.key, entry.phrasings, keep_questions=keep_questions)
    if approved:
        confirming.settle(tx, entry.key)
    event_store.record(
        tx, actor, "import", entry_key=entry.key, revision=revision, fields=change.names, status=entry.status
    )
    return approved


def _new_revision(tx: Transaction, entry: FaqEntry, actor: str, live: Revision | None) -> int:
    """The sheet's text as a revision; the texts it takes the place of are superseded."""
    if live is not None:
        faq_store.set_revision(tx, live.id, state=RevisionState.SUPERSEDED)
    for old in faq_store.revisions_of(tx, entry.key):
        if old.state == RevisionState.DRAFT and old.author == actor:
            faq_store.set_revision(tx, old.id, state=RevisionState.SUPERSEDED)
    if entry.status == "draft":
        return faq_store.add_revision(tx, entry, RevisionState.DRAFT, actor)
    correction = correction_of(live.entry if live else None, entry, "")
    return faq_store.add_revision(
        tx, entry, RevisionState.PUBLISHED, actor, approved_by=entry.approved_by, correction=correction
    )


# --- and back -------------------------------------------------------------------------------------


def export_content(tx: Transaction) -> Export:
    """The FAQ as sheets have it: what is live, and drafts of entries that have nothing live."""
    store = read_store(tx, with_revisions=True)
    revisions = {**{key: draft for key, draft in store.drafts.items() if key not in store.live}, **store.live}
    return Export(
        entries=[
            tidied(replace(revisions[key].entry, approved_by=revisions[key].vouched_by)) for key in sorted(revisions)
        ],
        documents=list(store.documents.values()),
        topics=store.topics,
    )
