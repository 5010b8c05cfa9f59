"""`python -m knowledge_base.matching.apart`: build an index in a process of its own, so that no message waits for it.

Entries and labels come in on stdin, the index goes out on stdout, both as the pickles of this very program.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from knowledge_base.errors import Unavailable
from knowledge_base.matching.index import IndexedEntry, MatchIndex
from knowledge_base.matching.labels import Label

_PATIENCE = 600  # seconds; a hundred thousand phrasings take less than one tenth
_KINDNESS = 10  # added to the niceness: answering goes first
_ROOT = Path(__file__).parents[2]


def built_apart(entries: Sequence[IndexedEntry], labels: Sequence[Label] = ()) -> MatchIndex:
    """The index of entries and labels, built by another process at low priority; waits for it.

    Raises:
        Unavailable: `match_index_unbuilt`, when the process could not be started or failed.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "knowledge_base.matching.apart"],
            input=pickle.dumps((tuple(entries), tuple(labels))),
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
    entries, labels = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
    sys.stdout.buffer.write(MatchIndex.build(entries, labels).to_bytes())


if __name__ == "__main__":
    main()
