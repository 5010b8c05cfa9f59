"""The real service under test: its processes, how they die and come back, and the database behind them."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
START_SECONDS = 90.0  # a busy machine may need that; a warm start takes two or three
SECRET_KEY = "a secret of the fault tests, long enough to be one"
ENTRIES = ("T01", "T25", "T43")  # of the shipped FAQ: enough to answer from, and indexed fast
DIED = -signal.SIGKILL


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def small_content(folder: Path) -> Path:
    """A few entries of the shipped FAQ, with all documents and topics."""
    (folder / "entries").mkdir(parents=True)
    for name in ("legal_documents.yaml", "topics.yaml"):
        shutil.copy(ROOT / "content" / name, folder)
    for key in ENTRIES:
        shutil.copy(ROOT / "content" / "entries" / f"{key}.yaml", folder / "entries")
    return folder


@dataclass
class Process:
    """One process of the service; `port` 0: it serves nobody, and is ready as soon as it runs."""

    module: str
    environment: dict[str, str]
    log: Path
    port: int = 0
    wrapper: tuple[str, ...] = ()  # e.g. a program that injects faults
    running: subprocess.Popen[bytes] | None = None

    def launch(self, **more: str) -> None:
        """Start; don't wait."""
        command = [*self.wrapper, sys.executable, "-m", self.module]
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                command, cwd=ROOT, env={**self.environment, **more}, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""
        return self.running.poll() if self.running else None

    def ready(self) -> bool:
        """Whether it would take a resident's message now."""
        if not self.port:
            return self.exit_code is None
        with contextlib.suppress(httpx.TransportError):
            return self._status("/readyz") in (200, 404) and self._status("/healthz") == 200
        return False

    def _status(self, path: str) -> int:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=2, trust_env=False).status_code

    def await_ready(self) -> float:
        """Wait until ready; how long it took in seconds. The start is tried again where a fault ended it."""
        began = time.monotonic()
        while not self.ready():
            assert time.monotonic() - began < START_SECONDS, self.tail()
            if self.exit_code is not None:
                time.sleep(0.2)
                self.launch()
            time.sleep(0.02)
        return time.monotonic() - began

    def kill(self) -> None:
        """SIGKILL, to it and what it started."""
        if self.running and self.running.poll() is None:
            os.killpg(self.running.pid, signal.SIGKILL)
        if self.running:
            self.running.wait()

    def stop(self, seconds: float = 20.0) -> int:
        """SIGTERM; the exit code."""
        assert self.running
        self.running.terminate()
        return self.running.wait(seconds)

    def tail(self) -> str:
        """The end of its log."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:]


@dataclass
class Deployment:
    """The processes that make up one service over one database."""

    folder: Path
    database_url: str
    platform_url: str
    content: Path
    cache: Path  # an index of the content, shared by all deployments of a run; built by the first
    modules: Sequence[str] = ("processes.standalone",)
    settings: dict[str, str] = field(default_factory=dict)
    wrapper: tuple[str, ...] = ()
    processes: list[Process] = field(default_factory=list)
    restarts: list[float] = field(default_factory=list)  # seconds from a kill to ready

    def __post_init__(self) -> None:
        for number, module in enumerate(self.modules):
            port = 0 if module.endswith("worker") else free_port()
            environment = self._environment(number, port)
            log = self.folder / f"{number}.{module.rpartition('.')[2]}.log"
            self.processes.append(Process(module, environment, log, port, self.wrapper))

    def _environment(self, number: int, port: int) -> dict[str, str]:
        from tests.faults.messenger import SECRET, TOKEN  # noqa: PLC0415 - the peer has another platform's

        # On SQLite all is in one folder; processes of a service on PostgreSQL share nothing but the database.
        folder = self.folder / (f"data{number}" if len(self.modules) > 1 else "data")
        if not (folder / "cache").exists() and self.cache.exists():
            shutil.copytree(self.cache, folder / "cache")
        ours = {
            "PATH": os.environ["PATH"],
            "PYTHONUNBUFFERED": "1",
            "HOST": "127.0.0.1",
            "PORT": str(port or 8080),
            "PUBLIC_URL": f"http://127.0.0.1:{port or 8080}",
            "DATA_DIR": str(folder),
            "CONTENT_DIR": str(self.content),
            "DATABASE_URL": self.database_url,
            "SECRET_KEY": SECRET_KEY,
            "SEND_RATE_PER_S": "1000",
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_BASE_URL": self.platform_url,
            "TELEGRAM_MODE": "webhook",
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
        }
        return {**ours, **self.settings}

    # --- life -------------------------------------------------------------------------------------

    def release(self) -> str:
        """Prepare the store once; what was printed (the first accounts' passwords)."""
        self.folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [sys.executable, "-m", "processes.release"],
            cwd=ROOT,
            env=self.processes[0].environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> "Deployment":
        """Start all and wait until all are ready."""
        for process in self.processes:
            process.launch()
        for process in self.processes:
            process.await_ready()
        self._keep_index()
        return self

    def _keep_index(self) -> None:
        built = Path(self.processes[0].environment["DATA_DIR"]) / "cache"
        if not self.cache.exists() and built.exists():
            shutil.copytree(built, self.cache)

    def kill(self, process: Process) -> float:
        """SIGKILL one process and start it again; seconds until it is ready."""
        process.kill()
        process.launch()
        seconds = process.await_ready()
        if process.port:
            self.restarts.append(seconds)
        return seconds

    def kill_all(self) -> None:
        """The end."""
        for process in self.processes:
            process.kill()

    def stop(self) -> list[int]:
        """SIGTERM to all; exit codes."""
        return [process.stop() for process in self.processes]

    # --- use --------------------------------------------------------------------------------------

    @property
    def webs(self) -> list[Process]:
        """Those who serve."""
        return [process for process in self.processes if process.port]

    @property
    def webhooks(self) -> list[str]:
        """Where the platform delivers."""
        return [f"http://127.0.0.1:{process.port}/webhooks/telegram" for process in self.webs]

    @property
    def url(self) -> str:
        """Where staff work."""
        return f"http://127.0.0.1:{self.webs[0].port}"
