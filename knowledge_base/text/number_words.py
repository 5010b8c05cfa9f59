"""Numbers in Vietnamese words, as they are said in the north and on the radio: mốt, tư, lăm, linh, nghìn. Pure."""

import re

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_LAST = {1: "mốt", 4: "tư", 5: "lăm"}  # after a ten of two or more
_SCALES = ("", "nghìn", "triệu")
_LONGEST = 18  # digits that are said as one number; a longer row is none, and is said digit by digit
_BILLION = 10**9
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:,\d{3}){2,}")


def digits_in_words(digits: str) -> str:
    """Digit by digit, as telephone numbers are said; what isn't a digit is left out."""
    return " ".join(_DIGITS[int(digit)] for digit in digits if digit in "0123456789")


def number_in_words(number: int) -> str:
    """A whole number: 1005 is "một nghìn không trăm linh năm". Of more than 18 digits: digit by digit."""
    if number < 0:
        return f"âm {number_in_words(-number)}"
    if number >= 10**_LONGEST:
        return digits_in_words(str(number))
    return _said(number, whole=True) or _DIGITS[0]


def decimal_in_words(whole: str, rest: str) -> str:
    """A number with a comma: 2,5 is "hai phẩy năm", 0,05 "không phẩy không năm", 1,25 "một phẩy hai mươi lăm"."""
    as_number = len(rest) <= 2 and not rest.startswith("0")  # noqa: PLR2004 - longer rows are said digit by digit
    return f"{whole_in_words(whole)} phẩy {number_in_words(int(rest)) if as_number else digits_in_words(rest)}"


def whole_in_words(digits: str) -> str:
    """A row of digits as a number; too long a one digit by digit."""
    return number_in_words(int(digits)) if len(digits) <= _LONGEST else digits_in_words(digits)


def number_as_written(text: str, *, after_label: bool = False) -> str:
    """Digits with or without signs between them; of a form number ("số 01") also the zeros before it."""
    if _GROUPED.fullmatch(text):
        grouped = "," if text.count(",") > 1 else "."
        text = text.replace(grouped, "")
    parts = re.split(r"([.,])", text)
    if len(parts) == 3 and parts[1] == ",":  # noqa: PLR2004 - whole, comma, rest
        return decimal_in_words(parts[0], parts[2])
    said = {".": "chấm", ",": "phẩy"}
    return " ".join(said[part] if part in said else row_in_words(part, zeros=after_label) for part in parts)


def row_in_words(digits: str, *, zeros: bool) -> str:
    """A row of digits as a number, with the zeros before it or without: "07" is "không bảy", or "bảy"."""
    bare = digits.lstrip("0")
    if zeros and bare and bare != digits:
        return f"{digits_in_words(digits[: -len(bare)])} {whole_in_words(bare)}"
    return whole_in_words(bare or "0")


def _said(number: int, *, whole: bool) -> str:
    """A number below 10^18; `whole`: nothing of it was said before, so that no leading zeros are."""
    billions, rest = divmod(number, _BILLION)
    words = []
    if billions:
        words.append(f"{_said(billions, whole=whole)} tỷ")
    for power in (2, 1, 0):
        group = rest // 1000**power % 1000
        if group:
            words.append(f"{_group(group, whole=whole and not words)} {_SCALES[power]}".strip())
    return " ".join(words)


def _group(group: int, *, whole: bool) -> str:
    """A number from 1 to 999; unless it is `whole`, with its zeros."""
    hundreds, rest = divmod(group, 100)
    tens, ones = divmod(rest, 10)
    words = [_DIGITS[hundreds], "trăm"] if hundreds or not whole else []
    if tens == 0 and ones:
        words += ["linh", _DIGITS[ones]] if words else [_DIGITS[ones]]
    elif tens == 1:
        words += ["mười", *([_LAST[ones] if ones == 5 else _DIGITS[ones]] if ones else [])]  # noqa: PLR2004 - mười lăm
    elif tens:
        words += [_DIGITS[tens], "mươi", *([_LAST.get(ones, _DIGITS[ones])] if ones else [])]
    return " ".join(words)
