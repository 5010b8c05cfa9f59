"""A Vietnamese text as it is said: numbers, days, money, document numbers and abbreviations in words. Pure.

For a browser's voice, and for the announcer at the commune's loudspeaker. Nothing is left that has to be worked out
while reading; text that is words already stays as it is, so `aloud` of its own result changes nothing.
"""

import re
import unicodedata
from collections.abc import Callable

from knowledge_base.text.abbreviations import abbreviation, listed_words, spelled_out
from knowledge_base.text.fold import nfc
from knowledge_base.text.number_words import digits_in_words, number_as_written, number_in_words, row_in_words

_UNITS = {
    "m2": "mét vuông", "m²": "mét vuông", "m3": "mét khối", "m³": "mét khối", "km2": "ki-lô-mét vuông",
    "km²": "ki-lô-mét vuông", "km": "ki-lô-mét", "cm": "xăng-ti-mét", "mm": "mi-li-mét", "m": "mét", "ha": "héc-ta",
    "kg": "ki-lô-gam", "g": "gam", "kWh": "ki-lô-oát giờ", "kwh": "ki-lô-oát giờ", "kW": "ki-lô-oát", "ml": "mi-li-lít",
    "đ": "đồng", "Đ": "đồng", "₫": "đồng", "đồng": "đồng", "VNĐ": "đồng", "VND": "đồng", "vnđ": "đồng", "vnd": "đồng",
    "tr": "triệu", "%": "phần trăm", "‰": "phần nghìn", "°C": "độ xê", "°": "độ",
}  # fmt: skip
_KINDS = {
    "NĐ": "Nghị định", "QĐ": "Quyết định", "TT": "Thông tư", "NQ": "Nghị quyết", "CT": "Chỉ thị",
    "TTLT": "Thông tư liên tịch", "KH": "Kế hoạch", "TB": "Thông báo", "HD": "Hướng dẫn", "CV": "Công văn",
}  # fmt: skip
_SYMBOLS = {
    "&": " và ", "+": " cộng ", "=": " bằng ",
    "×": " nhân ", "@": " a còng ", "→": ", ", "|": ", ", "…": ".", "№": " số ",
}  # fmt: skip
_N = r"\d++(?:[.,]\d++)*+"  # possessive: no time is lost on rows of digits that lead nowhere
_DASH = r"[ ]?[-–—][ ]?"
_LETTER = r"[^\W\d_]"
_MARKDOWN_LINK = re.compile(r"\[([^\]\n]{1,300})\]\([^)\s]{0,500}\)")
_ADDRESS = re.compile(r"\bhttps?://(?:www\.)?([^\s/?#()<>]+)[^\s()<>]*|\bwww\.([^\s/?#()<>]+)[^\s()<>]*", re.IGNORECASE)
_MAIL = re.compile(r"(?<![\w.+-])([\w.+-]{1,64})@([\w-]{1,63}(?:\.[\w-]{1,63})+)")
_HEADING = re.compile(r"^ ?#{1,6} ?", re.MULTILINE)
_BULLET = re.compile(r"^ ?(?:[-*+•▪] )+", re.MULTILINE)
_KIND = r"(Nghị định|Quyết định|Thông tư liên tịch|Thông tư|Nghị quyết|Chỉ thị|Kế hoạch|Thông báo|Công văn|Văn bản)"
_LAW = re.compile(
    rf"(?:{_KIND} )?(?:số )?(?<![\d/.,-])(\d{{1,5}})(?:/(\d{{4}}))?/"
    r"([A-ZĐ]{1,12}\d{0,3}(?:-[A-ZĐ][A-Za-zĐđ&]{0,14})*)",
    re.IGNORECASE,
)
_SHORT_LAW = re.compile(rf"{_KIND}[ ](?:số[ ])?(\d{{1,5}})/(\d{{4}})(?![\d/])", re.IGNORECASE)
_NAMED_LAW = re.compile(rf"\b((?:Bộ luật|Luật)(?:[ ]{_LETTER}++){{1,8}})[ ](\d{{4}})(?![\d/.,]\d|\d)")
_D, _M, _Y = r"(\d{1,2})", r"(\d{1,2})", r"(\d{4})"
_DAY = re.compile(rf"(?:\b([Nn]gày)[ ])?(?<![\d/.,-]){_D}([/.-]){_M}\3{_Y}(?![\d/-]|[.,]\d)")
_ISO_DAY = re.compile(rf"(?:\b([Nn]gày)[ ])?(?<![\d/.,-]){_Y}-{_M}-{_D}(?![\d/-]|[.,]\d)")
_DAY_IN_WORDS = re.compile(rf"\b([Nn]gày|[Mm]ùng|[Mm]ồng)[ ]{_D}[ ]tháng[ ]{_M}(?:[ ]năm[ ]{_Y})?(?!\d)")
_DAY_ALONE = re.compile(rf"\b([Nn]gày|[Tt]ừ|[Đđ]ến|[Hh]ết|[Tt]rước|[Ss]au)[ ]{_D}/{_M}(?![\d/]|[.,]\d)")
_MONTH = re.compile(rf"\b([Tt]háng)[ ]{_M}(?:[ ]?[/-][ ]?|[ ]năm[ ]){_Y}(?![\d/]|[.,]\d)")
_MONTH_ALONE = re.compile(r"\b([Tt]háng)[ ](\d{1,2})(?![\d/]|[.,]\d)")
_PHONE = re.compile(
    r"(?<![\w./,-])(?:\+84|0)(?:[ .-]?\d){8,10}(?!\d)|(?<![\w./,-])1[89]00[ .]?\d{2,4}(?:[ .]?\d{2})?(?!\d)"
)
_SHORT_PHONE = re.compile(
    r"((?:[Tt]ổng đài|[Đđ]ường dây nóng|[Ss]ố điện thoại|[Đđ]iện thoại|[Gg]ọi)"
    r"(?: (?:quốc gia|số|đến|tới|theo số))*[ :]+)(\d{3,5})(?!\d|[.,]\d)"
)
_HOURS_BETWEEN = re.compile(r"(?<![\w./,:-])(\d{1,2}(?:[hg]\d{0,2}|:\d{2})) ?[-–—] ?(?=\d{1,2}[hg:])")
_HOUR = re.compile(r"(?<![\w./,:-])([01]?\d|2[0-4])[ ]?(?:[hg]|giờ[ ])[ ]?([0-5]\d)(?![\w:])")
_CLOCK = re.compile(r"(?<![\w./,:-])([01]?\d|2[0-4]):([0-5]\d)(?::[0-5]\d)?(?![\w:])")
_FULL_HOUR = re.compile(r"(?<![\w./,:-])([01]?\d|2[0-4])[hg](?!\w)")
_ALWAYS = re.compile(r"(?<![\d/])24/7(?![\d/])")
_RANGE = re.compile(rf"(?<![\w.,/-])({_N}%?){_DASH}(?={_N})(?!\d+-)")
_COMPARISONS = {"<": "dưới", ">": "trên", "≥": "từ", "≤": "không quá"}
_COMPARED = re.compile(r"([<>≥≤]) ?(?=\d)")
_NEGATIVE = re.compile(r"(?<![\w)\]-])[-−](?=\d)")
_WITH_UNIT = re.compile(
    rf"(?<!\d)(?<!\d[.,])({_N})[ ]?({'|'.join(map(re.escape, sorted(_UNITS, key=len, reverse=True)))})(?!\w)"
)
_FRACTION = re.compile(r"(?<![\d/.,])(\d{1,3})/(\d{1,3})(?![\d/]|[.,]\d)")
_NUMBERED = re.compile(r"((?:\bsố|\b[Mm]ẫu|\b[Ss]ố)[ ])?(\d+(?:[.,]\d+)*)")
_ROMAN_AFTER = "Quý|Chương|Phần|Mục|Khóa|Khoá|Đợt|Giai đoạn|Kỳ|Khu vực|Vùng|Nhóm|Hạng|Loại|Bậc|Phụ lục|Thế kỷ|Lớp"
_ROMAN = re.compile(rf"\b((?i:{_ROMAN_AFTER})) ([IVX]{{1,5}}(?:(?:, ?| và | hoặc |{_DASH})[IVX]{{1,5}})*)(?!\w)")
_ROMAN_ALONE = re.compile(r"(?<![\w&.-])(?=[IVX]{2,5}(?![\w&-]))[IVX]+")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}
_SLASHED = re.compile(rf"(?<!{_LETTER})({_LETTER}++)[ ]?/[ ]?(?={_LETTER})")
_COUNTED = frozenset(
    "người tháng năm ngày hộ lần khẩu kỳ quý suất giờ tuần học lượt em cháu con mét ki-lô-gam căn nhà thẻ buổi".split()
)
_MEASURED = frozenset("đồng nghìn triệu tỷ giờ trăm lít gam mét khối vuông héc-ta người tháng hộ lần tuổi ngày".split())
_BEGINNING = re.compile(rf"(?:^|(?<=[.!?] )){_LETTER}++")
_TOKEN = re.compile(rf"{_LETTER}+")
_SPACES = re.compile(r"[^\S\n]+")
_LINE_ENDS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_DAYS_BETWEEN = re.compile(r"(/\d{4}) ?[-–—] ?(?=\d{1,2}/\d{1,2}/\d{4})")
_AREA = re.compile(r"(?<!\w)(k?m)([2²3³])(?!\w)")
_RAISED = re.compile("[²³]")
_EMPHASIS = re.compile(r"[*_`~^]+")
_LONG_DASH = re.compile(r" [–—-] |[–—]")
_KEPT = ".,;:?!'’"
_LONGEST_MONTH = 12
_LONGEST_DAY = 31
_LAST_SPOKEN = 10  # days of a month that are called "mùng"


