"""The table of meanings: its shape and size, what it is made of, and that it brings meanings together."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.matching.meaning import TABLE, Meaning, Table, is_untaught, pair_row, shipped, word_rows
from knowledge_base.text.normalise import spell_out

ROOT = Path(__file__).parents[2]
MANIFEST = ROOT / "distillation" / "manifest.json"
LARGEST = 4 * 2**20  # bytes

# A question that stands in no list the table learned from; its matter, with hardly a word in common; another matter.
TRIPLES = (
    ("cụ nhà tôi già yếu thì xin tiền gì", "người cao tuổi được trợ cấp thế nào", "nhà tôi muốn làm hộ chiếu"),
    ("muon muon von mua trau", "hộ nghèo vay chăn nuôi ở đâu", "mua xe máy cũ thì sang tên ở đâu"),
    ("gio to troc mai nha thi ai giup", "hỗ trợ nhà hư hỏng do thiên tai", "ai giúp làm bằng lái"),
    ("be nha toi di hoc co phai nop tien khong", "con học tiểu học có được miễn học phí", "có phải nộp thuế đất"),
    ("không có tiền mướn thầy cãi", "trợ giúp pháp lý miễn phí cho người nghèo", "không có thẻ thì khám bệnh ở đâu"),
    ("rot mat cai the di vien", "xin cấp lại thẻ bảo hiểm y tế", "bị rớt môn thì học lại thế nào"),
)


def vectors(*texts: str) -> np.ndarray:
    return shipped().vectors([spell_out(text).text for text in texts])


def test_vectors_have_length_one_and_an_empty_text_none() -> None:
    source: Meaning = shipped()
    found = source.vectors(["ho ngheo", "", "the bao hiem y te bi mat", "x"])
    assert found.dtype == np.float32
    assert found.shape[0] == 4
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 0, 1, 1], abs=1e-5)
    assert source.vectors([]).shape == (0, found.shape[1])


def test_a_text_has_the_same_vector_alone_in_company_and_on_every_read() -> None:
    texts = [f"ho ngheo {number} vay von" for number in range(3_000)]
    together = shipped().vectors(texts)
    again = Table().vectors([texts[2_999], "", texts[7]])
    assert together[[2_999, 7]] == pytest.approx(again[[0, 2]], abs=1e-6)


def test_rows_follow_from_the_definition() -> None:
    table = Table()
    with np.load(TABLE) as stored:
        rows = stored["rows"].astype(np.float32) * stored["scales"].astype(np.float32)
        bias = stored["bias"]
    used = [*word_rows("vay"), *word_rows("von"), pair_row("vay", "von")]
    wanted = rows[used].sum(axis=0) / np.sqrt(len(used)) + bias
    assert table.vectors(["vay von"])[0] == pytest.approx(wanted / np.linalg.norm(wanted), abs=1e-5)


@pytest.mark.parametrize(("asked", "alike", "other"), TRIPLES)
def test_the_same_in_other_words_is_nearer_than_another_matter_in_the_same_words(
    asked: str, alike: str, other: str
) -> None:
    found = vectors(asked, alike, other)
    assert found[0] @ found[1] > found[0] @ found[2]


def test_typing_does_not_move_a_meaning_far() -> None:
    plain, bare, spoilt, far = vectors(
        "làm sao xin sổ hộ nghèo", "lam sao xin so ho ngheo", "lam sao xn so ho ngeho", "làm sao xin việc công ty"
    )
    assert plain @ bare > 0.95
    assert plain @ spoilt > plain @ far


def test_familiar_tells_the_project_s_matters_from_strange_ones() -> None:
    assert shipped().familiar("thu tuc vay von ho ngheo") == 1.0
    assert shipped().familiar("xyzzy plugh qwrt") <= 0.2  # a hash may be taken
    assert shipped().familiar("") == 0.0


def test_one_phrasing_in_four_is_kept_from_the_table() -> None:
    asked = [f"câu hỏi số {number}" for number in range(2_000)]
    share = sum(map(is_untaught, asked)) / len(asked)
    assert 0.2 < share < 0.3
    assert [is_untaught(text) for text in asked[:50]] == [is_untaught(text) for text in asked[:50]]


def test_the_file_is_small_and_names_its_inputs() -> None:
    made_of = MANIFEST.read_text(encoding="utf-8")
    assert TABLE.stat().st_size <= LARGEST
    assert shipped().inputs == hashlib.sha256(made_of.encode()).hexdigest()
    # The FAQ moves on after a table is made; the recipe's own lists do so only with a new table.
    own = {name: known for name, known in json.loads(made_of)["inputs"].items() if name.startswith("distillation/")}
    assert len(own) >= 5
    for name, known in own.items():
        assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == known, f"{name} changed: make distil"
