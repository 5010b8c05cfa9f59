"""Time, in one place: aware datetimes in UTC, days in Viet Nam."""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """Tells the time; tests bring a fixed one."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)


@lru_cache(maxsize=16)  # asked many times of the moment at which a transaction runs
def vietnam_day(moment: datetime) -> date:
    """The calendar day in Viet Nam at an aware moment."""
    return moment.astimezone(VIETNAM).date()


def month_begin(moment: datetime) -> datetime:
    """When the month of an aware moment began in Viet Nam."""
    local = moment.astimezone(VIETNAM)
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
