"""Numbers that belong to one person: phones, identity and insurance numbers, accounts, in all their spellings.

A run is a row of pieces of digits (or of letters that look like one) with little between them. From each piece on,
the longest row of pieces that has the shape of a known number is taken; dates, numbers of laws and money are set apart.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from knowledge_base.redaction.hit import Kind
from knowledge_base.redaction.labels import bank_near, counts_money, label_before
from knowledge_base.redaction.reading import Token

_LOOKS_LIKE = str.maketrans("oil", "011")
_LONGEST = 19  # digits of an account
_MOST_PIECES = 24
_GAP = re.compile(r"[\s.,\-–—_/·•*()|+~:]{0,5}")
_PHONE = re.compile(r"0[35789]\d{8}|02\d{8,9}|(?:00)?84(?:0?[35789]\d{8}|0?2\d{9})")
_HOTLINES = ("1800", "1900")  # nobody's own
_YEAR = re.compile(r"19\d\d|20\d\d")
_HEALTH_DIGITS = 13
_CARD_LETTERS = re.compile("[a-z]{2}")
_ID, _OLD_ID, _INSURANCE = 12, 9, 10
_SURE_LENGTH = 9  # digits in one piece that nobody counts: amounts of that size are written with points
_LABELLED = {Kind.PHONE: 8, Kind.BANK_ACCOUNT: 6, Kind.NUMBER: 7, Kind.PLATE: 99}
_LABELLED_ELSE = 7
_GROUP = 3
_WEAK_LENGTHS = (_OLD_ID, _INSURANCE, _ID)
_WEAK_PIECES = 5


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a run: its digits and its token's place."""

    digits: str
    at: int
    gap: str


Found = tuple[Kind, int, int]  # the kind, and the first and one past the last token


def find_numbers(tokens: Sequence[Token], apart: set[int]) -> Iterator[Found]:
    """Every number of a person; `apart` are tokens that are known to be something else."""
    for run in _runs(tokens, apart):
        of_a_bank = bank_near(tokens, run[0].at, run[-1].at + 1)
        at = 0
        while at < len(run):
            found = _longest(tokens, run, at, of_a_bank=of_a_bank)
            if found is None:
                at += 1
                continue
            kind, size = found
            yield kind, *_with_letters(tokens, kind, run[at].at, run[at + size - 1].at + 1)
            at += size


def dates_and_laws(tokens: Sequence[Token]) -> set[int]:
    """Tokens that are dates (01/07/2025, 1-7-2025) or numbers of laws (07/2021/NĐ-CP, 24/2025)."""
    found: set[int] = set()
    for at, token in enumerate(tokens):
        if token.number:
            found.update(range(at, at + (date_at(tokens, at) or _law_at(tokens, at))))
    return found


def date_at(tokens: Sequence[Token], at: int) -> int:
    """How many tokens from `at` on are a day, a month and a year; 0 where they are none."""
    parts = tokens[at : at + 3]
    if len(parts) < 3 or not all(part.number for part in parts):  # noqa: PLR2004 - day, month, year
        return 0
    mark = parts[1].gap.strip()
    if parts[2].gap.strip() != mark or mark not in ("/", "-", ".") or _goes_on(tokens, at + 3, mark):
        return 0
    day, month, year = (part.plain for part in parts)
    short = mark == "/" and len(year) == 2  # noqa: PLR2004 - 12/3/85
    whole = _YEAR.fullmatch(year) is not None
    fits = len(day) <= 2 and len(month) <= 2 and 1 <= int(day) <= 31 and 1 <= int(month) <= 12  # noqa: PLR2004 - a calendar
    return 3 if fits and (whole or short) else 0


def _goes_on(tokens: Sequence[Token], at: int, mark: str) -> bool:
    return at < len(tokens) and tokens[at].number and tokens[at].gap == mark


def _law_at(tokens: Sequence[Token], at: int) -> int:
    if at + 1 >= len(tokens) or not (tokens[at].number and tokens[at + 1].number) or tokens[at + 1].gap != "/":
        return 0
    year = _YEAR.fullmatch(tokens[at + 1].plain) is not None
    return 2 if year and len(tokens[at].plain) <= 4 and not _goes_on(tokens, at + 2, "/") else 0  # noqa: PLR2004 - 1234/2025


# --- runs -----------------------------------------------------------------------------------------


def _runs(tokens: Sequence[Token], apart: set[int]) -> Iterator[list[Piece]]:
    run: list[Piece] = []
    for at, token in enumerate(tokens):
        digits = _digits(token) if token.number or token.plain[0] in "oil" else ""
        if not digits or at in apart:
            if run:
                yield from _closed(run)
                run = []
            continue
        if run and (len(run[-1].digits) == 0 or not _GAP.fullmatch(token.gap)):
            yield from _closed(run)
            run = []
        run.append(Piece(digits, at, token.gap))
    yield from _closed(run)


def _closed(run: list[Piece]) -> Iterator[list[Piece]]:
    if sum(len(piece.digits) for piece in run) >= min(_LABELLED.values()):
        yield run


def _digits(token: Token) -> str:
    """The digits a token stands for; letters that look like digits count, whole words don't."""
    if token.number:
        return token.plain
    looks = token.plain.translate(_LOOKS_LIKE)
    return looks if looks.isdigit() and (len(looks) <= 3 or not token.gap) else ""  # noqa: PLR2004 - OOO


# --- shapes ---------------------------------------------------------------------------------------


