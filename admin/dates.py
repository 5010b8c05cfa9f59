"""Days and moments in words, as people in Viet Nam read them."""

from dataclasses import dataclass
from datetime import date, datetime

from admin.labels import N_
from admin.visit import Visit
from knowledge_base.clock import VIETNAM

_WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)


@dataclass(frozen=True, slots=True)
class Due:
    """A promise in words: how long, which day, and how pressing (late | today | soon | calm)."""

    words: str
    day: str
    tone: str


def plain_day(day: date | None) -> str:
    """25/11/2026; nothing for no day."""
    return f"{day:%d/%m/%Y}" if day else ""


def long_day(visit: Visit, day: date) -> str:
    """Wednesday 25/11/2026."""
    return f"{visit.gettext(_WEEKDAYS[day.weekday()])} {plain_day(day)}"


def moment(visit: Visit, at: datetime) -> str:
    """14:05 · 23/11/2026; today without the day."""
    local = at.astimezone(VIETNAM)
    today = visit.console.clock.now().astimezone(VIETNAM).date()
    if local.date() == today:
        return visit.gettext("%(time)s today", time=f"{local:%H:%M}")
    return f"{local:%H:%M} · {plain_day(local.date())}"


def due(visit: Visit, due_on: date | None, today: date) -> Due | None:
    """How a promise stands today."""
    if due_on is None:
        return None
    left, day = visit.calendar.working_days_left(today, due_on), long_day(visit, due_on)
    if due_on < today:
        late = visit.ngettext("%(n)s working day late", "%(n)s working days late", -left)
        return Due(late if left else visit.gettext("just missed"), day, "late")
    if due_on == today:
        return Due(visit.gettext("due today"), day, "today")
    words = visit.ngettext("%(n)s working day left", "%(n)s working days left", left)
    return Due(words, day, "soon" if left <= 1 else "calm")


def window(visit: Visit, from_day: date | None, to_day: date | None) -> str:
    """The days between which a text is true, in words."""
    if from_day and to_day:
        return visit.gettext("from %(first)s to %(last)s", first=plain_day(from_day), last=plain_day(to_day))
    if from_day:
        return visit.gettext("from %(first)s", first=plain_day(from_day))
    if to_day:
        return visit.gettext("until %(last)s", last=plain_day(to_day))
    return visit.gettext("no end known")
