"""Posters (A4, A3) and sheets of stickers with a place's code. What is printed is Vietnamese: see decision 0023."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge_base.paper.sheet import Sheet

Format = Literal["a4", "a3", "stickers"]
FORMATS: tuple[Format, ...] = ("a4", "a3", "stickers")
_A4 = (210.0, 297.0)
_ACROSS, _DOWN = 3, 4  # stickers on an A4
_TITLE = "Hỏi đáp chính sách giảm nghèo"
_WHAT = "Hỏi về sổ hộ nghèo, thẻ bảo hiểm y tế, vay vốn, học phí, nhà ở. Miễn phí, hỏi lúc nào cũng được."
_HOW = "Mở máy ảnh điện thoại hoặc Zalo, đưa vào ô vuông này"
_OR = "Hoặc gõ địa chỉ:"
_ASK = "Bà con có thể hỏi:"
EXAMPLES = (
    "Nhà tôi có được xét hộ nghèo không, nộp đơn ở đâu?",
    "Hộ nghèo có được cấp thẻ bảo hiểm y tế không?",
    "Vay vốn ngân hàng chính sách cần giấy tờ gì?",
)


@dataclass(frozen=True, slots=True)
class Poster:
    """What one place's paper says."""

    label: str  # "Thôn Đông"
    unit: str  # "Xã Một, tỉnh Thử"
    link: str  # what the code holds
    address: str  # what people type


def posters(items: Sequence[Poster], format_: Format, *, office: str = "", contact: str = "") -> bytes:
    """A PDF with a page (or a sticker) for each; `contact` is the office's own, printed where it is set."""
    if format_ == "stickers":
        return _stickers(items)
    scale = 1.0 if format_ == "a4" else 2**0.5
    sheet = Sheet(_A4[0] * scale, _A4[1] * scale)
    for item in items:
        sheet.page()
        _poster(sheet, item, scale, office, contact)
    return sheet.done()


def _poster(sheet: Sheet, item: Poster, scale: float, office: str, contact: str) -> None:
    margin = 14 * scale
    width = sheet.width - 2 * margin
    y = sheet.words(margin, 12 * scale, width, 11 * scale, _TITLE, face="B", centred=True)
    y = sheet.words(margin, y + 1 * scale, width, 8 * scale, item.label, face="B", centred=True)
    y = sheet.words(margin, y, width, 5 * scale, item.unit, centred=True)
    y = sheet.words(margin, y + 2 * scale, width, 5.6 * scale, _WHAT, centred=True)
    side = 112 * scale
    sheet.code((sheet.width - side) / 2, y, side, item.link)
    y = sheet.words(margin, y + side - 4 * scale, width, 5.2 * scale, _HOW, face="B", centred=True)
    y = sheet.words(margin, y + 1 * scale, width, 4.6 * scale, _OR, centred=True)
    y = sheet.words(margin, y, width, 6 * scale, item.address, face="B", centred=True)
    y = sheet.words(margin, y + 4 * scale, width, 5 * scale, _ASK, face="B")
    for example in EXAMPLES:
        y = sheet.words(margin, y + 0.5 * scale, width, 4.8 * scale, f"• {example}")
    foot = "  ·  ".join(part for part in (office, contact) if part)
    if foot:
        sheet.words(margin, sheet.height - 14 * scale, width, 3.6 * scale, foot[:200], centred=True)


def _stickers(items: Sequence[Poster]) -> bytes:
    sheet = Sheet(*_A4)
    width, height = _A4[0] / _ACROSS, _A4[1] / _DOWN
    for number, item in enumerate(items):
        at = number % (_ACROSS * _DOWN)
        if at == 0:
            sheet.page()
            for column in range(1, _ACROSS):
                sheet.line(column * width, 0, column * width, _A4[1], dashed=True)
            for row in range(1, _DOWN):
                sheet.line(0, row * height, _A4[0], row * height, dashed=True)
        left, top = (at % _ACROSS) * width, (at // _ACROSS) * height
        y = sheet.words(left + 4, top + 4, width - 8, 3.6, _TITLE, face="B", centred=True)
        y = sheet.words(left + 4, y, width - 8, 3.2, item.label[:40], centred=True)
        sheet.code(left + (width - 44) / 2, y, 44, item.link)
        sheet.words(left + 2, y + 43, width - 4, 2.8, item.address, centred=True)
    return sheet.done()
