"""Where a test may have the process die: `CRASH_AT=name`, or `CRASH_AT=name#3` for the third time it is passed.

Every write has two points, `<verb>:before_commit` and `<verb>:after_commit`; those of intake and delivery stand
beside the code they cut. Dying is SIGKILL: nothing is flushed, nothing is told. Without the variable a point costs
a comparison.
"""

import os
import signal

# The points that are not made of a verb's name; a test kills the service at each of them.
POINTS = (
    "intake:received",  # authenticated and read, nothing written
    "intake:committed",  # written, the platform not told yet
    "delivery:claimed",  # claimed, no byte sent
    "delivery:sent",  # the platform answered, nothing settled
)
# Those of an erasure after its transaction: its bytes, and the list that a restore is followed by.
ERASURE_POINTS = (
    "erasure:listed",  # in the file, its bytes still in the database's files
    "erasure:scrubbed",  # overwritten, not marked so yet
)
# Those of a channel's consent (Zalo OA), which has a test of its own.
CONSENT_POINTS = (
    "consent:taken",  # the refresh token is ours, not used yet
    "consent:answered",  # the platform gave a new pair, nothing kept
    "consent:kept",  # kept, not used yet
)

_name, _, _count = os.environ.get("CRASH_AT", "").partition("#")
_left = int(_count or 1) if _name else 0


def crash_point(name: str) -> None:
    """Die here if this is where `CRASH_AT` says so."""
    global _left  # noqa: PLW0603 - counts down in the one process it will end
    if not _name or name != _name:
        return
    _left -= 1
    if _left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
