"""One writer a store; a lock never outlives its holder."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from knowledge_base.errors import Unavailable
from knowledge_base.storage.lock import hold_store, holder
from tests.journeys.served import ROOT

_HOLD = """
import sys, time
from pathlib import Path
from knowledge_base.storage.lock import hold_store
with hold_store(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_holder_is_refused_and_told_who_is_first(tmp_path: Path) -> None:
    with hold_store(tmp_path), pytest.raises(Unavailable) as refused, hold_store(tmp_path / "store.sqlite3"):
        pass
    assert refused.value.key == "store_in_use"
    assert refused.value.data == {"pid": os.getpid()}
    with hold_store(tmp_path):  # and free again afterwards
        pass


def test_a_killed_holder_leaves_no_lock_behind(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", _HOLD, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE)
    with process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        assert holder(tmp_path) == process.pid
        with pytest.raises(Unavailable, match=f"pid={process.pid}"), hold_store(tmp_path):
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
    began = time.monotonic()
    with hold_store(tmp_path):
        assert time.monotonic() - began < 1.0
    assert holder(tmp_path) is None


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(Unavailable, match="store_lock"), hold_store(tmp_path / "file" / "data" / "store.sqlite3"):
        pass
