"""Where a command reads and writes: the streams of its own process, or of one that asked a server to carry it out."""

import io
import sys
from dataclasses import dataclass, field
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Terminal:
    """Three streams."""

    stdin: TextIO = field(default_factory=lambda: sys.stdin)
    stdout: TextIO = field(default_factory=lambda: sys.stdout)
    stderr: TextIO = field(default_factory=lambda: sys.stderr)

    @classmethod
    def remote(cls, typed: str) -> "Terminal":
        """Streams in memory: what was typed, and what will be answered."""
        return cls(io.StringIO(typed), io.StringIO(), io.StringIO())

    def say(self, *lines: object) -> None:
        """To whoever asked, a line each."""
        print(*lines, sep="\n", file=self.stdout)

    def complain(self, *lines: object) -> None:
        """What was wrong, a line each."""
        print(*lines, sep="\n", file=self.stderr)

    def line(self) -> str:
        """One line that was typed, without its end."""
        return self.stdin.readline().rstrip("\r\n")
