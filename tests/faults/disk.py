"""Disk faults under a running process: libfiu at its system calls, and a limit on the size of files."""

import resource
from dataclasses import dataclass
from pathlib import Path

from tests.faults.deployment import Process

# Debian's fiu-utils. Names of libfiu's POSIX preload library: every way to reach the disk's surface, or to write.
SYNC = ("posix/io/sync/fsync", "posix/io/sync/fdatasync")
WRITE = ("posix/io/rw/pwrite", "posix/io/rw/pwrite64")


@dataclass(frozen=True)
class Faults:
    """Switches libfiu's points on and off in a process that was started under `wrapper`."""

    folder: Path

    @property
    def wrapper(self) -> tuple[str, ...]:
        """What to start the process with."""
        return ("fiu-run", "-x", "-f", str(self.folder / "fiu"))

    def fail(self, process: Process, names: tuple[str, ...], probability: float = 1.0) -> None:
        """From now on these calls fail, always or now and then."""
        for name in names:
            how = "enable" if probability >= 1 else "enable_random"
            more = "" if probability >= 1 else f",probability={probability}"
            self._command(process, f"{how} name={name}{more}")

    def heal(self, process: Process, names: tuple[str, ...]) -> None:
        """They work again."""
        for name in names:
            self._command(process, f"disable name={name}")

    def _command(self, process: Process, command: str) -> None:
        assert process.running
        pipe = self.folder / f"fiu-{process.running.pid}"
        with Path(f"{pipe}.in").open("w") as wanted:
            wanted.write(command + "\n")
        with Path(f"{pipe}.out").open() as reply:
            assert reply.read().strip() != "-1", command


def limit_files(process: Process, size: int) -> None:
    """The process can write no file past `size` bytes: what a full disk is to it."""
    assert process.running
    _soft, hard = resource.prlimit(process.running.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.running.pid, resource.RLIMIT_FSIZE, (size, hard))


def lift_limit(process: Process) -> None:
    """The disk has room again."""
    limit_files(process, resource.RLIM_INFINITY)
