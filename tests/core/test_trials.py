"""What a process holds of the stored questions, to try edits on."""

import asyncio

import pytest

from knowledge_base import trials
from knowledge_base.matching.bank import QuestionBank
from knowledge_base.storage.database import Database
from knowledge_base.trials import AskedSoFar
from tests.faults.in_process import open_question


def test_no_more_than_the_newest_are_held(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "_MOST_KEPT", 20)
    monkeypatch.setattr(trials, "_AGAIN", 4)  # far fewer than are held, as in earnest
    texts = [f"xin hỏi chuyện lạ thứ {number}" for number in range(60)]
    asked, most = AskedSoFar(database), 0
    for chat, text in enumerate(texts):
        database.write_now(open_question, chat, text)
        assert asked.read_more()
        assert not asked.read_more()
        most = max(most, len(asked.catch_up(0.0)[1]))
    bank, numbers = asked.catch_up(0.0)
    assert most <= 22
    assert len(bank) == len(numbers) <= 22
    assert numbers == list(range(61 - len(numbers), 61))
    afresh = QuestionBank.of(texts[-len(numbers) :])
    assert bank.columns.tolist() == afresh.columns.tolist()
    assert bank.documents.tolist() == afresh.documents.tolist()


async def test_questions_are_held_while_somebody_is_at_work(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_HELD_SECONDS", "_LOOK_SECONDS"):
        monkeypatch.setattr(trials, name, 0.3)
    await database.write(open_question, 1, "xin hỏi chuyện lạ")
    asked = AskedSoFar(database)

    async def held(count: int) -> bool:
        for _again in range(2_000):
            if len(asked) == count:
                return True
            await asyncio.sleep(0.01)
        return False

    keeping = asyncio.create_task(asked.keep_up())
    try:
        await asyncio.sleep(0.5)
        assert not len(asked)
        for _again in range(2):
            asked.want()
            assert await held(1)
            assert await held(0)
    finally:
        keeping.cancel()
