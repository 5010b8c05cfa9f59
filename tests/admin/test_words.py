"""What is shown: every error has a sentence, every word is escaped, days are said as people say them."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from admin import dates, labels
from admin.answer_html import answer_html, difference, marked
from admin.errors import SENTENCES
from admin.pages import environment
from knowledge_base import cli_backup, cli_copy, officer_queue
from knowledge_base.faq.publication import RevisionState
from knowledge_base.matching.why import GROUNDS
from knowledge_base.questions.deadline import Calendar
from knowledge_base.questions.lifecycle import Action
from knowledge_base.questions.question import CloseReason, Disposition, QuestionState
from knowledge_base.storage import faq_store, question_store
from knowledge_base.storage.outbox_store import OutboxState
from processes import release
from tests.admin.conftest import Desk
from tests.admin.test_questions import ANSWER
from translations.loader import catalog

ROOT = Path(__file__).parents[2]
RAISED = re.compile(r'\b(?:Conflict|Forbidden|InvalidInput|NotFound|Unavailable)\(\s*"([a-z_]+)"')
PAYLOAD = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"


def _keys(folder: str) -> set[str]:
    return {key for path in (ROOT / folder).rglob("*.py") for key in RAISED.findall(path.read_text("utf-8"))}


def test_every_error_of_the_core_and_the_console_has_a_sentence() -> None:
    commands_only = (
        cli_backup.WORDS.keys() | cli_copy.WORDS.keys() | release._FAULTS.keys()
    )  # whole stores and starts are handled from the command line
    assert _keys("knowledge_base") - set(SENTENCES) - commands_only == set()
    assert _keys("admin") - set(SENTENCES) == set()


def test_every_state_and_reason_has_a_word() -> None:
    for kind, values in (
        ("state", [*QuestionState, *RevisionState]),
        ("reason", CloseReason),
        ("disposition", Disposition),
        ("delivery", OutboxState),
        ("event", Action),
        ("ground", GROUNDS),
    ):
        assert {str(value) for value in values} <= set(labels._TABLES[kind]), kind


@pytest.mark.parametrize("path", sorted((ROOT / "admin" / "templates").glob("*.html")), ids=lambda path: path.name)
def test_templates_have_no_inline_script_or_style(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text)
    assert "| safe" not in text
    environment("vi").get_template(path.name)


async def test_payloads_are_shown_never_run(desk: Desk) -> None:
    """A payload in every field a person can fill; every page that shows it shows it as words."""
    officer, editor, admin = (desk.signed_in(name) for name in ("can-bo", "bien-tap", "quan-tri"))
    question = desk.claimed("can-bo", PAYLOAD)
    path = f"/admin/questions/{question.id}"
    desk.database.write_now(
        officer_queue.add_words,
        desk.database.read_now(question_store.question, question.id),
        PAYLOAD,
        PAYLOAD[:20],
        "ref",
    )
    desk.database.write_now(
        officer_queue.set_commune, desk.database.read_now(question_store.question, question.id), PAYLOAD
    )
    pages = [await officer.get("/admin/"), await officer.get(path)]
    fields = {**ANSWER, "short_answer": PAYLOAD, "details": PAYLOAD, "article": PAYLOAD}
    pages.append(await officer.post(f"{path}/preview", fields))
    pages.append(
        await officer.post(f"{path}/answer", {**fields, "document": PAYLOAD, "topic": PAYLOAD, "from_day": PAYLOAD})
    )
    pages.append(await officer.post(f"{path}/draft", {**fields, "version": "0"}))
    assert (await officer.post(f"{path}/answer", fields)).status == 303
    pages += [await officer.get(path), await officer.get(f"/admin/?tab=all&q={PAYLOAD.replace('&', '')}")]
    pages += [await officer.get(f"/admin/?done={PAYLOAD}"), await officer.get(f"/admin/sign-in?next={PAYLOAD}")]
    (revision,) = desk.database.read_now(faq_store.in_review)
    pages += [await editor.get("/admin/publish"), await editor.get(f"/admin/revisions/{revision.id}")]
    pages.append(await editor.post(f"/admin/questions/{question.id}/link", {"entry": PAYLOAD[:40], "wording": PAYLOAD}))
    assert (await editor.post(f"/admin/revisions/{revision.id}/return", {"note": PAYLOAD})).status == 303
    pages += [await editor.get("/admin/publish"), await officer.get(f"/admin/revisions/{revision.id}/amend")]
    entry = {"question": PAYLOAD, "short_answer": PAYLOAD, "details": PAYLOAD, "phrasings": PAYLOAD, "kind": "referral"}
    sent = await officer.post(f"/admin/revisions/{revision.id}/amend", {**entry, "topic": "vay-von"})
    newer = int(sent.to.split("/")[-1].split("?")[0])
    assert (await editor.post(f"/admin/revisions/{newer}/publish", {**entry, "topic": "vay-von"})).status == 303
    assert await desk.faq.refresh()
    pages += [await officer.get("/admin/faq"), await officer.get(f"/admin/faq/{revision.key}")]
    pages += [await officer.get(f"/admin/faq?q={PAYLOAD}"), await admin.get("/admin/staff")]
    pages.append(await admin.post("/admin/staff", {"username": PAYLOAD, "role": PAYLOAD}))
    pages.append(await editor.post(f"/admin/faq/{revision.key}/withdraw", {"note": PAYLOAD}))
    pages.append(await editor.get(f"/admin/faq/{revision.key}"))
    second = desk.claimed("can-bo", PAYLOAD)
    pages.append(await officer.get(f"/admin/questions/{second.id}/entries?q={PAYLOAD}"))
    pages.append(await officer.post(f"/admin/questions/{second.id}/close", {"reason": PAYLOAD[:30], "words": PAYLOAD}))
    shown = 0
    for page in pages:
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "49" not in re.findall(r"alert\(2\)&gt;(\d+)", page.text)
        shown += "&lt;script&gt;" in page.text
    assert shown > 15


def test_answers_take_a_little_markdown_only() -> None:
    html = answer_html("## Ai được\n\n- một\n- **hai**\n\n<b>x</b> [y](javascript:z) ![i](//evil.example/i.png)")
    assert "<h2>Ai được</h2>" in html
    assert "<li><strong>hai</strong></li>" in html
    assert "&lt;b&gt;" in html
    assert "href" not in html
    assert "<img" not in html


def test_personal_data_is_marked_and_escaped() -> None:
    assert marked("<b> gọi 0912345678 nhé") == "&lt;b&gt; gọi <mark>0912345678</mark> nhé"


def test_differences_are_words() -> None:
    assert difference("một hai ba", "một <i> ba") == "một <del>hai</del> <ins>&lt;i&gt;</ins> ba"


class _Visit:
    """A visitor who reads Vietnamese, at noon on Monday 23/11/2026."""

    console = SimpleNamespace(clock=SimpleNamespace(now=lambda: datetime(2026, 11, 23, 5, tzinfo=UTC)))
    calendar = Calendar()

    def gettext(self, message: str, **data: Any) -> str:
        found = catalog("admin", "vi").gettext(message)
        return found % data if data else found

    def ngettext(self, one: str, many: str, n: int) -> str:
        return catalog("admin", "vi").ngettext(one, many, n) % {"n": n}


@pytest.mark.parametrize(
    ("due_on", "words", "tone"),
    [
        (date(2026, 11, 25), "còn 1 ngày làm việc · thứ Tư 25/11/2026", "soon"),
        (date(2026, 11, 27), "còn 3 ngày làm việc · thứ Sáu 27/11/2026", "calm"),
        (date(2026, 11, 23), "hạn hôm nay · thứ Hai 23/11/2026", "today"),
        (date(2026, 11, 20), "quá hạn 1 ngày làm việc · thứ Sáu 20/11/2026", "late"),
        (date(2026, 11, 18), "quá hạn 3 ngày làm việc · thứ Tư 18/11/2026", "late"),
    ],
)
def test_promises_in_words(due_on: date, words: str, tone: str) -> None:
    found = dates.due(_Visit(), due_on, date(2026, 11, 23))  # type: ignore[arg-type]
    assert found
    assert (f"{found.words} · {found.day}", found.tone) == (words, tone)


def test_a_promise_missed_over_the_weekend() -> None:
    found = dates.due(_Visit(), date(2026, 11, 20), date(2026, 11, 21))  # type: ignore[arg-type]
    assert found
    assert found.words == "vừa quá hạn"
    assert dates.due(_Visit(), None, date(2026, 11, 21)) is None  # type: ignore[arg-type]


def test_moments_are_vietnamese_time() -> None:
    visit: Any = _Visit()
    assert dates.moment(visit, datetime(2026, 11, 23, 3, 5, tzinfo=UTC)) == "10:05 hôm nay"
    assert dates.moment(visit, datetime(2026, 11, 21, 18, 0, tzinfo=UTC)) == "01:00 · 22/11/2026"
