"""How often somebody may come: a token bucket for each, in bounded memory."""

from collections import OrderedDict
from collections.abc import Hashable

from knowledge_base.clock import Clock

_MOST_SUBJECTS = 20_000


class RateLimit:
    """A token bucket for each subject; the least recently seen are forgotten, so memory is bounded."""

    def __init__(self, clock: Clock, most: int, seconds: float) -> None:
        self._clock = clock
        self._most = most
        self._per_second = most / seconds
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def allows(self, subject: Hashable) -> bool:
        """Take one token of the subject's bucket; False when it is empty."""
        now = self._clock.now().timestamp()
        tokens, at = self._buckets.pop(subject, (float(self._most), now))
        tokens = min(self._most, tokens + max(0.0, now - at) * self._per_second)
        allowed = tokens >= 1
        self._buckets[subject] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > _MOST_SUBJECTS:
            self._buckets.popitem(last=False)
        return allowed

    def give_back(self, subject: Hashable) -> None:
        """Return a token: what it was taken for didn't happen, and will be tried again."""
        if subject in self._buckets:
            tokens, at = self._buckets[subject]
            self._buckets[subject] = (tokens + 1, at)
