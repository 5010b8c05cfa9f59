"""A messenger's platform that outlives the service: it delivers until it hears 200, and counts what it was sent.

It knows as much of the Bot API as a bot needs, and misbehaves on order: refuses, stalls, hangs up. What a bot sent
counts as arrived from the moment the platform has read it, whether or not the bot lives to hear so: as in real life.
"""

import asyncio
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp
from aiohttp import web

BOT_ID = 123456
TOKEN = f"{BOT_ID}:only-for-tests"
SECRET = "a-secret_1"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
REPEAT_MARK = "(Tin gửi lại: "  # how a message says that it may have come before
_IMPATIENCE = 0.05  # seconds by which a clock may differ before "too early" is said


@dataclass(frozen=True)
class Misbehaviour:
    """How often (of 1) a call of sendMessage, or an accepted update, goes wrong, and how."""

    too_many: float = 0.0  # 429 with retry_after, nothing taken
    bad_gateway: float = 0.0  # 502, nothing taken
    cut: float = 0.0  # taken; the connection ends before the answer
    half: float = 0.0  # taken; the connection ends within the answer
    hang: float = 0.0  # taken; no answer until the bot gives up
    again: float = 0.0  # an update is delivered once more after its 200
    at_once: float = 0.0  # an update is delivered on two connections at the same time
    retry_after: int = 1  # seconds
    latency: tuple[float, float] = (0.005, 0.04)  # seconds before an answer

    def draw(self, chance: random.Random) -> str:
        """What becomes of one call of sendMessage."""
        roll = chance.random()
        for name in ("too_many", "bad_gateway", "cut", "half", "hang"):
            roll -= getattr(self, name)
            if roll < 0:
                return name
        return "taken"


ROUGH = Misbehaviour(too_many=0.02, bad_gateway=0.01, again=0.05, at_once=0.02)


@dataclass(frozen=True)
class Arrival:
    """A message that reached a chat; `number` is the id the platform gave it."""

    number: int
    chat: int
    text: str
    at: float

    @property
    def marked(self) -> bool:
        """Whether it says that it may be a repeat."""
        return REPEAT_MARK in self.text

    @property
    def words(self) -> str:
        """The text without that remark."""
        return self.text.partition(REPEAT_MARK)[0].rstrip()


