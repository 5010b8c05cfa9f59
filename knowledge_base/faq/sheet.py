"""An editor's sheet as values: rows of any file form become entries, documents and topics, with every fault found.

Sheet                what one import brings, and all faults found in reading it
└── Placed[T]        one FaqEntry, LegalDocument or Topic, and where each of its fields stands
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar, cast

from knowledge_base.errors import Fault
from knowledge_base.faq.easy_read import strange_figures
from knowledge_base.faq.entry import EntryKind, FaqEntry, LegalBasis
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.faq.sheet_row import ROW, Row, Value, shown

T = TypeVar("T")
IMPORTER = "import"  # the author of every imported revision, so never somebody who approves one
ENTRY_FIELDS = (
    "key",
    "kind",
    "status",
    "approved_by",
    "topic",
    "question",
    "short_answer",
    "details",
    "easy_read",
    "audience",
    "phrasings",
    "legal_basis",
    "in_force",
    "sources",
    "checked_on",
)
DOCUMENT_FIELDS = (
    "number",
    "kind",
    "title",
    "issuer",
    "issued_on",
    "in_force",
    "link",
    "status",
    "replaced_by",
)
TOPIC_FIELDS = ("slug", "name", "name_en", "hint")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_LONGEST_NAME = 64  # as the store keeps who approved
_LONGEST_NUMBER = 120
_MOST_FAULTS = 10_000  # a file of another kind must not fill memory and screen


@dataclass(frozen=True, slots=True)
class Placed(Generic[T]):
    """One thing read, and its place: the file, and the row of each field."""

    value: T
    file: str
    rows: Mapping[str, int]

    def fault(self, field_name: str, reason: str) -> Fault:
        """A fault at one field of this thing."""
        return Fault(self.file, self.rows.get(field_name, self.rows[ROW]), field_name, reason)

    @property
    def place(self) -> str:
        """`file:row`, for people."""
        return f"{self.file}:{self.rows[ROW]}"


@dataclass(slots=True)
class Sheet:
    """Everything one import brings. With faults in it, nothing of it may be taken."""

    entries: list[Placed[FaqEntry]] = field(default_factory=list)
    documents: list[Placed[LegalDocument]] = field(default_factory=list)
    topics: list[Placed[Topic]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def add_entries(self, file: str, rows: Iterable[Value]) -> None:
        """Take rows as entries; what is wrong is noted."""
        self._add(self.entries, entry_of_row, file, rows)

    def add_documents(self, file: str, rows: Iterable[Value]) -> None:
        """Take rows as legal documents."""
        self._add(self.documents, document_of_row, file, rows)

    def add_topics(self, file: str, rows: Iterable[Value]) -> None:
        """Take rows as topics, in their order."""
        self._add(self.topics, topic_of_row, file, rows)

    def _add(self, to: list[Placed[T]], read: Callable[[Row], T], file: str, values: Iterable[Value]) -> None:
        for value in values:
            if len(self.faults) > _MOST_FAULTS:
                reason = f"more than {_MOST_FAULTS:,} faults; correct these first, nothing after was checked"
                self.faults.append(Fault(file, value.row, "-", reason))
                break
            if isinstance(value.data, dict):
                row = Row(file, value, self.faults)
                to.append(Placed(read(row), file, row.rows()))
            else:
                reason = f"expected fields with values, got {shown(value.data)}"
                self.faults.append(Fault(file, value.row, "-", reason))

    def finish(self) -> None:
        """Find what is given twice, and put the faults in the order of their places."""
        self._no_twins("key", self.entries, lambda entry: entry.key)
        self._no_twins("number", self.documents, lambda document: document.number)
        self._no_twins("slug", self.topics, lambda topic: topic.slug)
        self.faults = sorted(set(self.faults), key=lambda fault: (fault.file, fault.row, fault.field))

    def _no_twins(self, name: str, things: list[Placed[T]], identity: Callable[[T], str]) -> None:
        seen: dict[str, Placed[T]] = {}
        for thing in things:
            key = identity(thing.value)
            first = seen.setdefault(key, thing)
            if key and first is not thing:
                reason = f"{shown(key)} is given twice, first at {first.place}; keep one of them"
                self.faults.append(thing.fault(name, reason))


def entry_of_row(row: Row) -> FaqEntry:
    """One row as an entry; fields at fault are left at their defaults."""
    row.only(ENTRY_FIELDS)
    kind = cast("EntryKind", row.choice("kind", ("answer", "referral"), "referral"))
    status = cast("Literal['draft', 'approved']", row.choice("status", ("draft", "approved"), "draft"))
    entry = FaqEntry(
        key=row.shaped("key", _KEY, "up to 40 letters A-Z, digits and hyphens, like T25 or T25-2027"),
        kind=kind,
        status=status,
        approved_by=_approved_by(row, status),
        topic=row.text("topic", required=True),
        question=row.text("question", required=True),
        short_answer=row.text("short_answer", required=True),
        details=row.text("details"),
        easy_read=row.text("easy_read"),
        audience=row.texts("audience"),
        phrasings=row.texts("phrasings"),
        legal_basis=_legal_basis(row),
        in_force=row.window("in_force"),
        sources=row.texts("sources", check=row.web_address),
        checked_on=row.day("checked_on"),
    )
    if entry.kind == "answer" and not entry.legal_basis and not row.failed("legal_basis"):
        row.fault("legal_basis", "an answer needs a legal basis; name the document and article, or make it a referral")
    if strange := strange_figures(entry):
        reason = f"{shown(strange[0])} does not stand in the answer; the plain words may say no figure that it doesn't"
        row.fault("easy_read", reason)
    return entry


def _approved_by(row: Row, status: str) -> str:
    """Who approved; a draft is nobody's yet."""
    name = row.text("approved_by", limit=_LONGEST_NAME)
    if status == "draft":
        return ""
    if not name and not row.failed("approved_by"):
        row.fault("approved_by", "an approved entry needs who approved it; fill it in or set status to draft")
    if name.casefold() == IMPORTER:
        row.fault("approved_by", f"{IMPORTER!r} is the author of imports and cannot approve; name a person")
    return name


def _legal_basis(row: Row) -> tuple[LegalBasis, ...]:
    parts = (row.part("legal_basis", value, ("document", "article")) for value in row.items("legal_basis"))
    found = [
        LegalBasis(part.line("document", required=True, limit=_LONGEST_NUMBER), part.line("article"))
        for part in parts
        if part is not None
    ]
    if len(set(found)) < len(found):
        row.fault("legal_basis", "the same document and article stand there twice; keep one")
    return tuple(found)


def document_of_row(row: Row) -> LegalDocument:
    """One row of the register of legal documents."""
    row.only(DOCUMENT_FIELDS)
    return LegalDocument(
        number=row.line("number", required=True, limit=_LONGEST_NUMBER),
        kind=row.text("kind"),
        title=row.text("title"),
        issuer=row.text("issuer"),
        issued_on=row.day("issued_on"),
        in_force=row.window("in_force"),
        link=row.text("link", check=row.web_address),
        status=row.text("status") or "unknown",
        replaced_by=row.text("replaced_by"),
    )


def topic_of_row(row: Row) -> Topic:
    """One row of the list of topics."""
    row.only(TOPIC_FIELDS)
    return Topic(
        slug=row.shaped("slug", _SLUG, "up to 60 small letters a-z, digits and hyphens"),
        name=row.text("name", required=True),
        name_en=row.text("name_en", required=True),
        hint=row.text("hint"),
    )
