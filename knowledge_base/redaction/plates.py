"""Plates of vehicles (29A-123.45, 59-X1 123.45) and dates of birth."""

import re
from collections.abc import Iterator, Sequence

from knowledge_base.redaction.hit import Kind
from knowledge_base.redaction.labels import label_before
from knowledge_base.redaction.numbers import Found, date_at
from knowledge_base.redaction.reading import Token
from knowledge_base.redaction.spoken import digits_said, is_said

_SEPARATOR = re.compile(r"[\s.\-–_]{0,3}")
_LOOKS_LIKE = str.maketrans("oil", "011")
_LETTERS = re.compile(r"o?[a-hk-npr-vx-z]{1,2}")  # I, J, O, Q and W are on no plate; 9OB is 90B
_MOST_LETTERS = 3
_SHORT, _USUAL, _WITH_SERIES = 4, 5, 6
_MOST_PIECES = 8
_YEAR = re.compile(r"(?:19|20)\d\d")
_BIRTH = ("ngay thang nam sinh", "sinh ngay", "ngay sinh", "nam sinh", "sinh nam", "sinh", "sn", "ns", "dob")
_BIRTH_WORDS = tuple(tuple(phrase.split()) for phrase in _BIRTH)
_BIRTH_FIRST = frozenset(words[0] for words in _BIRTH_WORDS)
_CALENDAR = frozenset({"ngay", "thang", "nam", "mung", "mong"})
_BIRTH_LONGEST = 14  # tokens of a date in words
_YEAR_SAID = (2, 4)  # digits of a year of birth: 85, 1985


def find_plates(tokens: Sequence[Token], apart: set[int]) -> Iterator[Found]:
    """Every plate: two digits of the province, one or two letters, four or five digits."""
    for at in range(1, len(tokens) - 1):
        token = tokens[at]
        if (
            len(token.plain) > _MOST_LETTERS
            or not _LETTERS.fullmatch(token.plain)
            or token.marked != token.plain
            or apart & {at - 1, at + 1}
        ):
            continue
        if _province(tokens, at, said=True) is None:
            continue
        labelled = label_before(tokens, at - 1) == Kind.PLATE or label_before(tokens, max(at - 2, 0)) == Kind.PLATE
        first = _province(tokens, at, said=labelled)
        end = _serial(tokens, at, said=labelled) if first is not None else 0
        if first is not None and end and (labelled or _looks_right(tokens, at, end)):
            yield Kind.PLATE, first, end


def _province(tokens: Sequence[Token], at: int, *, said: bool) -> int | None:
    before = tokens[at - 1]
    if not _SEPARATOR.fullmatch(tokens[at].gap):
        return None
    if before.number and len(before.plain) + (tokens[at].plain[0] == "o") == 2:  # noqa: PLR2004 - 11 to 99
        alone = at < 2 or not tokens[at - 2].number or not _SEPARATOR.fullmatch(before.gap)  # noqa: PLR2004 - nothing before
        return at - 1 if before.plain[0] != "0" and (alone or said) else None
    if at > 1 and before.plain == "o" and not before.gap and tokens[at - 2].number:  # 9O for 90
        return at - 2 if len(tokens[at - 2].plain) == 1 else None
    return at - 2 if said and at > 1 and is_said(before) and is_said(tokens[at - 2]) else None


def _serial(tokens: Sequence[Token], at: int, *, said: bool) -> int:
    """One past the last token of the digits after the letters; 0 where they don't fit."""
    digits, best = "", 0
    pieces = tokens[at + 1 : at + 1 + _MOST_PIECES]
    values = digits_said(pieces) if said else [""] * len(pieces)
    series = bool(pieces) and len(_digits(pieces[0], values[0])) == 1
    for size, piece in enumerate(pieces, 1):
        value = _digits(piece, values[size - 1])
        if not value or not _SEPARATOR.fullmatch(piece.gap):
            break
        digits += value
        if len(digits) > (_WITH_SERIES if series else _USUAL):
            break
        if len(digits) >= _SHORT:
            best = at + 1 + size
    return best


def _digits(token: Token, said: str) -> str:
    if token.number:
        return token.plain
    looks = token.plain.translate(_LOOKS_LIKE)
    return said or (looks if looks.isdigit() and token.gap in ("", "-", ".") else "")


def _looks_right(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Without a word for it: letters in capitals, or all of it in one piece; four digits only in capitals."""
    digits = "".join(_digits(token, "") for token in tokens[at + 1 : end])
    glued = not tokens[at].gap and not tokens[at + 1].gap
    capitals = tokens[at].capital and (len(tokens[at].plain) == 1 or tokens[at].shouted)
    if len(digits) == _SHORT:
        return capitals and not _YEAR.fullmatch(digits)
    return capitals or glued or "-" in tokens[at + 1].gap


# --- dates of birth -------------------------------------------------------------------------------


def find_birth_dates(tokens: Sequence[Token]) -> Iterator[Found]:
    """Every date, month or year after a word for birth."""
    at = 0
    while at < len(tokens):
        if tokens[at].plain not in _BIRTH_FIRST:
            at += 1
            continue
        size = next((len(words) for words in _BIRTH_WORDS if _stands(tokens, at, words)), 0)
        end = _date_end(tokens, at + size) if size else 0
        if end:
            yield Kind.BIRTH_DATE, _first_digit(tokens, at + size, end), end
        at = end or at + max(size, 1)


def _stands(tokens: Sequence[Token], at: int, words: tuple[str, ...]) -> bool:
    return tuple(token.plain for token in tokens[at : at + len(words)]) == words


def _date_end(tokens: Sequence[Token], at: int) -> int:
    """One past the last token of a date that begins at `at`, 0 where none does."""
    first = at
    while at < len(tokens) and at - first < 3 and tokens[at].plain in {"la", "vao", *_CALENDAR} - {"nam"}:  # noqa: PLR2004 - vào ngày mùng
        at += 1
    size = date_at(tokens, at)
    if size:
        return at + size
    end = at
    while end < len(tokens) and end - at < _BIRTH_LONGEST and _of_a_date(tokens, end):
        end += 1
    while end > at and tokens[end - 1].plain in _CALENDAR and not tokens[end - 1].number:
        end -= 1
    said = "".join(digits_said(tokens[at:end]))
    written = sum(token.number for token in tokens[at:end])
    return end if end > at and (written or len(said) >= _YEAR_SAID[1]) and _YEAR_SAID[0] <= len(said) else 0


def _of_a_date(tokens: Sequence[Token], at: int) -> bool:
    token = tokens[at]
    if token.gap.strip(" /-.:"):
        return False
    return (token.number and len(token.plain) <= 4) or token.plain in _CALENDAR or is_said(token)  # noqa: PLR2004 - a year


def _first_digit(tokens: Sequence[Token], at: int, end: int) -> int:
    return next((place for place in range(at, end) if tokens[place].number or is_said(tokens[place])), at)
