"""Numbers in words: "không chín một hai …", "o chin mot hai", "mười hai, ba mươi tư"."""

from collections.abc import Iterator, Sequence

from knowledge_base.redaction.hit import Kind
from knowledge_base.redaction.labels import bank_near, label_before
from knowledge_base.redaction.numbers import Found
from knowledge_base.redaction.reading import Token
from knowledge_base.text.fold import fold

_DIGITS = {
    "không": "0", "khong": "0", "hông": "0", "ko": "0", "zero": "0", "dê": "0", "zê": "0", "o": "0",
    "một": "1", "mốt": "1", "hai": "2", "ba": "3", "bốn": "4", "bón": "4", "tư": "4", "năm": "5", "lăm": "5",
    "nhăm": "5", "sáu": "6", "bảy": "7", "bẩy": "7", "tám": "8", "chín": "9",
}  # fmt: skip
_READ = {fold(word): digit for word, digit in _DIGITS.items()} | _DIGITS
_TEN, _TENS, _HUNDRED, _ODD = {"mười", "muoi"}, {"mươi", "muoi", "chục"}, {"trăm", "tram"}, {"linh", "lẻ", "le"}
_SAID = frozenset(_READ) | _TEN | _TENS | _HUNDRED | _ODD
_COUNTING = "12345678910"  # one, two, three, …
_GAPS = " \n.,-–_/:;…"
_LEAST_WORDS, _LEAST_DIGITS, _LEAST_OF_ACCOUNT = 4, 9, 6
_PHONE_DIGITS = 10
_WHOLE = (9, 10, 12)  # lengths of the numbers that people have
_LONGEST = 24  # words of a number
_SHORT_PIECE = 4  # digits written as such among the words


def find_spoken(tokens: Sequence[Token], apart: set[int]) -> Iterator[Found]:
    """Every number that is said in words, with digits among them or not."""
    at = 0
    while at < len(tokens):
        if not _belongs(tokens[at]):
            at += 1
            continue
        end = _end(tokens, at, apart)
        if end - at >= _LEAST_WORDS:
            found = _number(tokens, at, end)
            if found is not None:
                yield found
        at = max(end, at + 1)


def digits_said(tokens: Sequence[Token]) -> list[str]:
    """The digits each of these tokens stands for."""
    words = [token.marked if not token.number else token.plain for token in tokens]
    return [_said(words, at) for at in range(len(words))]


def is_said(token: Token) -> bool:
    """Whether a token may be part of a number in words."""
    return token.marked in _SAID


def _end(tokens: Sequence[Token], at: int, apart: set[int]) -> int:
    """One past the last token of the row of digits and words for them that begins at `at`."""
    start = at
    while at < len(tokens) and at not in apart and at - start < _LONGEST and _belongs(tokens[at]):
        if at > start and tokens[at].gap.strip(_GAPS):
            break
        at += 1
    return at


def _belongs(token: Token) -> bool:
    return token.marked in _SAID or (token.number and len(token.plain) <= _SHORT_PIECE)


def _said(words: list[str], at: int) -> str:
    word, after = words[at], words[at + 1] if at + 1 < len(words) else ""
    if word in _TEN and not (at and words[at - 1] in _READ and word in _TENS):
        return "1" if after in _READ else "10"
    if word in _TENS:
        return "" if after in _READ else "0"
    if word in _HUNDRED:
        return "0" if after in _ODD else "" if after in _READ else "00"
    if word in _ODD:
        return ""
    return _READ.get(word, word if word.isdigit() else "")


def _number(tokens: Sequence[Token], start: int, end: int) -> Found | None:
    """The phone in the row, if there is one; else the row, where it is long enough."""
    said = digits_said(tokens[start:end])
    if sum(is_said(token) for token in tokens[start:end]) < _LEAST_WORDS:
        return None
    digits = "".join(said)
    if _COUNTING.startswith(digits):
        return None
    label = label_before(tokens, start)
    skips = range(1) if len(digits) in _WHOLE else range(3)
    for skip in skips if label is None else ():  # "được không, không chín …": the first one belongs to the sentence
        rest = "".join(said[skip:])
        if len(rest) == _PHONE_DIGITS and rest[0] == "0":
            return Kind.PHONE, start + skip, end
    if label is None and bank_near(tokens, start, end):
        label = Kind.BANK_ACCOUNT
    least = _LEAST_OF_ACCOUNT if label == Kind.BANK_ACCOUNT else _LEAST_DIGITS
    return (label or Kind.NUMBER, start, end) if len(digits) >= least else None
