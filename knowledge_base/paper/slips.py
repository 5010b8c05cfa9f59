"""Paper with codes: pads of slips, receipts, a meeting's form with tear-off receipts, invitations of helpers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge_base.paper.sheet import Sheet

_A4 = (210.0, 297.0)
_MARGIN = 10.0
_ACROSS, _DOWN = 2, 5  # slips on an A4
_LINES = 8  # of a meeting's form on an A4


@dataclass(frozen=True, slots=True)
class SlipWords:
    """One code on paper. `look_up`: the page's address, to which a code may be added; `state`: what is known by now."""

    reference: str
    number: str
    look_up: str
    state: str = ""
    name: str = ""
    text: str = ""
    answer: Mapping[str, Any] | None = None
    said: Sequence[str] = ()
    line: int | None = None


def link_of(slip: SlipWords) -> str:
    """What the code on the paper opens: the look-up page with the code filled in, never the secret number."""
    return f"{slip.look_up}?ma={slip.reference}"


def pad(slips: Sequence[SlipWords], office: str) -> bytes:
    """Slips to be cut apart, folded so that the secret number is inside, and handed out by helpers."""
    sheet = Sheet(*_A4)
    width, height = _A4[0] / _ACROSS, _A4[1] / _DOWN
    for number, slip in enumerate(slips):
        at = number % (_ACROSS * _DOWN)
        if at == 0:
            sheet.page()
            sheet.line(width, 0, width, _A4[1], dashed=True)
            for row in range(1, _DOWN):
                sheet.line(0, row * height, _A4[0], row * height, dashed=True)
        _slip(sheet, slip, (at % _ACROSS) * width, (at // _ACROSS) * height, width, office)
    return sheet.done()


def _slip(sheet: Sheet, slip: SlipWords, left: float, top: float, width: float, office: str) -> None:
    sheet.code(left + 2, top + 4, 34, link_of(slip))
    x, room = left + 37, width - 40
    y = sheet.words(x, top + 5, room, 2.8, office[:80])
    y = sheet.words(x, y, room, 2.8, "Mã câu hỏi")
    y = sheet.words(x, y, room, 6.5, slip.reference, face="B")
    y = sheet.words(x, y + 1, room, 2.6, "Xem trả lời: " + slip.look_up)
    sheet.words(x, y, room, 2.6, "hoặc mang phiếu này đến trụ sở xã để nghe đọc.")
    fold = top + 41
    sheet.line(left + 4, fold, left + width - 4, fold)
    sheet.words(left + 4, fold + 1, width - 8, 2.4, "Gấp vào trong, dán lại. Chỉ người hỏi mở.")
    sheet.words(left + 4, fold + 5.5, width - 8, 5, f"Số bí mật: {slip.number}", face="B", centred=True)


def receipts(slips: Sequence[SlipWords], office: str, contact: str) -> bytes:
    """A page for each asker: code, secret number, his question, and the answer as far as there is one."""
    sheet = Sheet(148.0, 210.0)  # A5
    for slip in slips:
        sheet.page()
        _receipt(sheet, slip, office, contact)
    return sheet.done()


def _receipt(sheet: Sheet, slip: SlipWords, office: str, contact: str) -> None:
    width = sheet.width - 2 * _MARGIN
    y = sheet.words(_MARGIN, 9, width - 46, 3.4, office)
    y = sheet.words(_MARGIN, y, width - 46, 5.5, "PHIẾU HẸN TRẢ LỜI", face="B")
    y = sheet.words(_MARGIN, y + 1, width - 46, 3.2, "Mã câu hỏi")
    y = sheet.words(_MARGIN, y, width - 46, 8, slip.reference, face="B")
    y = sheet.words(_MARGIN, y, width - 46, 4.4, f"Số bí mật: {slip.number}", face="B")
    sheet.code(sheet.width - _MARGIN - 44, 7, 44, link_of(slip))
    y = max(y, 52.0)
    if slip.name:
        y = sheet.words(_MARGIN, y, width, 3.6, f"Người hỏi: {slip.name}")
    y = sheet.words(_MARGIN, y + 1, width, 3.6, f"Câu hỏi: {_cut(slip.text, 500)}")
    y = sheet.words(_MARGIN, y + 1.5, width, 4, slip.state, face="B")
    for part in (*_answer(slip.answer), *slip.said):
        y = _column(sheet, y + 1.5, width, part)
    foot = "Xem trả lời tại " + slip.look_up + " bằng mã và số bí mật, hoặc đến trụ sở xã nghe cán bộ đọc. "
    foot += "Không đưa số bí mật cho người khác." + (f" Liên hệ: {contact}" if contact else "")
    sheet.words(_MARGIN, sheet.height - 22, width, 3, foot)


def _column(sheet: Sheet, y: float, width: float, text: str) -> float:
    """Words down the page; what doesn't fit goes on a next one."""
    for block in text.split("\n"):
        if not block.strip():
            continue
        if y + sheet.height_of(width, 3.5, block) > sheet.height - 26:
            sheet.page()
            y = 12.0
        y = sheet.words(_MARGIN, y, width, 3.5, block)
    return y


def _answer(content: Mapping[str, Any] | None) -> list[str]:
    if not content:
        return []
    basis = "; ".join(
        ", ".join(part for part in (row.get("article"), row.get("document")) if part)
        for row in content.get("legal_basis", ())
    )
    details = str(content.get("details") or "").replace("## ", "").replace("\n- ", "\n• ")
    return [part for part in (content.get("short_answer", ""), details, f"Căn cứ: {basis}" if basis else "") if part]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"


def meeting_form(slips: Sequence[SlipWords], title: str, office: str) -> bytes:
    """Numbered lines to write questions on; at the end of each a receipt with its code, to be torn off."""
    sheet = Sheet(*_A4)
    height, tear = 32.0, 150.0
    for number, slip in enumerate(slips):
        at = number % _LINES
        if at == 0:
            sheet.page()
            sheet.words(_MARGIN, 7, 190, 5, title, face="B")
            said = "Chủ trì đã đọc cho mọi người nghe: câu hỏi và tên được gửi cán bộ để trả lời; "
            said += "ai không đồng ý thì không ghi."
            sheet.words(_MARGIN, 15, 190, 3, f"{said} {office}")
        top = 26 + at * height
        sheet.line(_MARGIN, top, _A4[0] - _MARGIN, top)
        sheet.words(_MARGIN, top + 1.5, 12, 6, str(slip.line or number + 1), face="B")
        sheet.words(_MARGIN + 12, top + 1.5, 120, 3, "Họ tên: …………………………………………   ( ) đồng ý gửi")
        sheet.words(_MARGIN + 12, top + 7, 120, 3, "Câu hỏi:")
        for rule in (16.0, 22.5, 29.0):
            sheet.line(_MARGIN + 12, top + rule, tear - 4, top + rule)
        sheet.line(tear, top, tear, top + height, dashed=True)
        sheet.code(tear + 26, top + 0.5, 24, link_of(slip))
        sheet.words(tear + 2, top + 2, 25, 2.6, f"Số {slip.line or number + 1} · mã")
        sheet.words(tear + 2, top + 6, 40, 3.5, slip.reference, face="B")
        sheet.words(tear + 2, top + 13, 25, 2.4, "Số bí mật")
        sheet.words(tear + 2, top + 16.5, 26, 3.8, slip.number, face="B")
        sheet.words(tear + 2, top + 25, 50, 2.3, slip.look_up)
    return sheet.done()


def invitations(members: Sequence[tuple[str, str, str]], team: str, office: str) -> bytes:
    """Slips for a team's members, as (name, code, link): who says the code asks for neighbours from then on."""
    sheet = Sheet(*_A4)
    height = _A4[1] / _DOWN
    for number, (name, code, link) in enumerate(members):
        at = number % _DOWN
        if at == 0:
            sheet.page()
        top = at * height
        sheet.line(0, top, _A4[0], top, dashed=True)
        if link:
            sheet.code(_A4[0] - 54, top + 4, 46, link)
        y = sheet.words(_MARGIN, top + 6, 140, 3.4, f"{office} · {team}")
        y = sheet.words(_MARGIN, y, 140, 6, name, face="B")
        y = sheet.words(_MARGIN, y + 1, 140, 3.4, "Mã mời hỏi hộ bà con (dùng một lần, trong 30 ngày):")
        y = sheet.words(_MARGIN, y, 140, 8, code, face="B")
        sheet.words(_MARGIN, y, 140, 3.2, f"Mở khung chat, Zalo hoặc Telegram của {office}, gõ: THAM GIA {code}")
    return sheet.done()
