"""Sheets of paper as PDF: a font that has every Vietnamese mark, QR codes as vectors, lengths in millimetres."""

from functools import lru_cache
from pathlib import Path

import segno
from fpdf import FPDF
from fpdf.enums import Align

_FONTS = Path(__file__).parent / "fonts"
_QUIET = 4  # modules of white around a code: ISO/IEC 18004
_POINTS_A_MM = 72 / 25.4


@lru_cache(maxsize=2)
def _font(weight: str) -> bytes:
    return (_FONTS / f"be-vietnam-pro-{weight}.ttf").read_bytes()


class Sheet:
    """A document that is drawn on from the top left; `face` is "" or "B"."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._pdf = FPDF(unit="mm", format=(width, height))
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margin(0)
        self._pdf.c_margin = 0
        self._pdf.add_font("be", "", _FONTS / "be-vietnam-pro-400.ttf")
        self._pdf.add_font("be", "B", _FONTS / "be-vietnam-pro-600.ttf")
        self._pdf.set_creator("Hỏi–Đáp Giảm Nghèo")

    def page(self) -> None:
        """A fresh page."""
        self._pdf.add_page()

    def words(
        self, x: float, y: float, width: float, size: float, text: str, *, face: str = "", centred: bool = False
    ) -> float:
        """Words in a column, broken where they must; returns where the next line begins. `size` in millimetres."""
        self._pdf.set_font("be", face, size * _POINTS_A_MM)
        self._pdf.set_xy(x, y)
        align = Align.C if centred else Align.L
        self._pdf.multi_cell(width, size * 1.35, _printable(text), align=align, new_x="LEFT", new_y="NEXT")
        return float(self._pdf.get_y())

    def height_of(self, width: float, size: float, text: str, face: str = "") -> float:
        """How high words would stand."""
        self._pdf.set_font("be", face, size * _POINTS_A_MM)
        lines = self._pdf.multi_cell(width, size * 1.35, _printable(text), dry_run=True, output="LINES")
        return len(lines) * size * 1.35

    def line(self, x: float, y: float, to_x: float, to_y: float, *, dashed: bool = False) -> None:
        """A thin line; a dashed one is for scissors."""
        self._pdf.set_line_width(0.2)
        self._pdf.set_dash_pattern(dash=2 if dashed else 0, gap=2 if dashed else 0)
        self._pdf.line(x, y, to_x, to_y)
        self._pdf.set_dash_pattern()

    def box(self, x: float, y: float, width: float, height: float) -> None:
        """A frame."""
        self._pdf.set_line_width(0.3)
        self._pdf.rect(x, y, width, height)

    def code(self, x: float, y: float, side: float, content: str) -> None:
        """A QR code with its white border, `side` long in all; runs of dark modules are drawn as one."""
        matrix = tuple(segno.make_qr(content, error="m", boost_error=True).matrix)
        module = side / (len(matrix) + 2 * _QUIET)
        for row, cells in enumerate(matrix):
            top, start = y + (row + _QUIET) * module, None
            for column, dark in enumerate([*cells, 0]):
                if dark and start is None:
                    start = column
                elif not dark and start is not None:
                    self._pdf.rect(
                        x + (start + _QUIET) * module, top, (column - start) * module, module * 1.01, style="F"
                    )
                    start = None

    def done(self) -> bytes:
        """The document."""
        return bytes(self._pdf.output())


def _printable(text: str) -> str:
    """Signs that the font lacks are left out, so that nothing is printed as an empty box."""
    return "".join(sign if sign in "\n" or _has(sign) else " " for sign in text)


@lru_cache(maxsize=1)
def _signs() -> frozenset[int]:
    from io import BytesIO  # noqa: PLC0415 - needed once

    from fontTools.ttLib import TTFont  # noqa: PLC0415 - as above

    return frozenset(TTFont(BytesIO(_font("400"))).getBestCmap())


def _has(sign: str) -> bool:
    return ord(sign) in _signs()
