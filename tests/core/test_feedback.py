"""What people thought of entries as a worklist, by unit; and what no entry reaches."""

from dataclasses import replace
from datetime import timedelta

import pytest

from knowledge_base import clusters, feedback
from knowledge_base.errors import Forbidden, InvalidInput, NotFound
from knowledge_base.kinds import Kinds
from knowledge_base.matching.sketch import sketches
from knowledge_base.storage import faq_store, feedback_store, gap_store, question_store, retention_store, sketch_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.retention_store import Rules
from knowledge_base.storage.tables import feedback as words
from tests.core.conftest import House

TOP, ONE, TWO = "0/", "0/77/7701/", "0/77/7702/"


def asked(house: House, number: int, unit: str = "0", **values: object) -> int:
    row = {
        "reference": f"AAAA-{number:04}",
        "contact_ref": f"{number:032}",
        "channel": "sms",
        "unit_code": unit,
        "text": f"câu hỏi số {number}",
        "state": "queued",
        **values,
    }
    return house.do(question_store.add_questions, [row])[row["reference"]]


def said(house: House, verdict: str, number: int, unit: str = "0", key: str = "E1") -> int:
    question_id = asked(house, number, unit, entry_key=key)
    house.do(lambda tx: question_store.add_feedback(tx, key, verdict, question_id=question_id))
    return question_id


def listed(house: House, path: str = TOP) -> list[tuple[str, int, bool]]:
    return [(one.key, one.weight, one.handled is not None) for one in house.see(feedback.worries, path)]


def vote(house: House, verdict: str, address: str, key: str = "E1") -> None:
    live = house.see(faq_store.published_of, key)
    house.do(feedback_store.vote, key, live.id, verdict, address, house.clock.now().date())


def test_the_heaviest_come_first_and_what_is_recent_counts_twice(house: House) -> None:
    said(house, "unclear", 1, key="E2")
    house.clock.advance(timedelta(days=40))
    said(house, "notmine", 2)
    said(house, "clear", 3)
    vote(house, "not_useful", "192.0.2.1")
    vote(house, "useful", "192.0.2.2")
    assert listed(house) == [("E1", 6, False), ("E2", 2, False)]
    tally = house.see(feedback_store.tallies, TOP, ["E1"])["E1"]
    assert tally.long == tally.lately == {"unclear": 0, "notmine": 1, "not_useful": 1, "useful": 1, "clear": 1}
    assert house.see(feedback_store.answers, TOP, ["E1", "E2"]) == {"E1": 2, "E2": 1}
    house.clock.advance(timedelta(days=60))
    assert listed(house) == [("E1", 3, False)]


def test_a_reader_votes_once_a_day_and_is_forgotten_the_day_after(house: House) -> None:
    for verdict in ("useful", "not_useful"):
        vote(house, verdict, "192.0.2.1")
    vote(house, "useful", "192.0.2.1", "E2")
    assert listed(house) == [("E1", 2, False)]
    house.clock.advance(timedelta(days=2))
    house.do(retention_store.sweep, 12)
    assert house.see(lambda tx: [row.voter for row in tx.execute(words.select())]) == [None, None]
    assert house.see(retention_store.find_due, Rules(12)).votes == []


def test_each_unit_sees_its_own_residents_words_and_numbers(house: House) -> None:
    said(house, "unclear", 1, "7701")
    said(house, "unclear", 2, "7702")
    vote(house, "not_useful", "192.0.2.1")
    assert listed(house) == [("E1", 10, False)]
    assert listed(house, ONE) == [("E1", 6, False)]
    assert [one.text for one in house.see(feedback_store.wordings, ONE, "E1")] == ["câu hỏi số 1"]
    assert house.see(feedback_store.answers, ONE, ["E1"]) == {"E1": 1}
    assert len(house.see(feedback_store.wordings, TOP, "E1")) == 2