def _longest(tokens: Sequence[Token], run: list[Piece], at: int, *, of_a_bank: bool) -> tuple[Kind, int] | None:
    """The kind and the number of pieces of the longest number that begins with piece `at`."""
    if not tokens[run[at].at].number and not _begins(tokens, run, at):
        return None
    label = label_before(tokens, run[at].at) or (Kind.BANK_ACCOUNT if of_a_bank else None)
    least = _SURE_LENGTH if label is None else _LABELLED.get(label, _LABELLED_ELSE)
    best: tuple[Kind, int] | None = None
    digits = ""
    for size in range(1, min(_MOST_PIECES, len(run) - at) + 1):
        digits += run[at + size - 1].digits
        if len(digits) > _LONGEST:
            break
        if len(digits) < least:
            continue
        pieces = run[at : at + size]
        if not tokens[pieces[-1].at].number and pieces[-1].gap and len(digits) not in _WEAK_LENGTHS:
            continue  # "0912 345 678 l" ends before the letter
        kind = _shape(tokens, pieces, digits, label)
        if kind is not None and (best is None or _even(pieces)):
            best = kind, size
    return best


def _begins(tokens: Sequence[Token], run: list[Piece], at: int) -> bool:
    """Whether a letter may be the first digit: something like a digit follows."""
    return at + 1 < len(run) and tokens[run[at + 1].at].number


def _even(pieces: list[Piece]) -> bool:
    """Whether the gaps are of one sort, so that two numbers side by side aren't one."""
    return len({_sort(piece.gap) for piece in pieces[1:]} - {""}) <= 1


def _sort(gap: str) -> str:
    return gap.strip() or gap[:1]


def _shape(tokens: Sequence[Token], pieces: list[Piece], digits: str, label: Kind | None) -> Kind | None:
    first, end = pieces[0].at, pieces[-1].at + 1
    shapes: tuple[Callable[[], Kind | None], ...] = (
        lambda: _health_card(tokens, first, digits),
        lambda: _phone(digits, label),
        lambda: _id(pieces, digits, label),
        lambda: _labelled(tokens, pieces, digits, label, end),
        lambda: _long(tokens, pieces, digits, end),
    )
    return next((kind for shape in shapes if (kind := shape()) is not None), None)


def _health_card(tokens: Sequence[Token], first: int, digits: str) -> Kind | None:
    return Kind.HEALTH_CARD if len(digits) == _HEALTH_DIGITS and _letters_before(tokens, first) else None


def _letters_before(tokens: Sequence[Token], first: int) -> int:
    """How many tokens before a number are the two letters of a health card."""
    if not _GAP.fullmatch(tokens[first].gap):
        return 0
    for size in (1, 2):
        letters = tokens[max(0, first - size) : first]
        joined = "".join(token.marked for token in letters)
        together = all(_GAP.fullmatch(token.gap) for token in letters[1:])
        if len(letters) == size and _CARD_LETTERS.fullmatch(joined) and together:
            return size
    return 0


def _with_letters(tokens: Sequence[Token], kind: Kind, first: int, end: int) -> tuple[int, int]:
    return (first - _letters_before(tokens, first), end) if kind == Kind.HEALTH_CARD else (first, end)


def _phone(digits: str, label: Kind | None) -> Kind | None:
    if not _PHONE.fullmatch(digits):
        return None
    return label if label not in (None, Kind.PLATE) else Kind.PHONE


def _id(pieces: list[Piece], digits: str, label: Kind | None) -> Kind | None:
    if len(digits) != _ID or digits[0] != "0" or sum(map(_is_year, pieces)) > 1:
        return None
    return label if label in (Kind.BANK_ACCOUNT, Kind.HEALTH_CARD, Kind.INSURANCE) else Kind.CITIZEN_ID


def _labelled(tokens: Sequence[Token], pieces: list[Piece], digits: str, label: Kind | None, end: int) -> Kind | None:
    if label is None:
        return None
    if digits.startswith(_HOTLINES) and len(digits) <= _INSURANCE:
        return None
    if _is_money(tokens, pieces, digits, end) or all(map(_is_year, pieces)) or not _even(pieces):
        return None
    return label


def _long(tokens: Sequence[Token], pieces: list[Piece], digits: str, end: int) -> Kind | None:
    """A number without a word for it: long and in one piece, or in a few pieces of a usual length."""
    if len(digits) < _SURE_LENGTH or _is_money(tokens, pieces, digits, end):
        return None
    if len(pieces) > 1 and (
        len(digits) not in _WEAK_LENGTHS
        or len(pieces) > _WEAK_PIECES
        or any(len(piece.digits) == 1 for piece in pieces)
        or any("," in piece.gap or "/" in piece.gap for piece in pieces[1:])
        or any(map(_is_year, pieces))
        or not _even(pieces)
    ):
        return None
    return {_OLD_ID: Kind.CITIZEN_ID, _INSURANCE: Kind.INSURANCE}.get(len(digits), Kind.NUMBER)


def _is_year(piece: Piece) -> bool:
    return _YEAR.fullmatch(piece.digits) is not None


def _is_money(tokens: Sequence[Token], pieces: list[Piece], digits: str, end: int) -> bool:
    if digits[0] == "0":
        return False
    grouped = len(pieces) > 1 and all(len(piece.digits) == _GROUP for piece in pieces[1:])
    return counts_money(tokens, end) or (grouped and digits.endswith("000"))
