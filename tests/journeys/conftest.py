"""Whole walks through the real service, each in a process of its own on loopback."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, async_playwright

from knowledge_base.content import import_content
from knowledge_base.faq.sheet_files import read_sheet
from knowledge_base.keys import Keys
from knowledge_base.passwords import hash_password
from knowledge_base.settings import Settings
from knowledge_base.storage.database import Database
from processes.server import build_app, build_service
from tests.journeys.in_process import PASSWORD, House, furnish, keep_index
from tests.journeys.served import ROOT, Served, free_port

SMALL = ("T01", "T01-2027", "T25", "T43")
PROGRAM = "/usr/bin/chromium-headless-shell"
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def small_content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four entries of the shipped FAQ with all documents and topics: an index of it is built in seconds."""
    folder = tmp_path_factory.mktemp("content")
    (folder / "entries").mkdir()
    for name in ("legal_documents.yaml", "topics.yaml"):
        shutil.copy(ROOT / "content" / name, folder)
    for key in SMALL:
        shutil.copy(ROOT / "content" / "entries" / f"{key}.yaml", folder / "entries")
    return folder


@pytest.fixture(scope="session")
def index_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the small content, built by whoever starts first."""
    return tmp_path_factory.mktemp("index") / "cache"


@pytest.fixture(scope="session")
def chat_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the web chat's walks."""
    return tmp_path_factory.mktemp("chat-index")


@pytest.fixture(scope="session")
def make_served(small_content: Path, index_cache: Path) -> Iterator[Callable[..., Served]]:
    """Services made here are killed at the end, each by its own process."""
    made: list[Served] = []

    def make(data_dir: Path, **settings: str) -> Served:
        made.append(Served(free_port(), data_dir, small_content, index_cache, settings))
        return made[-1]

    yield make
    for served in made:
        served.kill()


@pytest.fixture
def served(make_served: Callable[..., Served], tmp_path: Path) -> Iterator[Served]:
    """A fresh service."""
    service = make_served(tmp_path / "data").start()
    yield service
    service.kill()


@pytest.fixture(scope="session")
def shared(make_served: Callable[..., Served], tmp_path_factory: pytest.TempPathFactory) -> Served:
    """One service for walks that only read."""
    return make_served(tmp_path_factory.mktemp("shared") / "data").start()


@pytest.fixture(scope="session")
async def one_chromium() -> AsyncIterator[Browser]:
    """A headless browser for all walks: a start takes as long as a short walk."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=PROGRAM, args=CHROMIUM)
        yield browser
        await browser.close()


@pytest.fixture
async def chromium(one_chromium: Browser) -> AsyncIterator[Browser]:
    """The browser; what a walk opens is closed after it."""
    yield one_chromium
    for context in one_chromium.contexts:
        await context.close()


@pytest.fixture
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Where screenshots of a walk go."""
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture
async def house(
    database: Database,
    clock: Any,
    keys: Keys,
    tmp_path: Path,
    small_content: Path,
    index_cache: Path,
    chromium: Browser,
    pictures: Path,
) -> AsyncIterator[House]:
    settings = Settings(data_dir=tmp_path, unit_name="Đơn vị thử nghiệm", unit_contact="Phòng thử")
    database.write_now(import_content, read_sheet(small_content))
    database.write_now(furnish, hash_password(PASSWORD))
    keep_index(index_cache, tmp_path / "cache")
    service = build_service(settings, database, keys, clock)
    server = TestServer(build_app(service))
    await server.start_server()
    keep_index(tmp_path / "cache", index_cache)
    async with ClientSession() as http:
        made = House(str(server.make_url("")).rstrip("/"), database, clock, settings, http, chromium, pictures)
        yield made
    await server.close()
    assert made.faults == []
