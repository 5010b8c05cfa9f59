"""Every guard of what becomes public, tried through every way in: nothing of it gets through any of them.

Ways: the console's forms, the verbs themselves (what any other face would call), sheets (YAML, CSV, XLSX) by the
command line, and the command line carried out by a running server.
"""

from collections.abc import Awaitable, Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from knowledge_base import editorial, publishing
from knowledge_base.cli_content import import_command
from knowledge_base.cli_io import Terminal
from knowledge_base.commands import carry_out
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.faq.entry import FaqEntry, InForce, LegalBasis
from knowledge_base.faq.legal_document import LegalDocument
from knowledge_base.faq.sheet_write import Export, csv_file, xlsx_file, yaml_file
from knowledge_base.storage import faq_store
from knowledge_base.storage.database import Transaction
from tests.admin.conftest import SHIPPED, Desk

GOOD = replace(SHIPPED, short_answer="Ở nông thôn là 1.600.000 đồng một người một tháng.")
ENDED = LegalDocument("01/2000/NĐ-CP", "Nghị định", "Đã hết", in_force=InForce(date(2000, 1, 1), date(2020, 12, 31)))
# What may not become public, and the word of its refusal.
BAD = {
    "no legal basis": (replace(GOOD, legal_basis=()), "legal_basis_missing"),
    "a document nobody registered": (
        replace(GOOD, legal_basis=(LegalBasis("99/2099/NĐ-CP", "Điều 1"),)),
        "legal_basis_unknown",
    ),
    "a document that has ended": (
        replace(GOOD, legal_basis=(LegalBasis(ENDED.number, "Điều 1"),)),
        "legal_basis_expired",
    ),
    "a window that ends before it begins": (
        replace(GOOD, in_force=InForce(date(2026, 12, 31), date(2026, 1, 1))),
        "window_reversed",
    ),
    "a topic that isn't there": (replace(GOOD, topic="khong-co"), "topic_unknown"),
    "no answer": (replace(GOOD, short_answer=""), "answer_empty"),
    "a telephone number": (replace(GOOD, details="Gọi ông Nguyễn Văn Thử, 0912 345 678."), "redaction_undecided"),
    "an identity card among the wordings": (
        replace(GOOD, phrasings=(*SHIPPED.phrasings, "thẻ của tôi số 001099012345 đâu")),
        "redaction_undecided",
    ),
}
Publish = Callable[[Desk, FaqEntry], Awaitable[str]]


def _public(tx: Transaction) -> Any:
    """All that the public can see, and how often it changed."""
    live = [(one.id, one.entry, one.approved_by) for one in faq_store.published(tx)]
    return live, faq_store.publication_number(tx)


@pytest.fixture
async def house(desk: Desk) -> Desk:
    desk.database.write_now(faq_store.put_document, ENDED)
    return desk


# --- the ways -------------------------------------------------------------------------------------


def _fields(entry: FaqEntry) -> list[tuple[str, str]]:
    window = [("from_day", entry.in_force.from_day), ("to_day", entry.in_force.to_day)]
    pairs = [("kind", entry.kind), ("topic", entry.topic), ("question", entry.question)]
    pairs += [("short_answer", entry.short_answer), ("details", entry.details)]
    pairs += [("phrasings", "\n".join(entry.phrasings))]
    pairs += [(name, day.isoformat() if day else "") for name, day in window]
    for basis in entry.legal_basis:
        pairs += [("document", basis.document), ("article", basis.article)]
    return pairs


async def _proposed(desk: Desk, entry: FaqEntry, by: str = "can-bo") -> int | None:
    """By form; None when it is refused."""
    page = await desk.signed_in(by).post(f"/admin/faq/{entry.key}/propose", _fields(entry))
    assert page.status in (303, 400), page.said
    return int(page.to.partition("?")[0].rpartition("/")[2]) if page.status == 303 else None


def _refusal(page: Any) -> str:
    assert page.status in (400, 403, 409), page.said
    return "form"


async def by_form(desk: Desk, entry: FaqEntry) -> str:
    """An officer proposes, an editor approves."""
    number = await _proposed(desk, entry)
    if number is None:
        return "form"
    return _refusal(await desk.signed_in("bien-tap").post(f"/admin/revisions/{number}/publish", _fields(entry)))


async def by_form_at_approval(desk: Desk, entry: FaqEntry) -> str:
    """The proposal is good, the editor spoils it."""
    number = await _proposed(desk, GOOD)
    return _refusal(await desk.signed_in("bien-tap").post(f"/admin/revisions/{number}/publish", _fields(entry)))


async def by_form_for_a_day(desk: Desk, entry: FaqEntry) -> str:
    number = await _proposed(desk, GOOD)
    fields = [*_fields(entry), ("publish_on", "2026-12-01")]
    return _refusal(await desk.signed_in("bien-tap").post(f"/admin/revisions/{number}/publish", fields))


async def by_form_alone(desk: Desk, entry: FaqEntry) -> str:
    number = await _proposed(desk, GOOD, "bien-tap")
    fields = [*_fields(entry), ("reason", "tin sai đang lan trong xã")]
    return _refusal(await desk.signed_in("bien-tap").post(f"/admin/revisions/{number}/bypass", fields))


async def by_form_as_a_slip(desk: Desk, entry: FaqEntry) -> str:
    """The light path takes words only: what isn't a word is left as it was, and nothing changes."""
    page = await desk.signed_in("bien-tap").post(f"/admin/faq/{entry.key}/spelling", _fields(entry))
    assert page.status == 400, page.said
    return "form"


