"""The process that builds an index ends with the one that wants it."""

import os
import subprocess
import sys
from pathlib import Path


def test_it_does_not_outlive_who_waits_for_it() -> None:
    lifeline, held = os.pipe()
    builder = subprocess.Popen(
        [sys.executable, "-m", "knowledge_base.matching.apart", str(lifeline)],
        pass_fds=(lifeline,),
        stdin=subprocess.PIPE,  # never written to: by itself it would wait for ever
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    os.close(lifeline)
    try:
        os.close(held)
        assert builder.wait(60) == 1
    finally:
        builder.kill()
        builder.communicate()
