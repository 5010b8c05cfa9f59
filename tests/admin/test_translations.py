"""Translations through the console and the command line: handed in, vouched for by another, stale by themselves."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import FormData
from babel.messages.pofile import read_po, write_po

from knowledge_base import cli_translations, editorial, translating
from knowledge_base.cli_io import Terminal
from knowledge_base.commands import parser
from knowledge_base.errors import Conflict, Forbidden, InvalidInput, NotFound
from knowledge_base.storage import audit_store, faq_store, translation_store
from tests.admin.conftest import Browser, Desk, Page

EN = {
    "question": "How much is the poverty line?",
    "short_answer": "In rural areas it is VND 1,500,000 per person and month.",
    "details": "## Good to know\n- In towns it is VND 2,000,000.",
}


async def _brought(browser: Browser, data: bytes) -> Page:
    form = FormData()
    form.add_field("csrf", browser.csrf)
    form.add_field("po", io.BytesIO(data), filename="en.po")
    return await browser.request("POST", "/admin/translations/en", data=form)


def _filled(data: bytes, words: dict[str, str]) -> bytes:
    catalog = read_po(io.BytesIO(data), locale="en")
    for message in catalog:
        key, _, field = (message.context or "").partition("/")
        if key == "T01":
            message.string = words[field]
    stream = io.BytesIO()
    write_po(stream, catalog)
    return stream.getvalue()


async def test_a_translators_file_a_second_person_and_a_changed_source(desk_on_both: Desk) -> None:
    desk = desk_on_both
    translator, editor = desk.signed_in("cong-tac"), desk.signed_in("bien-tap")
    file = (await translator.get("/admin/translations/en.po")).body
    assert b"T02/question" in file
    wrong = await _brought(translator, _filled(file, {**EN, "short_answer": "It is VND 1,400,000."}))
    assert "T01 Trả lời ngắn Bản dịch thiếu: “1.500.000”" in wrong.said
    page = await _brought(translator, _filled(file, EN))
    assert "1 bản gửi đi duyệt" in page.said
    assert "0 bản gửi đi duyệt" in (await _brought(translator, _filled(file, EN))).said
    await desk.faq.refresh()
    assert desk.faq.snapshot.translations == {}

    shown = await editor.get("/admin/translations/en/T01")
    done = await editor.post("/admin/translations/en/T01/approve", {"translation": shown.value("translation")})
    assert done.status == 303
    assert await desk.faq.refresh()
    public = desk.faq.snapshot.translations["en"]["T01"]
    assert (public.words, public.translator, public.approved_by) == (EN, "cong-tac", "bien-tap")

    live = desk.database.read_now(faq_store.published_of, "T01")
    assert live
    changed = replace(live.entry, short_answer="Ở nông thôn là 1.700.000 đồng một người một tháng.")
    proposed = desk.database.write_now(editorial.propose, desk.member("bien-tap"), changed)
    desk.database.write_now(
        editorial.approve_and_publish, desk.member("bien-tap-2"), proposed, changed, public_note="Số tiền."
    )
    await desk.faq.refresh()
    assert desk.faq.snapshot.translations == {}
    listed = await translator.get("/admin/translations/en?state=stale")
    assert "T01" in listed.said
    assert "T02" not in listed.said
    assert "1.700.000" in (await translator.get("/admin/translations/en/T01")).said
    assert b"#, fuzzy" in (await translator.get("/admin/translations/en.po")).body


async def test_returned_made_new_and_taken_off(desk: Desk) -> None:
    translator, editor = desk.signed_in("can-bo"), desk.signed_in("bien-tap")
    path = "/admin/translations/en/T01"
    bad = await translator.post(path, {**EN, "details": "In towns it is more."})
    assert (bad.status, bad.value("details")) == (400, "In towns it is more.")
    assert (await translator.post(path, EN)).status == 303
    number = (await editor.get(path)).value("translation")
    assert (await editor.post(f"{path}/return", {"translation": number, "note": " "})).status == 400
    assert (await editor.post(f"{path}/return", {"translation": number, "note": "Nông thôn?"})).status == 303
    assert "Nông thôn?" in (await translator.get(path)).said
    again = {**EN, "short_answer": "In the countryside it is VND 1,500,000 per person and month."}
    assert (await translator.post(path, again)).status == 303
    number = (await editor.get(path)).value("translation")
    assert (await editor.post(f"{path}/approve", {"translation": number})).status == 303
    assert (await editor.post(f"{path}/withdraw", {"translation": number, "note": "sai"})).status == 303
    await desk.faq.refresh()
    assert desk.faq.snapshot.translations == {}
    assert (await editor.get("/admin/translations/xx")).status == 404


async def test_every_guard_in_the_verbs(desk: Desk) -> None:
    write, member = desk.database.write_now, desk.member
    put = translating.put_translations
    for name in ("quan-tri", "kiem-soat"):
        with pytest.raises(Forbidden):
            write(put, member(name), "en", {"T01": EN})
    for language in ("vi", "EN", "x" * 9):
        with pytest.raises(NotFound):
            write(put, member("can-bo"), language, {"T01": EN})
    with pytest.raises(InvalidInput):
        write(put, member("can-bo"), "en", {"T01": {**EN, "short_answer": "Much."}})
    assert write(put, member("bien-tap"), "en", {"T01": EN}) == 1
    with pytest.raises(Conflict):
        write(put, member("can-bo"), "en", {"T01": {**EN, "question": "Other words?"}})
    (one,) = desk.database.read_now(translation_store.current, "en")
    for name in ("bien-tap", "can-bo", "quan-tri"):  # his own words; no editors
        with pytest.raises(Forbidden):
            write(translating.approve_translation, member(name), one.id)
    live = desk.database.read_now(faq_store.published_of, "T01")
    assert live
    changed = replace(live.entry, details="")
    write(
        editorial.approve_and_publish,
        member("bien-tap-2"),
        write(editorial.propose, member("can-bo"), changed),
        changed,
        public_note="Số tiền.",
    )
    with pytest.raises(Conflict):
        write(translating.approve_translation, member("bien-tap-2"), one.id)


async def test_the_command_line_hands_in_and_approves_nothing(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "en.po"

    def run(*typed: str) -> tuple[int, Terminal]:
        terminal = Terminal.remote("")
        arguments = parser().parse_args(["translations", *typed, "--language", "en"])
        return cli_translations.translations_command(arguments, desk.database, terminal), terminal

    assert run("export", str(file))[0] == 0
    file.write_bytes(_filled(file.read_bytes(), EN))
    code, terminal = run("import", str(file))
    assert (code, terminal.stderr.getvalue()) == (2, "--by: there is no account of this name that may sign in\n")  # type: ignore[attr-defined]
    code, terminal = run("import", str(file), "--by", "bien-tap")
    assert code == 0
    assert terminal.stdout.getvalue().startswith("1 handed in for approval")  # type: ignore[attr-defined]
    (one,) = desk.database.read_now(translation_store.current, "en")
    assert (one.state, one.translator) == ("in_review", "bien-tap")
    assert desk.database.read_now(audit_store.newest, "0/", act="translations_upload")
    file.write_bytes(_filled(file.read_bytes(), {**EN, "details": "Nothing"}))
    code, terminal = run("import", str(file), "--by", "bien-tap")
    assert code == 2
    assert "en.po:T01:details: these are missing: ['2.000.000']" in terminal.stderr.getvalue()  # type: ignore[attr-defined]
