"""Editors' verbs on the register of legal documents: add, change, repeal. None commits.

Answers follow the register by its dates (`faq/under_law.py`): what a change does to them is derived, never written.
"""

import hashlib
import re
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from knowledge_base.errors import Conflict, Forbidden, InvalidInput, NotFound
from knowledge_base.faq.entry import InForce, LegalBasis
from knowledge_base.faq.legal_document import ENDED, STATUSES, LegalDocument
from knowledge_base.faq.sheet_row import tidy_line
from knowledge_base.questions.lifecycle import Role
from knowledge_base.storage import event_store, faq_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember

_LONGEST = {"number": 120, "kind": 100, "title": 2_000, "issuer": 200, "link": 2_000, "replaced_by": 120}  # characters
_NEEDED = ("number", "kind", "title")
_WEB = re.compile(r"https?://[^\s/?#@]+(?:[/?#]\S*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Repeal:
    """The end of a document: the first day without it, how it ends (`repealed` or `expired`), what comes instead."""

    number: str
    first_day: date
    status: str = "repealed"
    replaced_by: str = ""


def add_document(tx: Transaction, member: StaffMember, document: LegalDocument) -> str:
    """A document that the register doesn't have; returns its number as kept.

    Raises:
        Forbidden: `editor_only`.
        InvalidInput: `law_…`, with the `field` at fault.
        Conflict: `law_number_taken`.
    """
    _editor(member)
    faq_store.lock_changes(tx)
    known = faq_store.documents(tx)
    document = _tidied(document)
    _check(document, known, former=None)
    if _named(known, document.number) is not None:
        raise Conflict("law_number_taken", field="number", number=document.number)
    _put(tx, member, document, "law_add", None)
    return document.number


def change_document(tx: Transaction, member: StaffMember, document: LegalDocument, seen: str) -> bool:
    """Other values for a document, its number stays. Returns whether anything differs.

    `seen` is the fingerprint of what the editor had before him.

    Raises:
        NotFound: `law_document`.
        Conflict: `law_changed`, when somebody else was first.
    """
    _editor(member)
    faq_store.lock_changes(tx)
    known = faq_store.documents(tx)
    former = need_document(known, document.number)
    document = replace(_tidied(document), number=former.number)
    if document == former:
        return False
    if seen != fingerprint(former):
        raise Conflict("law_changed", number=former.number)
    _check(document, known, former)
    _put(tx, member, document, "law_change", former)
    return True


def repeal(tx: Transaction, member: StaffMember, order: Repeal) -> int:
    """End a document from a day on. Returns how many live entries cite it: they are now to be reviewed.

    Raises:
        NotFound: `law_document`.
        InvalidInput: `law_repeal_day` before its first day, `law_status`, `law_successor_…`.
        Conflict: `law_ended`, when it ends on that day or before it already.
    """
    _editor(member)
    faq_store.lock_changes(tx)
    known = faq_store.documents(tx)
    former = need_document(known, order.number)
    document = _ended(former, order)
    _check(document, known, former)
    _put(tx, member, document, "law_repeal", former)
    citing = [live.key for live in faq_store.published(tx) if _cites(live.entry.legal_basis, former.number)]
    for key in citing:
        from_day = order.first_day.isoformat()
        event_store.record(tx, member.username, "law_repeal", entry_key=key, document=former.number, from_day=from_day)
    return len(citing)


def fingerprint(document: LegalDocument) -> str:
    """A short text that differs when any value of the document does."""
    return hashlib.sha256(repr(document).encode()).hexdigest()[:16]


def need_document(known: dict[str, LegalDocument], number: str) -> LegalDocument:
    """A document of the register."""
    found = known.get(number)
    if found is None:
        raise NotFound("law_document", number=number[:120])
    return found


def _editor(member: StaffMember) -> None:
    if member.role != Role.EDITOR:
        raise Forbidden("editor_only", role=str(member.role))


def _cites(basis: tuple[LegalBasis, ...], number: str) -> bool:
    return any(one.document == number for one in basis)


def _named(known: dict[str, LegalDocument], number: str) -> LegalDocument | None:
    """The document of that number, in whatever capitals: one number twice would split its answers."""
    return next((one for one in known.values() if one.number.casefold() == number.casefold()), None)


def _ended(former: LegalDocument, order: Repeal) -> LegalDocument:
    if order.status not in ENDED:
        raise InvalidInput("law_status", field="status")
    if order.first_day == date.min:
        raise InvalidInput("law_repeal_day", field="day", day="")
    last = order.first_day - timedelta(days=1)
    first = former.in_force.from_day
    if first and last < first:
        raise InvalidInput("law_repeal_day", field="day", day=f"{first:%d/%m/%Y}")
    if former.in_force.to_day and former.in_force.to_day <= last and former.status in ENDED:
        raise Conflict("law_ended", field="day", day=f"{former.in_force.to_day:%d/%m/%Y}")
    window = InForce(first, min(last, former.in_force.to_day or last))
    successor = tidy_line(order.replaced_by) or former.replaced_by
    return replace(former, in_force=window, status=order.status, replaced_by=successor)


# --- what may be written --------------------------------------------------------------------------


def _tidied(document: LegalDocument) -> LegalDocument:
    """As a sheet would bring it, so that importing an export changes nothing."""
    words: dict[str, Any] = {name: tidy_line(getattr(document, name)) for name in _LONGEST}
    return replace(document, **words)


def _check(document: LegalDocument, known: dict[str, LegalDocument], former: LegalDocument | None) -> None:
    for name in _NEEDED:
        # What came from a sheet without a kind or title may be repealed before somebody fills it in.
        if not getattr(document, name) and (former is None or getattr(former, name)):
            raise InvalidInput("law_field_missing", field=name)
    for name, most in _LONGEST.items():
        if len(getattr(document, name)) > most:
            raise InvalidInput("too_long", field=name, most=most)
    if document.link and not _WEB.fullmatch(document.link):
        raise InvalidInput("law_link", field="link")
    _check_days(document)
    _check_successor(document, known, former)


def _check_days(document: LegalDocument) -> None:
    window = document.in_force
    if window.from_day and window.to_day and window.to_day < window.from_day:
        raise InvalidInput("law_window_reversed", field="to_day")
    if document.status not in STATUSES:
        raise InvalidInput("law_status", field="status")
    if document.status in ENDED and window.to_day is None:
        raise InvalidInput("law_end_missing", field="to_day")


def _check_successor(document: LegalDocument, known: dict[str, LegalDocument], former: LegalDocument | None) -> None:
    successor = document.replaced_by
    if not successor or (former is not None and successor == former.replaced_by):
        return  # a sheet may name one that nobody has registered yet
    if successor == document.number:
        raise InvalidInput("law_successor_self", field="replaced_by")
    if successor not in known:
        raise InvalidInput("law_successor_unknown", field="replaced_by", number=successor)


def _put(
    tx: Transaction, member: StaffMember, document: LegalDocument, action: str, former: LegalDocument | None
) -> None:
    """Write it, tell the trail what differs, and have every face take the register anew."""
    faq_store.put_document(tx, document, edited=True)
    before = former or LegalDocument(document.number)
    differs = [one.name for one in fields(document) if getattr(document, one.name) != getattr(before, one.name)]
    was = {name: _plain(asdict(before)[name]) for name in differs} if former else {}
    event_store.record(tx, member.username, action, document=document.number, fields=differs, was=was)
    faq_store.record_publication(tx, member.username, action, None)


def _plain(value: object) -> object:
    """A value as JSON has it."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return value.isoformat() if isinstance(value, date) else value
