"""Open promises that are alike, and the day each would have under another calendar."""

import json
from dataclasses import dataclass
from datetime import date

from knowledge_base.questions.deadline import Calendar


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise as kept with its question; many questions of one day have the same. `pauses`: JSON, as kept."""

    clock_from: date
    clock_days: int
    pauses: str
    due_on: date

    def under(self, calendar: Calendar, today: date) -> date:
        """The promised day under a calendar. None is moved into the past: what is due by then is due today."""
        kept = json.loads(self.pauses)
        pauses = [(date.fromisoformat(first), date.fromisoformat(again) if again else None) for first, again in kept]
        if any(again is None for _first, again in pauses):  # it is reckoned anew when the clock runs again
            return self.due_on
        return max(calendar.due_day(self.clock_from, self.clock_days, pauses), today)


@dataclass(frozen=True, slots=True)
class Moves:
    """What another calendar does to the open promises: how many of them move, how many of those to a later day."""

    moved: int = 0
    later: int = 0


def moves(promises: list[tuple[Promised, int]], calendar: Calendar, today: date) -> Moves:
    """Count what a calendar would move; each promise comes with the number of its questions."""
    days = [(promised.due_on, promised.under(calendar, today), count) for promised, count in promises]
    return Moves(
        sum(count for old, new, count in days if new != old), sum(count for old, new, count in days if new > old)
    )
