"""`python -m translations.update`: take the sentences out of the code into the catalogs (`--check`: only compare)."""

import sys
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from translations.loader import LANGUAGES

_FOLDER = Path(__file__).parent
DOMAINS = ("bot", "admin", "info_page")


def extracted(domain: str) -> Catalog:
    """The sentences a face's code and templates hold."""
    with (_FOLDER / f"{domain}.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel has no types here
    found = Catalog(domain=domain)
    for path, _line, message, comments, context in extract_from_dir(
        str(_FOLDER.parent), methods, options, comment_tags=("i18n:",), directory_filter=lambda _path: True
    ):
        # No line numbers: they would make every edit of the code a change of the catalogs.
        where: list[Any] = [(path, None)]
        found.add(message, locations=where, auto_comments=comments, context=context)
    return found


def catalog_path(domain: str, language: str) -> Path:
    """Where a catalog lies."""
    return _FOLDER / language / "LC_MESSAGES" / f"{domain}.po"


def _current(domain: str, language: str) -> Catalog:
    path = catalog_path(domain, language)
    if not path.exists():
        return Catalog(locale=language, domain=domain)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=domain)


def problems(domain: str, language: str) -> list[str]:
    """What is wrong with a catalog: missing, stale or untranslated sentences, lost placeholders."""
    current, template = _current(domain, language), extracted(domain)
    wanted = {message.id for message in template if message.id}
    held = {message.id: message for message in current if message.id}
    found = [f"{language}/{domain}: missing {message!r}" for message in sorted(map(str, wanted - set(held)))]
    found += [f"{language}/{domain}: stale {message!r}" for message in sorted(map(str, set(held) - wanted))]
    for identity, message in held.items():
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if not all(strings) or message.fuzzy:
            found.append(f"{language}/{domain}: untranslated {identity!r}")
        found += [f"{language}/{domain}: {identity!r}: {error}" for error in message.check()]
    return found


def update(domain: str, language: str) -> None:
    """Bring a catalog in line with the code; English is filled with the sentences themselves."""
    current, template = _current(domain, language), extracted(domain)
    current.update(template, no_fuzzy_matching=True, update_creation_date=False)
    current.obsolete.clear()
    if language == "en":
        for message in current:
            if message.id and not (message.string and all(message.string)):
                message.string = message.id
    current.fuzzy = False
    current.project, current.version = "Hỏi–Đáp Giảm Nghèo", "-"
    current.msgid_bugs_address, current.last_translator, current.language_team = "-", "-", language
    current.header_comment = (
        f"# {domain}: the face's sentences. `python -m translations.update` keeps it in line with the code."
    )
    path = catalog_path(domain, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, current, width=100, sort_output=True, omit_header=False, ignore_obsolete=True)


def main() -> int:
    """Update all catalogs, or with `--check` name what is wrong and exit 1."""
    pairs = [(domain, language) for domain in DOMAINS for language in LANGUAGES]
    if "--check" in sys.argv[1:]:
        found = [line for pair in pairs for line in problems(*pair)]
        print("\n".join(found) or "catalogs are complete", file=sys.stderr)
        return 1 if found else 0
    only = [argument for argument in sys.argv[1:] if argument in DOMAINS]
    for domain, language in pairs:
        if not only or domain in only:
            update(domain, language)
    return 0


if __name__ == "__main__":
    sys.exit(main())
