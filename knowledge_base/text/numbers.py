"""Amounts in words and in shorthand as plain digits: "hai triệu hai", "2 triệu 2", "triệu rưỡi", "chín lăm phần trăm".

Only what is surely a number is touched: one with a unit of thousands, hundreds or tens, or a share in per cent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from knowledge_base.text.fold import fold

_DIGITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5, "sáu": 6,
    "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
_UNITS = {"nghìn": 1_000, "ngàn": 1_000, "triệu": 1_000_000, "tỷ": 1_000_000_000, "tỉ": 1_000_000_000}
_ONLY_WITHIN = frozenset({"mốt", "tư", "lăm", "nhăm", "không"})  # never begin a number; bare, they are other words
# After "hai triệu" a number before one of these counts them: "hai triệu một người".
_COUNTED = frozenset({"người", "tháng", "năm", "hộ", "khẩu", "đầu", "con", "đứa", "ngày", "lần", "miệng", "suất", "kỳ"})
_THOUSAND = 1_000
_LONGEST = 12  # words of an amount


@dataclass(frozen=True, slots=True)
class Amount:
    """Words `start` to `end` say `digits`."""

    start: int
    end: int
    digits: str


def _table(values: dict[str, int]) -> dict[str, int]:
    """With the accent-less twins; a form with other marks is another word (trạm, sau khi, lắm)."""
    return {fold(word): value for word, value in values.items()} | values


_DIGIT, _UNIT = _table(_DIGITS), _table(_UNITS)
_NEVER_FIRST = _ONLY_WITHIN | {fold(word) for word in _ONLY_WITHIN}
_COUNTED_ALL = _COUNTED | {fold(word) for word in _COUNTED}
_TEN, _TENS, _HUNDRED, _HALF, _ODD = (
    {"mười", "muoi"},
    {"mươi", "muoi", "chục", "chuc"},
    {"trăm", "tram"},
    {"rưỡi", "ruoi", "rưởi"},
    {"lẻ", "le", "linh"},
)
_BEGINS = (_DIGIT.keys() - _NEVER_FIRST) | _UNIT.keys() | _TEN


def amounts(words: Sequence[str]) -> list[Amount]:
    """The amounts in lower-case words, from left to right."""
    found: list[Amount] = []
    at = 0
    while at < len(words):
        begins = words[at] in _BEGINS or words[at][:1].isdigit()  # most words don't, and need no parser
        amount = _Parser(words, at).amount() if begins else None
        if amount is not None:
            found.append(amount)
            at = amount.end
        else:
            at += 1
    return found


class _Parser:
    """Reads one amount from a place on."""

    def __init__(self, words: Sequence[str], start: int) -> None:
        self.words, self.start, self.at = words[: start + _LONGEST], start, start

    def amount(self) -> Amount | None:
        """The longest amount that begins here, if any."""
        total = Decimal(0)
        last = 0
        while True:
            before = self.at
            value = self._below_thousand(first=before == self.start)
            unit = self._take(_UNIT)
            if unit is None or (value is None and not (before == self.start and self._next() in _HALF)):
                self.at = before
                break
            if last and unit >= last:
                return None
            total += (Decimal(1) if value is None else value) * unit
            last = unit
            if self._next() in _HALF:
                self.at += 1
                return self._done(total + unit // 2)
        if not last:
            return self._small()
        return self._done(total + self._tail(last))

    def _small(self) -> Amount | None:
        """An amount without a unit: of two words at least, or of two digits in words before "phần trăm"."""
        value = self._below_thousand(first=True)
        if value is not None and self.at - self.start > 1:
            return self._done(value)
        self.at = self.start
        tens, ones = self._digit(first=True), self._digit(first=False)
        if (
            tens is not None
            and ones is not None
            and tuple(map(fold, self.words[self.at : self.at + 2])) == ("phan", "tram")
        ):
            return self._done(Decimal(10 * tens + ones))
        return None

    def _tail(self, unit: int) -> Decimal:
        """What stands after the last unit without one: "hai triệu hai" is 2.2 million, "1 triệu 25" 1.25."""
        before = self.at
        value: int | None = None
        size = 1
        if self._next().isdigit() and len(self._next()) <= 3:  # noqa: PLR2004 - "2 triệu 2026" is an amount and a year
            size = len(self._next())
            value = int(self._next())
            self.at += 1
        elif self._next() not in {"một", "mot", "không", "khong"}:
            value = self._digit(first=True)
        if value is None or unit < _THOUSAND or self._next() in _COUNTED_ALL or self._next() in _UNIT:
            self.at = before
            return Decimal(0)
        return Decimal(value) * unit / 10**size

    def _below_thousand(self, *, first: bool) -> Decimal | None:
        """A number up to 999 in words, or any in digits."""
        word = self._next()
        if word[:1].isdigit():
            try:
                value = Decimal(word.replace(",", "."))
            except InvalidOperation:
                return None
            self.at += 1
            if self._next() in _HUNDRED:
                self.at += 1
                value *= 100
            return value
        before = self.at
        value = Decimal(0)
        digit = self._digit(first=first)
        if digit is not None and self._next() in _HUNDRED:
            self.at += 1
            value = Decimal(100 * digit)
            if self._next() in _HALF:
                self.at += 1
                return value + 50
            if self._next() in _ODD:
                self.at += 1
                return value + (self._digit(first=False) or 0)
            rest = self._tens(first=False)
            return value + (rest or 0)
        self.at = before
        return self._tens(first=first)

    def _tens(self, *, first: bool) -> Decimal | None:
        """A number up to 99 in words."""
        before = self.at
        if self._next() in _TEN:
            self.at += 1
            ones = self._digit(first=False)
            if ones is None and self.words[before] == "muoi" and first and self._next() not in _UNIT:
                self.at = before  # muối, muỗi
                return None
            return Decimal(10 + (ones or 0))
        digit = self._digit(first=first)
        if digit is None:
            return None
        if self._next() in _TENS:
            self.at += 1
            return Decimal(10 * digit + (self._digit(first=False) or 0))
        return Decimal(digit)

    def _digit(self, *, first: bool) -> int | None:
        word = self._next()
        if word in _DIGIT and not (first and word in _NEVER_FIRST):
            self.at += 1
            return _DIGIT[word]
        return None

    def _next(self) -> str:
        return self.words[self.at] if self.at < len(self.words) else ""

    def _take(self, table: dict[str, int]) -> int | None:
        found = table.get(self._next())
        self.at += found is not None
        return found

    def _done(self, value: Decimal) -> Amount:
        return Amount(self.start, self.at, f"{value.quantize(Decimal(1)) if value == value.to_integral() else value:f}")
