import json
from contextlib import closing
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from knowledge_base.matching.examples import out_of_scope_questions
from quality.curve import draw, points
from quality.measures import MEASURES, Answers, figures, ratio, resamples
from quality.peers import builders
from quality.scorecard import main
from quality.sets import HERE, lines, read_sets

FAQ = [
    {"id": "vay", "question": "Hộ nghèo vay vốn được bao nhiêu?", "phrasings": ["Vay tối đa mấy triệu?"]},
    {"id": "the", "question": "Thẻ bảo hiểm y tế làm ở đâu?", "phrasings": ["Xin thẻ bảo hiểm chỗ nào?"]},
    {"id": "hoc", "question": "Con hộ nghèo có phải đóng học phí không?", "phrasings": ["Học phí được miễn không?"]},
]
ASKED = [
    {"text": "vay được mấy triệu", "faq_id": "vay", "kind": "ngan"},
    {"text": "xin cấp thẻ bảo hiểm y tế", "faq_id": "the", "kind": "ngan"},
    {"text": "cháu có được miễn học phí không", "faq_id": "hoc", "kind": "dai"},
    {"text": "không có mục nào như thế", "faq_id": "mat", "kind": "dai"},
    {"text": "mai trời có mưa không", "faq_id": None, "kind": "ngoai_de"},
    {"text": "đội nào thắng tối qua", "faq_id": None, "kind": "ngoai_de"},
]


def answers(ranks: list[int], scores: list[float], inside: list[bool]) -> Answers:
    return Answers(np.array([ranks]), np.array([scores]), np.array(inside))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, rows in (("mot.faq", FAQ), ("mot.queries", ASKED), ("hai.faq", FAQ), ("hai.queries", ASKED[:1])):
        text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return tmp_path


def test_measures_on_a_case_worked_out_by_hand():
    found = figures(answers([1, 2, 1, 0, 0, 0], [0.9, 0.8, 0.4, 0.3, 0.5, 0.1], [True] * 4 + [False] * 2))
    assert found["top1"] == 0.5
    assert found["top3"] == 0.75
    assert found["mrr"] == 0.625
    assert found["auroc"] == 0.75  # 6 of 8 pairs
    assert found["recall@1%"] == 0.25  # only the first is right and above both of the others


def test_silence_has_no_figure_without_questions_out_of_scope():
    assert set(figures(answers([1, 0], [1, 1], [True, True]))) == {"top1", "top3", "mrr"}


def test_a_ratio_comes_with_an_interval_around_it():
    one = answers([1] * 30 + [2] * 10, [1.0] * 40, [True] * 40)
    other = answers([1] * 20 + [2] * 20, [1.0] * 40, [True] * 40)
    value, low, high = ratio(MEASURES["top1"], one, other, resamples(one, 200))
    assert value == 1.5
    assert 1 < low < 1.5 < high < 2.5
    assert ratio(MEASURES["top1"], one, one, resamples(one, 20)) == [1, 1, 1]


def test_a_curve_goes_from_silence_to_answering_everything():
    false, covered = points(answers([1, 1, 2, 0, 0], [0.9, 0.4, 0.8, 0.5, 0.1], [True] * 3 + [False] * 2))
    assert list(zip(false, covered.round(3), strict=True)) == [(0, 0.333), (0.5, 0.667), (1, 0.667)]
    drawn = draw("a < b", {"ours": answers([1, 0], [1, 0], [True, False])}, [(0.5, 0.5)])
    picture = ET.fromstring(drawn)  # noqa: S314 - just drawn
    assert picture.tag.endswith("svg")


@pytest.mark.parametrize("name", list(builders(None)))
def test_every_peer_finds_the_text_itself(name: str):
    texts = ["ho ngheo vay von duoc bao nhieu", "the bao hiem y te lam o dau", "hoc phi duoc mien khong"]
    with closing(builders(None)[name](texts)) as peer:
        assert [int(np.argmax(peer.scores(text))) for text in texts] == [0, 1, 2]
        assert peer.scores("").shape == peer.scores("zzz qqq").shape == (3,)


def test_pg_trgm_finds_the_text_itself(postgresql_url: str):
    texts = ["ho ngheo vay von duoc bao nhieu", "the bao hiem y te lam o dau"]
    with closing(builders(postgresql_url)["pg_trgm"](texts)) as peer:
        assert [int(np.argmax(peer.scores(text))) for text in texts] == [0, 1]
        assert [peer.find(text)[0][0] for text in texts] == [0, 1]


def test_the_card_of_foreign_sets(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    main(["--data", str(folder), "--only", "mot", "hai", "--wordings", "clean", "mixed", "--no-peers", "--misses",
          "--out", str(tmp_path / "out")])  # fmt: skip
    shown = capsys.readouterr()
    card = json.loads(shown.out)
    assert set(card["sets"]) == {"mot", "hai"}
    found = card["sets"]["mot"]
    assert (found["in_scope"], found["out_of_scope"], found["left_out"]) == (3, 2, 1)
    assert found["wordings"]["clean"]["top1"] == 1
    assert found["shares"]["in_scope"]["asked"] == 6
    assert set(found["kinds"]) == {"ngan", "dai", "ngoai_de"}
    assert card["pooled"]["in_scope"] == 4
    assert card["pooled"]["noisy_to_clean"]["mixed"][0] <= 1
    assert json.loads((tmp_path / "out" / "scorecard.json").read_text(encoding="utf-8")) == card
    assert (tmp_path / "out" / "mot.svg").exists()
    assert "pooled: hai + mot" in shown.err


def test_own_sets_ask_the_projects_content():
    sets = read_sets(HERE, date(2026, 11, 22))
    assert sum(question.wanted is None for found in sets for question in found.questions) >= 120
    for found in sets:
        assert found.missing == 0
        assert not found.foreign
        assert found.name_of("T01-2027") == "T01"


def test_what_measures_is_never_what_calibrates():
    """No question of the held-out sets stands among those that the thresholds are set by."""
    calibrating = {peer_text(text) for text in out_of_scope_questions()}
    held_out = {peer_text(row["text"]) for path in HERE.glob("*.queries.jsonl") for row in lines(path)}
    assert calibrating.isdisjoint(held_out)


def peer_text(text: str) -> str:
    return " ".join(text.lower().split()).strip("?.! ")
