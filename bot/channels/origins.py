"""Which pages may use the web chat: our own, and those of `CHAT_ALLOWED_ORIGINS` in frames and from their scripts."""

from urllib.parse import urlsplit

from aiohttp import web

from knowledge_base.settings import Settings

# What scripts of other sites may call. No cookie counts there: the session goes in a header or in the body.
API = ("/chat/messages", "/chat/session", "/chat/history", "/chat/return-code", "/chat/return")
_ASKED = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Content-Type, X-Chat-Session",
    "Access-Control-Max-Age": "86400",
}


class Origins:
    """The origins that are allowed, and how that is said in headers."""

    def __init__(self, settings: Settings) -> None:
        self._site = settings.site
        self._allowed = settings.chat_allowed_origins
        self.frame_ancestors = " ".join(("frame-ancestors 'self'", *self._allowed))

    def is_ours(self, request: web.Request) -> bool:
        """Whether our own page asks. Old browsers send neither header; their cookie is strict anyway."""
        site = request.headers.get("Sec-Fetch-Site")
        if site is not None:
            return site in ("same-origin", "none")
        origin = request.headers.get("Origin")
        if origin is None:
            return True
        return origin == self._site or urlsplit(origin).netloc == request.host

    def admits(self, request: web.Request) -> bool:
        """Whether a request comes from our own page or from one that is allowed."""
        return self.is_ours(request) or self._named(request) is not None

    def add_to(self, app: web.Application) -> None:
        """Answer browsers that ask before they let another site's script call the API (CORS)."""
        for path in API:
            app.router.add_options(path, self._before)
        app.on_response_prepare.append(self._say)

    def _named(self, request: web.Request) -> str | None:
        """How the origin of a request is named as allowed."""
        if self._allowed == ("*",):
            return "*"
        origin = request.headers.get("Origin", "")
        return origin if origin in self._allowed else None

    async def _before(self, request: web.Request) -> web.Response:
        return web.Response(status=204, headers=_ASKED) if self._named(request) else web.Response(status=403)

    async def _say(self, request: web.Request, response: web.StreamResponse) -> None:
        """A signal, so that refusals can be read as well."""
        if request.path not in API:
            return
        response.headers.add("Vary", "Origin")
        if named := self._named(request):
            response.headers["Access-Control-Allow-Origin"] = named
            response.headers["Access-Control-Expose-Headers"] = "Retry-After"
