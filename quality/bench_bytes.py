"""What reading and asking cost in bytes on the wire: `python -m quality.bench_bytes` prints JSON.

The whole service over the shipped FAQ, asked over loopback as a browser asks: lines of request and headers, and the
answers with theirs, gzip where the service packs. TCP and TLS come on top and are not ours to save.

* `first`: a visit with nothing in the browser's memory, with every file the page names (fonts too, as a browser
  that shows Vietnamese fetches them). `again`: the same visit when browser and pages are as they were.
* `turn`: a question by the plain form: the form sent, and the page it leads to.
* `idle`: a chat that waits while nothing is said: one request for later replies, and an hour of them.
"""

import asyncio
import json
import re
import sys
import tempfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp.test_utils import TestServer

from knowledge_base.clock import SystemClock
from knowledge_base.content import import_content
from knowledge_base.faq.sheet_files import read_sheet
from knowledge_base.keys import Keys
from knowledge_base.officer_queue import FIRST_UNIT
from knowledge_base.settings import Settings
from knowledge_base.storage import faq_store
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.schema import migrate
from knowledge_base.storage.staff_store import ensure_unit
from processes.server import build_app, build_service

_ROOT = Path(__file__).parents[1]
_ENTRY = "T25"
_QUESTIONS = ("hộ nghèo có được cấp thẻ bảo hiểm y tế không", "xe lăn cho người già xin ở đâu")
_POLL_SECONDS = 25
_EITHER = zlib.MAX_WBITS | 32  # gzip or deflate, told by its head
_OWN = re.compile(r'(?:href|src)="(/(?:static|chat)/[^"#]+)"|url\((/[^)]+)\)|from "(/[^"]+)"')
_BROWSER = {
    "Host": "hoi-dap.example.vn",
    "Connection": "keep-alive",
    "User-Agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0",
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate",
    "Accept-Language": "vi-VN,vi;q=0.9",
}


