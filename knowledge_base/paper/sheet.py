"""Sheets of paper as PDF: a font that has every Vietnamese mark, QR codes as vectors, lengths in millimetres."""

from functools import lru_cache
from pathlib import Path

import segno

FONTS = Path(__file__).parent / "fonts"
_QUIET = 4  # modules of white around a code: ISO/IEC 18004
_POINTS_A_MM = 72 / 25.4
_LINE = 1.35  # height of a line, in sizes


@lru_cache(maxsize=2)
def _font(weight: str) -> bytes:
    return (FONTS / f"be-vietnam-pro-{weight}.ttf").read_bytes()


class Sheet:
    """A document that is drawn on from the top left; `face` is "" or "B"."""

    def __init__(self, width: float, height: float) -> None:
        from fpdf import FPDF  # noqa: PLC0415 - a start must not wait for a library it doesn't use

        self.width, self.height = width, height
        self._widths: dict[tuple[str, str], float] = {}
        self._broken: dict[tuple[str, float, float, str], list[str]] = {}
        self._pdf = FPDF(unit="mm", format=(width, height))
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margin(0)
        self._pdf.c_margin = 0
        self._pdf.add_font("be", "", FONTS / "be-vietnam-pro-400.ttf")
        self._pdf.add_font("be", "B", FONTS / "be-vietnam-pro-600.ttf")
        self._pdf.set_creator("Hỏi–Đáp Giảm Nghèo")

    def page(self) -> None:
        """A fresh page."""
        self._pdf.add_page()

    def words(
        self, x: float, y: float, width: float, size: float, text: str, *, face: str = "", centred: bool = False
    ) -> float:
        """Words in a column, broken where they must; returns where the next line begins. `size` in millimetres."""
        self._pdf.set_font("be", face, size * _POINTS_A_MM)
        for line in self._lines(width, size, text, face):
            shift = (width - self._width(line, face) * size) / 2 if centred else 0.0
            self._pdf.text(x + shift, y + size * 1.0, line)
            y += size * _LINE
        return y

    def height_of(self, width: float, size: float, text: str, face: str = "") -> float:
        """How high words would stand."""
        return len(self._lines(width, size, text, face)) * size * _LINE

    def _width(self, text: str, face: str) -> float:
        """How wide words are at a size of one."""
        key = (text, face)
        if key not in self._widths:
            before = self._pdf.font_style, self._pdf.font_size_pt
            self._pdf.set_font("be", face, 100 * _POINTS_A_MM)
            self._widths[key] = self._pdf.get_string_width(text) / 100
            self._pdf.set_font("be", *before)
        return self._widths[key]

    def _lines(self, width: float, size: float, text: str, face: str) -> list[str]:
        """Words broken into lines. Widths are kept, for a thousand posters say mostly the same."""
        key = (text, width, size, face)
        if key not in self._broken:
            self._broken[key] = [
                line for part in printable(text).split("\n") for line in self._wrapped(part, width / size, face)
            ]
        return self._broken[key]

    def _wrapped(self, text: str, width: float, face: str) -> list[str]:
        lines, line, filled, blank = [], "", 0.0, self._width(" ", face)
        for word in text.split(" "):
            long = self._width(word, face)
            if line and filled + blank + long > width:
                lines.append(line)
                line, filled = "", 0.0
            while long > width and len(word) > 1:  # an address longer than the line is broken where it must
                cut = max(1, int(len(word) * width / long) - 1)
                lines.append(word[:cut])
                word = word[cut:]  # noqa: PLW2901 - the rest of it
                long = self._width(word, face)
            line, filled = (f"{line} {word}", filled + blank + long) if line else (word, long)
        return [*lines, line]

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
                    left, width = x + (start + _QUIET) * module, (column - start) * module
                    self._pdf.rect(left, top, width, module * 1.01, style="F")  # a hair over: no white between rows
                    start = None

    def done(self) -> bytes:
        """The document."""
        return bytes(self._pdf.output())


def printable(text: str) -> str:
    """Signs that the font lacks are left out, so that nothing is printed as an empty box."""
    return "".join(sign if sign == "\n" or _has(sign) else " " for sign in text)


@lru_cache(maxsize=1)
def _signs() -> frozenset[int]:
    from io import BytesIO  # noqa: PLC0415 - needed once

    from fontTools.ttLib import TTFont  # noqa: PLC0415 - as above

    return frozenset(TTFont(BytesIO(_font("400"))).getBestCmap())


def _has(sign: str) -> bool:
    return ord(sign) in _signs()
