"""The page of a text in review marks personal data in place; each place is decided before the text can be published."""

import json
import re

from knowledge_base.storage import faq_store
from tests.admin.conftest import Desk, Page
from tests.admin.test_publication import _fields

RISKY = "Tôi tên Người Thử Đầu, sđt 0912 345 678, có được hỗ trợ pin mặt trời không?"
OFFICE = "0211 000 000"


def _acts(page: Page) -> list[str]:
    """The values of the buttons that decide."""
    return re.findall(r'name="redact" value="((?:masked|kept):[^"]+)"', page.text)


def _may_publish(page: Page) -> bool:
    button = re.search(r'<button class="button primary"([^>]*)>Duyệt và đăng', page.text)
    assert button
    return "disabled" not in button.group(1)


async def test_each_place_is_shown_and_decided(desk: Desk) -> None:
    question, revision = desk.answered("can-bo", RISKY)
    editor, path = desk.signed_in("bien-tap"), f"/admin/revisions/{revision}"
    page = await editor.get(path)
    assert "còn 2 chỗ chưa quyết" in page.said
    assert "<mark>[đã ẩn]</mark>" in page.text
    assert not _may_publish(page)
    first = _acts(page)[1]
    done = await editor.post(f"{path}/redact", [*_fields(page), ("redact", first)])
    assert done.to == f"{path}?done=redacted"
    page = await editor.get(path)
    assert "còn 1 chỗ chưa quyết" in page.said
    assert "sẽ che (bien-tap)" in page.said
    assert (await editor.post(f"{path}/redact", [*_fields(page), ("redact", "masked:all")])).status == 303
    page = await editor.get(path)
    assert "đã quyết hết" in page.said
    assert _may_publish(page)
    assert (await editor.post(f"{path}/publish", _fields(page))).status == 303
    live = desk.database.read_now(faq_store.published_of, f"Q{question.id}")
    assert live
    assert "0912" not in live.entry.question


async def test_what_was_typed_is_kept_while_places_are_decided(desk: Desk) -> None:
    _question, revision = desk.answered("can-bo")
    editor, path = desk.signed_in("bien-tap"), f"/admin/revisions/{revision}"
    typed = _fields(await editor.get(path), details=f"## Nộp ở đâu\nGọi xã {OFFICE} <b>.\n- một", phrasings="một\nhai")
    page = await editor.post(f"{path}/redact", [*typed, ("redact", "look")])
    assert page.status == 200
    assert "còn 1 chỗ chưa quyết" in page.said
    assert f'Gọi xã <span class="hit hit-open"><mark>{OFFICE}</mark>' in page.text
    assert "&lt;b&gt;." in page.text
    keep = next(act for act in _acts(page) if act.startswith("kept"))
    page = await editor.post(f"{path}/redact", [*typed, ("redact", keep)])
    assert page.status == 200
    assert page.value("details").startswith("## Nộp ở đâu")
    assert page.value("phrasings") == "một\nhai"
    assert _may_publish(page)
    done = await editor.post(f"{path}/publish", typed)
    assert done.status == 303
    assert OFFICE in (await editor.get(done.to)).said


async def test_a_masked_place_comes_back_into_the_form(desk: Desk) -> None:
    _question, revision = desk.answered("can-bo", RISKY)
    editor, path = desk.signed_in("bien-tap"), f"/admin/revisions/{revision}"
    page = await editor.get(path)
    keep = [act for act in _acts(page) if act.startswith("kept")][-1]
    page = await editor.post(f"{path}/redact", [*_fields(page), ("redact", keep)])
    assert "0912 345 678" in page.value("question")


async def test_only_another_editor_decides(desk: Desk) -> None:
    _question, revision = desk.answered("bien-tap", RISKY)
    path = f"/admin/revisions/{revision}/redact"
    form = await desk.signed_in("bien-tap-2").get(f"/admin/revisions/{revision}")
    fields = [*_fields(form), ("redact", "masked:all")]
    for who in ("bien-tap", "can-bo", "quan-tri"):
        assert (await desk.signed_in(who).post(path, fields)).status == 403
    for act in ("masked:" + "0" * 24, "nonsense", "kept:"):
        refused = await desk.signed_in("bien-tap-2").post(path, [*_fields(form), ("redact", act)])
        assert refused.status == 409
    assert "Che" not in (await desk.signed_in("bien-tap").get(f"/admin/revisions/{revision}")).said.split()


async def test_enter_in_a_field_decides_nothing(desk: Desk) -> None:
    _question, revision = desk.answered("can-bo", RISKY)
    page = await desk.signed_in("bien-tap").get(f"/admin/revisions/{revision}")
    form = page.text[page.text.index(f"/admin/revisions/{revision}/publish") :]
    first = re.search(r"<button[^>]*>", form)
    assert first
    assert 'value="look"' in first.group()


async def test_an_officer_is_warned_and_not_stopped(desk: Desk) -> None:
    question = desk.claimed("can-bo")
    officer, path = desk.signed_in("can-bo"), f"/admin/questions/{question.id}"
    body = {"short_answer": "Gọi ông Người Thử số 0900000000.", "details": "", "topic": "vay-von", "version": 0}
    headers = {"Accept": "application/json", "X-CSRF-Token": officer.csrf}
    reply = await officer.request("POST", f"{path}/draft", json=body, headers=headers)
    assert reply.status == 200
    assert "0900000000" in reply.text
    assert "Chỗ này có vẻ là thông tin riêng" in json.loads(reply.text)["personal"]
    page = await officer.get(path)
    assert "“0900000000”" in page.said
    answer = {**body, "document": "07/2021/NĐ-CP", "article": "Điều 3", "version": "1"}
    assert (await officer.post(f"{path}/answer", answer)).status == 303
