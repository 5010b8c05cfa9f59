"""Composition roots."""

import gc
import signal
import sys

# Ctrl-C while a process still starts ends it at once: nothing is under way that a kill could harm, and Python's own
# handler may lose the interrupt within an import. The server sets handlers of its own. (While a package is imported
# for `python -m`, the first argument is still "-m".)
if sys.argv[:1] == ["-m"]:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

# A start makes much that stays: looking for cycles among it takes an eighth of the time. `serving` sets it anew.
gc.set_threshold(50_000, 20, 20)
