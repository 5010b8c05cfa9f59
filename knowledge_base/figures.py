"""Figures of this process: what was counted and how long things took. Numbers under fixed names; never words or ids.

Whoever does a thing counts it here; `/metrics` shows them. One place for the whole process, like the log.
"""

import bisect
import threading
from collections import Counter
from dataclasses import dataclass, field

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SIZES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)
# What may be measured, and in which steps.
MEASURES = {
    "write_seconds": SECONDS,  # one write as its caller sees it: waiting, work, COMMIT
    "commit_seconds": SECONDS,  # one group of writes, from its first to its COMMIT
    "commit_group": SIZES,  # writes that shared a COMMIT
    "match_seconds": SECONDS,  # matching one message
    "intake_seconds": SECONDS,  # one message, from being read to being kept
}
OUTCOMES = ("received", "duplicate", "limited", "quarantined", "refused")  # of a message that came


@dataclass(slots=True)
class Spread:
    """Measurements sorted into steps: how many fell at or below each, their number and sum."""

    steps: tuple[float, ...]
    fell: list[int] = field(default_factory=list)
    total: float = 0.0

    def __post_init__(self) -> None:
        self.fell = [0] * (len(self.steps) + 1)


class Figures:
    """Counters and spreads; any thread may add to them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: Counter[str] = Counter(dict.fromkeys(OUTCOMES, 0))
        self._spreads = {name: Spread(steps) for name, steps in MEASURES.items()}

    def message(self, outcome: str, number: int = 1) -> None:
        """Messages that came had one of `OUTCOMES`."""
        if outcome not in OUTCOMES:
            raise KeyError(outcome)
        with self._lock:
            self._messages[outcome] += number

    def measured(self, name: str, value: float) -> None:
        """One of `MEASURES` was this much."""
        spread = self._spreads[name]
        step = bisect.bisect_left(spread.steps, value)
        with self._lock:
            spread.fell[step] += 1
            spread.total += value

    def messages(self) -> dict[str, int]:
        """How many messages had which outcome since the start of the process."""
        with self._lock:
            return dict(self._messages)

    def spreads(self) -> dict[str, Spread]:
        """A copy of every spread."""
        with self._lock:
            copies = {name: Spread(spread.steps) for name, spread in self._spreads.items()}
            for name, spread in self._spreads.items():
                copies[name].fell, copies[name].total = list(spread.fell), spread.total
            return copies


FIGURES = Figures()
