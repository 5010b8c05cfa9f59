import io
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from knowledge_base.faq.entry import InForce, LegalBasis
from knowledge_base.faq.sheet import Sheet
from knowledge_base.faq.sheet_table import COLUMNS, guard, unguard

Read = Callable[[str, str | bytes], Sheet]
Faults = Callable[[str, str | bytes], list[str]]
HEADER = "key,kind,status,topic,question,short_answer,phrasings,legal_basis,in_force.from,in_force.to,checked_on\n"
GOOD = 'T1,answer,draft,t,q,s,"một\nhai\n","1/2025/NĐ-CP | Điều 3\nLuật A",2025-01-02,,2026-11-22\n'


def book(*rows: list[Any], title: str = "Sheet") -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


NAMES = HEADER.strip().split(",")
CELLS = ["T1", "answer", "draft", "t", "q", "s", "một\nhai", "1/2025/NĐ-CP | Điều 3\nLuật A", date(2025, 1, 2), None]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", HEADER + GOOD),
        ("a.csv", "\ufeff" + HEADER.replace("\n", "\r\n") + GOOD),
        ("a.csv", HEADER.replace(",", ";") + GOOD.replace(",", ";")),
        ("a.xlsx", book(NAMES, [*CELLS, datetime(2026, 11, 22)])),  # noqa: DTZ001 - as a spreadsheet has it
        ("a.XLSX", book(NAMES, [*CELLS, "2026-11-22"])),
    ],
)
def test_a_whole_row(read: Read, name: str, data: str | bytes) -> None:
    sheet = read(name, data)
    assert sheet.faults == []
    found = sheet.entries[0].value
    assert found.phrasings == ("một", "hai")
    assert found.legal_basis == (LegalBasis("1/2025/NĐ-CP", "Điều 3"), LegalBasis("Luật A", ""))
    assert found.in_force == InForce(date(2025, 1, 2), None)
    assert found.checked_on == date(2026, 11, 22)
    assert sheet.entries[0].rows[""] == 2


def test_rows_are_those_of_the_sheet(faults: Faults) -> None:
    text = HEADER + GOOD + "\n,,,,,,,,,,\n" + GOOD.replace("T1,answer", "T2,story") + GOOD.replace("T1", "T1")
    assert faults("a.csv", text) == [
        "a.csv:5:kind: expected answer or referral, got 'story'",
        "a.csv:6:key: 'T1' is given twice, first at " + faults("a.csv", text)[1].rsplit("at ", 1)[1],
    ]


WRONG_CSV = [
    ("", "1:-: the file is empty"),
    ("a,b\n1,2\n", "1:-: the first row must name the columns"),
    (GOOD, "1:-: the first row must name the columns"),
    (HEADER, "2:-: no entry stands under the header"),
    (HEADER.replace("checked_on", "cheked_on") + GOOD, "1:cheked_on: unknown column"),
    (HEADER.replace("checked_on", "in_force.until") + GOOD, "1:in_force.until: unknown column"),
    (HEADER.replace("checked_on", "") + GOOD, "1:column 11: unknown column"),
    (HEADER.replace("checked_on", "question") + GOOD, "1:question: the column is there twice"),
    (HEADER.replace("kind,", "") + GOOD, "1:kind: the column is missing"),
    (HEADER + "T1,answer\n", "2:-: 2 cells where the header names 11"),
    (HEADER + GOOD + GOOD.replace("T1", "T2").replace("\n", "", 3)[:-1] + ",x\n", "3:-: 12 cells"),
    (HEADER + GOOD + '"T2,answer', "3:-: broken CSV"),
    (HEADER + GOOD + '"T2"x,answer', "3:-: broken CSV"),
    (HEADER + GOOD.replace("2025-01-02,", "2025-01-02,2024-01-01"), "2:in_force.to: the window ends"),
    (HEADER + GOOD.replace("hai", "Một"), "2:phrasings: 'Một' stands there twice"),
    (HEADER + GOOD.replace(",s,", "," + "x" * 10_000_000 + ","), "2:short_answer: 10,000,000 characters"),
    (HEADER + GOOD.replace("một", "x" * 10_000_000), "2:phrasings: 10,000,005 characters"),
]


@pytest.mark.parametrize(("text", "expected"), WRONG_CSV, ids=[expected for _, expected in WRONG_CSV])
def test_one_fault_in_csv(faults: Faults, text: str, expected: str) -> None:
    found = faults("a.csv", text)
    assert found[0].startswith(f"a.csv:{expected}")
    assert len(found) == 1


def test_too_many_rows_and_too_many_faults(faults: Faults) -> None:
    start = time.process_time()
    found = faults("a.csv", "key,kind,status,topic,question,short_answer\n" + "T1,,,,,\n" * 100_001)
    assert len(found) < 20_000
    assert any("more than 100,000 rows" in line for line in found)
    assert any("nothing after was checked" in line for line in found)
    assert time.process_time() - start < 20


# --- workbooks ------------------------------------------------------------------------------------


def archive(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return stream.getvalue()


WRONG_XLSX = [
    (b"", "1:-: the file is empty"),
    (b"abc", "1:-: not a workbook"),
    (book(NAMES)[:400], "1:-: not a workbook"),
    (archive({"a.txt": b"a"}), "1:-: not a workbook that can be read"),
    (archive({"xl/sharedStrings.xml": b"0" * (65 << 20)}), "1:-: unpacks to more than 64 MB"),
    (archive({f"xl/{n}.xml": b"" for n in range(1001)}), "1:-: unpacks to more than 64 MB"),
    (archive({"xl/workbook.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]>"}), "1:-: holds a document type"),
    (book(), "1:-: the first row must name the columns"),
    (book(NAMES), "2:-: no entry stands under the header"),
    (book(NAMES, [*CELLS[:4], "=1+1", *CELLS[5:]]), "2:question: a formula"),
    (book(NAMES, [*CELLS[:4], "#N/A", *CELLS[5:]]), "2:question: an error value"),
    (book(NAMES, CELLS, [], ["T2", *CELLS[1:], "2026-11-22", "x"]), "4:-: 12 cells where the header names 11"),
    (book(NAMES, [*CELLS[:4], "x" * 30_000, *CELLS[5:]]), "2:question: 30,000 characters"),
]


@pytest.mark.parametrize(("data", "expected"), WRONG_XLSX, ids=[expected for _, expected in WRONG_XLSX])
def test_one_fault_in_a_workbook(faults: Faults, data: bytes, expected: str) -> None:
    found = faults("a.xlsx", data)
    assert found[0].startswith(f"a.xlsx:{expected}")
    assert len(found) == 1


def test_a_stray_cell_in_the_last_corner(faults: Faults) -> None:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(NAMES)
    sheet.append(CELLS)
    sheet.cell(1_048_576, 16_384, "x")
    stream = io.BytesIO()
    workbook.save(stream)
    start = time.process_time()
    assert faults("a.xlsx", stream.getvalue()) == []
    assert time.process_time() - start < 10


# --- formulas -------------------------------------------------------------------------------------


@given(st.text("=+-@\t\r\n'ａ＝aé", max_size=6))
def test_guarding_is_undone_exactly(text: str) -> None:
    assert unguard(guard(text)) == text
    assert not guard(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))


def test_columns_cover_every_field() -> None:
    assert "in_force.from" in COLUMNS
    assert "in_force" not in COLUMNS
