"""Another site that puts the chat on its page with one line: strict in its policy, careless in its styles."""

from typing import Self

from aiohttp import web
from aiohttp.test_utils import TestServer

STYLE = """
* { color: red !important; font-size: 9px !important; letter-spacing: 4px !important; }
button, iframe, section, svg { display: none !important; }
hoi-dap-giam-ngheo { display: none !important; transform: scale(.1) !important; opacity: .1 !important; }
body { margin: 0; font-family: serif; }
"""
PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cổng thông tin thử</title><link rel="stylesheet" href="/portal.css">
<script src="{chat}/chat/embed.js" async{attributes}></script></head>
<body><h1>Cổng thông tin thử</h1><p><a href="/">Trang chủ</a> <input aria-label="Tìm"></p>{rest}</body></html>"""


class Portal:
    """Serves one page. `chat`: where the chat is; `policy`: its Content-Security-Policy, `{chat}` filled in."""

    POLICY = (
        "default-src 'none'; style-src 'self'; script-src {chat}; frame-src {chat}; require-trusted-types-for 'script'"
    )

    def __init__(self) -> None:
        self.chat = ""
        self.policy = self.POLICY
        self.attributes = ""
        self.language = "vi"
        self.rest = "<p>Tin thử.</p>" * 12
        app = web.Application()
        app.router.add_get("/", self._page)
        app.router.add_get("/portal.css", self._style)
        self.server = TestServer(app)

    async def __aenter__(self) -> Self:
        await self.server.start_server()
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self.server.close()

    @property
    def origin(self) -> str:
        """Another *site* than the chat's 127.0.0.1, so that browsers take its frames for foreign ones."""
        return f"http://localhost:{self.server.port}"

    async def _page(self, _request: web.Request) -> web.Response:
        values = {"chat": self.chat, "attributes": self.attributes, "language": self.language, "rest": self.rest}
        headers = {"Content-Security-Policy": self.policy.format(chat=self.chat)}
        return web.Response(text=PAGE.format(**values), content_type="text/html", headers=headers)

    async def _style(self, _request: web.Request) -> web.Response:
        return web.Response(text=STYLE, content_type="text/css")
