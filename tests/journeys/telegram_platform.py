"""A messenger's platform on loopback: `lo-bot-api-emulator`, with its door open or shut and faults on order."""

import asyncio
import json
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from lo_bot_api_emulator import LoBotApiEmulator

TOKEN = "123456:only-for-tests"


@dataclass(frozen=True)
class Sent:
    """A message that reached the platform, whatever the platform answered to it."""

    chat: int
    text: str
    buttons: tuple[tuple[str, str], ...]
    at: float


@dataclass
class Platform:
    """What a bot talks to. `faults[method]` are answers given instead of the emulator's, first come first served."""

    port: int
    emulator: LoBotApiEmulator = field(
        default_factory=lambda: LoBotApiEmulator(
            enable_control=True, allow_insecure_loopback_webhooks=True, max_updates=5000, max_history=100_000
        )
    )
    faults: dict[str, deque[tuple[int, dict[str, Any]]]] = field(default_factory=lambda: defaultdict(deque))
    sent: list[Sent] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    updates: int = 0
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def open(self) -> None:
        """Let bots in."""
        app = self.emulator.app()
        app.middlewares.append(self._watch)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()

    async def shut(self) -> None:
        """Nobody gets in any more; webhooks still go out."""
        if self._runner:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    def fail(
        self, method: str, status: int, times: int = 1, description: str = "on purpose", **parameters: Any
    ) -> None:
        """Answer the next calls of a method with an error."""
        body = {"ok": False, "error_code": status, "description": description}
        if parameters:
            body["parameters"] = parameters
        self.faults[method].extend([(status, body)] * times)

    @web.middleware
    async def _watch(self, request: web.Request, handler: Any) -> web.StreamResponse:
        method = request.match_info.get("method", "")
        self.called.append(method)
        if method == "sendMessage":
            self._note(dict(await request.post()))
        if self.faults[method]:
            status, body = self.faults[method].popleft()
            if status == 0:  # the answer is lost on its way back
                assert request.transport
                request.transport.abort()
            return web.json_response(body, status=status or 500)
        response: web.StreamResponse = await handler(request)
        if method == "getMe" and isinstance(response, web.Response):
            body = json.loads(response.text or "{}")
            body["result"]["username"] = "thu_nghiem_bot"
            return web.json_response(body)
        return response

    def _note(self, fields: dict[str, Any]) -> None:
        markup = json.loads(fields.get("reply_markup") or "{}")
        rows = markup.get("inline_keyboard", [])
        buttons = tuple((button["text"], button["callback_data"]) for row in rows for button in row)
        self.sent.append(Sent(int(fields["chat_id"]), fields["text"], buttons, time.monotonic()))

    # --- the residents' side ----------------------------------------------------------------------

    def text(self, chat: int, text: str, **more: Any) -> dict[str, Any]:
        """An update: somebody wrote something."""
        self.updates += 1
        message = {
            "message_id": self.updates,
            "date": 1_795_000_000,
            "chat": {"id": chat, "type": "private", "first_name": "Người thử"},
            "from": {"id": chat, "is_bot": False, "first_name": "Người thử"},
            "text": text,
            **more,
        }
        return {"message": message}

    def press(self, chat: int, data: str) -> dict[str, Any]:
        """An update: somebody pressed a button."""
        self.updates += 1
        message = self.text(chat, "…")["message"]
        query = {
            "id": str(self.updates),
            "from": message["from"],
            "chat_instance": "1",
            "data": data,
            "message": message,
        }
        return {"callback_query": query}

    async def post(self, update: dict[str, Any]) -> int:
        """Put an update where bots get theirs; returns its id."""
        number: int = await self.emulator.enqueue_update(update, token=TOKEN)
        return number

    def to(self, chat: int) -> list[str]:
        """The texts that reached one resident."""
        return [message.text for message in self.sent if message.chat == chat]

    async def until(self, condition: Any, seconds: float = 8.0, what: str = "") -> None:
        """Wait for something that happens on the other side."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, what or "it did not happen in time"
            await asyncio.sleep(0.02)
