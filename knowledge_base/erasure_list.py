"""Who was erased, in a file that no backup holds: keyed hashes, one JSON object a line, only ever added to.

After a restore it is played over the store that is back, which knows nothing of what was erased since. A line that was
cut off by a crash is written again: the store knows it, too.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erasure: when, of whom, with which questions (hashes of `Keys.erasure_hash`)."""

    id: str
    at: datetime
    contact: str
    questions: tuple[str, ...]

    def as_line(self) -> str:
        """As the file holds it."""
        values = {**asdict(self), "at": self.at.isoformat(), "questions": list(self.questions)}
        return json.dumps(values, separators=(",", ":"))


def read_list(path: Path) -> list[Erasure]:
    """All erasures in the file; what isn't a whole line of ours is passed over."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return [one for line in lines if (one := _read(line)) is not None]


def _read(line: str) -> Erasure | None:
    try:
        said = json.loads(line)
        at = datetime.fromisoformat(said["at"])
        return Erasure(str(said["id"]), at, str(said["contact"]), tuple(map(str, said["questions"])))
    except (ValueError, KeyError, TypeError):
        return None


def append_to_list(path: Path, new: Iterable[Erasure]) -> None:
    """Add to the file; returns when it is on the disk. A cut-off last line is ended first."""
    text = "".join(f"{one.as_line()}\n" for one in new)
    if not text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        cut = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        os.write(descriptor, (("\n" if cut else "") + text).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
