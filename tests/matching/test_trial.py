from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from knowledge_base.matching.bank import QuestionBank
from knowledge_base.matching.decide import Decision
from knowledge_base.matching.index import IndexedEntry, MatchIndex
from knowledge_base.matching.trial import Bounds, Effect, Outcome, changed_texts, effect_of, try_edit

ASKED = [
    "vay tiền nuôi dê được mấy triệu vậy cán bộ",
    "muốn mượn máy cày của hợp tác xã thì làm sao",
    "MUỐN MƯỢN MÁY CÀY của hợp tác xã thì làm sao ạ",
    "mai trời có mưa không",
    "thẻ bảo hiểm y tế của hộ nghèo làm ở đâu",
]
NEW = IndexedEntry(
    "MAY",
    "Mượn máy cày của hợp tác xã thế nào?",
    ("Muốn mượn máy cày của hợp tác xã thì làm sao?", "Máy cày hợp tác xã cho mượn không?"),
    "Hỏi hợp tác xã.",
)


def words(numbers: Sequence[int]) -> dict[int, str]:
    return {number: ASKED[number] for number in numbers}


@pytest.fixture(scope="module")
def bank() -> QuestionBank:
    return QuestionBank.of(ASKED)


def test_a_bank_knows_what_a_text_comes_near(bank: QuestionBank):
    close = bank.close_to(["Muốn mượn máy cày của hợp tác xã thì làm sao?"])
    assert int(np.argmax(close)) in {1, 2}
    assert close[1] > 0.99
    assert close[3] < 0.2
    assert bank.close_to([]).tolist() == [0] * len(ASKED)
    assert QuestionBank.of([]).close_to(["gì đó"]).tolist() == []


def test_a_bank_grows_to_what_it_would_have_been(bank: QuestionBank):
    grown = QuestionBank.of(ASKED[:2]).grown(ASKED[2:])
    asked = ["hộ nghèo vay tiền nuôi dê", "bảo hiểm y tế"]
    assert len(grown) == len(bank)
    assert grown.close_to(asked) == pytest.approx(bank.close_to(asked), abs=1e-6)


def test_a_new_entry_wins_the_questions_nobody_answered(index: MatchIndex, bank: QuestionBank):
    heard: list[tuple[int, int]] = []
    trial = try_edit(index, NEW, bank, words, told=lambda done, all_: heard.append((done, all_)))
    taken = {change.number for change in (*trial.of(Effect.WON), *trial.of(Effect.STOLEN))}
    assert taken == {1, 2}
    assert all(change.after.leader == "MAY" for change in trial.changes)
    assert (trial.stored, trial.compared) == (len(ASKED), trial.near)
    assert heard[-1] == (trial.compared, trial.compared)
    assert "MAY" not in {entry.key for entry in index.entries}


def test_taking_phrasings_away_loses_their_questions(index: MatchIndex, bank: QuestionBank):
    known = index.updated([*index.entries, NEW])
    poorer = replace(NEW, question="Hợp tác xã là gì?", phrasings=("Hợp tác xã hoạt động ra sao?",))
    trial = try_edit(known, poorer, bank, words)
    assert {change.number for change in trial.of(Effect.LOST)} | {
        change.number for change in trial.of(Effect.WEAKER)
    } >= {1}


def test_the_work_is_bounded(index: MatchIndex, bank: QuestionBank):
    assert try_edit(index, NEW, bank, words, bounds=Bounds(most=1)).compared == 1
    assert try_edit(index, NEW, bank, words, bounds=Bounds(until=0.0)).compared == 0
    assert try_edit(index, NEW, bank, words, bounds=Bounds(until=0.0, least=2)).compared == 2


def test_nothing_changed_is_nothing_to_compare(index: MatchIndex, bank: QuestionBank):
    trial = try_edit(index, index.entries[0], bank, words)
    assert (trial.changes, trial.near) == ((), 0)


def test_texts_that_an_edit_touches():
    longer = replace(NEW, phrasings=(*NEW.phrasings, "Máy cày"))
    assert changed_texts(None, NEW) == NEW.texts
    assert changed_texts(NEW, longer) == ("Máy cày",)
    assert set(changed_texts(NEW, replace(longer, answer="Khác."))) == set(longer.texts)


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        (None, "A", Effect.WON),
        ("B", "A", Effect.STOLEN),
        ("A", "B", Effect.LOST),
        ("A", None, Effect.LOST),
        ("B", "C", Effect.BESIDE),
        (None, None, None),
        ("A", "A", None),
    ],
)
def test_effects(before: str | None, after: str | None, effect: Effect | None):
    def met(leader: str | None) -> Outcome:
        return Outcome(leader, Decision.SUGGEST if leader else Decision.UNKNOWN)

    assert effect_of("A", met(before), met(after)) == effect


def test_answered_instead_of_offered_is_firmer():
    offered, answered = Outcome("A", Decision.SUGGEST), Outcome("A", Decision.CONFIDENT)
    assert effect_of("A", offered, answered) is Effect.FIRMER
    assert effect_of("A", answered, offered) is Effect.WEAKER
    assert effect_of("B", answered, offered) is Effect.BESIDE


def test_a_trial_says_what_matching_everything_before_and_after_says(index: MatchIndex):
    """The slow obvious reference: no order, no bound, no shortcut."""
    texts = [*ASKED, *(text for entry in index.entries[:12] for text in entry.texts[:2]), "máy cày hợp tác xã"]
    entry = index.entries[3]
    edits = [
        NEW,
        replace(entry, phrasings=(*entry.phrasings, "muốn mượn máy cày của hợp tác xã thì làm sao")),
        replace(entry, question=entry.texts[-1], phrasings=()),
        replace(entry, phrasings=(*entry.phrasings, index.entries[5].question)),
    ]
    for edited in edits:
        after = index.updated([*(one for one in index.entries if one.key != edited.key), edited])
        expected = {}
        for number, text in enumerate(texts):
            effect = effect_of(edited.key, Outcome.of(index.match(text)), Outcome.of(after.match(text)))
            if effect not in (None, Effect.BESIDE):
                expected[number] = effect
        trial = try_edit(index, edited, QuestionBank.of(texts), lambda numbers: {n: texts[n] for n in numbers})
        found = {one.number: one.effect for one in trial.changes if one.effect is not Effect.BESIDE}
        assert found == expected, edited.key
        assert expected


def test_a_trial_ends_when_told_and_leaves_out_what_has_no_words(index: MatchIndex, bank: QuestionBank):
    assert try_edit(index, NEW, bank, lambda _numbers: {}).compared == 0
    many = QuestionBank.of([ASKED[1]] * 30)
    trial = try_edit(index, NEW, many, lambda numbers: dict.fromkeys(numbers, ASKED[1]), told=lambda _done, _all: False)
    assert trial.compared == 10
