"""Zalo's side of an Official Account: OpenAPI v3, OAuth v4 with tokens that are good for one use, signed webhooks.

Made from the documentation (see docs/channels.md) and confirmed by a client that isn't ours
(`test_foreign_clients.py`).
"""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.channels.stand_in import Heard, StandIn

APP_ID, APP_SECRET, OA_SECRET = "4200000000000000001", "an-app-secret", "an-oa-secret"
FIRST_REFRESH = "refresh-0"
PATH = "/webhooks/zalo-oa"


@dataclass
class ZaloOaPlatform(StandIn):
    """One OA. `refreshed` counts uses of each refresh token, the refused ones too."""

    good: str = ""  # the access token that is good now
    refresh: str = FIRST_REFRESH
    lasts: str = "90000"
    refreshed: Counter[str] = field(default_factory=Counter)
    granted: list[tuple[str, str]] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)  # who has not written for too long
    blocked: set[str] = field(default_factory=set)
    announced: list[tuple[str, Any]] = field(default_factory=list)
    clock: Any = None

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/v3.0/oa/message/cs", self._send)
        app.router.add_post("/v3.0/oa/message/template", self._template)
        app.router.add_post("/v4/oa/access_token", self._token)
        return app

    async def _token(self, request: web.Request) -> web.Response:
        fields = await request.post()
        given = str(fields.get("refresh_token"))
        right = request.headers.get("secret_key") == APP_SECRET and fields.get("app_id") == APP_ID
        if not right or fields.get("grant_type") != "refresh_token":
            return web.json_response({"error": -14002, "error_name": "Invalid app", "error_reason": "", "message": ""})
        self.refreshed[given] += 1
        if given != self.refresh:
            return web.json_response({"error": -14020, "error_name": "Invalid refresh token", "message": ""})
        number = self.number()
        self.good, self.refresh = f"access-{number}", f"refresh-{number}"
        self.granted.append((self.good, self.refresh))
        return web.json_response({"access_token": self.good, "refresh_token": self.refresh, "expires_in": self.lasts})

    def _refusal(self, request: web.Request, who: str) -> int:
        if request.headers.get("access_token") != self.good:
            return -216
        if who in self.blocked:
            return -217
        return -230 if who in self.silent else 0

    async def _send(self, request: web.Request) -> web.Response:
        body = await request.json()
        who, message = body["recipient"]["user_id"], body["message"]
        error = self._refusal(request, who)
        payload = message.get("attachment", {}).get("payload", {})
        buttons = payload.get("buttons", [])
        if not error and len(message["text"]) > 2000:
            error = -210
        if not error and (len(buttons) > 5 or any(len(button["title"]) > 100 for button in buttons)):
            error = -201
        if error:
            return web.json_response({"error": error, "message": "refused on purpose"})
        pressed = tuple((button["payload"], button["title"]) for button in buttons)
        self.heard.append(Heard(who, message["text"], pressed))
        data = {"message_id": f"oa-{self.number()}", "user_id": who}
        return web.json_response({"data": data, "error": 0, "message": "Success"})

    async def _template(self, request: web.Request) -> web.Response:
        body = await request.json()
        if request.headers.get("access_token") != self.good:
            return web.json_response({"error": -216, "message": "refused on purpose"})
        self.announced.append((body["user_id"], body["template_data"]))
        return web.json_response({"data": {}, "error": 0, "message": "Success"})

    def now(self) -> str:
        """Now, as the platform writes it: milliseconds, in a string."""
        return str(int(self.clock.now().timestamp() * 1000))

    # --- the residents' side ----------------------------------------------------------------------

    def event(self, who: str, name: str = "user_send_text", **message: Any) -> dict[str, Any]:
        """What happened, as the platform tells it."""
        self.silent.discard(who)
        return {
            "app_id": APP_ID,
            "sender": {"id": who},
            "recipient": {"id": "2000000000000000001"},
            "event_name": name,
            "message": {"msg_id": f"m{self.number()}", **message},
            "timestamp": self.now(),
        }

    def signed(self, event: Any) -> tuple[bytes, dict[str, str]]:
        """An event's raw body with its signature."""
        raw = event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=False).encode()
        timestamp = str(event["timestamp"]) if isinstance(event, dict) else self.now()
        mac = hashlib.sha256(APP_ID.encode() + raw + timestamp.encode() + OA_SECRET.encode()).hexdigest()
        return raw, {"X-ZEvent-Signature": f"mac={mac}", "Content-Type": "application/json"}

    async def push(self, event: Any) -> int:
        """Push an event; returns our status."""
        raw, headers = self.signed(event)
        return await self.post(PATH, raw, headers)
