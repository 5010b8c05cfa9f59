"""The thresholds follow what people made of real questions: many reports move them, a handful or praise doesn't."""

from dataclasses import replace
from datetime import date

import pytest

from knowledge_base.faq.entry import InForce
from knowledge_base.matching.calibrate import REPORTED_SLIPS, thresholds
from knowledge_base.matching.decide import Decision
from knowledge_base.matching.index import IndexedEntry, MatchIndex
from knowledge_base.matching.labels import Heard, Label, digest, heard

BEFORE = (
    "nhà tôi là", "dạ tôi hỏi", "ở quê tôi thì", "năm nay", "bà con hỏi", "cho tôi biết", "tôi chưa rõ", "mẹ tôi hỏi",
)  # fmt: skip


@pytest.fixture(scope="module")
def answered(index: MatchIndex) -> list[tuple[str, str]]:
    """Questions that the small FAQ answers at once, by likeness, and the entries they get."""
    texts = [f"{before} {text.lower()}" for entry in index.entries for text in entry.texts for before in BEFORE]
    found = [(text, index.match(text)) for text in texts]
    return [
        (text, match.candidates[0].key)
        for text, match in found
        if match.decision is Decision.CONFIDENT and match.reason != "exact"
    ]


def relabelled(index: MatchIndex, labels: list[Label]) -> MatchIndex:
    """The index with thresholds that follow labels, nothing else learned anew."""
    found = list(heard(index.corpus, index.ridge, labels))
    moved = thresholds([], index.judge, found)
    return replace(index, thresholds=replace(index.thresholds, high=max(index.thresholds.high, moved.high)))


def test_many_reported_answers_raise_the_threshold(index: MatchIndex, answered: list[tuple[str, str]]):
    assert len(answered) > 2 * REPORTED_SLIPS
    labels = [Label(text, not_by=key) for text, key in answered]
    careful = relabelled(index, labels)
    assert careful.thresholds.high > index.thresholds.high
    still = [text for text, _ in answered if careful.match(text).decision is Decision.CONFIDENT]
    assert len(still) <= REPORTED_SLIPS + 0.02 * len(labels)


def test_a_handful_of_reports_moves_nothing(index: MatchIndex, answered: list[tuple[str, str]]):
    labels = [Label(text, not_by=key) for text, key in answered[:REPORTED_SLIPS]]
    assert relabelled(index, labels).thresholds == index.thresholds


def test_right_answers_move_nothing(index: MatchIndex, answered: list[tuple[str, str]]):
    labels = [Label(text, settled_by=key) for text, key in answered]
    assert relabelled(index, labels).thresholds == index.thresholds


def test_a_build_hears_labels_in_any_order(entries: list[IndexedEntry], index: MatchIndex):
    labels = [Label("xin giấy phép nuôi ong"), Label("vay tiền nuôi bò", settled_by="loan")]
    one, other = (MatchIndex.build(entries, each) for each in (labels, labels[::-1]))
    assert one.thresholds == other.thresholds
    assert one.labels == other.labels == digest(labels) != index.labels == digest([])
    assert one.digest == index.digest


def test_what_says_nothing_is_left_out(index: MatchIndex):
    labels = [
        Label("tiền điện tháng này", settled_by="gone"),
        Label("Lãi suất vay hộ nghèo", not_by="loan"),
        Label("!"),
    ]
    assert list(heard(index.corpus, index.ridge, labels)) == []


def test_an_entry_of_another_time_is_no_wrong_answer(index: MatchIndex):
    (found,) = heard(index.corpus, index.ridge, [Label("chuẩn nghèo bây giờ bao nhiêu", settled_by="line-old")])
    keys = {index.corpus.entries[at].key for at in found.evidence.entries.tolist()}
    assert "line-new" not in keys
    assert found.is_wrong(found.settled_by) is False
    assert InForce(None, date(2026, 12, 31)) == index.corpus.entries[found.settled_by].in_force


def test_nobody_said_what_is_right_where_an_answer_was_sent_back(index: MatchIndex):
    (found,) = heard(index.corpus, index.ridge, [Label("vay tiền nuôi dê được mấy triệu", not_by="loan")])
    assert isinstance(found, Heard)
    assert found.is_wrong(found.not_by) is True
    assert found.is_wrong(found.not_by + 1) is None
    assert not found.nothing_settles
