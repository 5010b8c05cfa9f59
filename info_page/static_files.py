"""Our static files, held in memory: addresses carry the content's hash, so browsers may keep them for a year."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_REFERENCE = re.compile(r"url\(([\w./-]+)\)")
PREFIX = "/static/"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is sent; `packed` is its gzip form, None where that saves nothing."""

    body: bytes
    packed: bytes | None
    content_type: str
    digest: str


def _pack(name: str, body: bytes) -> StaticFile:
    suffix = Path(name).suffix
    packed = None if suffix == ".woff2" else gzip.compress(body, mtime=0)
    return StaticFile(body, packed, _TYPES[suffix], hashlib.sha256(body).hexdigest()[:12])


class StaticFiles:
    """All files of the folder, by name."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        paths = [path for path in folder.rglob("*") if path.suffix in _TYPES]
        raw = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
        self.files = {name: _pack(name, body) for name, body in raw.items() if not name.endswith(".css")}
        for name, body in raw.items():
            if name.endswith(".css"):  # after the others, whose hashes it names
                self.files[name] = _pack(name, self._with_hashes(body.decode()).encode())

    def _with_hashes(self, css: str) -> str:
        return _REFERENCE.sub(lambda found: f"url({self.url(found[1])})", css)

    def url(self, name: str) -> str:
        """The address of a file, with its hash."""
        return f"{PREFIX}{name}?v={self.files[name].digest}"
