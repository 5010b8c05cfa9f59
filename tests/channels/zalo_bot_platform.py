"""Zalo's bot platform: one message a poll, no offset, old messages given again; confirmed by foreign clients."""

import asyncio
import json
import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.channels.stand_in import Heard, StandIn

TOKEN = "1234567890:only-for-tests"
SECRET = "a-zalo-secret_1"
PATH = "/webhooks/zalo-bot"
_EMPTY = {"ok": False, "description": "Request timeout", "error_code": 408}


@dataclass
class ZaloBotPlatform(StandIn):
    """One bot. Every third poll that finds nothing new gives the last message again, as the real one does."""

    waiting: deque[dict[str, Any]] = field(default_factory=deque)
    last: dict[str, Any] | None = None
    polls: int = 0
    webhook: dict[str, Any] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        return app

    async def _call(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != TOKEN:
            return web.json_response({"ok": False, "description": "Unauthorized", "error_code": 401})
        text = await request.text()
        fields = json.loads(text) if text.startswith("{") else dict(await request.post())
        name = re.sub("[A-Z]", lambda found: f"_{found.group().lower()}", request.match_info["method"])
        answer = getattr(self, f"_{name}", None)
        if answer is None:
            return web.json_response({"ok": False, "description": "Not Found", "error_code": 404})
        return web.json_response(await answer(fields))

    async def _get_me(self, _fields: dict[str, Any]) -> dict[str, Any]:
        bot = {"id": "1234567890", "account_name": "bot.thu", "account_type": "BASIC", "can_join_groups": False}
        return {"ok": True, "result": bot}

    async def _get_updates(self, _fields: dict[str, Any]) -> dict[str, Any]:
        for _wait in range(10):
            if self.waiting:
                self.last = self.waiting.popleft()
                return {"ok": True, "result": self.last}
            await asyncio.sleep(0.02)
        self.polls += 1
        return {"ok": True, "result": self.last} if self.last and self.polls % 3 == 0 else _EMPTY

    async def _set_webhook(self, fields: dict[str, Any]) -> dict[str, Any]:
        self.webhook = fields
        return {"ok": True, "result": {"url": fields["url"]}}

    async def _delete_webhook(self, _fields: dict[str, Any]) -> dict[str, Any]:
        self.webhook = {}
        return {"ok": True, "result": True}

    async def _get_webhook_info(self, _fields: dict[str, Any]) -> dict[str, Any]:
        return {"ok": True, "result": {"url": self.webhook.get("url", "")}}

    async def _send_message(self, fields: dict[str, Any]) -> dict[str, Any]:
        who, text = str(fields["chat_id"]), fields["text"]
        if not 1 <= len(text) <= 2000:
            return {"ok": False, "description": "text is too long", "error_code": 400}
        if who in self.blocked:
            return {"ok": False, "description": "Forbidden", "error_code": 403}
        self.heard.append(Heard(who, text))
        return {"ok": True, "result": {"message_id": f"b{self.number()}", "date": 1795000000000}}

    def event(self, who: str, kind: str = "text", **content: Any) -> dict[str, Any]:
        """What happened, as the platform tells it."""
        sender = {"id": who, "display_name": "Người thử", "is_bot": False}
        message = {"from": sender, "chat": {"id": who, "chat_type": "PRIVATE"}, "message_id": f"m{self.number()}"}
        return {"event_name": f"message.{kind}.received", "message": {**message, "date": 1795000000000, **content}}

    async def push(self, event: Any, secret: str = SECRET) -> int:
        """Push an event to our webhook, in either form; returns our status."""
        wrapped = isinstance(event, dict) and self.number() % 2 == 0
        body = {"ok": True, "result": event} if wrapped else event
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.post(PATH, raw, {"X-Bot-Api-Secret-Token": secret})
