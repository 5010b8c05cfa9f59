"""The harness's fixtures; what the tests measured is printed as one line of JSON at the end."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.faults.counts import PROFILE
from tests.faults.deployment import Deployment, free_port, small_content

_FIGURES: dict[str, Any] = {}


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Where a test leaves what it counted."""
    kept: dict[str, Any] = _FIGURES.setdefault(request.node.name, {})
    return kept


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if _FIGURES:
        summary = {"profile": PROFILE.name, **{name: kept for name, kept in _FIGURES.items() if kept}}
        terminalreporter.write_line(f"faults: {json.dumps(summary, ensure_ascii=False)}")


@pytest.fixture(scope="session")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small FAQ."""
    return small_content(tmp_path_factory.mktemp("content") / "content")


@pytest.fixture(scope="session")
def index(indexes: Path, worker_id: str) -> Path:
    """Where the index of it is kept once it has been built; it is copied file by file, so each process has its own."""
    return indexes / f"small-{worker_id}"


@pytest.fixture
def expendable_database(postgresql_server: str) -> Iterator[str]:
    """A fresh, empty PostgreSQL database whose server's processes may be killed: nothing of ours stays connected."""
    name = f"faults_{os.urandom(6).hex()}"

    def command(words: str) -> None:
        with psycopg.connect(f"{postgresql_server}/postgres", autocommit=True) as connection:
            connection.execute(words)

    command(f"CREATE DATABASE {name}")
    yield f"{postgresql_server}/{name}"
    command(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def platform_port() -> int:
    return free_port()


@pytest.fixture
def deploy(content: Path, index: Path, tmp_path: Path, platform_port: int) -> Iterator[Callable[..., Deployment]]:
    """A deployment on SQLite unless a database's URL is given; whatever still runs at the end is killed."""
    made: list[Deployment] = []

    def make(database_url: str = "", **more: Any) -> Deployment:
        folder = tmp_path / f"service{len(made)}"
        folder.mkdir()
        url = database_url or f"sqlite:///{folder / 'data' / 'store.sqlite3'}"
        made.append(Deployment(folder, url, f"http://127.0.0.1:{platform_port}", content, index, **more))
        return made[-1]

    yield make
    for deployment in made:
        deployment.kill_all()
