"""How a promised day came about, in a resident's words: what was counted, what wasn't, and why. Short."""

from collections.abc import Iterable
from datetime import date

from bot.conversation.voice import Voice
from knowledge_base.questions.deadline import Off, Reckoning, Skipped
from translations.loader import mark as _

COUNTED = _("How the day comes about: working days counted from the day after %(day)s on: %(count)s.")
NOT_COUNTED = _("Not counted: %(days)s.")
STANDS = _(
    "The officers asked %(you)s something about question %(reference)s and have been waiting for the reply since "
    "%(day)s. The days until then are not counted; the new day is told when the reply is here."
)


def how_counted(voice: Voice, clock: Reckoning) -> str:
    """One or two sentences; week-ends are said once, other days with their dates and names."""
    said = voice.say(COUNTED, day=_plain(clock.from_day), count=clock.working_days)
    days = list(_days(voice, clock.skipped))
    return f"{said} {voice.say(NOT_COUNTED, days='; '.join(days))}" if days else said


def _days(voice: Voice, skipped: Iterable[Skipped]) -> Iterable[str]:
    runs = list(skipped)
    if any(run.why == Off.WEEKEND for run in runs):
        yield voice.say(_("Saturdays and Sundays"))
    for run in runs:
        if run.why == Off.PAUSE:
            yield voice.say(_("%(days)s (waiting for %(you)s to reply)"), days=_span(run))
        elif run.why != Off.WEEKEND:
            yield f"{_span(run)} ({' – '.join(dict.fromkeys((run.names[0], run.names[-1])))})"


def _span(run: Skipped) -> str:
    return _plain(run.first) if run.first == run.last else f"{_plain(run.first)}–{_plain(run.last)}"


def _plain(day: date) -> str:
    return f"{day:%d/%m/%Y}"
