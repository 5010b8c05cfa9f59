"""The core's words to officers and residents about days, as they are read."""

from typing import Any

from bot.conversation.replies import from_core
from bot.inbox import voice_of
from knowledge_base.settings import Settings

LINE = {"reference": "K7MP-42QX", "due_on": "2026-12-01", "urgent": False, "taken": True, "url": "http://x/q/1"}


def read(body: dict[str, Any], settings: Settings, language: str = "vi") -> str:
    return from_core(voice_of(settings, language), body, {}).text


def test_a_reminder_names_what_was_missed_before_what_is_near(settings: Settings) -> None:
    body = {"notice": "officers", "alert": "reminder", "missed": 1, "soon": 1, "url": "http://x"}
    body |= {"missed_lines": [LINE], "soon_lines": [{**LINE, "reference": "ABCD-2345"}]}
    words = read(body, settings).splitlines()
    assert words[0] == "Câu bạn giữ đã trễ hẹn: 1. Xin trả lời những câu này trước."
    assert words[1] == "• K7MP-42QX: thứ Ba, 01/12/2026 http://x/q/1"
    assert words[2] == "Câu bạn giữ đến hạn vào ngày làm việc tới: 1."
    assert words[3].startswith("• ABCD-2345")
    assert "trễ hẹn" not in read({**body, "missed": 0, "missed_lines": []}, settings)


def test_a_head_reads_the_units_figures(settings: Settings) -> None:
    body = {"notice": "officers", "alert": "unit", "unit": "Xã Thử", "open": 12, "today": 2, "late": 1, "waiting": 3}
    body |= {"answered": 4, "since": "2026-11-27", "url": "http://x"}
    words = read(body, settings)
    assert "Xã Thử sáng nay:" in words
    assert "đang chờ trả lời: 12, trong đó đến hạn hôm nay: 2, quá hạn: 1" in words
    assert "đã trả lời từ thứ Sáu, 27/11/2026: 4" in words


def test_the_digest_says_what_was_missed(settings: Settings) -> None:
    body = {"notice": "officers", "alert": "digest", "late": 0, "soon": 1, "open": 2, "lines": [LINE], "url": "x"}
    assert "Trễ hẹn từ ngày làm việc trước: 2 câu." in read({**body, "missed": 2}, settings)
    assert "Trễ hẹn" not in read(body, settings)  # put in the outbox before there was such a line


def test_a_moved_promise_is_told_with_its_reason(settings: Settings) -> None:
    body = {"notice": "promise_moved", "reference": "K7MP-42QX", "due_on": "2026-12-02"}
    words = read(body, settings)
    assert "Lịch làm việc của cơ quan có thay đổi." in words
    assert "chậm nhất hết thứ Tư, 02/12/2026" in words
    assert "now promised by the end of Wednesday, 02/12/2026" in read(body, settings, "en")