def _refused(desk: Desk, verb: Any, username: str, *arguments: Any, **named: Any) -> str:
    with pytest.raises(KnowledgeBaseError) as refused:
        desk.database.write_now(verb, desk.member(username), *arguments, **named)
    return refused.value.key


async def by_verb(desk: Desk, entry: FaqEntry) -> str:
    number = desk.database.write_now(editorial.propose, desk.member("can-bo"), entry)
    return _refused(desk, editorial.approve_and_publish, "bien-tap", number, entry)


async def by_verb_for_a_day(desk: Desk, entry: FaqEntry) -> str:
    number = desk.database.write_now(editorial.propose, desk.member("can-bo"), GOOD)
    return _refused(desk, editorial.approve_and_publish, "bien-tap", number, entry, publish_on=date(2026, 12, 1))


async def by_verb_alone(desk: Desk, entry: FaqEntry) -> str:
    number = desk.database.write_now(editorial.propose, desk.member("bien-tap"), GOOD)
    return _refused(desk, publishing.publish_by_bypass, "bien-tap", number, entry, "tin sai đang lan trong xã")


def _sheet(entry: FaqEntry, folder: Path, form: str) -> Path:
    export = Export(entries=[entry], documents=[], topics=[])
    path = folder / f"bad.{form}"
    tables = {"csv": csv_file, "xlsx": xlsx_file}
    path.write_bytes(tables[form](str(path), export) if form in tables else yaml_file(export))
    return path


def _imported(desk: Desk, path: Path, *, by_server: bool) -> str:
    out, complaints = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(complaints):
        if by_server:
            code = carry_out(["import", path.name], path.parent, desk.database, Terminal())
        else:
            code = import_command(desk.database, path, dry_run=False)
    assert code == 2, out.getvalue()
    assert complaints.getvalue().startswith(str(path) if not by_server else ""), complaints.getvalue()
    return "sheet"


def by_sheet(form: str, *, by_server: bool = False) -> Publish:
    async def way(desk: Desk, entry: FaqEntry) -> str:
        return _imported(desk, _sheet(entry, desk.settings.data_dir, form), by_server=by_server)

    return way


WAYS: dict[str, Publish] = {
    "form": by_form,
    "form, spoilt at approval": by_form_at_approval,
    "form, for a day": by_form_for_a_day,
    "form, alone": by_form_alone,
    "form, as a slip": by_form_as_a_slip,
    "verb": by_verb,
    "verb, for a day": by_verb_for_a_day,
    "verb, alone": by_verb_alone,
    "YAML": by_sheet("yaml"),
    "CSV": by_sheet("csv"),
    "XLSX": by_sheet("xlsx"),
    "YAML through the server": by_sheet("yaml", by_server=True),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("what", BAD)
async def test_it_does_not_become_public(house: Desk, what: str, way: str, tmp_path: Path) -> None:
    entry, word = BAD[what]
    object.__setattr__(house.settings, "data_dir", tmp_path)
    before = house.database.read_now(_public)
    met = await WAYS[way](house, entry)
    assert house.database.read_now(_public) == before
    assert met in ("form", "sheet", word)


# --- who may not ----------------------------------------------------------------------------------


async def test_nobody_approves_his_own_text_by_any_way(house: Desk, tmp_path: Path) -> None:
    object.__setattr__(house.settings, "data_dir", tmp_path)
    number = await _proposed(house, GOOD, "bien-tap")
    before = house.database.read_now(_public)
    author, fields = house.signed_in("bien-tap"), _fields(GOOD)
    for more in ([], [("publish_on", "2026-12-01")], [("correct_askers", "yes"), ("author", "can-bo")]):
        page = await author.post(f"/admin/revisions/{number}/publish", [*fields, *more])
        assert page.status == 403
    for named in ({}, {"publish_on": date(2026, 12, 1)}):
        assert _refused(house, editorial.approve_and_publish, "bien-tap", number, GOOD, **named) == "author_is_approver"
    for form in ("yaml", "csv", "xlsx"):  # a sheet that says somebody else approved it
        for name in ("bien-tap", "bien-tap-2"):
            path = _sheet(replace(GOOD, approved_by=name), tmp_path, form)
            for by_server in (False, True):
                assert _imported(house, path, by_server=by_server) == "sheet"
    assert house.database.read_now(_public) == before


async def test_nobody_but_an_editor_makes_anything_public(house: Desk) -> None:
    number = await _proposed(house, GOOD, "can-bo-2")
    before = house.database.read_now(_public)
    reason = "tin sai đang lan trong xã"
    for name in ("can-bo", "cong-tac", "kiem-soat", "quan-tri"):
        browser = house.signed_in(name)
        for path, fields in (
            (f"/admin/revisions/{number}/publish", _fields(GOOD)),
            (f"/admin/revisions/{number}/bypass", [*_fields(GOOD), ("reason", reason)]),
            ("/admin/faq/T01/spelling", _fields(replace(SHIPPED, short_answer=SHIPPED.short_answer.lower()))),
            ("/admin/faq/T01/withdraw", [("note", "hết hiệu lực")]),
        ):
            assert (await browser.post(path, fields)).status == 403
        for verb, arguments in (
            (editorial.approve_and_publish, (number, GOOD)),
            (publishing.publish_by_bypass, (number, GOOD, reason)),
            (publishing.correct_spelling, ("T01", SHIPPED)),
            (editorial.withdraw, ("T01", "hết hiệu lực")),
        ):
            assert _refused(house, verb, name, *arguments) == "editor_only"
    assert house.database.read_now(_public) == before
