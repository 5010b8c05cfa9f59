"""Personal data in a text: found in all its spellings, in place, for a human to decide about; or masked at once.

Pure, deterministic, and linear in the length of the text.
"""

from collections.abc import Iterator

from knowledge_base.redaction.addresses import find_addresses
from knowledge_base.redaction.hit import Kind, PersonalData
from knowledge_base.redaction.links import find_links
from knowledge_base.redaction.names import find_names
from knowledge_base.redaction.numbers import Found, dates_and_laws, find_numbers
from knowledge_base.redaction.plates import find_birth_dates, find_plates
from knowledge_base.redaction.reading import Reading, read
from knowledge_base.redaction.spoken import find_spoken

_ROUNDS = 3
MASK = "[đã ẩn]"


def find_personal_data(text: str) -> tuple[PersonalData, ...]:
    """Every hit, in order, none overlapping another; offsets are those of the text as given."""
    reading = read(text)
    hits: list[PersonalData] = []
    taken = bytearray(len(text))
    for hit in _found(reading):
        if hit.start < hit.end and not any(taken[hit.start : hit.end]):
            taken[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
            hits.append(hit)
    return tuple(sorted(hits, key=lambda hit: hit.start))


def _found(reading: Reading) -> Iterator[PersonalData]:
    """What each finder finds, the surest first."""
    for kind, start, end in find_links(reading):
        yield PersonalData(kind, *reading.original(start, end))
    tokens = reading.tokens
    if not tokens:
        return
    apart = dates_and_laws(tokens)
    finders: tuple[Iterator[Found], ...] = (
        find_birth_dates(tokens),
        find_plates(tokens, apart),
        find_numbers(tokens, apart),
        find_spoken(tokens, apart),
        find_addresses(tokens, apart, cased=reading.cased),
        find_names(tokens, cased=reading.cased),
    )
    for finder in finders:
        for kind, first, end in finder:
            yield PersonalData(kind, tokens[first].start, tokens[end - 1].end)


def mask_personal_data(text: str) -> str:
    """The text with every hit replaced by a mark. What is left is looked at again: masks change what capitals tell."""
    for _ in range(_ROUNDS):
        hits = find_personal_data(text)
        for hit in reversed(hits):
            text = text[: hit.start] + MASK + text[hit.end :]
        if not hits:
            break
    return text


__all__ = ["MASK", "Kind", "PersonalData", "find_personal_data", "mask_personal_data"]