def aloud(text: str) -> str:
    """The text as it is said: a line a sentence or paragraph, no digit, no Markdown, nothing abbreviated.

    Never raises; the time grows with the length of the text.
    """
    text = _plain_digits(nfc(text))
    for pattern, say in _STEPS:
        text = pattern.sub(say, text)
    text = spelled_out(text)
    return "\n".join(said for line in text.split("\n") if (said := _tidy(line)))


# --- numbers of all kinds ---------------------------------------------------------------------------


def _plain_digits(text: str) -> str:
    """Digits of other alphabets as ours; the signs above the line stay for the units, other number signs go."""
    if text.isascii():
        return text

    def plain(sign: str) -> str:
        if not sign.isalnum() or sign.isalpha() or sign in "0123456789²³":
            return sign
        return str(unicodedata.digit(sign)) if sign.isdigit() else " "

    return "".join(map(plain, text))


def _month(month: str) -> str:
    return "tư" if int(month) == 4 else number_in_words(int(month))  # noqa: PLR2004 - April


def _is_day(day: str, month: str) -> bool:
    return 1 <= int(day) <= _LONGEST_DAY and 1 <= int(month) <= _LONGEST_MONTH


def _day_words(head: str | None, day: str, month: str, year: str | None) -> str:
    first = "mùng " if int(day) <= _LAST_SPOKEN else ""
    said = f"{head or 'ngày'} {first}{number_in_words(int(day))} tháng {_month(month)}"
    return f"{said} năm {number_in_words(int(year))}" if year else said


