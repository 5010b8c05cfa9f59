"""What must not get lost in a translation, and PO files out and in."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from babel.messages.pofile import read_po

from knowledge_base.faq.entry import FaqEntry, LegalBasis
from knowledge_base.faq.publication import RevisionState
from knowledge_base.faq.translation import Translation, faults_of, figures, source_hash, source_of
from knowledge_base.faq.translation_po import PoRow, read_translations, write_translations

ENTRY = FaqEntry(
    "T01",
    "answer",
    "approved",
    "project",
    "chuan-ngheo",
    "Chuẩn nghèo là bao nhiêu?",
    "Ở nông thôn là 1.500.000 đồng một người một tháng, đến hết 31/12/2026.",
    "Xem 07/2021/NĐ-CP, Điều 3.",
    legal_basis=(LegalBasis("07/2021/NĐ-CP", "Điều 3"),),
)
WORDS = {
    "question": "How much is the poverty line?",
    "short_answer": "In rural areas it is VND 1,500,000 per person and month, until the end of 31 December 2026.",
    "details": "See 07/2021/NĐ-CP, Article 3.",
}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("1.500.000 đồng", "VND 1,500,000"),
        ("2 triệu đồng", "2 million dong"),
        ("1,5 tỷ", "1.5 billion"),
        ("2,5 triệu", "2,500,000"),
        ("80% của 12 tháng", "12 months, of which 80 %"),
        ("từ 01/01/2027", "from January 1, 2027"),
        ("từ 1/1/2027", "from 2027-01-01"),
        ("đến 31/12/2026", "until 31st December 2026"),
        ("gọi 1900 1234", "call 1900 1234"),
        ("{ten} %(so)s", "%(so)s {ten}"),
    ],
)
def test_the_same_figures_in_another_way(source: str, words: str) -> None:
    assert figures(source).keys() <= figures(words).keys()


@pytest.mark.parametrize(
    ("field", "words", "key"),
    [
        ("short_answer", WORDS["short_answer"].replace("1,500,000", "1,500"), "translation_figures"),
        ("short_answer", WORDS["short_answer"].replace("31 December", "30 December"), "translation_figures"),
        ("details", "See Article 3.", "translation_figures"),
        ("details", "", "translation_missing"),
        ("question", f"{WORDS['question']} Call 0912 345 678.", "translation_personal"),
        ("question", "a" * 40_001, "translation_long"),
    ],
)
def test_a_fault_names_its_field(field: str, words: str, key: str) -> None:
    (fault,) = faults_of("T01", source_of(ENTRY), {**WORDS, field: words})
    assert (fault.entry, fault.field, fault.key) == ("T01", field, key)


def _made(words: dict[str, str], entry: FaqEntry = ENTRY) -> Translation:
    source, now = source_of(entry), datetime(2026, 11, 24, tzinfo=UTC)
    told = (RevisionState.PUBLISHED, "dich-gia", "bien-tap", None, now, now)
    return Translation(1, "T01", "en", words, source, source_hash(source), *told)


def test_out_filled_and_back() -> None:
    text = write_translations("en", [PoRow(ENTRY, None)]).decode()
    assert 'msgctxt "T01/short_answer"' in text
    assert "#. Căn cứ: 07/2021/NĐ-CP Điều 3" in text
    assert read_translations(text.encode(), "en", [ENTRY]).words == {}
    filled = write_translations("en", [PoRow(ENTRY, _made(WORDS))])
    assert read_translations(filled, "en", [ENTRY]).words == {"T01": WORDS}


def test_a_changed_source_makes_it_fuzzy_and_fuzzy_is_not_taken() -> None:
    former = replace(ENTRY, short_answer=ENTRY.short_answer.replace("1.500.000", "1.600.000"))
    file = write_translations("en", [PoRow(former, _made(WORDS))])
    assert "#, fuzzy" in file.decode()
    assert "#| msgid" in file.decode()
    found = read_translations(file, "en", [former])
    assert (found.words, found.fuzzy) == ({}, ["T01"])
    stale = read_translations(write_translations("en", [PoRow(ENTRY, _made(WORDS))]), "en", [former])
    assert [(one.field, one.key) for one in stale.faults] == [("short_answer", "translation_source_moved")]


def test_what_is_unfinished_unknown_or_no_po_is_named() -> None:
    half = write_translations("en", [PoRow(ENTRY, _made({**WORDS, "details": ""}))])
    assert read_translations(half, "en", [ENTRY]).unfinished == ["T01"]
    assert {one.key for one in read_translations(half, "en", []).faults} == {"translation_unknown"}
    for data in (b"\xff\xfe\x00", b'msgid "a\nmsgstr', b"PK\x03\x04"):
        found = read_translations(data, "en", [ENTRY])
        assert found.words == {}
    assert [one.key for one in read_translations(b"#" * (11 << 20), "en", []).faults] == ["po_large"]


def test_a_language_that_the_locale_data_do_not_know() -> None:
    file = write_translations("qaa", [PoRow(ENTRY, _made(WORDS))])
    assert len(read_po(io.BytesIO(file))) == 3
    assert read_translations(file, "qaa", [ENTRY]).words == {"T01": WORDS}
