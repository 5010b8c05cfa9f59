import time
from collections.abc import Callable
from datetime import date

import pytest

from knowledge_base.faq.entry import InForce, LegalBasis
from knowledge_base.faq.sheet import Sheet

Read = Callable[[str, str | bytes], Sheet]
Faults = Callable[[str, str | bytes], list[str]]


def test_a_whole_entry(read: Read, entry: str) -> None:
    sheet = read("T25.yaml", entry)
    assert sheet.faults == []
    found = sheet.entries[0].value
    assert found.key == "T25"
    assert found.details == "## Mức hưởng\n- một"
    assert found.phrasings == ("thẻ cho hộ nghèo", "xin thẻ ở đâu")
    assert found.legal_basis == (LegalBasis("1/2025/NĐ-CP", "Điều 3"),)
    assert found.in_force == InForce(date(2025, 8, 15), None)
    assert found.checked_on == date(2026, 11, 22)


def test_a_list_of_entries_and_a_byte_order_mark(read: Read, entry: str) -> None:
    lines = entry.splitlines(keepends=True)
    item = "- " + "  ".join(lines)
    sheet = read("both.yaml", "\ufeff" + item + item.replace("T25", "T26"))
    assert sheet.faults == []
    assert [placed.value.key for placed in sheet.entries] == ["T25", "T26"]


def test_every_scalar_is_the_text_that_was_written(read: Read, entry: str) -> None:
    text = entry.replace("question: Hộ nghèo có được thẻ không?", "question: 007").replace(
        "short_answer: Có.", "short_answer: yes"
    )
    found = read("a.yaml", text).entries[0].value
    assert (found.question, found.short_answer) == ("007", "yes")


# Each: what is replaced by what, and where the one fault is expected.
WRONG = [
    ("key: T25\n", "", "1:key: missing"),
    ("key: T25", "key:", "1:key: empty"),
    ("key: T25", "key: T 25", "1:key: expected up to 40"),
    ("key: T25", f"key: {'T' * 41}", "1:key: expected up to 40"),
    ("kind: answer", "kind: story", "2:kind: expected answer or referral"),
    ("status: approved", "status: live", "3:status: expected draft or approved"),
    ("approved_by: cán bộ thử nghiệm", "approved_by:", "4:approved_by: an approved entry needs who approved it"),
    ("approved_by: cán bộ thử nghiệm\n", "", "1:approved_by: an approved entry needs who approved it"),
    ("approved_by: cán bộ thử nghiệm", "approved_by: Import", "4:approved_by: 'import' is the author"),
    ("approved_by: cán bộ thử nghiệm", f"approved_by: {'x' * 65}", "4:approved_by: 65 characters are too many"),
    ("topic: bao-hiem-y-te", "topic: [a]", "5:topic: expected a text, got a list"),
    ("question: Hộ nghèo có được thẻ không?", "question: ' '", "6:question: empty"),
    ("short_answer: Có.", "short_answer: ''", "7:short_answer: empty"),
    ("short_answer: Có.", "short_answer: {a: b}", "7:short_answer: expected a text, got fields"),
    ("details: |", "detials: |", "8:detials: unknown field"),
    ("  - xin thẻ ở đâu", "  - Thẻ cho HỘ nghèo", "14:phrasings: 'Thẻ cho HỘ nghèo' stands there twice"),
    ("  - xin thẻ ở đâu", "  -", "14:phrasings: an empty item"),
    ("  - xin thẻ ở đâu", "  - [x]", "14:phrasings: expected a text, got a list"),
    ("audience: [ho-ngheo]", "audience: ho-ngheo", "11:audience: expected a list, got 'ho-ngheo'"),
    ('  - {document: "1/2025/NĐ-CP", article: "Điều 3"}', "  []", "15:legal_basis: an answer needs a legal basis"),
    ('{document: "1/2025/NĐ-CP", article: "Điều 3"}', "1/2025/NĐ-CP", "16:legal_basis: expected document and article"),
    ('document: "1/2025/NĐ-CP", ', "", "16:legal_basis.document: missing"),
    ('article: "Điều 3"', 'page: "3"', "16:legal_basis.page: unknown field"),
    ("to: }", "to: 2025-08-14}", "17:in_force.to: the window ends on 2025-08-14, before it begins"),
    ("from: 2025-08-15", "from: 15/08/2025", "17:in_force.from: expected a day"),
    ("from: 2025-08-15", "from: 2025-02-30", "17:in_force.from: expected a day"),
    ("{from: 2025-08-15, to: }", "2025-08-15", "17:in_force: expected from and to"),
    ("https://example.org/a", "javascript:alert(1)", "19:sources: expected an address"),
    ("checked_on: 2026-11-22", "checked_on: 20261122", "20:checked_on: expected a day"),
    ("checked_on: 2026-11-22", "kind: referral", "20:kind: given twice, first in row 2"),
    ("checked_on: 2026-11-22", "checked_on: *x", "20:-: anchors (&) and aliases (*)"),
    ("checked_on: 2026-11-22", "checked_on: !!python/name:os.system", "20:-: tags ("),
    ("checked_on: 2026-11-22", "checked_on: [", "21:-: broken YAML"),
    ("checked_on: 2026-11-22", "---\nkey: T26", "20:-: a second document"),
    ("details: |", "details: 'x\x01'", "8:-: broken YAML"),
]


