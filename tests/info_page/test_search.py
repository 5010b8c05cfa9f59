"""Searching: sure answers, choices, nothing; and whatever people type."""

from typing import Any

import pytest
from yarl import URL

from knowledge_base.matching.decide import Candidate, Decision, Match
from tests.info_page.small_faq import CARD, HOSTILE, LINE_2026


def _answers(faq: Any, monkeypatch: Any, decision: Decision, *candidates: tuple[str, float], offered: int = 0) -> None:
    async def match(text: str) -> Match:
        found = tuple(Candidate(key, confidence, "") for key, confidence in candidates)
        return Match(text, decision, found, "test", offered=offered)

    monkeypatch.setattr(faq, "match", match)


async def _search(client: Any, words: str) -> str:
    response = await client.get("/tim", params={"q": words})
    assert response.status == 200
    assert response.headers["Cache-Control"] == "no-store"
    return str(await response.text())


async def test_through_the_real_matcher_without_accents(client: Any) -> None:
    text = await _search(client, "so ho ngheo co duoc the bao hiem y te mien phi")
    assert CARD in text


async def test_a_sure_answer_comes_first_with_its_words(client: Any, faq: Any, monkeypatch: Any) -> None:
    _answers(faq, monkeypatch, Decision.CONFIDENT, ("T25", 0.9), ("T01", 0.2), ("gone", 0.2), ("T01-2027", 0.2))
    text = await _search(client, "thẻ")
    assert "Đây có thể là câu trả lời bạn cần" in text
    assert "Nhà nước đóng tiền thẻ" in text
    assert text.index(CARD) < text.index(LINE_2026)
    assert "chuan-ngheo-nam-2027" not in text  # not in force, whatever the matcher says


async def test_choices_are_shown_with_their_words(client: Any, faq: Any, monkeypatch: Any) -> None:
    _answers(faq, monkeypatch, Decision.SUGGEST, ("T25", 0.4), ("T01", 0.3), offered=2)
    text = await _search(client, "nghèo")
    assert "Những câu trả lời gần nhất" in text
    assert "Nhà nước đóng tiền thẻ" in text
    assert "Nông thôn 1.500.000" in text


async def test_nothing_sure_offers_a_person(client: Any, faq: Any, monkeypatch: Any) -> None:
    _answers(faq, monkeypatch, Decision.UNKNOWN, ("T01", 0.01))
    text = await _search(client, "giá vàng")
    assert "Chưa tìm được câu trả lời chắc đúng" in text
    assert LINE_2026 not in text
    assert 'href="/chat"' in text


async def test_empty_says_what_to_do(client: Any) -> None:
    assert "Bạn gõ câu hỏi vào ô phía trên" in await _search(client, "  ")


async def test_a_topics_name_leads_to_the_topic(client: Any) -> None:
    assert "/chu-de/bao-hiem-y-te" in await _search(client, "bao hiem y te")


@pytest.mark.parametrize("words", [HOSTILE, '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "%(x)s %s %", "\x00\u202e"])
async def test_what_was_typed_is_shown_back_harmless(client: Any, words: str) -> None:
    text = await _search(client, words)
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "{{ 7*7 }}" in text or "7*7" not in words


async def test_a_very_long_question_is_cut(client: Any) -> None:
    text = await _search(client, "x" * 3_000)
    assert "x" * 500 in text
    assert "x" * 501 not in text


async def test_broken_bytes_in_the_address(client: Any) -> None:
    for raw in ("/tim?q=%ff%fe", "/tim?q=%ED%A0%80", "/hoi-dap/%ff"):
        assert (await client.get(URL(raw, encoded=True))).status in (200, 404)