def _day(found: re.Match[str]) -> str:
    head, day, _sign, month, year = found.groups()
    return _day_words(head, day, month, year) if _is_day(day, month) else found.group()


def _iso_day(found: re.Match[str]) -> str:
    head, year, month, day = found.groups()
    return _day_words(head, day, month, year) if _is_day(day, month) else found.group()


def _day_in_words(found: re.Match[str]) -> str:
    head, day, month, year = found.groups()
    if not _is_day(day, month):
        return found.group()
    if head.lower() == "ngày":
        return _day_words(head, day, month, year)
    said = f"{head} {number_in_words(int(day))} tháng {_month(month)}"
    return f"{said} năm {number_in_words(int(year))}" if year else said


def _day_alone(found: re.Match[str]) -> str:
    head, day, month = found.groups()
    if not _is_day(day, month):
        return found.group()
    said = _day_words(None, day, month, None)
    return _day_words(head, day, month, None) if head.lower() == "ngày" else f"{head} {said}"


def _month_of_year(found: re.Match[str]) -> str:
    head, month, year = found.groups()
    if not _is_day("1", month):
        return found.group()
    return f"{head} {_month(month)} năm {number_in_words(int(year))}"


def _month_alone(found: re.Match[str]) -> str:
    return f"{found[1]} {_month(found[2])}" if _is_day("1", found[2]) else found.group()


