"""Plain words add nothing to the answer; when they may no longer fit; what makes them hard to read."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.errors import InvalidInput
from knowledge_base.faq.checklist import Point, hash_of
from knowledge_base.faq.desk_sheet import base_of, entry_of, texts_of
from knowledge_base.faq.easy_read import (
    LONGEST,
    figures_of_text,
    guard_easy_read,
    may_disagree,
    readability,
    strange_figures,
)
from knowledge_base.faq.entry import FaqEntry, InForce, LegalBasis
from knowledge_base.faq.sheet_compare import differences, digest
from knowledge_base.faq.sheet_table import COLUMNS
from knowledge_base.faq.sheet_write import cells, entry_fields

ENTRY = FaqEntry(
    "T1", "answer", "approved", "project", "t",
    "Từ năm 2027 chuẩn nghèo là bao nhiêu?",
    "Từ 01/01/2027 là 2.200.000 đồng/người/tháng ở nông thôn; hỗ trợ 70% trong 5-10 ngày.",
    "## Mức hưởng\n- Bằng 1,5 lần; vay 100 triệu đồng; tháng 7/2026; 12 chỉ số.",
    legal_basis=(LegalBasis("351/2025/NĐ-CP", "khoản 2 Điều 3"),),
    in_force=InForce(date(2026, 1, 15), date(2030, 12, 31)),
)  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Mỗi người 2.200.000 đồng.",
        "Mỗi người 2 triệu 2.",
        "Mỗi người hai triệu hai trăm nghìn đồng.",
        "Mỗi người 2,2 triệu đồng.",
        "Nhà nước trả 70 phần trăm.",
        "Từ ngày 1/1/2027.",
        "Từ ngày 1 tháng 1 năm 2027.",
        "Từ tháng 1/2027, tức từ năm 2027.",
        "Đến hết ngày 31/12/2030.",
        "Theo Nghị định 351/2025/NĐ-CP, Điều 3. Nghị định 351/2025.",
        "Chờ từ 5 đến 10 ngày. Bằng 1,5 lần. Vay 100.000.000 đồng.",
        "1. Đi hỏi xã.\n2. Mang giấy tờ.",
        "Có hai loại giấy. Bạn hỏi một lần.",
    ],
)
def test_what_the_answer_says_may_be_said_plainly(words: str) -> None:
    entry = replace(ENTRY, easy_read=words)
    assert strange_figures(entry) == []
    guard_easy_read(entry)


@pytest.mark.parametrize(
    ("words", "strange"),
    [
        ("Mỗi người 2.100.000 đồng.", "2.100.000"),
        ("Mỗi người hai triệu ba.", "hai triệu ba"),
        ("Nhà nước trả 75%.", "75 %"),
        ("Nhà nước trả 12%.", "12 %"),  # there are 12 indicators, not 12 per cent
        ("Nhà nước trả 12 phần trăm.", "12 phần"),
        ("Từ ngày 2/1/2027.", "2/1/2027"),
        ("Từ tháng 8/2026.", "tháng 8/2026"),
        ("Theo Nghị định 350/2025/NĐ-CP.", "350/2025/NĐ-CP"),
        ("Theo Quyết định 351/2025/QĐ-TTg.", "351/2025/QĐ-TTg"),
        ("Chờ 15 ngày làm việc, năm 2028.", "2028"),
        ("Bằng 2,5 lần.", "2,5"),
    ],
)
def test_a_figure_of_its_own_is_refused(words: str, strange: str) -> None:
    entry = replace(ENTRY, easy_read=words)
    assert strange in strange_figures(entry)
    with pytest.raises(InvalidInput) as refused:
        guard_easy_read(entry)
    assert refused.value.key == "easy_read_figures"


def test_too_long_is_refused() -> None:
    with pytest.raises(InvalidInput, match="easy_read_long"):
        guard_easy_read(replace(ENTRY, easy_read="a " * LONGEST))


@given(st.text())
def test_any_text_has_figures_and_a_readability(text: str) -> None:
    figures_of_text(text)
    readability(text)


def test_an_answer_changed_alone_is_noticed() -> None:
    former = replace(ENTRY, easy_read="Hỏi xã.")
    assert may_disagree(former, replace(former, details="khác"))
    assert not may_disagree(former, replace(former, details="khác", easy_read="Hỏi lại xã."))
    assert not may_disagree(former, replace(former, question="khác"))
    assert not may_disagree(former, replace(former, details="khác", easy_read=""))


def test_how_easily_it_is_read() -> None:
    found = readability("Bạn hỏi xã. " + "rất " * 21 + "dài.\nĐối tượng nộp tại UBND, qua Internet.")
    assert (found.sentences, found.longest) == (3, 22)
    assert found.too_long == ("rất rất rất rất rất…",)
    assert found.hard == ("đối tượng", "UBND", "Internet")
    assert readability("").sentences == 0


def test_what_was_bound_to_an_entry_without_plain_words_stays_bound() -> None:
    """Hashes kept by an earlier version: of imported rows, of exported rows, of what a jurist read."""
    assert digest(ENTRY) == digest(replace(ENTRY, easy_read=""))
    texts = texts_of(ENTRY)
    assert base_of(3, texts) == base_of(3, {name: text for name, text in texts.items() if name != "easy_read"})
    eased = replace(ENTRY, easy_read="Hỏi xã.")
    assert digest(eased) != digest(ENTRY)
    assert base_of(3, texts_of(eased)) != base_of(3, texts)
    assert hash_of(eased, Point.TEXT) != hash_of(ENTRY, Point.TEXT)
    assert hash_of(eased, Point.FIGURES) == hash_of(ENTRY, Point.FIGURES)


def test_it_stands_in_the_rows_of_every_sheet() -> None:
    eased = replace(ENTRY, easy_read="Hỏi xã.\n- Mang giấy tờ.")
    assert entry_of("T1", texts_of(eased)).easy_read == eased.easy_read
    assert "easy_read" in COLUMNS
    assert eased.easy_read in cells(eased)
    assert entry_fields(eased)["easy_read"] == eased.easy_read
    assert [change.field for change in differences(ENTRY, eased)] == ["easy_read"]


def test_a_sheet_whose_plain_words_say_a_figure_of_their_own_names_the_row(read, entry) -> None:
    sheet = read("a.yaml", entry.replace("audience:", "easy_read: Chờ 7 ngày.\naudience:"))
    (fault,) = sheet.faults
    assert (fault.field, fault.row) == ("easy_read", 11)
    assert "'7'" in fault.reason
