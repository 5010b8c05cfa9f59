"""How often somebody may come: a token bucket for each, in bounded memory."""

from collections import OrderedDict
from collections.abc import Hashable

from knowledge_base.clock import Clock

_MOST_SUBJECTS = 20_000
_DROPPED_AT_ONCE = 2  # more than can come meanwhile
_SLACK = 0.001  # seconds; the last token of a full bucket must not be lost to rounding


class RateLimit:
    """A token bucket for each subject, kept as the moment (Unix seconds) at which it will be full again.

    Who has a full bucket needn't be remembered; of the others the least recently seen are forgotten, so memory is
    bounded. As the "virtual scheduling" form of the generic cell rate algorithm, ITU-T I.371 annex A.
    """

    def __init__(self, clock: Clock, most: int, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._token = seconds / most  # how long one takes to come
        self._full_at: OrderedDict[Hashable, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def allows(self, subject: Hashable) -> bool:
        """Take one token of the subject's bucket; False when it is empty."""
        now = self._clock.now().timestamp()
        # At most an empty bucket: a clock that was set back must not keep anybody out for longer.
        full_at = min(max(self._full_at.pop(subject, now), now), now + self._seconds)
        allowed = full_at + self._token <= now + self._seconds + _SLACK
        self._full_at[subject] = full_at + self._token if allowed else full_at
        self._forget(now)
        return allowed

    def give_back(self, subject: Hashable) -> None:
        """Return a token: what it was taken for didn't happen, and will be tried again."""
        if subject in self._full_at:
            self._full_at[subject] -= self._token

    def _forget(self, now: float) -> None:
        for _again in range(_DROPPED_AT_ONCE):
            oldest = next(iter(self._full_at))
            if self._full_at[oldest] > now and len(self._full_at) <= _MOST_SUBJECTS:
                return
            del self._full_at[oldest]
