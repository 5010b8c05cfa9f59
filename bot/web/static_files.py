"""The chat's static files, held in memory: addresses carry a hash, so browsers may keep them for a year."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
_CSS_REFERENCE = re.compile(r"url\(([\w./-]+)\)")
_JS_REFERENCE = re.compile(r'from "\./([\w.-]+)"')
PREFIX = "/chat/static/"
# Under the address of the information page's same files (a test compares): 28 KB that nobody loads twice. Where no
# such page is served beside the chat, the system's font is shown.
_SITES_FONTS = "/static/"
_FOREVER = "public, max-age=31536000, immutable"
_ASK_FIRST = "no-cache"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is sent; `packed` is its gzip form, None where that saves nothing."""

    body: bytes
    packed: bytes | None
    content_type: str
    etag: str

    @classmethod
    def of(cls, suffix: str, body: bytes) -> "StaticFile":
        """A file's content, made ready."""
        packed = None if suffix == ".woff2" else gzip.compress(body, mtime=0)
        return cls(body, packed, _TYPES[suffix], hashlib.sha256(body).hexdigest()[:16])


def send(request: web.Request, file: StaticFile, *, forever: bool) -> web.Response:
    """The file, or 304 for who has it."""
    headers = {"Cache-Control": _FOREVER if forever else _ASK_FIRST, "Vary": "Accept-Encoding"}
    headers["ETag"] = f'"{file.etag}"'
    if any(given.value in (file.etag, "*") for given in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    packed = file.packed if "gzip" in request.headers.get("Accept-Encoding", "") else None
    if packed is not None:
        headers["Content-Encoding"] = "gzip"
    charset = None if file.content_type.startswith("font/") else "utf-8"
    return web.Response(body=packed or file.body, content_type=file.content_type, charset=charset, headers=headers)


class StaticFiles:
    """All files of the folder by name, under one hash: scripts import each other, so they change together."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.suffix in _TYPES)
        raw = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
        whole = hashlib.sha256(b"\0".join(name.encode() + body for name, body in raw.items()))
        self.version = whole.hexdigest()[:12]
        self._fonts = {
            name: f"{_SITES_FONTS}{name}?v={hashlib.sha256(body).hexdigest()[:12]}"
            for name, body in raw.items()
            if name.endswith(".woff2")
        }
        self.files = {name: StaticFile.of(Path(name).suffix, self._linked(name, body)) for name, body in raw.items()}

    def _linked(self, name: str, body: bytes) -> bytes:
        """References inside a file get the hash, too; fonts are asked for where the site's pages have them already."""
        if name.endswith(".css"):
            return _CSS_REFERENCE.sub(
                lambda found: f"url({self._fonts.get(found[1]) or self.url(found[1])})", body.decode()
            ).encode()
        if name.endswith(".js"):
            return _JS_REFERENCE.sub(lambda found: f'from "{self.url(found[1])}"', body.decode()).encode()
        return body

    def url(self, name: str) -> str:
        """The address of a file, with the hash."""
        return f"{PREFIX}{name}?v={self.version}"

    def respond(self, request: web.Request) -> web.Response:
        """`/chat/static/{name}`."""
        file = self.files.get(request.match_info["name"])
        if file is None:
            raise web.HTTPNotFound
        return send(request, file, forever=request.query.get("v") == self.version)
