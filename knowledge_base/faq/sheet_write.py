"""From the FAQ to sheets: the same form that `sheet_files.py` reads, so that importing an export changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from knowledge_base.errors import Fault, SheetFaults
from knowledge_base.faq.entry import FaqEntry, InForce
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.faq.sheet import DOCUMENT_FIELDS, ENTRY_FIELDS, TOPIC_FIELDS
from knowledge_base.faq.sheet_row import LONGEST_TEXT
from knowledge_base.faq.sheet_table import COLUMNS, LISTS, write_csv
from knowledge_base.faq.sheet_yaml import write_yaml


@dataclass(frozen=True, slots=True)
class Export:
    """What an export holds: entries as sheets have them, and both registers."""

    entries: Sequence[FaqEntry]
    documents: Sequence[LegalDocument]
    topics: Sequence[Topic]


def _window(window: InForce) -> dict[str, Any]:
    return {"from": window.from_day, "to": window.to_day}


def entry_fields(entry: FaqEntry) -> dict[str, Any]:
    """An entry's fields in the order of the sheet."""
    made: dict[str, Any] = {
        "legal_basis": [{"document": basis.document, "article": basis.article} for basis in entry.legal_basis],
        "in_force": _window(entry.in_force),
        **{name: list(getattr(entry, name)) for name in LISTS},
    }
    return {name: made.get(name, getattr(entry, name)) for name in ENTRY_FIELDS}


def document_fields(document: LegalDocument) -> dict[str, Any]:
    """A legal document's fields in the order of the register."""
    made = {"in_force": _window(document.in_force)}
    return {name: made.get(name, getattr(document, name)) for name in DOCUMENT_FIELDS}


def cells(entry: FaqEntry) -> list[str]:
    """An entry as one row of a table."""
    days = {
        "in_force.from": entry.in_force.from_day,
        "in_force.to": entry.in_force.to_day,
        "checked_on": entry.checked_on,
    }
    made = {name: day.isoformat() if day else "" for name, day in days.items()}
    made["legal_basis"] = "\n".join(f"{basis.document} | {basis.article}".strip() for basis in entry.legal_basis)
    made |= {name: "\n".join(getattr(entry, name)) for name in LISTS}
    return [made[column] if column in made else getattr(entry, column) for column in COLUMNS]


def _table(file: str, export: Export) -> list[list[str]]:
    """All rows; refused when a cell would not be taken back."""
    rows = [cells(entry) for entry in export.entries]
    faults = [
        Fault(file, number, column, f"longer than {LONGEST_TEXT:,} characters in one cell; export to YAML instead")
        for number, row in enumerate(rows, start=2)
        for column, cell in zip(COLUMNS, row, strict=True)
        if len(cell) > LONGEST_TEXT
    ]
    if faults:
        raise SheetFaults(faults)
    return rows


def csv_file(file: str, export: Export) -> bytes:
    """The entries as CSV; the registers have no place in it."""
    return write_csv(_table(file, export)).encode()


def xlsx_file(file: str, export: Export) -> bytes:
    """The entries as a workbook."""
    from knowledge_base.faq.sheet_xlsx import write_xlsx  # noqa: PLC0415 - a start must not wait for a library it doesn't use

    return write_xlsx(_table(file, export))


def yaml_file(export: Export) -> bytes:
    """The entries as one list; the registers have no place in it."""
    return write_yaml([entry_fields(entry) for entry in export.entries]).encode()


def yaml_files(export: Export) -> dict[str, str]:
    """The files of a YAML folder, by their path in it."""
    files = {f"entries/{entry.key}.yaml": write_yaml(entry_fields(entry)) for entry in export.entries}
    files["legal_documents.yaml"] = write_yaml([document_fields(document) for document in export.documents])
    files["topics.yaml"] = write_yaml(
        [{name: getattr(topic, name) for name in TOPIC_FIELDS} for topic in export.topics]
    )
    return files
