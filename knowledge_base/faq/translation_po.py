"""Translations as PO files, which every translator's tool opens: one message a field, its context `entry/field`."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po

from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.translation import FIELDS, Translation, TranslationFault, Words, faults_of, source_of
from knowledge_base.text.clean import clean

LARGEST = 10 * 1024 * 1024
_HEADER = """# Translations of the FAQ. msgctxt names the entry and the field; write the translation into msgstr.
# Every figure, date and document number of the source must stand in it. Messages marked fuzzy are not taken."""


@dataclass(frozen=True, slots=True)
class PoRow:
    """One entry to be written: its live text, and the newest words in the other language, if there are any."""

    entry: FaqEntry
    translation: Translation | None


@dataclass(slots=True)
class PoContent:
    """What a file brings. `words` are whole and without fault; the rest is named by the entries' keys."""

    words: dict[str, Words] = field(default_factory=dict)
    fuzzy: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    faults: list[TranslationFault] = field(default_factory=list)


def write_translations(language: str, rows: Iterable[PoRow]) -> bytes:
    """Entries as a PO file; words made from a former text are fuzzy, with that text beside them."""
    catalog = Catalog(locale=language, project="FAQ", version="-", charset="utf-8", fuzzy=False)
    catalog.msgid_bugs_address = catalog.last_translator = "-"
    catalog.language_team, catalog.header_comment = language, _HEADER
    for row in rows:
        source, made = source_of(row.entry), row.translation
        stale = made is not None and not made.is_of(row.entry)
        for name in FIELDS:
            if source[name]:
                former = made.source[name] if made and stale and made.source[name] != source[name] else ""
                catalog.add(
                    source[name],
                    made.words[name] if made else "",
                    flags={"fuzzy"} if stale and made and made.words[name] else set(),
                    auto_comments=_comments(row.entry, name),
                    previous_id=[former] if former else [],
                    context=f"{row.entry.key}/{name}",
                )
    stream = io.BytesIO()
    write_po(stream, catalog, width=100, include_previous=True)
    return stream.getvalue()


def _comments(entry: FaqEntry, name: str) -> list[str]:
    """What a translator has to know: which entry it is, and the law it stands on, which keeps its names."""
    if name != FIELDS[0]:
        return []
    basis = [f"{one.document} {one.article}".strip() for one in entry.legal_basis]
    return [f"{entry.key} · {entry.topic}", *(["Căn cứ: " + "; ".join(basis)] if basis else [])]


def read_translations(data: bytes, language: str, live: Sequence[FaqEntry]) -> PoContent:
    """What of a PO file may be taken for the entries that are live; everything else is named."""
    found = PoContent()
    catalog = _catalog(data, language, found)
    entries = {entry.key: entry for entry in live}
    parts: dict[str, dict[str, tuple[str, str, bool]]] = {}
    for message in catalog or ():
        key, _, name = (message.context or "").partition("/")
        if not message.id or not isinstance(message.id, str) or not isinstance(message.string, str):
            continue
        if key not in entries or name not in FIELDS:
            found.faults.append(TranslationFault(key[:40], name[:40], "translation_unknown", {}))
            continue
        parts.setdefault(key, {})[name] = (message.id.strip(), clean(message.string).strip(), message.fuzzy)
    for key, fields in parts.items():
        _take(entries[key], fields, found)
    return found


def _catalog(data: bytes, language: str, found: PoContent) -> Catalog | None:
    reason = "po_large" if len(data) > LARGEST else ""
    try:
        return None if reason else read_po(io.BytesIO(data), locale=language, abort_invalid=True)
    except (PoFileError, UnicodeError, ValueError, IndexError, KeyError, TypeError, LookupError):
        reason = "po_unreadable"
    finally:
        if reason:
            found.faults.append(TranslationFault("", "", reason, {"most": LARGEST >> 20}))
    return None


def _take(entry: FaqEntry, fields: dict[str, tuple[str, str, bool]], found: PoContent) -> None:
    """One entry: whole, from the text that is live, nothing fuzzy, nothing lost; or named for why not."""
    source = source_of(entry)
    if not any(string for _id, string, _fuzzy in fields.values()):
        return  # nobody has begun
    if any(fuzzy for _id, _string, fuzzy in fields.values()):
        found.fuzzy.append(entry.key)
        return
    if any(source[name] and not fields.get(name, ("", "", False))[1] for name in FIELDS):
        found.unfinished.append(entry.key)
        return
    moved = [name for name, (source_words, _string, _fuzzy) in fields.items() if source_words != source[name]]
    words = {name: fields[name][1] if name in fields else "" for name in FIELDS}
    faults = [TranslationFault(entry.key, name, "translation_source_moved", {}) for name in moved]
    faults = faults or faults_of(entry.key, source, words)
    found.faults += faults
    if not faults:
        found.words[entry.key] = words
