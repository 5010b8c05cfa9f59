"""Editors' sheets: taken out as they stand, brought back, looked at, and their changes handed to the editors in review.

Each verb is a synchronous function of (transaction, who, input); none commits. Nothing here can make a text live.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge_base.editorial import need_editor, propose
from knowledge_base.errors import Conflict, InvalidInput
from knowledge_base.faq.desk_changes import RowChange, Standing, change_of
from knowledge_base.faq.desk_sheet import (
    CellFault,
    DeskRow,
    Texts,
    base_of,
    entry_of,
    number_of,
    texts_of,
)
from knowledge_base.faq.publication import RevisionState
from knowledge_base.faq.revision import Revision
from knowledge_base.faq.sheet_row import LONGEST_TEXT
from knowledge_base.questions.reference import new_reference
from knowledge_base.storage import faq_store, sheet_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.sheet_store import Upload
from knowledge_base.storage.staff_store import StaffMember

AT_ONCE = 50  # texts in one write, so that others' writes get their turn
_FEW = 500  # entries that are asked for by their keys
_OPEN = (RevisionState.IN_REVIEW, RevisionState.APPROVED)
_GONE = (RevisionState.WITHDRAWN, RevisionState.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Exported:
    """One entry as a row: its texts, and what tells which text they are."""

    key: str
    base: str
    texts: Texts


@dataclass(frozen=True, slots=True)
class Preview:
    """A sheet with what each of its rows would change."""

    upload: Upload
    changes: tuple[RowChange, ...]


def _standing_texts(revisions: Sequence[Revision]) -> dict[str, Revision]:
    """For each entry the live text, else the newest; none of what was withdrawn."""
    found: dict[str, Revision] = {}
    for revision in revisions:  # the oldest first
        former = found.get(revision.key)
        if former is None or former.state != RevisionState.PUBLISHED:
            found[revision.key] = revision
    return found


def export_rows(tx: Transaction, topic: str = "") -> list[Exported]:
    """The whole FAQ, or one topic of it, in the order of the keys; reads only.

    Raises:
        InvalidInput: `sheet_cell_long`, where a text fits no cell that would be taken back.
    """
    rows = []
    for revision in faq_store.shown(tx):
        key = revision.key
        if revision.state in _GONE or topic not in ("", revision.entry.topic):
            continue
        texts = texts_of(revision.entry)
        if any(len(text) > LONGEST_TEXT for text in texts.values()):
            raise InvalidInput("sheet_cell_long", entry=key, most=LONGEST_TEXT)
        rows.append(Exported(key, base_of(revision.number, texts), texts))
    return rows


# --- what a sheet would change ----------------------------------------------------------------------


def _standings(tx: Transaction, rows: Sequence[DeskRow]) -> dict[str, Standing]:
    keys = {row.key for row in rows if row.key}
    if len(keys) <= _FEW:
        wanted = faq_store.revisions_of_some(tx, keys)
    else:
        wanted = [one for one in (*faq_store.latest_revisions(tx), *faq_store.published(tx)) if one.key in keys]
    waiting = {one.key: one for one in wanted if one.state in _OPEN}
    bases = {row.key: row.base for row in rows}
    return {
        key: _standing(tx, revision, bases[key], waiting.get(key)) for key, revision in _standing_texts(wanted).items()
    }


def _standing(tx: Transaction, revision: Revision, base: str, waiting: Revision | None) -> Standing:
    now = texts_of(revision.entry)
    tag = base_of(revision.number, now)
    # A text that was never live and waits is what stands and what waits at once.
    open_texts = texts_of(waiting.entry) if waiting else None
    at_export = {} if base in ("", tag) else _exported(tx, revision.key, base, now)
    return Standing(tag, now, at_export, waiting.author if waiting else "", open_texts)


def _exported(tx: Transaction, key: str, base: str, now: Texts) -> Mapping[str, str]:
    """The text a row came from. Phrasings are not kept with texts: they are known only if they are still the same."""
    number = number_of(base)
    found = next((one for one in faq_store.revisions_of(tx, key) if one.number == number), None)
    if found is None:
        return {}
    texts = {**texts_of(found.entry), "phrasings": now["phrasings"]}
    return texts if base_of(number, texts) == base else {k: v for k, v in texts.items() if k != "phrasings"}


def changes_of(tx: Transaction, rows: Sequence[DeskRow]) -> tuple[RowChange, ...]:
    """What each row would change as things stand now; reads only."""
    standings = _standings(tx, rows)
    # A new entry of a sheet that is brought again has a key by now, but its row doesn't know it.
    known = [texts_of(one.entry) for one in faq_store.in_review(tx)] if any(not row.key for row in rows) else []
    return tuple(
        replace(change, fate="same") if not change.key and change.texts in known else change
        for change in (change_of(row, standings.get(row.key)) for row in rows)
    )


def preview(tx: Transaction, member: StaffMember) -> Preview | None:
    """The member's sheet, if there is one that isn't sent or put away; reads only."""
    upload = sheet_store.upload_of(tx, member.id)
    return Preview(upload, changes_of(tx, upload.rows)) if upload else None


# --- verbs ------------------------------------------------------------------------------------------


def keep_sheet(
    tx: Transaction, member: StaffMember, file_name: str, rows: Sequence[DeskRow], faults: Sequence[CellFault]
) -> None:
    """Keep a sheet for the preview, in the place of the member's former one; rows that change nothing aren't kept."""
    need_editor(member)
    kept = tuple(
        row for row, change in zip(rows, changes_of(tx, rows), strict=True) if change.fate not in ("same", "left")
    )
    sheet_store.keep(tx, member.id, Upload(secrets.token_hex(16), file_name[:200], tx.now, tuple(faults), kept))


def send_rows(tx: Transaction, member: StaffMember, token: str, wanted: Mapping[int, str]) -> int:
    """Hand rows of the member's sheet to the editors as texts in review, his own; returns how many went.

    `wanted`: rows by number, with the tag of the text that a conflict was shown against (empty: no conflict was seen).
    A row whose entry has been changed in the meantime stays, to be looked at again.

    Raises:
        Conflict: `sheet_replaced`, where the sheet shown is not the one that is kept.
    """
    need_editor(member)
    faq_store.lock_changes(tx)
    upload = sheet_store.upload_of(tx, member.id, list(wanted))
    if upload is None or upload.token != token:
        raise Conflict("sheet_replaced")
    changes = changes_of(tx, upload.rows)
    ready = [one for one in changes if _may_go(one, wanted[one.row])]
    for change in ready:
        propose(tx, member, entry_of(change.key or f"E-{new_reference()}", change.texts))
    done = [one.row for one in ready] + [one.row for one in changes if one.fate == "same"]
    sheet_store.drop_rows(tx, member.id, done)
    return len(ready)


def _may_go(change: RowChange, seen: str) -> bool:
    return change.fate in ("new", "changed") or (change.fate == "conflict" and seen == change.tag)


def drop_sheet(tx: Transaction, member: StaffMember) -> None:
    """Put the member's sheet away, unsent."""
    need_editor(member)
    sheet_store.drop(tx, member.id)
