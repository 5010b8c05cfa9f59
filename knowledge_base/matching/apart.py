"""`python -m knowledge_base.matching.apart`: build an index in a process of its own, so that no message waits for it.

Entries and labels come in on stdin, the index goes out on stdout, both packed (`packing.py`).
"""

import os
import subprocess
import sys
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


def built_apart(entries: Sequence[IndexedEntry], labels: Sequence[Label] = ()) -> MatchIndex:
    """The index of entries and labels, built by another process at low priority; waits for it.

    Raises:
        Unavailable: `match_index_unbuilt`, when the process could not be started or failed.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "knowledge_base.matching.apart"],
            input=pack(_Task(tuple(entries), tuple(labels)), _TASK),
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            check=True,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable("match_index_unbuilt") from error
    return MatchIndex.from_bytes(done.stdout)


def main() -> None:
    """Build what stdin asks for."""
    os.nice(_KINDNESS)
    task = unpack(sys.stdin.buffer.read(), _Task, _TASK)
    sys.stdout.buffer.write(MatchIndex.build(task.entries, task.labels).to_bytes())


if __name__ == "__main__":
    main()