def _hour(found: re.Match[str]) -> str:
    hours, minutes = int(found[1]), int(found[2])
    said = f"{number_in_words(hours)} giờ"
    return f"{said} {number_in_words(minutes)} phút" if minutes else said


def _phone(found: re.Match[str]) -> str:
    return f"{'cộng ' if found.group().startswith('+') else ''}{digits_in_words(found.group())}"


def _with_unit(found: re.Match[str]) -> str:
    return f"{number_as_written(found[1])} {_UNITS[found[2]]}"


def _fraction(found: re.Match[str]) -> str:
    return f"{number_as_written(found[1])} phần {number_as_written(found[2])}"


def _numbered(found: re.Match[str]) -> str:
    label = found[1] or ""
    before = found.string[: found.start()][-1:]
    after = found.string[found.end() :][:1]
    said = f"{label}{number_as_written(found[2], after_label=bool(label))}"
    return f"{' ' if before.isalpha() and not label else ''}{said}{' ' if after.isalpha() else ''}"


# --- documents, Roman numbers, addresses -------------------------------------------------------------


def _law(found: re.Match[str]) -> str:
    kind, number, year, letters = found.groups()
    if letters != letters.upper() and not any(sign.isupper() for sign in letters):
        return found.group()  # "3/người"
    first, _dash, rest = letters.partition("-")
    kind = kind or _KINDS.get(first.upper()) or "Văn bản"
    issuer = rest if first.upper() in _KINDS else letters
    said = f"{kind} số {row_in_words(number, zeros=True)}"
    said += f" năm {number_in_words(int(year))}" if year else ""
    return f"{said} của {_issuer(issuer)}" if issuer else said


def _issuer(letters: str) -> str:
    if assembly := re.fullmatch(r"(QH|UBTVQH)(\d{1,3})", letters):
        return f"{listed_words()[assembly[1]]} khóa {number_in_words(int(assembly[2]))}"
    if f"B{letters}" in listed_words():  # what a ministry's document leaves out
        return listed_words()[f"B{letters}"]
    return listed_words().get(letters) or " ".join(abbreviation(part) for part in re.split(r"[-&]", letters) if part)


def _short_law(found: re.Match[str]) -> str:
    return f"{found[1]} số {row_in_words(found[2], zeros=True)} năm {number_in_words(int(found[3]))}"


def _roman(text: str) -> str:
    values = [_ROMAN_VALUES[sign] for sign in text.upper()]
    following = [*values[1:], 0]
    return number_in_words(sum(-one if one < after else one for one, after in zip(values, following, strict=True)))


def _romans(found: re.Match[str]) -> str:
    row = re.sub(_DASH, " đến ", found[2])
    return f"{found[1]} {re.sub('[IVX]+', lambda one: _roman(one.group()), row)}"


def _address(found: re.Match[str]) -> str:
    return " trang " + _site(found[1] or found[2]) + " "


def _site(host: str) -> str:
    return " chấm ".join(part.replace("-", " gạch ngang ") for part in host.rstrip(".,:;").split(".") if part)


