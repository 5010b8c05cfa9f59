"""`python -m knowledge_base.matching.apart`: build an index in a process of its own, so that no message waits for it.

Entries and labels come in on stdin, the index goes out on stdout, both packed (`packing.py`). The process ends when its
lifeline is cut, also by the death of the one that wants the index: nothing builds what nobody waits for.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.errors import Unavailable
from knowledge_base.matching.index import IndexedEntry, MatchIndex
from knowledge_base.matching.labels import Label
from knowledge_base.matching.packing import pack, unpack

_PATIENCE = 600  # seconds; a hundred thousand phrasings take less than one tenth
_KINDNESS = 10  # added to the niceness: answering goes first
_ROOT = Path(__file__).parents[2]
_TASK = "task"  # the name of what goes to the other process


@dataclass(frozen=True, slots=True)
class _Task:
    """What to build an index from."""

    entries: tuple[IndexedEntry, ...]
    labels: tuple[Label, ...]


class Lifeline:
    """A pipe whose writing end is held here alone: the other process ends when it is closed, or this one dies."""

    def __init__(self) -> None:
        self.reader, self._held = os.pipe()
        self.is_cut = False

    def cut(self) -> None:
        """End the build, if it goes on; may be called again."""
        if not self.is_cut:
            self.is_cut = True
            os.close(self._held)


def built_apart(
    entries: Sequence[IndexedEntry], labels: Sequence[Label] = (), lifeline: Lifeline | None = None
) -> MatchIndex:
    """The index of entries and labels, built by another process at low priority; waits for it.

    A lifeline, which serves once, may be cut from another thread meanwhile.

    Raises:
        Unavailable: `match_index_unbuilt`, when the process could not be started, failed, or was cut off.
    """
    lifeline = lifeline or Lifeline()
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "knowledge_base.matching.apart", str(lifeline.reader)],
            pass_fds=(lifeline.reader,),
            input=pack(_Task(tuple(entries), tuple(labels)), _TASK),
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            check=True,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable("match_index_unbuilt") from error
    finally:
        os.close(lifeline.reader)
        lifeline.cut()
    return MatchIndex.from_bytes(done.stdout)


def _end_with(lifeline: int) -> None:
    """End at once when nobody holds the other end any more."""
    os.read(lifeline, 1)
    os._exit(1)


def main() -> None:
    """Build what stdin asks for, as long as the pipe named on the command line is held."""
    threading.Thread(target=_end_with, args=(int(sys.argv[1]),), daemon=True).start()
    os.nice(_KINDNESS)
    task = unpack(sys.stdin.buffer.read(), _Task, _TASK)
    sys.stdout.buffer.write(MatchIndex.build(task.entries, task.labels).to_bytes())


if __name__ == "__main__":
    main()
