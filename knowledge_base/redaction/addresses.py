"""Where somebody lives: house numbers with streets, lanes, hamlets. A bare commune or province is no address."""

from collections.abc import Iterator, Sequence

from knowledge_base.redaction.hit import Kind
from knowledge_base.redaction.names import is_person_word
from knowledge_base.redaction.numbers import Found
from knowledge_base.redaction.reading import Token

_STREETS = frozenset({"đường", "duong", "phố", "pho", "ngõ", "ngo", "ngách", "ngach", "hẻm", "hem", "kiệt", "kiet"})
_LANES = frozenset({"ngõ", "ngách", "hẻm", "kiệt", "ngo", "ngach", "hem", "kiet"})  # these have numbers
_HAMLETS = frozenset("thôn xóm ấp tổ bản buôn làng khóm phum sóc plei thon xom ap to ban buon lang khom".split())
# Those that stand before a small name, too, where a commune follows.
_PLAIN_HAMLETS = frozenset("thôn xóm ấp khóm thon xom ap khom".split())
_COMMUNES = frozenset({"xa", "phuong", "huyen", "tt"})
_NOT_A_PLACE = frozenset(
    "xa phuong huyen tinh ban thon xom ap to toi em minh chau con nao nay kia do dac co o va hoac truong pho cua thi "
    "vung ngheo kho la duoc khu nha viec lam vay von tiet kiem dan cac moi mot hai ba rieng ngoai trong thuoc mien nui "
    "hop chuc cong tac bao tu hoi".split()
)
_NO_COMMUNE = frozenset("nào này tôi em mình nghèo đặc vùng ta có nao nay toi ngheo dac vung co".split())
_COUNTED = frozenset("nguoi ho vien thanh khau nam thang ngay trieu nghin lan con nha phan tram".split())
_HOUSES = frozenset({"so", "nha", "sn", "can", "phong", "to", "khu", "doi"})
_BEGINS = _LANES | _HAMLETS
_PLACE_WORDS = 3
_COMMUNE_WITHIN = 3
_LONG_HOUSE = 5  # digits of a house number, at most
_HOUSE_PARTS = 6  # 12A/3B/4
_AT_HOME = frozenset({"ở", "tại", "o", "tai", "chỉ", "chi", "trú", "tru"})
_LONGEST = 16


def find_addresses(tokens: Sequence[Token], apart: set[int], *, cased: bool) -> Iterator[Found]:
    """Every address; parts that follow each other are one."""
    at = 0
    while at < len(tokens):
        end = _part(tokens, at, apart, cased=cased)
        if not end:
            at += 1
            continue
        start = at
        while end < len(tokens) and end - start < _LONGEST and tokens[end].gap.strip() in ("", ",", "-", "–", "/"):
            more = _part(tokens, end, apart, cased=cased)
            if not more:
                break
            end = more
        yield Kind.ADDRESS, start, end
        at = end


def _part(tokens: Sequence[Token], at: int, apart: set[int], *, cased: bool) -> int:
    """One past the part of an address that begins at `at`; 0 where none does."""
    if at in apart:
        return 0
    token = tokens[at]
    if token.number:
        return _house_and_street(tokens, at, cased=cased)
    if token.marked not in _BEGINS and token.plain not in _HOUSES:
        return 0
    return (
        _house(tokens, at, cased=cased)
        or _flat(tokens, at)
        or (_lane(tokens, at) if token.marked in _LANES else 0)
        or (_hamlet(tokens, at, cased=cased) if token.marked in _HAMLETS else 0)
        or _quarter(tokens, at)
    )


# --- houses ---------------------------------------------------------------------------------------


def _house(tokens: Sequence[Token], at: int, *, cased: bool) -> int:
    """Số nhà 12, nhà số 12/3, sn 12, số 12 đường …, số 12 Nguyễn Trãi."""
    plain = [token.plain for token in tokens[at : at + 2]]
    named = plain in (["so", "nha"], ["nha", "so"])
    first = at + (2 if named else 1)
    if not named and plain[:1] not in (["so"], ["sn"]):
        return 0
    if first >= len(tokens) or not tokens[first].number or len(tokens[first].plain) > _LONG_HOUSE:
        return 0
    if tokens[first].gap.strip(" :"):
        return 0
    end = _number_end(tokens, first)
    street = _street(tokens, end, cased=cased)
    if plain[0] == "sn" and not street:  # it may be a year of birth
        return 0
    return street or (end if named else 0)


def _house_and_street(tokens: Sequence[Token], at: int, *, cased: bool) -> int:
    """12/3 đường Lê Lợi; without the word for a street only where somebody says that he lives there."""
    if len(tokens[at].plain) > _LONG_HOUSE:
        return 0
    end = _number_end(tokens, at)
    street = _street(tokens, end, cased=cased)
    if not street:
        return 0
    worded = tokens[end].marked in _STREETS
    at_home = at > 0 and tokens[at - 1].marked in _AT_HOME
    return street if worded or at_home else 0


def _number_end(tokens: Sequence[Token], at: int) -> int:
    """One past a house number with its parts: 12A, 12/3/4, 12-14."""
    end = at + 1
    while end < min(len(tokens), at + _HOUSE_PARTS):
        token = tokens[end]
        letter = not token.number and len(token.plain) == 1 and token.gap in ("", "/")
        if not letter and not (token.number and token.gap in ("/", "-", " / ")):
            break
        end += 1
    return end