def _mail(found: re.Match[str]) -> str:
    return f"{_site(found[1])} a còng {_site(found[2])}"


def _slashed(found: re.Match[str]) -> str:
    """A slash between words: "đồng/người/tháng" counts, "thôn/bản" lists."""
    after = _TOKEN.match(found.string, found.end())
    counts = after is not None and after.group().lower() in _COUNTED and found[1].lower() in _MEASURED
    return f"{found[1]} một " if counts else f"{found[1]}, "


# --- lines -------------------------------------------------------------------------------------------


def _tidy(line: str) -> str:
    """One line as a sentence: without signs nobody says, ended, begun with a capital."""
    line = line.replace("(", ", ").replace(")", ", ")
    line = "".join(_SYMBOLS.get(sign) or (sign if _is_said(sign) else " ") for sign in line)
    line = re.sub(rf"(?<!{_LETTER})[-'’]+|[-'’]+(?!{_LETTER})", " ", line)
    line = _SPACES.sub(" ", line)
    line = re.sub(r"\s+(?=[.,;:?!])", "", line)
    line = re.sub(r"[.,;:?!]{2,}", _loudest, line).lstrip(" ,;.:?!").rstrip(" ,;")
    line = re.sub(r"(?<=[.,;:?!])(?=\w)", " ", line).strip()
    if not any(sign.isalpha() for sign in line):
        return ""
    if line[-1] not in ".:?!":
        line += "."
    return _BEGINNING.sub(_capital, line)


def _capital(found: re.Match[str]) -> str:
    word = found.group()
    large = word[0].upper()
    return large + word[1:] if word.islower() and len(large) == 1 else word


def _loudest(found: re.Match[str]) -> str:
    return next(sign for sign in "?!.:;," if sign in found.group())


def _is_said(sign: str) -> bool:
    return sign.isalpha() or sign in _KEPT or sign in " -" or unicodedata.category(sign)[0] == "M"


_Say = Callable[[re.Match[str]], str] | str
_STEPS: tuple[tuple[re.Pattern[str], _Say], ...] = (
    (_LINE_ENDS, "\n"),
    (_SPACES, " "),
    (_MARKDOWN_LINK, r"\1"),
    (_ADDRESS, _address),
    (_MAIL, _mail),
    (_HEADING, ""),
    (_BULLET, ""),
    (_EMPHASIS, " "),
    (_LAW, _law),
    (_SHORT_LAW, _short_law),
    (_NAMED_LAW, lambda found: f"{found[1]} năm {number_in_words(int(found[2]))}"),
    (_DAYS_BETWEEN, r"\1 đến "),
    (_DAY, _day),
    (_ISO_DAY, _iso_day),
    (_DAY_IN_WORDS, _day_in_words),
    (_DAY_ALONE, _day_alone),
    (_MONTH, _month_of_year),
    (_MONTH_ALONE, _month_alone),
    (_PHONE, _phone),
    (_SHORT_PHONE, lambda found: found[1] + digits_in_words(found[2])),
    (_ALWAYS, "suốt ngày đêm"),
    (_HOURS_BETWEEN, r"\1 đến "),
    (_HOUR, _hour),
    (_CLOCK, _hour),
    (_FULL_HOUR, lambda found: f"{number_in_words(int(found[1]))} giờ"),
    (_RANGE, r"\1 đến "),
    (_COMPARED, lambda found: f" {_COMPARISONS[found[1]]} "),
    (_NEGATIVE, "âm "),
    (_WITH_UNIT, _with_unit),
    (_AREA, lambda found: _UNITS[found[1] + found[2]]),
    (_FRACTION, _fraction),
    (_RAISED, lambda found: " " + number_in_words(unicodedata.digit(found.group()))),
    (_NUMBERED, _numbered),
    (_ROMAN, _romans),
    (_ROMAN_ALONE, lambda found: _roman(found.group())),
    (_SLASHED, _slashed),
    (_LONG_DASH, ", "),
)
