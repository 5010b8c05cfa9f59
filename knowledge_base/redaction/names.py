"""Names of people: after a title or a word that introduces one, and whole names that begin with a surname.

Capitals tell most where the writer uses them; else a surname and the syllables that names are made of.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from knowledge_base.redaction.hit import Kind
from knowledge_base.redaction.numbers import Found
from knowledge_base.redaction.reading import Token
from knowledge_base.text.fold import fold, surface

_DATA = Path(__file__).parent / "data"
_LONGEST = 5  # words of a name
_TITLES = frozenset("ông bà anh chị em cô chú bác cậu dì mợ thím cụ cháu con bố mẹ vợ chồng bé thầy".split())
_ALL_TITLES = _TITLES | frozenset(map(fold, _TITLES))
_SHORT_TITLES = frozenset("a c ô b".split())  # only before a capital
_ALONE = frozenset("ông bà anh chị cô chú bác cậu dì mợ thím cụ cháu bé thầy a c".split())  # with a single name
_SELF_WORDS = "tôi tui em con cháu mình e mk t tớ chồng vợ mẹ bố cha ba má ông anh chị cô bác".split()
_SELF = frozenset(_SELF_WORDS) | frozenset(map(fold, _SELF_WORDS))
# Communes, streets and schools are named after people.
_PLACES = frozenset("xa phuong huyen quan tinh duong pho truong cho cau vien phu".split())
_INTRODUCE = frozenset({"ho", "dung", "ky", "nguoi", "ten", "chu"})
_MIDDLE = frozenset({"văn", "van", "thị", "thi"})
_SPACE = {" ", "  ", "\n"}


def _words(name: str) -> list[str]:
    lines = (_DATA / name).read_text(encoding="utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


@cache
def _surnames() -> tuple[frozenset[str], frozenset[str]]:
    """Those that are sure and those that are other words, too; with marks and without."""
    found = _words("surnames.txt")
    at = found.index("ambiguous")
    sure, other = _with_twins(found[:at]), _with_twins(found[at + 1 :])
    return sure, other - sure


@cache
def _any_surname() -> frozenset[str]:
    sure, other = _surnames()
    return sure | other


@cache
def _given() -> frozenset[str]:
    return _with_twins(_words("given_names.txt"))


@cache
def _given_as_written() -> frozenset[str]:
    return frozenset(map(surface, _words("given_names.txt")))


@cache
def _bare_no_names() -> frozenset[str]:
    return frozenset(map(fold, _words("no_names.txt")))


@cache
def _no_names() -> frozenset[str]:
    return frozenset(map(surface, _words("no_names.txt")))


def _with_twins(words: Sequence[str]) -> frozenset[str]:
    return frozenset(map(surface, words)) | frozenset(map(fold, words))


def find_names(tokens: Sequence[Token], *, cased: bool) -> Iterator[Found]:
    """Every name; `cased` tells whether capitals mean something in this text."""
    at = 0
    while at < len(tokens):
        found = (
            _introduced(tokens, at, cased=cased)
            or _titled(tokens, at, cased=cased)
            or _whole_name(tokens, at, cased=cased)
        )
        if found is None:
            at += 1
            continue
        yield Kind.NAME, *found
        at = found[1]


# --- what stands before a name ---------------------------------------------------------------------


def _introduced(tokens: Sequence[Token], at: int, *, cased: bool) -> tuple[int, int] | None:
    """The name after "tôi tên là", "tên con là", "họ và tên:", "con là"."""
    start, sure = _introduction(tokens, at)
    if not start or start >= len(tokens) or tokens[start].gap.strip(" :-–"):
        return None
    end = _capitals(tokens, start, introduced=True) if cased else start
    if cased and sure and end == start:  # "tên tôi là Người …": whatever it looks like, it is said to be one
        after = _capitals(tokens, start + 1)
        end = after if after > start + 1 and tokens[start].capital else start
    single = end == start + 1
    if end > start and (not single or sure or tokens[start].marked in _given()):
        return start, end
    end = _small(tokens, start, surely=True, any_surname=sure) or start
    if end == start and sure and _certainly_given(tokens[at], tokens[start]):
        end = start + 1 + (start + 1 < len(tokens) and _joined(tokens, start + 1) and _is_given(tokens[start + 1]))
    return (start, end) if end > start else None


def _introduction(tokens: Sequence[Token], at: int) -> tuple[int, bool]:
    """Where the name would begin (0: nowhere), and whether only a name can come."""
    if tokens[at].plain not in _INTRODUCE and tokens[at].marked not in _SELF:
        return 0, False
    plain = [token.plain for token in tokens[at : at + 5]] + [""] * 5
    if plain[:3] == ["ho", "va", "ten"]:
        return at + 3 + (plain[3] == "la"), True
    if plain[:2] in (["ho", "ten"], ["dung", "ten"], ["ky", "ten"], ["nguoi", "gui"]):
        return at + 2 + (plain[2] == "la"), True
    if plain[0] == "ten" and tokens[at].marked in ("tên", "ten"):
        whose = [token.marked for token in tokens[at + 1 : at + 3]] + [""] * 2
        named_so = whose[0] in _any_surname() and whose[1] in _given()  # "tên võ xuân sơn"
        step = 1 + (whose[0] in _SELF and not named_so)
        step += step == 2 and whose[1] in _SELF  # noqa: PLR2004 - tên con tôi
        if plain[step] == "la":
            return at + step + 1, True
        colon = at + step < len(tokens) and ":" in tokens[at + step].gap
        said_before = at > 0 and tokens[at - 1].marked in _SELF and tokens[at - 1].marked != "co"
        return (at + step, colon or said_before) if colon or said_before or step > 1 else (0, False)
    if tokens[at].marked in _SELF and plain[1] == "la" and tokens[at + 1].marked in ("là", "la"):
        return at + 2, False
    if plain[:3] == ["chu", "ho", "la"]:
        return at + 3, False
    return 0, False


def _titled(tokens: Sequence[Token], at: int, *, cased: bool) -> tuple[int, int] | None:
    """The name after a title."""
    title, start = tokens[at], at + 1
    written = title.marked
    known = written in _ALL_TITLES
    if not (known or (cased and written in _SHORT_TITLES)) or start >= len(tokens) or tokens[start].gap not in _SPACE:
        return None
    if cased:
        end = _capitals(tokens, start)
        alone = written in _ALONE or title.plain in ("ong", "anh", "chi", "chau")
        single_fits = alone and not tokens[start].shouted and not (title.capital and tokens[start].plain in _SELF)
        if end > start + 1 or (end == start + 1 and single_fits):
            return start, end
    end = _small(tokens, start, surely=True) if known else 0
    return (start, end) if end else None


# --- names themselves -----------------------------------------------------------------------------


def _capitals(tokens: Sequence[Token], start: int, *, introduced: bool = False) -> int:
    """One past the last word of the row of capitalised words from `start` on that can be a name."""
    end = start
    while end < len(tokens) and end - start < _LONGEST:
        token = tokens[end]
        joined = (introduced and end == start) or token.gap in (" ", "  ")
        if not token.capital or not joined or token.number:
            break
        if end == start and (token.marked in _no_names() or (token.shouted and not _is_surname(token))):
            break
        if token.marked in _no_names() and token.marked not in _given():
            break
        end += 1
    return end


def _small(tokens: Sequence[Token], start: int, *, surely: bool = False, any_surname: bool = False) -> int:
    """One past the last word of a name in small letters: a surname, then syllables of names. 0: none.

    `surely`: something before it says that a name comes, so that its last syllable may be any.
    """
    if start + 1 >= len(tokens) or not _is_surname(tokens[start]) or not _joined(tokens, start + 1):
        return 0
    sure = tokens[start].marked in _surnames()[0]
    second = tokens[start + 1]
    third = tokens[start + 2] if start + 2 < len(tokens) and _joined(tokens, start + 2) else None
    if second.marked in _MIDDLE and third is not None and not third.number and third.marked not in _no_names():
        return _longer(tokens, start + 3)
    if not _is_given(second):
        return 0
    if third is not None and (_is_given(third) or (surely and (sure or any_surname) and not _is_no_name(third))):
        return _longer(tokens, start + 3)
    return start + 2 if sure else 0


def _longer(tokens: Sequence[Token], end: int) -> int:
    """A fourth syllable, where it can only be one of a name."""
    more = end < len(tokens) and _joined(tokens, end) and _is_given(tokens[end])
    return end + 1 if more and tokens[end].marked not in _no_names() else end


def _whole_name(tokens: Sequence[Token], at: int, *, cased: bool) -> tuple[int, int] | None:
    """A name without anything before it: capitals after a surname, or "nguyễn văn …"."""
    token = tokens[at]
    if not _is_surname(token) or (at > 0 and tokens[at - 1].plain in _PLACES):
        return None
    sure = token.marked in _surnames()[0]
    if cased and token.capital:
        end = _capitals(tokens, at)
        middle = end - at > 2 and tokens[at + 1].marked in _MIDDLE  # noqa: PLR2004 - surname, middle, given
        if (sure and end - at > 1) or middle:
            return at, end
    if sure and at + 2 < len(tokens) and tokens[at + 1].marked in _MIDDLE:
        end = _small(tokens, at)
        return (at, end) if end else None
    return None


def _is_surname(token: Token) -> bool:
    return token.marked in _any_surname()


def _is_no_name(token: Token) -> bool:
    return token.marked in _no_names() or (token.marked == token.plain and token.plain in _bare_no_names())


def _is_given(token: Token) -> bool:
    return token.marked in _given()


def _certainly_given(before: Token, token: Token) -> bool:
    """Whether a small word alone is a name: with its own marks, unless the writer uses none."""
    if token.marked in _no_names():
        return False
    return token.marked in (_given() if before.marked == before.plain else _given_as_written())


def _joined(tokens: Sequence[Token], at: int) -> bool:
    return tokens[at].gap in (" ", "  ") and not tokens[at].number


def is_person_word(token: Token) -> bool:
    """Whether a word may be part of a person's name; streets are named after people."""
    return _is_surname(token) or _is_given(token)
