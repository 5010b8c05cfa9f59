"""From a path to a sheet: which files there are, and what each of them holds."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from knowledge_base.errors import Fault
from knowledge_base.faq.sheet import Sheet
from knowledge_base.faq.sheet_table import read_csv
from knowledge_base.faq.sheet_yaml import read_yaml

LARGEST_FILE = 20 * 1024 * 1024
DOCUMENTS_FILE = "legal_documents.yaml"
TOPICS_FILE = "topics.yaml"
YAML_ENDINGS = (".yaml", ".yml")
_FORMS = "a folder of YAML files, or a file ending in .yaml, .csv or .xlsx"


def read_sheet(path: Path) -> Sheet:
    """Everything a folder or file brings; what is wrong is in the sheet's faults, nothing is raised."""
    sheet = Sheet()
    try:
        files = _files(path, sheet)
    except OSError as error:
        files = []
        sheet.faults.append(Fault(str(path), 1, "-", _unreadable(error)))
    for file in files:
        _read_file(file, sheet)
    sheet.finish()
    return sheet


def sheet_hash(path: Path) -> str | None:
    """A hash of what `read_sheet` reads there, and of the code that reads it; None where it can't be read."""
    try:
        files = [*_files(path, Sheet()), *sorted(Path(__file__).parent.glob("*.py"))]
        content = [part for file in files for part in (file.name.encode(), file.read_bytes())]
    except OSError:
        return None
    return sha256(b"\0".join(content)).hexdigest()


def _files(path: Path, sheet: Sheet) -> list[Path]:
    """The files to read; a folder's entries stand in `entries/` or beside the registers."""
    if not path.is_dir():
        return [path]
    registers = [path / name for name in (DOCUMENTS_FILE, TOPICS_FILE) if (path / name).exists()]
    folder = path / "entries" if (path / "entries").is_dir() else path
    found = [file for file in sorted(folder.iterdir()) if file.suffix.lower() in YAML_ENDINGS and file.name[0] != "."]
    entries = [file for file in found if file not in registers]
    if not entries and not registers:
        sheet.faults.append(Fault(str(path), 1, "-", "no .yaml file is in this folder; check the path"))
    return registers + entries


def _read_file(file: Path, sheet: Sheet) -> None:
    readers: dict[str, Callable[[Path, Sheet], None]] = {".csv": _read_csv, ".xlsx": _read_xlsx}
    readers |= dict.fromkeys(YAML_ENDINGS, _read_yaml)
    reader = readers.get(file.suffix.lower())
    try:
        if not file.exists():
            reason = f"there is no such file; expected {_FORMS}"
        elif not file.is_file():
            reason = f"not a file; expected {_FORMS}"
        elif reader is None:
            reason = f"cannot tell what this file is by its ending; expected {_FORMS}"
        elif file.stat().st_size > LARGEST_FILE:
            reason = f"the file is larger than {LARGEST_FILE >> 20} MB; split it"
        else:
            reader(file, sheet)
            return
    except OSError as error:
        reason = _unreadable(error)
    sheet.faults.append(Fault(str(file), 1, "-", reason))


def _unreadable(error: OSError) -> str:
    return f"cannot be read ({error.strerror or error}); check the path and who may read it"


def _text(file: Path, sheet: Sheet) -> str | None:
    """The file's text, if it is UTF-8 (with or without a byte order mark)."""
    data = file.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        sheet.faults.append(Fault(str(file), row, "-", "not in UTF-8; save the file as UTF-8 and try again"))
        return None


def _read_yaml(file: Path, sheet: Sheet) -> None:
    text = _text(file, sheet)
    if text is None:
        return
    add = {DOCUMENTS_FILE: sheet.add_documents, TOPICS_FILE: sheet.add_topics}.get(file.name, sheet.add_entries)
    add(str(file), read_yaml(str(file), text, sheet.faults))


def _read_csv(file: Path, sheet: Sheet) -> None:
    text = _text(file, sheet)
    if text is not None:
        sheet.add_entries(str(file), read_csv(str(file), text, sheet.faults))


def _read_xlsx(file: Path, sheet: Sheet) -> None:
    from knowledge_base.faq.sheet_xlsx import read_xlsx  # noqa: PLC0415 - a start must not wait for a library it doesn't use

    sheet.add_entries(str(file), read_xlsx(file, sheet.faults))
