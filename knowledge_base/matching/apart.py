"""`python -m knowledge_base.matching.apart`: build an index in a process of its own, so that no message waits for it.

Entries and labels come in on stdin, the index goes out on stdout, both packed (`packing.py`). The process ends with the
one that wants the index: were it killed, the next would start beside a build that nobody waits for.
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


def built_apart(entries: Sequence[IndexedEntry], labels: Sequence[Label] = ()) -> MatchIndex:
    """The index of entries and labels, built by another process at low priority; waits for it.

    Raises:
        Unavailable: `match_index_unbuilt`, when the process could not be started or failed.
    """
    lifeline, held = os.pipe()  # the writing end is held here alone: its reader sees when we are gone
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "knowledge_base.matching.apart", str(lifeline)],
            pass_fds=(lifeline,),
            input=pack(_Task(tuple(entries), tuple(labels)), _TASK),
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            check=True,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable("match_index_unbuilt") from error
    finally:
        os.close(lifeline)
        os.close(held)
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
