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
    ("thẻ TE4 00 000 000 0000", "health_card"),
    ("sổ bhxh 1966 1970 59", "insurance"),
    ("mail thu@vi-du.example", "email"),
    ("tôi tên Người Thử Đầu hỏi", "name"),
    ("Tên con là Người Thử", "name"),
    ("anh Thử bên xã bảo em", "name"),
    ("e tên thảo", "name"),
    ("tooi teen laf nguyeenx vawn thuwr", "name"),
    ("(024) 3.900.0000", "phone"),
    ("0️⃣9️⃣0️⃣0️⃣0️⃣0️⃣0️⃣0️⃣0️⃣0️⃣", "phone"),
    ("không chín mười hai ba mươi tư năm sáu bảy tám", "phone"),
    ("xe 29A1-000.00 của tôi", "plate"),
    ("tôi ở 12 Lê Lợi", "address"),
    ("nhà ở thôn Đoài, xã ta", "address"),
    ("mẹ sinh năm 1950", "birth_date"),
]
NONE = [
    "vay 100.000.000 đồng được không",
    "Nghị định 188/2025/NĐ-CP ngày 01/07/2025",
    "tên tôi bị sai trên thẻ",
    "tên văn bản là Nghị định nào",
    "mức 1.500.000 đồng, 2.000.000 đồng",
    "nông thôn 1.500.000 đồng, tổ 3 người, tổ vay vốn",
    "các năm 2027, 2028, 2029, 2030 là mấy",
    "năm 2027 2028 2029 có được không",
    "Điều 3, 4, 5, 6, 7, 8, 9, 10, 11",
    "một hai ba bốn năm sáu bảy tám chín mười",
    "TP. Hồ Chí Minh, Hà Nội, tỉnh Cao Bằng, xã Nguyễn Huệ",
    "Ông bà anh chị em đều được",
    "bà con dân tộc Thái, Mường",
    "gọi tổng đài 1900 9068 hoặc 111",
    "Thưa ông Chủ tịch, Ngân hàng Chính sách xã hội",
    "thôn tôi có 3 hộ, bản sao giấy tờ",
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