def test_what_is_dealt_with_comes_back_with_a_new_word(house: House) -> None:
    said(house, "unclear", 1, "7701")
    said(house, "unclear", 2, "7702")
    editor = house.who("editor")
    (worry,) = house.see(feedback.worries, TOP)
    for fault, verb in (
        (pytest.raises(InvalidInput, match="handled_reason"), lambda: house.do(feedback.handle, editor, "E1", 9, " ")),
        (pytest.raises(NotFound), lambda: house.do(feedback.handle, editor, "E9", 9, "xong")),
        (pytest.raises(Forbidden), lambda: house.do(feedback.handle, house.who("officer"), "E1", 9, "xong")),
    ):
        with fault:
            verb()
    below = replace(editor, unit_code="7701", unit_path=ONE)
    (own,) = house.see(feedback.worries, ONE)
    house.do(feedback.handle, below, "E1", own.last, "đã gọi lại bà con")
    assert [listed(house, path)[0][2] for path in (ONE, TWO, TOP)] == [True, False, False]
    house.do(feedback.handle, editor, "E1", worry.last, "đã sửa câu trả lời")
    assert [listed(house, path)[0][2] for path in (ONE, TWO, TOP)] == [True, True, True]
    said(house, "notmine", 3, "7702")
    assert [listed(house, path)[0][2] for path in (ONE, TWO, TOP)] == [True, False, False]


def test_a_wording_becomes_a_phrasing_of_the_right_entry(house: House) -> None:
    question_id = said(house, "notmine", 1, "7701")
    editor = house.who("editor")
    house.do(feedback.learn, editor, question_id, "E2", "hỏi kiểu của dân")
    assert "hỏi kiểu của dân" in house.see(faq_store.published_of, "E2").entry.phrasings
    elsewhere = replace(editor, unit_code="7702", unit_path=TWO)
    for who, key, wording, fault in (
        (editor, "E9", "câu", NotFound),
        (editor, "E2", " ", InvalidInput),
        (editor, "E2", "gọi 0912 345 678", InvalidInput),
        (elsewhere, "E2", "câu", NotFound),
        (house.who("officer"), "E2", "câu", Forbidden),
    ):
        with pytest.raises(fault):
            house.do(feedback.learn, who, question_id, key, wording)


# --- what no entry reaches ------------------------------------------------------------------------

GOATS = [f"{begin} nuôi dê núi có được cho vay mua con giống không" for begin in ("nhà tôi", "nhà em", "nhà con")]


def kinds_found(house: House) -> None:
    def sketch(tx: Transaction) -> None:
        missing = sketch_store.unsketched(tx, 100)
        made = sketches([text for _id, text in missing])
        sketch_store.put(tx, [(one, found) for (one, _text), found in zip(missing, made, strict=True)])

    house.do(sketch)
    kinds = Kinds()
    while found := house.see(kinds.find):
        house.do(gap_store.put_kin, found)


def test_groups_that_no_entry_reaches_by_size_and_by_unit(house: House) -> None:
    goats = [asked(house, number, "7701", text=text) for number, text in enumerate(GOATS)]
    asked(house, 10, "7702", text="đám cưới thì xin phép ai")
    asked(house, 11, "7702", text=GOATS[0], entry_key="E1", state="answered")
    asked(house, 12, "7702", text=GOATS[1], state="closed", close_reason="abuse")
    kinds_found(house)
    (gap,), total = house.see(gap_store.gaps, TOP)
    assert (gap.size, gap.gathered, total) == (3, False, 1)
    assert [one.id for one in house.see(gap_store.questions_of, gap, TOP)] == goats[::-1]
    assert house.see(gap_store.units_of, gap, TOP) == {"7701": 3}
    assert house.see(gap_store.gaps, TWO) == ([], 0)
    more = [asked(house, 20 + number, "7702", text=GOATS[number]) for number in range(2)]
    kinds_found(house)  # another process: it knows the first ones from the store
    assert [found.size for found in house.see(gap_store.gaps, TOP)[0]] == [5]
    assert [found.size for found in house.see(gap_store.gaps, TWO)[0]] == [2]
    assert [one.id for one in house.see(gap_store.questions_of, gap, TWO)] == more[::-1]


def test_clusters_of_officers_are_gaps_until_an_entry_settles_one(house: House) -> None:
    ids = [asked(house, number, text=text) for number, text in enumerate(("một câu", "câu khác hẳn"))]
    house.do(clusters.gather, house.who("officer"), ids[0], [ids[1]])
    (gap,), _total = house.see(gap_store.gaps, TOP)
    assert (gap.gathered, gap.size) == (True, 2)
    assert len(house.see(gap_store.questions_of, gap, TOP)) == 2
    question = house.see(question_store.question, ids[0])
    house.do(lambda tx: question_store.save(tx, question, entry_key="E1"))
    assert house.see(gap_store.gaps, TOP) == ([], 0)
