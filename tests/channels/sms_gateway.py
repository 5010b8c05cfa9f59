"""An SMS gateway: takes messages with a key, pushes what telephones send."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.channels.stand_in import Heard, StandIn

KEY, SECRET = "a-gateway-key", "a-sms-secret_1"
PATH = "/webhooks/sms"


@dataclass
class SmsGateway(StandIn):
    """The gateway. A message longer than one SMS is refused: what is longer is ours to part."""

    blocked: set[str] = field(default_factory=set)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/messages", self._send)
        return app

    async def _send(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.json_response({"error": "key"}, status=401)
        body = await request.json()
        if body["to"] in self.blocked:
            return web.json_response({"error": "no such telephone"}, status=422)
        if len(body["text"]) > (160 if body["text"].isascii() else 70):
            return web.json_response({"error": "too long"}, status=400)
        self.heard.append(Heard(body["to"], body["text"]))
        return web.json_response({"id": f"s{self.number()}"}, status=201)

    def event(self, who: str, text: str) -> dict[str, Any]:
        """What a telephone sent."""
        return {"id": f"t{self.number()}", "from": who, "text": text}

    async def push(self, event: Any, secret: str = SECRET) -> int:
        """Push a message to our webhook; returns our status."""
        raw = event if isinstance(event, bytes) else json.dumps(event).encode()
        return await self.post(PATH, raw, {"Authorization": f"Bearer {secret}"})
