"""The recipe of the table of meanings, without its teacher: sentences, noise, learning, the file."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from distillation import table
from distillation.noise import noisy
from distillation.pool import EVERYDAY, ROOT, Sentence, pool
from distillation.student import Student, rows_of
from distillation.targets import asked_of_teacher, targets
from knowledge_base.matching.meaning import Table, is_untaught
from knowledge_base.text.normalise import spell_out


@pytest.fixture(scope="module")
def sentences() -> list[Sentence]:
    return pool(1)


def test_the_pool_is_large_and_each_text_stands_once(sentences: list[Sentence]) -> None:
    assert len(sentences) > 20_000
    assert len({sentence.text for sentence in sentences}) == len(sentences)
    assert not any("{o}" in sentence.text or "{s}" in sentence.text for sentence in sentences)


def test_every_everyday_wording_has_a_sense_that_the_teacher_reads(sentences: list[Sentence]) -> None:
    everyday = [sentence for sentence in sentences if sentence.kind == EVERYDAY]
    read = {sentence.sense for sentence in sentences if sentence.kind != EVERYDAY}
    assert len(everyday) > 1_000
    assert {sentence.sense for sentence in everyday} <= read


def test_no_phrasing_that_is_to_stay_untaught_is_taught_as_the_faq_s(sentences: list[Sentence]) -> None:
    assert not [sentence for sentence in sentences if sentence.kind == "faq" and is_untaught(sentence.text)]


def test_long_questions_of_the_measuring_sets_stand_in_no_list_of_the_recipe(sentences: list[Sentence]) -> None:
    asked = {
        spell_out(json.loads(line)["text"]).text
        for path in (ROOT / "quality").glob("*.queries.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    own = {spell_out(sentence.text).text for sentence in sentences if sentence.kind in {"sentences", EVERYDAY}}
    assert not [text for text in asked & own if len(text.split()) > 5]


def test_noise_repeats_with_its_seed_and_leaves_something() -> None:
    def spoil(seed: int) -> list[str]:
        chance = random.Random(seed)
        return [noisy("ho ngheo duoc vay von bao nhieu", chance, ["nha em o que"]) for _ in range(200)]

    assert spoil(1) == spoil(1) != spoil(2)
    assert all(spoil(1))
    assert "ho ngheo duoc vay von bao nhieu" in spoil(1)
    assert len(set(spoil(1))) > 100


def test_wordings_of_a_sense_are_drawn_together_and_unread_ones_lie_with_it() -> None:
    found = [
        Sentence("tiền già", "già", "objects"),
        Sentence("trợ cấp hưu trí", "già", "objects"),
        Sentence("lương các cụ", "già", EVERYDAY),
        Sentence("thẻ căn cước", "thẻ", "services"),
    ]
    vectors = np.random.default_rng(1).standard_normal((3, 384)).astype(np.float32)
    assert asked_of_teacher(found) == ["tiền già", "trợ cấp hưu trí", "thẻ căn cước"]
    places, senses = targets(found, vectors, 2)
    assert senses.tolist() == [0, 0, 0, 1]
    assert np.linalg.norm(places, axis=1) == pytest.approx(np.ones(4), abs=1e-4)
    assert places[2] @ places[0] > places[2] @ places[3]
    assert places[2] @ places[1] > places[2] @ places[3]


def test_a_student_learns_and_its_file_reads_the_same(tmp_path: Path) -> None:
    texts = [
        f"{thing} {asked}" for thing in ("vay von", "the kham benh", "tien dien") for asked in ("o dau", "the nao")
    ]
    rows = [rows_of(text) for text in texts]
    wanted = np.repeat(np.eye(3, 8, dtype=np.float32), 2, axis=0)
    senses = np.repeat(np.arange(3, dtype=np.int32), 2)
    student = Student(8, 1)
    losses = [student.learn(rows, wanted, senses) for _ in range(40)]
    assert losses[-1] < 0.2 * losses[0]
    path = tmp_path / "table.npz"
    table.write(path, student.rows.values, student.bias.values[0], texts, "made of nothing")
    found = Table(path)
    assert (found.vectors(texts) * wanted).sum(axis=1).min() > 0.95
    assert found.vectors(["vay von gap"])[0] @ wanted[0] > 0.8
    assert found.familiar("vay von o dau") == 1.0
    assert found.inputs == table.digest("made of nothing")