@dataclass
class Phone:
    """A browser that counts; `memory` holds what it may keep, by address."""

    port: int
    light: bool
    cookies: dict[str, str] = field(default_factory=dict)
    memory: dict[str, tuple[str, str]] = field(default_factory=dict)  # address -> etag, text
    lasting: set[str] = field(default_factory=set)  # addresses that need not be asked for again
    sent: int = 0
    received: int = 0
    requests: int = 0

    async def ask(self, path: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
        """Status and text of an answer; redirects are followed."""
        lines = {**_BROWSER, **headers, **({"Save-Data": "on"} if self.light else {})}
        if self.cookies:
            lines["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if path in self.memory and form is None:
            lines["If-None-Match"] = self.memory[path][0]
        body = urlencode(form).encode() if form is not None else b""
        if form is not None:
            lines |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
        head = f"{'GET' if form is None else 'POST'} {path} HTTP/1.1\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(head.encode() + body)
        raw = await reader.readuntil(b"\r\n\r\n")
        status, given = int(raw.split(b" ", 2)[1]), _headers(raw)
        content = b""
        if "content-length" in given:
            content = await reader.readexactly(int(given["content-length"]))
        elif given.get("transfer-encoding") == "chunked":
            while size := int((line := await reader.readline()), 16):
                content += (await reader.readexactly(size + 2))[:-2]
                self.received += len(line) + 2
            self.received += 5
        writer.close()
        self.sent, self.received, self.requests = (
            self.sent + len(head) + len(body), self.received + len(raw) + len(content), self.requests + 1
        )  # fmt: skip
        if cookie := given.get("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if "location" in given:
            return await self.ask(given["location"].partition("#")[0])
        text = zlib.decompress(content, _EITHER) if "content-encoding" in given else content
        return status, self._kept(path, status, given, text.decode(errors="replace"))

    def _kept(self, path: str, status: int, given: dict[str, str], text: str) -> str:
        if status == 304:  # noqa: PLR2004 - not modified
            return self.memory[path][1]
        if "etag" in given and "no-store" not in given.get("cache-control", ""):
            self.memory[path] = (given["etag"], text)
        if "immutable" in given.get("cache-control", ""):
            self.lasting.add(path)
        return text

    async def visit(self, path: str) -> dict[str, int]:
        """A page with every file it names; what it cost."""
        before = (self.sent, self.received, self.requests)
        _status, text = await self.ask(path)
        waiting, seen = _named(text), {path}
        while waiting - seen:
            name = (waiting - seen).pop()
            seen.add(name)
            if name not in self.lasting:
                _status, found = await self.ask(name)
                if name.partition("?")[0].endswith((".css", ".js")):
                    waiting |= _named(found)
        return self.since(before)

    def since(self, before: tuple[int, int, int]) -> dict[str, int]:
        """What was sent, received and asked since."""
        now = (self.sent, self.received, self.requests)
        return dict(
            zip(("sent", "received", "requests"), (a - b for a, b in zip(now, before, strict=True)), strict=True)
        )


def _headers(raw: bytes) -> dict[str, str]:
    rows = (line.partition(": ") for line in raw.decode().split("\r\n")[1:] if line)
    return {name.lower(): value for name, _colon, value in rows}


def _named(text: str) -> set[str]:
    """The files of ours that a page, a style or a script names; pages it only links to don't count."""
    found = {next(filter(None, groups)) for groups in _OWN.findall(text)}
    return {name for name in found if "/static/" in name or name.endswith(".js")}


async def _read(port: int, entry: str, *, light: bool) -> dict[str, Any]:
    """Reading and asking in one mode."""
    found: dict[str, Any] = {}
    for name, path in (("home", "/"), ("entry", entry), ("search", "/tim?q=vay+von"), ("chat", "/chat")):
        phone = Phone(port, light)
        first = await phone.visit(path)
        found[name] = {"first": first, "again": await phone.visit(path)}
    phone, turns = Phone(port, light), []
    _status, page = await phone.ask("/chat")
    for words in _QUESTIONS:
        before = (phone.sent, phone.received, phone.requests)
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
        _status, page = await phone.ask("/chat", {**fields, "text": words})
        turns.append(phone.since(before))
    return {**found, "turn": turns}


async def _idle(port: int) -> dict[str, int]:
    """A chat that is told of nothing."""
    phone = Phone(port, light=False)
    _status, text = await phone.ask("/chat/session", {})
    session, spent = json.loads(text)["session"], (phone.sent, phone.received, phone.requests)
    status, _text = await phone.ask("/chat/messages?lang=vi&after=0&wait=0&quiet=1", **{"X-Chat-Session": session})
    if status != 204:  # noqa: PLR2004 - no content
        raise RuntimeError(f"not idle: {status}")
    cost = phone.since(spent)
    return {**cost, "hour": (cost["sent"] + cost["received"]) * 3600 // _POLL_SECONDS}


async def measure(folder: Path) -> dict[str, Any]:
    """All figures."""
    settings, keys, clock = Settings(data_dir=folder), Keys.from_secret("x" * 32), SystemClock()
    database = open_database(f"sqlite:///{folder / 'store.sqlite3'}", clock, keys)
    migrate(database.engine)
    database.write_now(ensure_unit, FIRST_UNIT, settings.unit_name)
    database.write_now(import_content, read_sheet(_ROOT / "content"))
    live = database.read_now(faq_store.published_of, _ENTRY)
    assert live
    service = build_service(settings, database, keys, clock)
    await service.faq.refresh()
    async with TestServer(build_app(service)) as server:
        assert server.port
        entry = f"/hoi-dap/{live.slug}"
        found: dict[str, Any] = {
            "ordinary": await _read(server.port, entry, light=False),
            "light": await _read(server.port, entry, light=True),
            "idle": await _idle(server.port),
        }
    database.close()
    return found


def main() -> None:
    """Measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        json.dump(asyncio.run(measure(Path(folder))), sys.stdout, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
