"""The editors' sheet in words: its columns and lists, what those words mean when it comes back, and its faults."""

from collections.abc import Iterable, Sequence

from admin import labels
from admin.labels import N_, Speaks
from admin.visit import Visit
from knowledge_base.faq.desk_sheet import COLUMNS, LEAVE, SEND, CellFault, Terms, Words, term
from knowledge_base.faq.legal_document import Topic
from knowledge_base.sheets import Exported
from translations.loader import LANGUAGES, catalog

_ACTS = {SEND: N_("send for approval"), LEAVE: N_("leave for now")}
_KINDS = {"answer": N_("answer"), "referral": N_("referral")}
_TITLE, _LISTS = N_("FAQ"), N_("Lists")
_FAULTS = {
    "sheet_file_empty": N_("The file is empty. Choose the workbook that you saved."),
    "sheet_file_unpacked": N_("The workbook unpacks to too much. Take pictures and other sheets out, or split it."),
    "sheet_file_doctype": N_("The workbook holds what no spreadsheet needs. Save it again as .xlsx."),
    "sheet_file_unreadable": N_("This is no workbook that can be read. Save it again as .xlsx."),
    "sheet_rows": N_("More than %(most)s rows. Split the sheet; nothing from here on was read."),
    "sheet_no_rows": N_("No entry stands under the head of the table."),
    "sheet_faults_many": N_("More than %(most)s faults. Correct these first; nothing from here on was read."),
    "sheet_column_twice": N_("The column is there twice. Keep one."),
    "sheet_column_missing": N_(
        "The column is missing. Download the sheet again, or write its name into the first row."
    ),
    "sheet_key_twice": N_("The key %(key)s stands in row %(first)s already. Keep one of the two rows."),
    "sheet_key": N_("“%(value)s” is no key. Leave it empty for a new entry."),
    "sheet_formula": N_("A formula. Put its value there as text."),
    "sheet_error_value": N_("An error value of the spreadsheet. Put a text there."),
    "sheet_empty": N_("Empty. Fill it in."),
    "sheet_too_long": N_("%(length)s characters are too many; at most %(most)s. Shorten it."),
    "sheet_kind": N_("“%(value)s” is neither an answer nor a referral. Choose from the list."),
    "sheet_topic": N_("There is no topic “%(value)s”. Choose one from the list."),
    "sheet_lines": N_("Too many lines: at most %(most)s."),
    "sheet_address": N_("“%(value)s” is no address beginning with https://."),
    "sheet_document": N_("“%(value)s” is not in the register of documents. Correct the number, or register it first."),
    "sheet_basis_missing": N_("An answer needs a legal basis: a document's number, then | and the article."),
    "sheet_date": N_("“%(value)s” is no date. Write it as 31/12/2026."),
    "sheet_window": N_("The last day is before the first one. Correct the two dates."),
}


def columns(visit: Speaks) -> dict[str, str]:
    """The columns' names, in their order."""
    return {name: labels.word(visit, "column", name) for name in COLUMNS}


def words_for(visit: Visit, topics: Sequence[Topic]) -> Words:
    """The words of a sheet in the visitor's language."""
    return Words(
        columns(visit),
        {
            "act": [visit.gettext(word) for word in _ACTS.values()],
            "kind": [visit.gettext(word) for word in _KINDS.values()],
            "topic": [topic.name for topic in topics],
        },
        visit.gettext(_TITLE),
        visit.gettext(_LISTS),
        visit.gettext("The key tells which entry the row is. It stays; new entries have none."),
        visit.gettext("Choose from the list."),
    )


def _in_all_languages(words: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What a word of any language means, and the names that the command line's sheets use."""
    pairs = list(words)
    found = {term(name): name for name, _word in pairs}
    for language in LANGUAGES:
        found |= {term(catalog("admin", language).gettext(word)): name for name, word in pairs}
    return found


def terms_for(topics: Sequence[Topic], documents: Iterable[str]) -> Terms:
    """What the words of a sheet mean, in whatever language it was taken out."""
    named = {term(topic.name): topic.slug for topic in topics} | {term(topic.slug): topic.slug for topic in topics}
    return Terms(
        _in_all_languages((name, labels.COLUMNS[name]) for name in COLUMNS),
        _in_all_languages(_KINDS.items()),
        {**_in_all_languages(_ACTS.items()), "draft": LEAVE},
        named,
        frozenset(documents),
    )


def workbook(visit: Visit, rows: Sequence[Exported], topics: Sequence[Topic]) -> bytes:
    """Entries as a workbook."""
    from knowledge_base.faq.desk_workbook import write_desk_workbook  # noqa: PLC0415 - a start must not wait for a library it doesn't use

    names = {topic.slug: topic.name for topic in topics}
    act, kinds = visit.gettext(_ACTS[SEND]), {name: visit.gettext(word) for name, word in _KINDS.items()}
    worded = (
        {
            **row.texts,
            "key": row.key,
            "base": row.base,
            "act": act,
            "kind": kinds[row.texts["kind"]],
            "topic": names.get(row.texts["topic"], row.texts["topic"]),
            **{day: _as_people_write(row.texts[day]) for day in ("in_force.from", "in_force.to", "checked_on")},
        }
        for row in rows
    )
    return write_desk_workbook(worded, words_for(visit, topics))


def _as_people_write(iso: str) -> str:
    return "/".join(reversed(iso.split("-"))) if iso else ""


def fault(visit: Speaks, found: CellFault) -> str:
    """What is wrong in a cell, and what to do."""
    return visit.gettext(_FAULTS[found.key]) % found.data
