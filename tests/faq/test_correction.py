"""What counts as a change of substance, and what readers are told of it."""

from dataclasses import replace
from datetime import date

import pytest

from knowledge_base.errors import InvalidInput
from knowledge_base.faq.correction import changed_parts, correction_of, guard_told, tidy_note
from knowledge_base.faq.entry import FaqEntry, InForce, LegalBasis
from knowledge_base.faq.parts import figures_of

ENTRY = FaqEntry(
    "T01",
    "answer",
    "approved",
    "project",
    "chuan-ngheo",
    "Chuẩn nghèo năm 2026?",
    "Ở nông thôn là 1.500.000 đồng, ở thành thị hai triệu đồng.",
    "Hỗ trợ 70% mức đóng trong 5 năm.",
    legal_basis=(LegalBasis("07/2021/NĐ-CP", "Điều 3"),),
    in_force=InForce(None, date(2026, 12, 31)),
)


def test_figures_are_found_in_digits_and_in_words() -> None:
    assert figures_of(ENTRY) == ("2026", "1.500.000", "2000000", "70%", "5")


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({}, ()),
        ({"topic": "vay-von", "phrasings": ("khác",)}, ()),
        ({"details": "Được hỗ trợ 70% mức đóng trong 5 năm."}, ("wording",)),
        ({"details": "Hỗ trợ 80% mức đóng trong 5 năm."}, ("figures", "wording")),
        ({"short_answer": ENTRY.short_answer.replace("hai triệu", "ba triệu")}, ("figures", "wording")),
        ({"legal_basis": (LegalBasis("351/2025/NĐ-CP"),)}, ("basis",)),
        ({"in_force": InForce()}, ("window",)),
        ({"kind": "referral"}, ("kind",)),
    ],
)
def test_the_parts_that_changed(changes: dict, parts: tuple[str, ...]) -> None:
    after = replace(ENTRY, **changes)
    assert changed_parts(ENTRY, after) == parts
    silent = correction_of(ENTRY, after, "")
    assert (silent is not None) is bool(set(parts) - {"wording"})
    assert (correction_of(ENTRY, after, "Đã sửa mức.") is not None) is bool(parts)
    if silent:
        with pytest.raises(InvalidInput, match="public_note_missing"):
            guard_told(silent)


def test_what_takes_the_place_of_nothing_corrects_nothing() -> None:
    assert correction_of(None, ENTRY, "Đã sửa mức.") is None


def test_a_note_to_readers_names_nobody() -> None:
    assert tidy_note("  Mức hưởng đổi\n từ 01/01/2027. ") == "Mức hưởng đổi từ 01/01/2027."
    with pytest.raises(InvalidInput, match="note_personal") as refused:
        tidy_note("Theo số 0912 345 678 gọi tới.")
    assert refused.value.data["words"] == ["0912 345 678"]
