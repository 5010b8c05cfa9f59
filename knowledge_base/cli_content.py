"""The commands `import` and `export`: files on one side, the store on the other, words for the operator."""

from collections.abc import Callable
from pathlib import Path

from knowledge_base.cli_io import Terminal
from knowledge_base.content import export_content, import_content, plan_import
from knowledge_base.errors import Fault, SheetFaults
from knowledge_base.faq.sheet_files import YAML_ENDINGS, read_sheet
from knowledge_base.faq.sheet_write import Export, csv_file, xlsx_file, yaml_file, yaml_files
from knowledge_base.storage.database import Database

REFUSED = 2
_FORMS = {".csv": "csv", ".xlsx": "xlsx"}


def import_command(database: Database, path: Path, dry_run: bool, terminal: Terminal | None = None) -> int:
    """Import a folder or file; returns the exit code."""
    terminal = terminal or Terminal()
    sheet = read_sheet(path)
    try:
        if dry_run:
            report = database.read_now(plan_import, sheet)
            terminal.say(*report.entries)
            _print_registers(terminal, "legal document", report.documents)
            _print_registers(terminal, "topic", report.topics)
            terminal.say(f"dry run, nothing was changed; {report.summary}")
        else:
            terminal.say(f"imported; {database.write_now(import_content, sheet).summary}")
    except SheetFaults as error:
        return _refuse(error, terminal)
    return 0


def _print_registers(terminal: Terminal, name: str, changed: tuple[str, ...]) -> None:
    for one in changed:
        terminal.say(f"{name} {one}: new or changed")


def _refuse(error: SheetFaults, terminal: Terminal) -> int:
    terminal.complain(*error.faults)
    return REFUSED


def export_command(database: Database, path: Path, fmt: str | None, terminal: Terminal | None = None) -> int:
    """Export to a file, or (YAML without a file's ending) to a folder; returns the exit code."""
    terminal = terminal or Terminal()
    form = fmt or _FORMS.get(path.suffix.lower(), "yaml")
    one_file = path.suffix.lower() in YAML_ENDINGS and not path.is_dir()
    writers: dict[str, Callable[[Path, Export], None]] = {
        "csv": _csv,
        "xlsx": _xlsx,
        "yaml": _yaml if one_file else _folder,
    }
    if form not in writers:
        wrong = f"expected yaml, csv or xlsx, got {form[:40]!r}"
        return _refuse(SheetFaults([Fault(str(path), 1, "-", wrong)]), terminal)
    try:
        export = database.read_now(export_content)
        writers[form](path, export)
    except SheetFaults as error:
        return _refuse(error, terminal)
    except OSError as error:
        reason = f"cannot be written ({error.strerror or error}); choose another place"
        return _refuse(SheetFaults([Fault(str(path), 1, "-", reason)]), terminal)
    terminal.say(f"exported {len(export.entries)} entries to {path}")
    return 0


def _csv(path: Path, export: Export) -> None:
    _write(path, csv_file(str(path), export))


def _xlsx(path: Path, export: Export) -> None:
    _write(path, xlsx_file(str(path), export))


def _yaml(path: Path, export: Export) -> None:
    _write(path, yaml_file(export))


def _folder(path: Path, export: Export) -> None:
    """One file an entry; entries left over from something else would come back with the next import."""
    files = yaml_files(export)
    strange = [
        Fault(str(file), 1, "-", "is not part of this export; remove it or export into an empty folder")
        for file in sorted([*path.glob("entries/*.yaml"), *path.glob("entries/*.yml")])
        if f"entries/{file.name}" not in files
    ]
    if strange:
        raise SheetFaults(strange)
    (path / "entries").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        _write(path / name, text.encode())


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all: a reader never meets half a file."""
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
