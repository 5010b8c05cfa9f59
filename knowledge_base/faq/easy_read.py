"""An answer's plain words: which figures they may say, whether they still fit, how easily they are read. Pure.

Plain words leave out, they never add: an amount, percentage, day or document number in them stands in the answer, too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge_base.errors import InvalidInput
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.parts import window_of
from knowledge_base.text.fold import fold
from knowledge_base.text.numbers import amounts

LONGEST = 2_000  # characters
LONG_SENTENCE = 20  # words; as an answer's first sentences
_LONG_WORD = 7  # letters; no Vietnamese word has more
_MOST_NAMED = 6
# What offices say, and people don't. Short on purpose: what stands here is pointed at, never refused.
_OFFICE_WORDS = (
    "căn cứ", "quy định tại", "theo quy định", "đối tượng", "thụ hưởng", "thẩm quyền", "ban hành", "trường hợp",
    "nêu trên", "hiện hành", "định mức", "đề nghị hưởng", "bình quân đầu người", "thiếu hụt", "hồ sơ",
    "cư trú", "xem xét", "thực hiện", "công lập", "ngân sách",
)  # fmt: skip
_MARKER = re.compile(r"^\s*\d{1,2}[.)]\s", re.MULTILINE)
_LAW = re.compile(r"(\d+)(?:/(\d{4}))?/([A-ZĐ][\wĐđ-]*)")
_SHORT_LAW = re.compile(r"(?<![\d/])(\d+)/(\d{4})(?![\d/])")
_MONTH = re.compile(r"\btháng\s+(\d{1,2})(?:\s*[/-]\s*|\s+năm\s+)(\d{4})(?!\d)", re.IGNORECASE)
_DAY = re.compile(r"(?<![\d/])(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?![\d/])")
_ISO_DAY = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_DAY_IN_WORDS = re.compile(r"\b(?:ngày|mùng|mồng)\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})(?!\d)", re.IGNORECASE)
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|%|\w+|[^\w\s]")
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
_WORD = re.compile(r"[^\W\d_]+")
_CAPITALS = re.compile(r"\b[A-ZĐÂÊÔƠƯĂ]{2,}\b")

# What a text says: ("law", "07/2021"), ("day", date), ("month", 7, 2026), ("percent", 40), ("number", 1500000).
Figure = tuple[object, ...]


def figures_of_text(text: str) -> dict[Figure, str]:
    """The figures of a text as they are meant, each with the words it stands in. Numbers of a list are none."""
    text, found = _MARKER.sub(" ", text), dict[Figure, str]()

    def take(pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        nonlocal text
        yield from pattern.finditer(text)
        text = pattern.sub(" ; ", text)

    for match in take(_LAW):
        number, year, kind = match.groups()
        found["law", int(number), int(year or 0), kind.upper()] = match.group()
    for pattern in (_DAY_IN_WORDS, _DAY):
        found |= {figure: match.group() for match in take(pattern) if (figure := _day(*match.groups()))}
    for match in take(_ISO_DAY):
        if figure := _day(*reversed(match.groups())):
            found[figure] = match.group()
    found |= {("month", int(match[1]), int(match[2])): match.group() for match in take(_MONTH)}
    found |= {("law", int(match[1]), int(match[2])): match.group() for match in take(_SHORT_LAW)}
    return found | dict(_numbers(text))


def _day(day: str, month: str, year: str) -> Figure | None:
    try:
        return ("day", date(int(year), int(month), int(day)))
    except ValueError:
        return None


def _numbers(text: str) -> Iterator[tuple[Figure, str]]:
    words = _TOKEN.findall(text.lower())
    plain = [word.replace(".", "") if _GROUPED.fullmatch(word) else word for word in words]
    said = {amount.start: amount for amount in amounts(plain)}
    at = 0
    while at < len(words):
        amount = said.get(at)
        end = amount.end if amount else at + 1
        value = Decimal(amount.digits) if amount else _number(plain[at])
        if value is not None:
            percent = words[end : end + 1] == ["%"] or words[end : end + 2] == ["phần", "trăm"]
            yield ("percent" if percent else "number", value), " ".join(words[at : end + percent])
        at = end


def _number(word: str) -> Decimal | None:
    if not word[0].isdecimal():
        return None
    whole, _, rest = word.replace(".", ",").partition(",")
    return Decimal(f"{whole}.{rest}") if rest.isdecimal() else Decimal(re.sub(r"\D", "", word))


def strange_figures(entry: FaqEntry) -> list[str]:
    """The figures of an entry's plain words that its answer (its law and its window included) does not say."""
    if not entry.easy_read:
        return []
    basis = (f"{one.document} ; {one.article}" for one in entry.legal_basis)
    said = " ;\n".join((entry.question, entry.short_answer, entry.details, *basis, *window_of(entry)))
    known = set(figures_of_text(said))
    known |= {part for figure in known for part in _parts(figure)}
    return [words for figure, words in figures_of_text(entry.easy_read).items() if figure not in known]


def _parts(figure: Figure) -> Iterator[Figure]:
    """What may be said where the whole stands: of a day its month and year, of a document its number and year."""
    day = figure[1]
    if isinstance(day, date):
        yield from (("month", day.month, day.year), ("number", Decimal(day.year)))
    elif figure[0] == "month":
        yield "number", Decimal(str(figure[2]))
    elif figure[0] == "law" and len(figure) > 3:  # noqa: PLR2004 - with the letters behind it
        yield "law", figure[1], figure[2]


def guard_easy_read(entry: FaqEntry) -> None:
    """Plain words say nothing that the approved answer doesn't.

    Raises:
        InvalidInput: `easy_read_figures` with the `words`; `easy_read_long`.
    """
    if len(entry.easy_read) > LONGEST:
        raise InvalidInput("easy_read_long", field="easy_read", most=LONGEST)
    if words := strange_figures(entry):
        raise InvalidInput("easy_read_figures", field="easy_read", words=words)


def may_disagree(before: FaqEntry, after: FaqEntry) -> bool:
    """Whether an answer was changed and its plain words were not: somebody should read both again."""
    answer = (before.short_answer, before.details) != (after.short_answer, after.details)
    return bool(after.easy_read) and answer and before.easy_read == after.easy_read


@dataclass(frozen=True, slots=True)
class Readability:
    """How easily plain words are read. A hint for who writes them; nothing is refused by it."""

    sentences: int
    longest: int  # words of the longest sentence
    too_long: tuple[str, ...]  # how the sentences of more than `LONG_SENTENCE` words begin
    hard: tuple[str, ...]  # words of offices, abbreviations, words longer than any Vietnamese one


def readability(text: str) -> Readability:
    """Sentence lengths and hard words of a text."""
    sentences = [words for part in _SENTENCE_END.split(text) if (words := _WORD.findall(part))]
    folded = f" {' '.join(_WORD.findall(text)).lower()} "
    hard = [word for word in _OFFICE_WORDS if f" {word} " in folded]
    hard += _CAPITALS.findall(text)
    hard += [word for words in sentences for word in words if len(fold(word)) > _LONG_WORD]
    long = [f"{' '.join(words[:5])}…" for words in sentences if len(words) > LONG_SENTENCE]
    longest = max((len(words) for words in sentences), default=0)
    return Readability(
        len(sentences), longest, tuple(long[:_MOST_NAMED]), tuple(dict.fromkeys(hard))[: 2 * _MOST_NAMED]
    )
