"""A receipt as a picture for a phone's album: black on white, 640 wide, a few kilobytes. Vietnamese, as all paper."""

import io
from collections.abc import Sequence
from functools import lru_cache

import segno
from PIL import Image, ImageDraw, ImageFont

from knowledge_base.paper.receipt_words import ReceiptWords
from knowledge_base.paper.sheet import FONTS, printable

_WIDE = 640
_EDGE = 36
_LINE = 1.32  # height of a line, in sizes
_QUIET = 4  # modules of white around a code: ISO/IEC 18004
_CODE = 300  # about how wide the code is, in dots
_GREYS = 4  # between black and white, so that letters are smooth and the file small
_DAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_LONGEST = 120


Row = tuple[str, int, str, int]  # words, size, weight, space above


def picture(words: ReceiptWords) -> bytes:
    """The PNG."""
    code = _qr(f"{words.look_up}?ma={words.reference}")
    above, below = _rows(words)
    height = _EDGE + _drawn(None, above, _EDGE) - _EDGE + code.height + _drawn(None, below, 0) + _EDGE
    image = Image.new("L", (_WIDE, height), 255)
    pen = ImageDraw.Draw(image)
    pen.rectangle((6, 6, _WIDE - 7, height - 7), outline=0, width=4)
    y = _drawn(pen, above, _EDGE)
    image.paste(code, ((_WIDE - code.width) // 2, y))
    _drawn(pen, below, y + code.height)
    out = io.BytesIO()
    image.quantize(_GREYS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _rows(words: ReceiptWords) -> tuple[list[Row], list[Row]]:
    """What stands above the code, and below it."""
    above: list[Row] = [
        (words.unit[:_LONGEST], 28, "600", 0),
        ("PHIẾU HẸN TRẢ LỜI", 36, "600", 12),
        ("Mã câu hỏi", 28, "400", 18),
        (words.reference, 84, "600", 0),
        (f"Ngày gửi: {words.asked_on:%d/%m/%Y}", 30, "400", 6),
    ]
    if words.due_on:
        above.append((f"Hẹn trả lời chậm nhất {_DAYS[words.due_on.weekday()]}", 30, "600", 10))
        above.append((f"{words.due_on:%d/%m/%Y}", 52, "600", 0))
    below: list[Row] = [
        ("Xem trả lời: quét ô vuông này, hoặc mở", 26, "400", 0),
        (words.look_up.partition("://")[2], 30, "600", 2),
        ("rồi gõ mã câu hỏi.", 26, "400", 2),
    ]
    if words.contact:
        below.append((words.contact[:_LONGEST], 24, "400", 10))
    return above, below


def _drawn(pen: ImageDraw.ImageDraw | None, rows: Sequence[Row], y: int) -> int:
    """Rows in the middle, one below the other; returns where the next begins. Without a pen it is only measured."""
    for text, size, weight, space in rows:
        y += space
        font = _font(weight, size)
        for line in _lines(printable(text), font):
            if pen:
                pen.text(((_WIDE - font.getlength(line)) / 2, y), line, fill=0, font=font)
            y += round(size * _LINE)
    return y


def _lines(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    lines, width = [""], _WIDE - 2 * _EDGE
    for word in text.split():
        rest = word
        longer = f"{lines[-1]} {rest}".strip()
        if font.getlength(longer) <= width:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        while font.getlength(rest) > width:  # an address longer than the line is broken where it must
            cut = next(at for at in range(len(rest), 0, -1) if at == 1 or font.getlength(rest[:at]) <= width)
            lines[-1], rest = rest[:cut], rest[cut:]
            lines.append("")
        lines[-1] = rest
    return lines


def _qr(content: str) -> Image.Image:
    """A code with its white border; every module a whole number of dots."""
    matrix = tuple(segno.make_qr(content, error="m", boost_error=True).matrix)
    side = len(matrix) + 2 * _QUIET
    small = Image.new("L", (side, side), 255)
    for row, cells in enumerate(matrix):
        for column, dark in enumerate(cells):
            if dark:
                small.putpixel((column + _QUIET, row + _QUIET), 0)
    scale = max(1, round(_CODE / side))
    return small.resize((side * scale, side * scale), Image.Resampling.NEAREST)


@lru_cache(maxsize=16)
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"be-vietnam-pro-{weight}.ttf", size)
