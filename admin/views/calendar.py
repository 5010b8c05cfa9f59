"""The working days: which days of the coming year don't count, and the administrators' own days among them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from aiohttp import web

from admin.errors import explain, status_of
from admin.forms import read_day
from admin.visit import Visit, visit_of
from admin.wire import field_of, form_of
from knowledge_base import working_calendar
from knowledge_base.errors import Conflict, InvalidInput, KnowledgeBaseError
from knowledge_base.questions.deadline import Calendar, Off
from knowledge_base.questions.promised import Moves
from knowledge_base.storage import calendar_store
from knowledge_base.working_calendar import Wish

_BEFORE, _AFTER = 31, 366  # days that are shown
_KINDS = ("off", "worked", "swap")


@dataclass(frozen=True, slots=True)
class Row:
    """A day that isn't like other days of its kind. `kind`: holiday | office | worked."""

    day: date
    kind: str
    name: str
    by: str


def _rows(calendar: Calendar, by: dict[date, str], today: date, language: str) -> Iterator[Row]:
    """The public holidays to come, and the office's own days, those of the last weeks too."""
    for number in range(-_BEFORE, _AFTER):
        day = today + timedelta(days=number)
        changed, off = calendar.changed_on(day), calendar.why_off(day, language)
        if changed is not None:
            yield Row(day, "worked" if changed.works else str(Off.OFFICE), changed.name, by.get(day, ""))
        elif number >= 0 and off is not None and off[0] == Off.HOLIDAY:
            yield Row(day, str(off[0]), off[1], "")


async def _page(
    visit: Visit,
    *,
    error: KnowledgeBaseError | None = None,
    wish: Wish | None = None,
    moves: Moves | None = None,
    typed: dict[str, str] | None = None,
) -> web.Response:
    by = await visit.read(calendar_store.set_by)
    today = visit.console.faq.today()
    blank: dict[str, Any] = {"kind": "off", "day": "", "instead": "", "name": ""}
    return visit.page(
        "calendar.html",
        status_of(error) if error else 200,
        rows=list(_rows(visit.calendar, by, today, visit.language)),
        kinds=_KINDS,
        typed={**blank, **(typed or {})},
        wish=wish,
        moves=moves,
        today=today,
        problem=await explain(visit, error) if error else "",
        faulty=str(error.data.get("field", "")) if error else "",
    )


async def show(request: web.Request) -> web.Response:
    """The days, for everybody of staff."""
    return await _page(visit_of(request))


def _wish(typed: dict[str, str]) -> Wish:
    day = read_day(typed["day"], "day")
    if day is None:
        raise InvalidInput("date_wrong", field="day", value="")
    instead = read_day(typed["instead"], "instead") if typed["kind"] == "swap" else None
    return Wish(typed["kind"], day, typed["name"], instead)


async def change(request: web.Request) -> web.StreamResponse:
    """Say what a change would do; once that was confirmed, do it."""
    visit, form = visit_of(request), await form_of(request)
    typed = {name: field_of(form, name, 200).strip() for name in ("kind", "day", "instead", "name")}
    try:
        wish = _wish(typed)
        if not field_of(form, "sure", 1):
            moves = await visit.read(working_calendar.preview, wish)
            return await _page(visit, wish=wish, moves=moves, typed=typed)
        await visit.write(working_calendar.change_calendar, wish)
    except Conflict as error:
        if field_of(form, "sure", 1):  # a double click
            raise visit.to("calendar", "already_so") from error
        return await _page(visit, error=error, typed=typed)
    except KnowledgeBaseError as error:
        return await _page(visit, error=error, typed=typed)
    raise visit.to("calendar", "calendar_removed" if wish.kind == "remove" else "calendar_changed")
