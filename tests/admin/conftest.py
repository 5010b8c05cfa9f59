"""The console, mounted as in production, over a small FAQ and a few invented people."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from admin.app import build_app
from admin.console import CONSOLE
from admin.sessions import cookie_name
from knowledge_base import accounts, officer_queue
from knowledge_base.faq.entry import FaqEntry, InForce, LegalBasis
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.faq.publication import RevisionState
from knowledge_base.keys import Keys
from knowledge_base.live_faq import LiveFaq
from knowledge_base.passwords import hash_password
from knowledge_base.questions.change import BOT, Opening
from knowledge_base.questions.lifecycle import Role
from knowledge_base.questions.question import Question
from knowledge_base.questions.reference import new_reference
from knowledge_base.settings import Settings
from knowledge_base.storage import contact_store, faq_store, staff_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.staff_store import StaffMember
from knowledge_base.storage.tables import units

PASSWORD = "một câu dài để thử nghiệm"
PEOPLE = {
    "can-bo": Role.OFFICER,
    "can-bo-2": Role.OFFICER,
    "bien-tap": Role.EDITOR,
    "bien-tap-2": Role.EDITOR,
    "quan-tri": Role.ADMINISTRATOR,
    "kiem-soat": Role.AUDITOR,
    "cong-tac": Role.COLLABORATOR,
}
# A province with two communes beside the unit above all; each has an account of every role.
UNITS = {
    "35": ("Tỉnh Thử", "0", "0/35/"),
    "3501": ("Xã Một", "35", "0/35/3501/"),
    "3502": ("Xã Hai", "35", "0/35/3502/"),
}
SHIPPED = FaqEntry(
    key="T01",
    kind="answer",
    status="approved",
    approved_by="project",
    topic="chuan-ngheo",
    question="Chuẩn nghèo là bao nhiêu?",
    short_answer="Ở nông thôn là 1.500.000 đồng một người một tháng.",
    details="## Cần biết thêm\n- Ở đô thị là 2.000.000 đồng.",
    phrasings=("mức chuẩn nghèo", "chuẩn nghèo mấy triệu", "thế nào là nghèo"),
    legal_basis=(LegalBasis("07/2021/NĐ-CP", "Điều 3"),),
    in_force=InForce(date(2022, 1, 1), date(2026, 12, 31)),
)
OTHER = FaqEntry(
    key="T02",
    kind="referral",
    status="approved",
    approved_by="project",
    topic="vay-von",
    question="Muốn vay vốn thì hỏi ở đâu?",
    short_answer="Hỏi Ủy ban nhân dân cấp xã hoặc tổ vay vốn trong thôn.",
    phrasings=("vay tiền ngân hàng chính sách", "vay vốn nuôi bò", "hộ nghèo vay tiền"),
)


@pytest.fixture(scope="session")
def password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture(scope="session")
def index_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Building the matcher's index takes a second; the same FAQ is built once for all tests."""
    return tmp_path_factory.mktemp("index")


def _fill(tx: Transaction, password_hash: str) -> None:
    for code, (unit, parent, path) in UNITS.items():
        kind = "province" if parent == "0" else "commune"
        tx.execute(units.insert().values(code=code, name=unit, kind=kind, parent_code=parent, path=path))
    for name, role in PEOPLE.items():
        staff_store.add_member(tx, name, role, "0", password_hash, must_change=False)
        for code in UNITS:
            staff_store.add_member(tx, f"{name}.{code}", role, code, password_hash, must_change=False)
    faq_store.put_topic(tx, 0, Topic("chuan-ngheo", "Chuẩn nghèo", "Poverty line", ""))
    faq_store.put_topic(tx, 1, Topic("vay-von", "Vay vốn", "Loans", ""))
    window = InForce(date(2021, 3, 15), date(2026, 12, 31))
    faq_store.put_document(tx, LegalDocument("07/2021/NĐ-CP", "Nghị định", "Chuẩn nghèo", in_force=window))
    for entry in (SHIPPED, OTHER):
        faq_store.ensure_entry(tx, entry.key, entry.question)
        faq_store.add_revision(tx, entry, RevisionState.PUBLISHED, "import", approved_by="project")
        faq_store.replace_phrasings(tx, entry.key, entry.phrasings, keep_questions=True)
    faq_store.record_publication(tx, "import", "import", None)


@dataclass
class Browser:
    """One browser: its cookies, and the token of the page it has open."""

    client: TestClient[web.Request, web.Application]
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def request(self, method: str, path: str, **options: Any) -> "Page":
        headers = {**self.headers, **options.pop("headers", {})}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        response = await self.client.request(method, path, headers=headers, allow_redirects=False, **options)
        for name, morsel in response.cookies.items():
            self.cookies[name] = morsel.value
        return Page(response, await response.read())

    async def get(self, path: str, **options: Any) -> "Page":
        return await self.request("GET", path, **options)

    async def post(self, path: str, data: Any = None, **options: Any) -> "Page":
        pairs = list(data.items()) if isinstance(data, dict) else list(data or [])
        return await self.request("POST", path, data=[*pairs, ("csrf", self.csrf)], **options)

    async def sign_in(self, username: str, password: str = PASSWORD, **options: Any) -> "Page":
        form = await self.get("/admin/sign-in")
        self.csrf = form.csrf
        page = await self.post("/admin/sign-in", {"username": username, "password": password}, **options)
        if page.status == 303:
            self.csrf = (await self.get("/admin/help")).csrf
        return page


