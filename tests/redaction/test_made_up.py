"""Five thousand made-up data in all spellings: what is found, what isn't, how long it takes; and false alarms."""

import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from knowledge_base.redaction.find import find_personal_data, mask_personal_data
from tests.redaction.made_up import LOOSE, STRUCTURED, MadeUp, many

ENTRIES = sorted((Path(__file__).parents[2] / "content" / "entries").glob("*.yaml"))
NUMBER = 5_000
LEAST_FOUND = 0.95  # of names and of addresses
MOST_FALSE = 1 / 20  # an entry


@pytest.fixture(scope="module")
def data() -> list[MadeUp]:
    return many(NUMBER)


def found_whole(one: MadeUp) -> bool:
    """Whether every letter and digit of the datum is covered."""
    covered = {at for hit in find_personal_data(one.text) for at in range(hit.start, hit.end)}
    return all(at in covered for at in range(one.start, one.end) if one.text[at].isalnum())


@pytest.mark.parametrize("kind", STRUCTURED)
def test_every_structured_one_is_found(data: list[MadeUp], kind: str) -> None:
    of_kind = [one for one in data if one.kind == kind]
    assert len(of_kind) > NUMBER / 20
    assert [(one.spelling, one.text) for one in of_kind if not found_whole(one)] == []


@pytest.mark.parametrize("kind", LOOSE)
def test_most_names_and_addresses_are_found(data: list[MadeUp], kind: str) -> None:
    of_kind = [one for one in data if one.kind == kind]
    missed = [one.text for one in of_kind if not found_whole(one)]
    assert 1 - len(missed) / len(of_kind) >= LEAST_FOUND, missed


def test_every_spelling_occurs(data: list[MadeUp]) -> None:
    spellings = Counter(part for one in data for part in one.spelling.split(" / "))
    assert min(spellings.values()) >= 10
    assert len(spellings) > 40


def test_nothing_is_left_after_masking(data: list[MadeUp]) -> None:
    for one in data[:1_000]:
        masked = mask_personal_data(one.text)
        assert find_personal_data(masked) == (), masked


def test_the_same_text_gives_the_same_hits(data: list[MadeUp]) -> None:
    for one in data[:200]:
        hits = find_personal_data(one.text)
        assert hits == find_personal_data(one.text)
        assert all(a.end <= b.start for a, b in pairwise(hits))


def texts_of_the_faq() -> Iterator[str]:
    for path in ENTRIES:
        entry = yaml.safe_load(path.read_text(encoding="utf-8"))
        yield from (entry["question"], entry["short_answer"], entry["details"], *entry["phrasings"])


def test_false_marks_on_the_shipped_faq_are_rare() -> None:
    """None today; an entry in twenty is the bound. A start imports the FAQ: a false mark would have to be decided."""
    false = [text[hit.start : hit.end] for text in texts_of_the_faq() for hit in find_personal_data(text)]
    assert len(false) <= MOST_FALSE * len(ENTRIES), false
    assert false == []


LONG = {
    "digits": "0" * 8_192,
    "digits apart": "0 " * 4_096,
    "digits and points": "1." * 4_096,
    "at signs": "a@" * 4_096,
    "hosts": "a@b." * 2_048,
    "letters for digits": "o" * 8_192,
    "numbers in words": "không " * 1_365,
    "plates": "29A-" * 2_048,
    "houses": "số 12/" * 1_365,
    "titles": "ông Nguyễn " * 744,
    "births": "sinh " * 1_638,
    "profiles": "zalo . me / " * 682,
    "keystrokes": "nguyeenx " * 910,
}


def _seconds(text: str) -> float:
    """Of processor time, the best of three."""
    took = []
    for _ in range(3):
        began = time.thread_time()
        find_personal_data(text)
        took.append(time.thread_time() - began)
    return min(took)


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_time_grows_with_the_text_and_no_faster(text: str) -> None:
    half, whole = _seconds(text[: len(text) // 2]), _seconds(text)
    assert whole < 3.5 * half + 0.02
    assert whole < 1.0


def test_a_long_message_takes_milliseconds() -> None:
    text = "\n".join(texts_of_the_faq())[:4_096]
    find_personal_data(text)
    assert _seconds(text) < 0.03  # the bound leaves room for a busy machine
