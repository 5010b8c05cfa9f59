"""Five hundred questions with personal data, answered, reviewed and published: nobody outside reads any of it."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from info_page.app import build_app
from knowledge_base import editorial, officer_queue, redacting
from knowledge_base.content import export_content
from knowledge_base.faq.entry import InForce, LegalBasis
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.faq.public_text import passages_of
from knowledge_base.faq.sheet_write import csv_file, yaml_file
from knowledge_base.live_faq import LiveFaq
from knowledge_base.questions.change import RESIDENT, Opening
from knowledge_base.questions.lifecycle import Role
from knowledge_base.questions.reference import new_reference
from knowledge_base.redaction.decisions import Verdict, all_marks
from knowledge_base.redaction.find import find_personal_data
from knowledge_base.settings import Settings
from knowledge_base.storage import contact_store, faq_store, staff_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.text.fold import fold
from tests.redaction.made_up import MadeUp, many

NUMBER = 500
LAW = "01/2026/TT-THU"
LEAST_LETTERS = 6  # of a piece that would tell; "tổ 3" is said in many answers
SEARCHED = 60


def _furnish(tx: Transaction) -> None:
    staff_store.add_member(tx, "can-bo", Role.OFFICER, "0", "no hash", must_change=False)
    staff_store.add_member(tx, "bien-tap", Role.EDITOR, "0", "no hash", must_change=False)
    faq_store.put_topic(tx, 0, Topic("thu-tuc", "Thủ tục", "Procedures", ""))
    faq_store.put_document(tx, LegalDocument(LAW, in_force=InForce()))


def _walk(tx: Transaction, one: MadeUp) -> None:
    """A question is asked, answered (the answer quotes the asker), masked hit by hit, published."""
    officer = staff_store.member_by_username(tx, "can-bo")
    editor = staff_store.member_by_username(tx, "bien-tap")
    assert officer
    assert editor
    ref = contact_store.ensure_contact(tx, "web_chat", one.text[:60])
    question = officer_queue.ask(tx, Opening(new_reference(), ref, "web_chat", "0", one.text, urgent=False))
    officer_queue.queue(tx, question, RESIDENT, 5, "unknown")
    officer_queue.claim(tx, officer, question.id)
    words = officer_queue.AnswerText("answer", f"Đã nhận: {one.text}", f"- {one.text}", "thu-tuc", ((LAW, "Điều 1"),))
    officer_queue.answer(tx, officer, question.id, words)
    revision = faq_store.revision_from_question(tx, question.id)
    assert revision
    typed = revision.entry
    ids = [mark.id for mark in all_marks(passages_of(typed, from_resident=True))]
    if ids:
        redacting.decide_redaction(tx, editor, revision.id, typed, ids, Verdict.MASKED)
    editorial.approve_and_publish(tx, editor, revision.id, typed)
    assert typed.legal_basis == (LegalBasis(LAW, "Điều 1"),)


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(text))


@pytest.fixture(scope="module")
def canaries() -> list[MadeUp]:
    """Of every kind; of the loose ones those that are found: what isn't, an editor must see himself."""
    found = [one for one in many(NUMBER + 150, seed=11) if len(_bare(one.value)) >= LEAST_LETTERS and _covered(one)]
    return found[:NUMBER]


def _covered(one: MadeUp) -> bool:
    spans = [(hit.start, hit.end) for hit in find_personal_data(one.text)]
    return all(any(a <= at < b for a, b in spans) for at in range(one.start, one.end) if one.text[at].isalnum())


@pytest.mark.timeout(600)
async def test_none_gets_out(
    database: Database,
    clock: Any,
    tmp_path: Path,
    canaries: list[MadeUp],
    aiohttp_client: Callable[..., Awaitable[Any]],
) -> None:
    database.write_now(_furnish)
    for one in canaries:
        database.write_now(_walk, one)
    live = database.read_now(faq_store.published)
    assert len(live) == len(canaries) == NUMBER
    export = database.read_now(export_content)
    outside = [yaml_file(export).decode(), csv_file("a.csv", export).decode()]
    faq = LiveFaq(database, clock, tmp_path)
    await faq.refresh()
    client = await aiohttp_client(build_app(database, faq, Settings(data_dir=tmp_path), clock))
    addresses = ["/", "/hoi-dap.atom", "/sitemap.xml", "/chu-de/thu-tuc", *(f"/hoi-dap/{one.slug}" for one in live)]
    addresses += [f"/hoi-dap-moi?trang={page}" for page in range(1, len(live) // 20 + 1)]
    for address in addresses:
        response = await client.get(address)
        assert response.status == 200, address
        outside.append(await response.text())
    for one in canaries[:SEARCHED]:
        page = await (await client.get("/tim", params={"q": "đã nhận hỏi " + one.text[: one.start][:80]})).text()
        outside.append(page)
    everything = _bare(" ".join([*outside, *(one.slug for one in live)]))
    assert len(everything) > 100_000
    assert [one.value for one in canaries if _bare(one.value) in everything] == []
