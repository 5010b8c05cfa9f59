"""A receipt as a picture: its code decodes, it is small, and it stands on paper's own terms."""

import io
from datetime import date

import pytest
import zxingcpp
from PIL import Image

from knowledge_base.paper.picture import picture
from knowledge_base.paper.receipt_words import ReceiptWords
from knowledge_base.questions.reference import new_reference

LOOK_UP = "https://hoi-dap.example.vn/tra-cuu"


@pytest.mark.parametrize(
    ("unit", "due", "look_up", "contact"),
    [
        ("Xã Thử", date(2026, 12, 3), LOOK_UP, "Bộ phận một cửa của xã"),
        ("Ủy ban nhân dân xã Nguyễn Bỉnh Khiêm, thành phố trực thuộc Trung ương " * 3, None, LOOK_UP, ""),
        ("Xã 🌾", date(2027, 1, 1), f"https://{'ten-mien-rat-dai.' * 5}vn/tra-cuu", "x" * 300),
    ],
)
def test_the_code_decodes_and_the_file_is_small(unit: str, due: date | None, look_up: str, contact: str) -> None:
    code = new_reference()
    made = picture(ReceiptWords(code, unit, date(2026, 11, 26), due, look_up, contact))
    assert len(made) <= 20 * 1024
    image = Image.open(io.BytesIO(made))
    assert image.format == "PNG"
    assert image.width == 640 < image.height
    assert [one.text for one in zxingcpp.read_barcodes(image.convert("L"))] == [f"{look_up}?ma={code}"]
    shrunk = image.convert("L").resize((320, image.height // 2))  # as a small phone shows it
    assert [one.text for one in zxingcpp.read_barcodes(shrunk)] == [f"{look_up}?ma={code}"]
    colours = image.convert("RGB").getcolors(16)
    assert colours is not None
    assert {(0, 0, 0), (255, 255, 255)} <= {colour for _count, colour in colours}
