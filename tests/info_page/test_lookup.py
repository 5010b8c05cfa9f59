"""Looking a question up by its code: where it stands, never its words nor its asker."""

from datetime import date, timedelta
from typing import Any

import pytest

from knowledge_base.storage import place_store, question_store, slip_store
from knowledge_base.storage.tables import questions, staff
from tests.info_page.small_faq import add_question

CODE = "K7MP-42QX"


async def _look(client: Any, code: str, **kwargs: Any) -> Any:
    return await client.post("/tra-cuu", data={"ma": code}, **kwargs)


async def _text(client: Any, code: str = CODE) -> str:
    response = await _look(client, code)
    assert response.status == 200
    assert response.headers["Cache-Control"] == "no-store"
    text = str(await response.text())
    assert "bà Thử Nghiệm" not in text
    assert "0900000000" not in text
    return text


def _answered(tx: Any, answer: dict[str, Any], **values: Any) -> None:
    row = {
        "username": "can-bo-thu-nghiem",
        "role": "officer",
        "unit_code": "0",
        "password_hash": "x",
        "created_at": tx.now,
    }
    officer = tx.execute(staff.insert().values(**row).returning(staff.c.id)).scalar_one()
    question_id = add_question(tx, CODE, **{"state": "answered", **values})
    question_store.add_answer(tx, question_id, officer, answer, None)


@pytest.mark.parametrize("typed", ["K7MP-42QX", " k7mp42qx ", "k7mp 42qx"])
async def test_waiting_with_its_day(client: Any, database: Any, typed: str) -> None:
    await database.write(add_question, CODE, due_on=date(2026, 11, 30))
    text = await _text(client, typed)
    assert "Cán bộ đang xem câu hỏi của bạn" in text
    assert "30/11/2026" in text


async def test_a_missed_day_is_owned_up_to(client: Any, database: Any) -> None:
    await database.write(add_question, CODE, due_on=date(2026, 11, 20), state="assigned")
    assert "Xin lỗi bạn vì đã trễ hẹn" in await _text(client)


async def test_answered_with_words_but_without_the_askers_data(client: Any, database: Any) -> None:
    words = "Gọi 0911111111 của xã. Chúng tôi sẽ gọi số 0900000000, căn cước 001099000111."
    await database.write(_answered, {"short_answer": words, "details": "## Giấy tờ\n- <b>Đơn</b>", "legal_basis": []})
    text = await _text(client)
    assert "Đã trả lời" in text
    assert "0911111111" in text
    assert "001099000111" not in text
    assert "<h2>Giấy tờ</h2>" in text
    assert "<b>Đơn" not in text


async def test_after_the_askers_words_were_deleted_no_number_is_shown(client: Any, database: Any) -> None:
    await database.write(_answered, {"short_answer": "Gọi 0911111111.", "details": "", "legal_basis": []}, text="")
    assert "0911111111" not in await _text(client)


async def test_a_private_case_shows_no_answer(client: Any, database: Any) -> None:
    answer = {"short_answer": "Trường hợp riêng", "details": "", "legal_basis": []}
    await database.write(_answered, answer, state="closed", close_reason="personal_case")
    text = await _text(client)
    assert "Đã khép lại" in text
    assert "Trường hợp riêng" not in text


async def test_a_published_answer_leads_to_its_page(client: Any, database: Any) -> None:
    await database.write(add_question, CODE, state="answered", disposition="linked", disposition_entry="T25")
    assert 'href="/hoi-dap/ho-ngheo-co-duoc-cap-the-bao-hiem-y-te-khong"' in await _text(client)


async def test_wrong_codes_meet_kind_words(client: Any) -> None:
    assert "Mời bạn nhập mã trước" in await _text(client, "")
    assert "Mã có tám ký tự" in await _text(client, "xin chào")
    assert "không tìm thấy câu hỏi nào có mã này" in await _text(client, "K7MP-42QW")
    assert "<img" not in await _text(client, '"><img src=x>')


async def test_guessing_is_throttled_by_address(client: Any, clock: Any) -> None:
    for _ in range(20):
        assert (await _look(client, "K7MP-42QW")).status == 200
    refused = await _look(client, "K7MP-42QW")
    assert refused.status == 429
    assert "đợi mười phút" in await refused.text()
    clock.advance(timedelta(minutes=10, seconds=1))
    assert (await _look(client, "K7MP-42QW")).status == 200


