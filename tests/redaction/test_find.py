"""Personal data in residents' words: found in its spellings, and not where there is none."""

from pathlib import Path

import pytest
import yaml

from knowledge_base.redaction.find import MASK, find_personal_data, mask_personal_data

FOUND = [
    ("số tôi 0900000000 nhé", "phone"),
    ("gọi 090 000 0000", "phone"),
    ("+84 900.000.000", "phone"),
    ("cccd 001000000000", "citizen_id"),
    ("cmnd 100000000", "citizen_id"),
    ("thẻ DN 4 00 000 000 0000", "health_card"),
    ("mail thu@vi-du.example", "email"),
    ("tôi tên Người Thử Đầu hỏi", "name"),
    ("Tên con là Người Thử", "name"),
]
NONE = [
    "vay 100.000.000 đồng được không",
    "Nghị định 188/2025/NĐ-CP ngày 01/07/2025",
    "tên tôi bị sai trên thẻ",
    "tên văn bản là Nghị định nào",
    "mức 1.500.000 đồng, 2.000.000 đồng",
]


@pytest.mark.parametrize(("text", "kind"), FOUND)
def test_found_and_masked(text: str, kind: str) -> None:
    assert [hit.kind for hit in find_personal_data(text)] == [kind]
    assert MASK in mask_personal_data(text)
    assert find_personal_data(mask_personal_data(text)) == ()


def test_only_the_name_is_masked() -> None:
    assert mask_personal_data("tôi tên Người Thử, hộ nghèo") == f"tôi tên {MASK}, hộ nghèo"


@pytest.mark.parametrize("text", NONE)
def test_no_false_alarm(text: str) -> None:
    assert find_personal_data(text) == ()


def test_the_shipped_content_holds_none() -> None:
    for path in (Path(__file__).parents[2] / "content" / "entries").glob("*.yaml"):
        entry = yaml.safe_load(path.read_text(encoding="utf-8"))
        for text in (entry["question"], entry["short_answer"], entry["details"], *entry["phrasings"]):
            assert find_personal_data(text) == (), (path.name, text)
