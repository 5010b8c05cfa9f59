"""The page over a small FAQ."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from info_page.app import build_app
from knowledge_base.live_faq import LiveFaq
from knowledge_base.settings import Settings
from knowledge_base.storage.database import Database
from tests.info_page.small_faq import fill


@pytest.fixture
def settings(tmp_path: Any) -> Settings:
    return Settings(
        data_dir=tmp_path,
        public_url="https://hoi-dap.example",
        unit_name="Đơn vị thử nghiệm <b>",
        unit_hours="7:30–17:00",
    )


@pytest.fixture(scope="session")
def index_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Most tests have the same FAQ: its index is built once."""
    return tmp_path_factory.mktemp("index")


@pytest.fixture
def faq(database: Database, clock: Any, index_cache: Path) -> LiveFaq:
    return LiveFaq(database, clock, index_cache)


Start = Callable[[], Awaitable[TestClient[Any, Any]]]


@pytest.fixture
def start(aiohttp_client: Any, database: Database, faq: LiveFaq, settings: Settings, clock: Any) -> Start:
    """Starts the page over whatever the store holds by then."""

    async def _start() -> TestClient[Any, Any]:
        await faq.refresh()
        client: TestClient[Any, Any] = await aiohttp_client(build_app(database, faq, settings, clock))
        return client

    return _start


@pytest.fixture
async def client(database: Database, start: Start) -> TestClient[Any, Any]:
    """The page over the small FAQ."""
    await database.write(fill)
    return await start()