def _street(tokens: Sequence[Token], at: int, *, cased: bool) -> int:
    """One past the street's name that begins at `at`: đường …, ngõ 5, or a person's name in capitals."""
    if at >= len(tokens) or tokens[at].gap.strip(" ,") or tokens[at].number:
        return 0
    token = tokens[at]
    if token.marked in _LANES:
        return _lane(tokens, at)
    if token.marked in _STREETS:
        return _name_end(tokens, at + 1, cased=cased, least=1)
    if cased and token.capital and at + 1 < len(tokens) and tokens[at + 1].capital:
        return _name_end(tokens, at, cased=True, least=2)
    if is_person_word(token) and at + 1 < len(tokens) and is_person_word(tokens[at + 1]):
        return at + 2
    return 0


def _name_end(tokens: Sequence[Token], at: int, *, cased: bool, least: int) -> int:
    """One past up to four words of a street's name; in small letters two of them are taken."""
    end = at
    while end < len(tokens) and end - at < 4 and not tokens[end].gap.strip():  # noqa: PLR2004 - Hai Bà Trưng, Cách Mạng Tháng Tám
        if cased and end > at and tokens[at].capital and not tokens[end].capital and not tokens[end].number:
            break
        if not (cased and tokens[at].capital) and end - at == 2 and not _third(tokens, end):  # noqa: PLR2004 - le loi
            break
        if tokens[end].plain in _COMMUNES or tokens[end].plain in ("so", "quan", "tinh"):
            break
        end += 1
    return end if end - at >= least else 0


def _third(tokens: Sequence[Token], at: int) -> bool:
    """Whether a third small word belongs to a street's name: hoàng văn thụ, hai bà trưng."""
    return is_person_word(tokens[at]) or tokens[at - 1].marked in (
        "văn",
        "van",
        "thị",
        "thi",
        "bà",
        "ba",
        "đình",
        "dinh",
    )


def _flat(tokens: Sequence[Token], at: int) -> int:
    """Căn hộ 1203, phòng 302 chung cư …, phòng trọ số 5."""
    plain = [token.plain for token in tokens[at : at + 4]]
    if plain[:2] in (["can", "ho"], ["phong", "tro"]):
        first = at + 2 + (plain[2:3] == ["so"])
        return (
            first + 1 if first < len(tokens) and tokens[first].number and len(tokens[first].plain) <= _LONG_HOUSE else 0
        )
    if plain[:1] == ["phong"] and at + 2 < len(tokens) and tokens[at + 1].number:
        return at + 4 if plain[2:4] == ["chung", "cu"] else 0
    return 0


def _lane(tokens: Sequence[Token], at: int) -> int:
    """Ngõ 12, hẻm 45/6, kiệt số 3."""
    first = at + 1 + (at + 1 < len(tokens) and tokens[at + 1].plain == "so")
    if first >= len(tokens) or not tokens[first].number or len(tokens[first].plain) > _LONG_HOUSE:
        return 0
    return 0 if tokens[first].gap.strip() else _number_end(tokens, first)


# --- hamlets --------------------------------------------------------------------------------------


def _hamlet(tokens: Sequence[Token], at: int, *, cased: bool) -> int:
    """Thôn 3, tổ 5, thôn Đoài, bản Lác, buôn Ma Thuột; "thon doai, xa …" in small letters."""
    first = at + 1 + (at + 1 < len(tokens) and tokens[at + 1].plain == "so")
    countryside = at > 0 and tokens[at - 1].plain == "nong"  # nông thôn
    if countryside or first >= len(tokens) or tokens[first].gap.strip():
        return 0
    token = tokens[first]
    if token.number:
        if first + 1 < len(tokens) and tokens[first + 1].number and tokens[first + 1].gap in (".", ","):
            return 0  # an amount
        counts = first + 1 < len(tokens) and tokens[first + 1].plain in _COUNTED and not tokens[first + 1].gap.strip()
        return first + 1 if len(token.plain) <= 2 and not counts else 0  # noqa: PLR2004 - hamlets have small numbers
    if token.plain in _NOT_A_PLACE and not (cased and token.capital and token.plain not in _COMMUNES):
        return 0
    if cased and token.capital and not token.shouted:
        return _capitals(tokens, first)
    if tokens[at].marked in _PLAIN_HAMLETS:
        return _before_commune(tokens, first)
    return 0


def _capitals(tokens: Sequence[Token], at: int) -> int:
    end = at + 1
    while end < len(tokens) and end - at < _PLACE_WORDS and tokens[end].gap == " " and tokens[end].capital:
        end += 1
    return end


def _before_commune(tokens: Sequence[Token], at: int) -> int:
    """One past a small name that a commune or district follows."""
    for end in range(at + 1, min(at + 1 + _COMMUNE_WITHIN, len(tokens))):
        if tokens[end].plain in _COMMUNES and end + 1 < len(tokens) and tokens[end + 1].marked not in _NO_COMMUNE:
            return end if not tokens[end].gap.strip(" ,") else 0
        if tokens[end].plain in _NOT_A_PLACE or tokens[end].gap.strip():
            return 0
    return 0


def _quarter(tokens: Sequence[Token], at: int) -> int:
    """Tổ dân phố 4, khu phố số 3, khu 5, đội 7."""
    plain = [token.plain for token in tokens[at : at + 4]]
    for words in (["to", "dan", "pho"], ["khu", "pho"], ["khu"], ["doi"]):
        size = len(words)
        if plain[:size] == words:
            first = at + size + (plain[size : size + 1] == ["so"])
            fits = first < len(tokens) and tokens[first].number and len(tokens[first].plain) <= 2  # noqa: PLR2004 - small numbers
            return first + 1 if fits and not tokens[first].gap.strip() else 0
    return 0