@dataclass
class Page:
    """A response, read."""

    response: ClientResponse
    body: bytes

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def said(self) -> str:
        """The text as people see it."""
        return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", self.text)))

    @property
    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([^"]*)"', self.text)
        return found.group(1) if found else ""

    @property
    def to(self) -> str:
        return self.response.headers["Location"]

    def value(self, name: str) -> str:
        """What a field of a form holds."""
        area = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\n?(.*?)</textarea>', self.text, re.DOTALL)
        field_ = area or re.search(rf'name="{name}"[^>]*value="([^"]*)"', self.text)
        assert field_, name
        return unescape(field_.group(1))


@dataclass
class Desk:
    """Everything a test of the console needs."""

    client: TestClient[web.Request, web.Application]
    console: web.Application
    database: Database
    faq: LiveFaq
    keys: Keys
    settings: Settings

    def browser(self) -> Browser:
        return Browser(self.client)

    @property
    def _clock(self) -> Any:
        return self.console[CONSOLE].clock

    def clock_now(self) -> datetime:
        return self._clock.now()

    def later(self, seconds: int) -> None:
        self._clock.advance(timedelta(seconds=seconds))

    def member(self, username: str) -> StaffMember:
        member = self.database.read_now(staff_store.member_by_username, username)
        assert member
        return member

    def signed_in(self, username: str) -> Browser:
        """A browser with a session, without the slow hashing of a sign-in."""
        token, csrf = f"token of {username}".replace(" ", "-"), f"csrf-{username}"
        hidden = self.keys.session_hash(token)
        self.database.write_now(staff_store.end_session, hidden)
        self.database.write_now(accounts.open_session, self.member(username), {}, hidden, csrf)
        return Browser(self.client, {cookie_name(self.settings): token}, csrf)

    def ask(self, text: str = "Nhà tôi ở vùng cao có được hỗ trợ pin mặt trời không?", **values: Any) -> Question:
        """A resident's question that waits in the queue."""
        return self.database.write_now(_ask, text, values)

    def claimed(self, username: str, text: str = "Có được hỗ trợ pin mặt trời không?", **values: Any) -> Question:
        question = self.ask(text, **values)
        self.database.write_now(officer_queue.claim, self.member(username), question.id)
        return question

    def answered(
        self, username: str, text: str = "Có được hỗ trợ pin mặt trời không?", **values: Any
    ) -> tuple[Question, int]:
        """A question answered by somebody, and the id of the text in review."""
        question = self.claimed(username, text, **values)
        words = officer_queue.AnswerText(
            "answer", "Chưa có quy định.", "", "vay-von", (("07/2021/NĐ-CP", "Điều 3"),), InForce()
        )
        self.database.write_now(officer_queue.answer, self.member(username), question.id, words)
        revision = self.database.read_now(faq_store.revision_from_question, question.id)
        assert revision
        return question, revision.id


def _ask(tx: Transaction, text: str, values: dict[str, Any]) -> Question:
    ref = contact_store.ensure_contact(tx, "web_chat", values.pop("address", "người dân thử nghiệm"))
    days = values.pop("days", 5)
    found = [{"id": "T01", "confidence": 0.31, "phrasing": "mức chuẩn nghèo", "features": [["words", 0.5]]}]
    unit = values.pop("unit", "0")
    question = officer_queue.ask(tx, Opening(new_reference(), ref, "web_chat", unit, text, found, **values))
    officer_queue.queue(tx, question, BOT, days, "below_low")
    return question


MakeDesk = Callable[..., Awaitable[Desk]]


async def _desks(
    database: Database, clock: Any, keys: Keys, password_hash: str, cache: Path
) -> AsyncIterator[MakeDesk]:
    clients: list[TestClient[web.Request, web.Application]] = []
    database.write_now(_fill, password_hash)

    async def make(fetch_media: Any = None, channel_states: Any = None, forgotten: Any = None, **values: Any) -> Desk:
        faq = LiveFaq(database, clock, cache)
        await faq.refresh()
        settings = Settings(**values)
        app = web.Application()
        console = build_app(database, faq, settings, keys, clock, fetch_media, channel_states)
        if forgotten:
            console.router.add_get("/forgotten", forgotten, name="forgotten")
            console.router.add_get("/nameless", forgotten)
        app.add_subapp("/admin", console)
        client = TestClient(TestServer(app), cookie_jar=DummyCookieJar())
        await client.start_server()
        clients.append(client)
        return Desk(client, console, database, faq, keys, settings)

    yield make
    for client in clients:
        await client.close()


@pytest.fixture
async def make_desk(
    database: Database, clock: Any, keys: Keys, password_hash: str, index_cache: Path
) -> AsyncIterator[MakeDesk]:
    async for make in _desks(database, clock, keys, password_hash, index_cache):
        yield make


@pytest.fixture
async def desk_on_both(
    both_databases: Database, clock: Any, keys: Keys, password_hash: str, index_cache: Path
) -> AsyncIterator[Desk]:
    """The console on SQLite and on PostgreSQL, for what depends on who comes first."""
    async for make in _desks(both_databases, clock, keys, password_hash, index_cache):
        yield await make()


@pytest.fixture
async def desk(make_desk: MakeDesk) -> Desk:
    return await make_desk()