@dataclass
class Platform:
    """One platform with one bot. `targets` are the bot's webhooks; several are tried in turn."""

    port: int
    targets: list[str] = field(default_factory=list)
    misbehaviour: Misbehaviour = field(default_factory=Misbehaviour)
    chance: random.Random = field(default_factory=lambda: random.Random(20261125))
    connections: int = 16
    arrivals: list[Arrival] = field(default_factory=list)
    acked: Counter[int] = field(default_factory=Counter)  # update id -> how often it was answered with 200
    met: Counter[str] = field(default_factory=Counter)  # what misbehaviour was met, how often
    posts: int = 0
    impatient: int = 0  # sends to a chat within the time it was told to wait
    held: list[dict[str, Any]] = field(default_factory=list)  # updates for a bot that polls
    script: dict[int, list[tuple[int, dict[str, Any]]]] = field(default_factory=dict)  # chat -> errors to answer first
    _queue: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    _open: int = 0  # deliveries begun and not ended
    _closed_until: dict[int, float] = field(default_factory=dict)
    _runner: web.AppRunner | None = None
    _couriers: list[asyncio.Task[None]] = field(default_factory=list)
    _http: aiohttp.ClientSession | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, backlog=512).start()
        # A fresh connection each time: a kept one would only say that the service has died since.
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        self._http = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=5))
        self._couriers = [asyncio.create_task(self._carry()) for _ in range(self.connections)]
        return self

    async def __aexit__(self, *_exception: object) -> None:
        for courier in self._couriers:
            courier.cancel()
        await asyncio.gather(*self._couriers, return_exceptions=True)
        if self._http:
            await self._http.close()
        if self._runner:
            await self._runner.cleanup()

    # --- towards the bot --------------------------------------------------------------------------

    def post(self, *updates: dict[str, Any]) -> None:
        """Have updates delivered, each until it is taken."""
        for update in updates:
            self._put(update)
            if self.chance.random() < self.misbehaviour.at_once:
                self._put(update)

    def _put(self, update: dict[str, Any]) -> None:
        self._open += 1
        self._queue.put_nowait(update)

    @property
    def delivered(self) -> bool:
        """Whether nothing waits to be delivered."""
        return self._open == 0

    async def _carry(self) -> None:
        """One connection's worth of deliveries."""
        while True:
            update = await self._queue.get()
            attempt = 0
            while not await self.deliver(update):
                attempt += 1
                await asyncio.sleep(min(0.05 * attempt, 0.5) * (0.5 + self.chance.random()))
            if self.chance.random() < self.misbehaviour.again:
                self._put(update)
            self._open -= 1

    async def deliver(self, update: dict[str, Any]) -> bool:
        """One attempt; whether it was taken."""
        assert self._http
        self.posts += 1
        target = self.targets[self.posts % len(self.targets)]
        try:
            async with self._http.post(target, json=update, headers={SECRET_HEADER: SECRET}) as answer:
                taken = answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False
        if taken:
            self.acked[update["update_id"]] += 1
        return taken

    # --- from the bot -----------------------------------------------------------------------------

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if method == "sendMessage":
            return await self._send_message(request)
        if method == "getMe":
            me = {"id": BOT_ID, "is_bot": True, "first_name": "Thử nghiệm", "username": "thu_nghiem_bot"}
            return _ok({**me, "can_join_groups": False, "can_read_all_group_messages": False})
        if method == "getUpdates":
            return await self._get_updates(await _fields(request))
        return _ok(result=True)

    async def _get_updates(self, fields: dict[str, Any]) -> web.Response:
        """What is held for polling; an offset says that everything before it has been taken."""
        self.held = [update for update in self.held if update["update_id"] >= int(fields.get("offset") or 0)]
        if not self.held:
            await asyncio.sleep(0.2)
        return _ok(self.held[:100])

    async def _send_message(self, request: web.Request) -> web.StreamResponse:
        try:
            fields = await _fields(request)
        except ConnectionResetError:  # the bot died in the middle of it: nothing arrived
            return web.Response(status=400)
        chat = int(fields["chat_id"])
        if time.monotonic() < self._closed_until.get(chat, 0) - _IMPATIENCE:
            self.impatient += 1
        scripted = self.script.get(chat)
        if scripted:
            status, body = scripted.pop(0)
            return web.json_response(body, status=status)
        fault = self.misbehaviour.draw(self.chance)
        self.met[fault] += 1
        if fault == "too_many":
            self._closed_until[chat] = time.monotonic() + self.misbehaviour.retry_after
            return too_many(self.misbehaviour.retry_after)
        if fault == "bad_gateway":
            return web.Response(status=502, text="<html>Bad Gateway</html>")
        number = self._arrive(chat, fields["text"])
        await asyncio.sleep(self.chance.uniform(*self.misbehaviour.latency))
        return await self._answer(request, fault, _message(number, chat, fields["text"]))

    def _arrive(self, chat: int, text: str) -> int:
        number = len(self.arrivals) + 1
        self.arrivals.append(Arrival(number, chat, text, time.monotonic()))
        return number

    async def _answer(self, request: web.Request, fault: str, message: dict[str, Any]) -> web.StreamResponse:
        assert request.transport
        if fault == "cut":
            request.transport.abort()
        elif fault == "half":
            request.transport.write(
                b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n{"o'
            )
            await asyncio.sleep(0.01)
            request.transport.abort()
        elif fault == "hang":
            await asyncio.sleep(60)
        return _ok(message)

    def to(self, chat: int) -> list[Arrival]:
        """What reached one resident, in order."""
        return [arrival for arrival in self.arrivals if arrival.chat == chat]


async def _fields(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        sent: dict[str, Any] = await request.json()
        return sent
    return dict(await request.post())


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def too_many(seconds: int) -> web.Response:
    """The platform's 429."""
    description = f"Too Many Requests: retry after {seconds}"
    body = {"ok": False, "error_code": 429, "description": description, "parameters": {"retry_after": seconds}}
    return web.json_response(body, status=429)


def refusal(status: int, description: str) -> tuple[int, dict[str, Any]]:
    """An error for `script`."""
    return status, {"ok": False, "error_code": status, "description": description}


def _message(number: int, chat: int, text: str) -> dict[str, Any]:
    sender = {"id": BOT_ID, "is_bot": True, "first_name": "Thử nghiệm"}
    where = {"id": chat, "type": "private", "first_name": "Người thử"}
    return {"message_id": number, "date": 1_795_000_000, "chat": where, "from": sender, "text": text}


def text_update(update_id: int, chat: int, text: str) -> dict[str, Any]:
    """An update: somebody wrote something."""
    who = {"id": chat, "first_name": "Người thử"}
    message = {
        "message_id": update_id,
        "date": 1_795_000_000 + update_id,
        "chat": {**who, "type": "private"},
        "from": {**who, "is_bot": False},
        "text": text,
    }
    return {"update_id": update_id, "message": message}


def size(update: dict[str, Any]) -> int:
    """Bytes of an update as it is posted."""
    return len(json.dumps(update).encode())
