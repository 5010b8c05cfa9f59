"""The real service in a process of its own, on loopback, killed and started again as tests like."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
_PASSWORD = re.compile(r"^ +(administrator|officer|editor) +(\S+) +(\S+)$", re.MULTILINE)
# A change is live within 2 s. The index is updated on one core; where others use it too, only a bound can be held.
LIVE = 2.0 + 2.0 * os.getloadavg()[0] / (os.cpu_count() or 1)
START_SECONDS = 90.0  # the first build of an index on a busy machine; a warm start takes two


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Served:
    """One service: its address, its folder, what it printed."""

    port: int
    data_dir: Path
    content_dir: Path
    index_cache: Path
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    seconds: list[float] = field(default_factory=list)  # from start to healthy

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        ours = {"HOST": "127.0.0.1", "PORT": str(self.port), "DATA_DIR": str(self.data_dir)}
        ours |= {"CONTENT_DIR": str(self.content_dir), "PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}
        return {**ours, **self.settings}

    def _file(self, name: str) -> Path:
        return self.data_dir.parent / f"{self.data_dir.name}.{self.starts}.{name}"

    @property
    def stdout(self) -> str:
        return self._file("out").read_text(encoding="utf-8")

    @property
    def stderr(self) -> str:
        return self._file("err").read_text(encoding="utf-8")

    @property
    def passwords(self) -> dict[str, tuple[str, str]]:
        """Role -> (username, one-time password), as printed by this start."""
        return {role: (name, password) for role, name, password in _PASSWORD.findall(self.stdout)}

    # --- life -------------------------------------------------------------------------------------

    def launch(self) -> None:
        """Start the process; don't wait."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        if self.index_cache.exists() and not (self.data_dir / "cache").exists():
            shutil.copytree(self.index_cache, self.data_dir / "cache")
        self.starts += 1
        with self._file("out").open("wb") as out, self._file("err").open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "processes.standalone"], cwd=ROOT, env=self.environment, stdout=out, stderr=err
            )

    def start(self) -> "Served":
        """Start and wait until it is healthy and has said so."""
        began = time.monotonic()
        self.launch()
        assert self.process
        while not self.healthy() or "Health" not in self.stdout:
            if self.process.poll() is not None and "address already in use" in self.stderr:
                self.port = free_port()  # two test processes chose the same one
                self.launch()
            assert self.process.poll() is None, self.stderr
            assert time.monotonic() - began < START_SECONDS, self.stderr
            time.sleep(0.05)
        self.seconds.append(time.monotonic() - began)
        if not self.index_cache.exists():
            shutil.copytree(self.data_dir / "cache", self.index_cache)
        return self

    def healthy(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            return self.get("/healthz", timeout=2).status_code == 200
        return False

    def stop(self, seconds: float = 15.0) -> int:
        """SIGTERM; returns the exit code."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def kill(self) -> None:
        """SIGKILL: no time for anything."""
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()

    def restart(self) -> "Served":
        self.kill()
        return self.start()

    # --- use --------------------------------------------------------------------------------------

    def get(self, path: str, **named: Any) -> httpx.Response:
        return httpx.get(self.url + path, trust_env=False, **named)

    def say(self, text: str, session: str | None = None, **more: Any) -> dict[str, Any]:
        """A message over the web chat; the answer as JSON. Again while the service is busy, as our pages do."""
        body = {"text": text, **more} | ({"session": session} if session else {})
        for _try in range(20):
            answer = httpx.post(f"{self.url}/chat/messages", json=body, timeout=20, trust_env=False)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(0.2)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def later(self, session: str, after: int = 0, wait: int = 0) -> list[dict[str, Any]]:
        """What the chat was told since."""
        headers = {"X-Chat-Session": session}
        replies: list[dict[str, Any]] = self.get(
            f"/chat/messages?after={after}&wait={wait}", headers=headers, timeout=wait + 10
        ).json()["replies"]
        return replies

    def run_cli(self, *arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
        """`python -m knowledge_base …` with this service's settings."""
        return subprocess.run(
            [sys.executable, "-m", "knowledge_base", *arguments],
            cwd=ROOT,
            env=self.environment,
            input=text,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=90,
            check=False,
        )


def within(seconds: float, condition: Any, what: str = "") -> float:
    """Wait until a condition holds; how long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, what or f"not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - began