async def test_the_code_of_a_link_only_fills_the_form(client: Any, database: Any) -> None:
    await database.write(add_question, CODE)
    text = await (await client.get("/tra-cuu?ma=K7MP-42QX")).text()
    assert 'value="K7MP-42QX"' in text
    assert "Cán bộ đang xem" not in text


async def test_strange_forms_are_refused(client: Any) -> None:
    assert (await _look(client, CODE, headers={"Sec-Fetch-Site": "cross-site"})).status == 403
    assert (await _look(client, "x" * 20_000)).status == 413
    header = {"Content-Type": "application/x-www-form-urlencoded; charset=no-such"}
    assert (await client.post("/tra-cuu", data=b"ma=1", headers=header)).status == 400
    assert (await client.post("/tra-cuu", data=b"ma=%ff%fe")).status in (200, 400)


async def test_a_broken_form_is_refused_in_words(client: Any) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    response = await client.post("/tra-cuu", data=b"--x\r\nbroken", headers=headers)
    assert response.status == 400


PROMISED = {"clock_from": date(2027, 2, 2), "clock_days": 5, "due_on": date(2027, 2, 16)}


async def test_how_the_day_came_about(client: Any, database: Any) -> None:
    await database.write(add_question, CODE, **PROMISED)
    text = " ".join((await _text(client)).split())
    assert "từ hôm sau ngày 02/02/2027, đếm đủ 5 ngày làm việc." in text
    assert "Không tính: thứ Bảy và Chủ nhật; 04/02/2027–10/02/2027 (29 Tết – Mùng năm Tết Nguyên Đán)." in text


async def test_a_wait_is_told_while_it_lasts_and_afterwards(client: Any, database: Any) -> None:
    waiting = {"pauses": [["2026-11-25", None]], "state": "waiting_for_resident", "due_on": date(2026, 12, 1)}
    await database.write(add_question, CODE, **{**PROMISED, "clock_from": date(2026, 11, 23), **waiting})
    text = await _text(client)
    assert "đang chờ bạn trả lời từ ngày 25/11/2026" in text
    assert "01/12/2026" not in text
    over = {"pauses": [["2026-11-25", "2026-11-27"]], "state": "assigned", "due_on": date(2026, 12, 3)}
    await database.write(lambda tx: tx.execute(questions.update().values(**over)) and None)
    assert "25/11/2026–26/11/2026 (chờ bạn trả lời)." in " ".join((await _text(client)).split())


async def test_a_day_that_is_about_to_move_is_not_explained(client: Any, database: Any) -> None:
    await database.write(add_question, CODE, **{**PROMISED, "due_on": date(2027, 2, 15)})
    assert "Cách tính hạn" not in await _text(client)


def _on_paper(tx: Any, answer: dict[str, Any]) -> str:
    _answered(tx, answer)
    question = question_store.question_by_reference(tx, CODE)
    assert question
    slip_store.attach(tx, [(CODE, question.id, "0")], "can-bo-thu-nghiem")
    return slip_store.secret_number(tx, CODE, 1)


async def test_an_answer_on_paper_opens_with_the_slips_number_only(client: Any, database: Any) -> None:
    answer = {"short_answer": "Nhà bà được xét.", "details": "", "legal_basis": []}
    number = await database.write(_on_paper, answer)
    alone = await _text(client)
    assert "Nhà bà được xét." not in alone
    assert "số bí mật trên phiếu" in alone
    opened = await client.post("/tra-cuu", data={"ma": CODE, "so": number})
    assert "Nhà bà được xét." in await opened.text()
    wrong = await client.post("/tra-cuu", data={"ma": CODE, "so": "0000 0001"})
    assert "không khớp" in await wrong.text()
    for _try in range(9):
        last = await client.post("/tra-cuu", data={"ma": CODE, "so": "0000 0002"})
    assert last.status == 429


async def test_a_posters_address_greets_by_the_places_name(client: Any, database: Any) -> None:
    await database.write(place_store.add, "0", "hamlet", ["Thôn Đông"], "can-bo-thu-nghiem")
    [place] = await database.read(place_store.places_within, "0/")
    page = await client.get(f"/q/{place.token.lower()}")
    text = await page.text()
    assert page.status == 200
    assert "Thôn Đông" in text
    assert f"/chat?from=q_{place.token}" in text
    assert "embed.js" not in text  # its button would lead past the place
    broken = ("A" if place.token[0] != "A" else "B") + place.token[1:]
    assert (await client.get(f"/q/{broken}")).status == 404
    [counted] = await database.read(place_store.places_within, "0/")
    assert counted.visits == 1
