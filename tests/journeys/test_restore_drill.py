"""The drill: back up under load, lose the machine, restore elsewhere, start; platforms send again what they sent."""

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import httpx
import pytest

from tests.conftest import fresh_database
from tests.journeys.served import Served, within

TELLERS = 4
KEYS = {
    "SECRET_KEY": "a secret for the drill only, long enough",
    "BACKUP_KEY": "a backup key for the drill, long enough",
}


class Residents:
    """Some residents who keep writing over the web chat; each remembers what was acknowledged, and when."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.acknowledged: list[tuple[float, dict[str, Any]]] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(number,)) for number in range(TELLERS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _write(self, resident: int) -> None:
        session, number = None, 0
        with httpx.Client(trust_env=False, timeout=20) as client:
            while not self._stop.is_set():
                number += 1
                body = {
                    "text": f"Tôi hỏi điều lạ thứ {number} của người {resident}",
                    "message_id": f"m{resident}-{number}",
                }
                body |= {"session": session} if session else {}
                answer = client.post(f"{self.served.url}/chat/messages", json=body)
                if answer.status_code == 200:
                    session = answer.json()["session"]
                    self.acknowledged.append((time.monotonic(), {**body, "session": session}))
                time.sleep(0.2)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> Iterator[Callable[[], dict[str, str]]]:
    """Where each of two machines keeps its store: a setting, or nothing for a file in its folder."""
    if request.param == "sqlite":
        yield dict
        return
    server = request.getfixturevalue("postgresql_server")
    with ExitStack() as stack:
        yield lambda: {"DATABASE_URL": stack.enter_context(fresh_database(server))}


def counts(served: Served) -> dict[str, Any]:
    ledger: dict[str, Any] = json.loads(served.run_cli("ledger").stdout)
    return ledger


@pytest.mark.timeout(300)  # five programs start one after the other
def test_drill(make_served: Callable[..., Served], place: Callable[[], dict[str, str]], tmp_path: Path) -> None:
    lost = make_served(tmp_path / "lost", **KEYS, **place(), BACKUP_DIR=str(tmp_path / "elsewhere")).start()
    with Residents(lost) as residents:
        within(30, lambda: len(residents.acknowledged) > 3 * TELLERS)
        began = time.monotonic()
        made = lost.run_cli("backup")
        assert made.returncode == 0, made.stderr
        done = time.monotonic()
        within(30, lambda: residents.acknowledged[-1][0] > done)
    assert any(began < at < done for at, _body in residents.acknowledged)  # it was taken under load
    before = [body for at, body in residents.acknowledged if at < began]
    assert len(before) > TELLERS
    lost.kill()
    shutil.rmtree(lost.data_dir)  # the machine is gone

    (backup,) = (tmp_path / "elsewhere").glob("*.backup")
    found = make_served(tmp_path / "found", **KEYS, **place())
    back = found.run_cli("restore", str(backup))
    assert back.returncode == 0, back.stderr
    again = found.run_cli("restore", str(backup))
    assert again.returncode == 2
    assert "--force" in again.stderr
    found.start()  # waits for /healthz 200
    in_use = found.run_cli("restore", str(backup), "--force")
    assert (in_use.returncode, "in use" in in_use.stderr) == (2, True), in_use.stderr
    ready = found.get("/readyz")
    assert (ready.status_code, ready.json()["reasons"]) == (200, [])

    # Everything acknowledged before the backup began is there: sent again, it is nothing new.
    total = counts(found)
    with httpx.Client(base_url=found.url, trust_env=False, timeout=20) as client:
        assert {client.post("/chat/messages", json=body).status_code for body in before} == {200}
    assert counts(found) == total
    # What came later was lost with the machine; sent again, it is taken.
    later = [body for at, body in residents.acknowledged if at > done]
    answer = httpx.post(f"{found.url}/chat/messages", json=later[-1], timeout=20, trust_env=False)
    assert answer.status_code == 200
    heard = found.get("/chat/messages?after=0", headers={"X-Chat-Session": before[0]["session"]})
    assert heard.status_code == 200
    assert heard.json()["replies"]