@pytest.mark.parametrize(("old", "new", "expected"), WRONG, ids=[expected for _, _, expected in WRONG])
def test_one_fault_at_its_place(faults: Faults, entry: str, old: str, new: str, expected: str) -> None:
    assert entry.count(old) == 1
    found = faults("a.yaml", entry.replace(old, new))
    assert [line for line in found if line.startswith(f"a.yaml:{expected}")] == found[:1]
    assert len(found) == 1


def test_all_faults_are_reported(faults: Faults, entry: str) -> None:
    text = entry.replace("kind: answer", "kind: x").replace("topic: bao-hiem-y-te\n", "").replace("2026-11-22", "soon")
    assert [line.split(":")[1:3] for line in faults("a.yaml", text)] == [
        ["1", "topic"],
        ["2", "kind"],
        ["19", "checked_on"],
    ]


def test_a_referral_needs_no_basis_and_may_have_one(faults: Faults, entry: str) -> None:
    referral = entry.replace("kind: answer", "kind: referral")
    assert faults("a.yaml", referral) == []
    assert faults("a.yaml", referral.replace('  - {document: "1/2025/NĐ-CP", article: "Điều 3"}', "  []")) == []


def test_a_draft_is_nobodys(read: Read, entry: str) -> None:
    sheet = read("a.yaml", entry.replace("status: approved", "status: draft"))
    assert sheet.faults == []
    assert sheet.entries[0].value.approved_by == ""


def test_unstorable_and_invisible_characters(read: Read, entry: str) -> None:
    sheet = read("a.yaml", entry.replace("short_answer: Có.", 'short_answer: "Co\\u0301\\0\\u200b\\r\\nrồi"'))
    assert sheet.entries[0].value.short_answer == "Có\ufffd\nrồi"


BOMBS = {
    "deep list": "[" * 100_000,
    "deep mapping": "a: " + "{a: " * 100_000,
    "deep block": "- " * 50_000,
    "deep key": "? " * 50_000,
    "many fields": "\n".join(f"k{number}: 1" for number in range(200_000)),
    "aliases": "a: &a [x, x]\n" + "\n".join(f"b{n}: &b{n} [*a, *a]" for n in range(50)),
    "huge key": "x" * 5_000_000 + ": 1",
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_at_once(faults: Faults, name: str) -> None:
    start = time.process_time()
    assert len(faults("bomb.yaml", BOMBS[name])) == 1
    assert time.process_time() - start < 2


def test_a_value_of_ten_megabytes(faults: Faults, entry: str) -> None:
    start = time.process_time()
    found = faults("a.yaml", entry.replace("short_answer: Có.", "short_answer: " + "x" * 10_000_000))
    assert found == ["a.yaml:7:short_answer: 10,000,000 characters are too many; at most 20,000"]
    assert time.process_time() - start < 2


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n", "~"])
def test_an_empty_file(faults: Faults, text: str) -> None:
    assert faults("a.yaml", text) == ["a.yaml:1:-: the file is empty; write an entry or remove the file"]


@pytest.mark.parametrize(("text", "row"), [("hello", 1), ("- a", 1), ("- key: T1\n- [b]", 2)])
def test_not_a_mapping(faults: Faults, text: str, row: int) -> None:
    assert any(line.startswith(f"a.yaml:{row}:-: expected fields with values") for line in faults("a.yaml", text))


@pytest.mark.parametrize(
    ("data", "row"),
    [("key: é".encode("latin-1"), 1), ("key: T1\nquestion: đ".encode("utf-16"), 1), (b"a: b\nc: \xff", 2)],
)
def test_another_encoding(faults: Faults, data: bytes, row: int) -> None:
    assert faults("a.yaml", data) == [f"a.yaml:{row}:-: not in UTF-8; save the file as UTF-8 and try again"]
