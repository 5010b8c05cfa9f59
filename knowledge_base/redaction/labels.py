"""Words near a number that say what it is: read backwards from it, the nearest one counts."""

from collections.abc import Sequence
from itertools import pairwise

from knowledge_base.redaction.hit import Kind
from knowledge_base.redaction.reading import Token

_BEFORE, _AFTER = 6, 4  # tokens
_PHRASES: dict[Kind, str] = {
    Kind.PHONE: "sdt,dt,dien thoai,phone,tel,zalo,viber,goi,alo,lien he,nhan tin,so may,di dong,sim,hotline",
    Kind.CITIZEN_ID: "cccd,can cuoc,dinh danh,cmnd,cmt,cmtnd,chung minh,chung minh thu,ho chieu,passport",
    Kind.HEALTH_CARD: "bhyt,bao hiem y te,the bao hiem",
    Kind.INSURANCE: "bhxh,bao hiem xa hoi,so bao hiem",
    Kind.BANK_ACCOUNT: "stk,tk,tai khoan,chuyen khoan,so the,atm",
    Kind.NUMBER: "mst,ma so thue,so ho khau,ma ho,ma so",
    Kind.PLATE: "bien so,bien xe,bks,bien kiem soat,bien so xe",
}
_LABELS = {tuple(phrase.split()): kind for kind, phrases in _PHRASES.items() for phrase in phrases.split(",")}
_LONGEST = max(map(len, _LABELS))
_LAST = frozenset(words[-1] for words in _LABELS)
_BANKS = frozenset("agribank vietcombank vcb bidv vietinbank techcombank mbbank sacombank acb tpbank vpbank".split())
_CURRENCY = frozenset("d dong vnd trieu tr nghin ngan k ti ty usd do".split())


def label_before(tokens: Sequence[Token], at: int) -> Kind | None:
    """What the words before token `at` call it."""
    for end in range(at, max(0, at - _BEFORE), -1):
        if end < at and "\n" in tokens[end].gap:
            return None
        if tokens[end - 1].plain not in _LAST:
            continue
        for size in range(min(_LONGEST, end), 0, -1):
            kind = _LABELS.get(tuple(token.plain for token in tokens[end - size : end]))
            if kind is not None:
                return kind
    return None


def bank_near(tokens: Sequence[Token], first: int, end: int) -> bool:
    """Whether a bank is named just before or after tokens `first` to `end`."""
    near = (*tokens[max(0, first - _BEFORE) : first], *tokens[end : end + _AFTER])
    words = [token.plain for token in near]
    return any(word in _BANKS for word in words) or ("ngan", "hang") in pairwise(words)


def counts_money(tokens: Sequence[Token], end: int) -> bool:
    """Whether what follows token `end` - 1 makes it an amount."""
    if end >= len(tokens) or tokens[end].plain not in _CURRENCY or "\n" in tokens[end].gap:
        return False
    return tokens[end].plain != "ngan" or tokens[end].marked == "ngàn"  # not: ngân hàng
