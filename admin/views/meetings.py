"""Village meetings: opening one, its form on paper, its sheet, what was written looked at and entered, the receipts."""

import asyncio
from collections.abc import Sequence

from aiohttp import web

from admin.errors import explain, status_of
from admin.forms import read_day
from admin.printing import pdf, slip_words, workbook
from admin.visit import Visit, visit_of
from admin.wire import field_of, form_of, id_of
from knowledge_base import meetings
from knowledge_base.errors import Fault, InvalidInput, KnowledgeBaseError
from knowledge_base.matching.decide import Decision, Match
from knowledge_base.meetings import Entry, Understood
from knowledge_base.paper.slips import meeting_form, receipts
from knowledge_base.questions.lifecycle import STAFF
from knowledge_base.storage import asked_for_store, distress_store, meeting_store
from translations.loader import DEFAULT_LANGUAGE


async def _list(visit: Visit, error: KnowledgeBaseError | None = None) -> web.Response:
    return visit.page(
        "meetings_list.html",
        status_of(error) if error else 200,
        meetings=await visit.read(meeting_store.meetings_within, visit.member.unit_path),
        problem=await explain(visit, error) if error else "",
        keeps=visit.member.role in STAFF,
    )


async def show(request: web.Request) -> web.Response:
    """The meetings of the member's unit and of those below."""
    return await _list(visit_of(request))


async def add(request: web.Request) -> web.StreamResponse:
    """A meeting, with the codes of its form."""
    visit, form = visit_of(request), await form_of(request)
    typed = {name: field_of(form, name, 200).strip() for name in ("unit", "hamlet", "held_on", "chair", "lines")}
    try:
        held_on, lines = read_day(typed["held_on"], "held_on"), typed["lines"]
        unit, count = typed["unit"] or visit.member.unit_code, int(lines) if lines.isdecimal() else 0
        made = await visit.write(meetings.open_meeting, unit, typed["hamlet"], held_on, typed["chair"], count)
    except KnowledgeBaseError as error:
        return await _list(visit, error)
    raise visit.to("meeting", "saved", id=made)


async def _meeting(
    visit: Visit,
    entries: Sequence[Entry] = (),
    error: KnowledgeBaseError | None = None,
    faults: Sequence[Fault] = (),
) -> web.Response:
    meeting, papers = await visit.read(meetings.form_of, visit.member.unit_path, id_of(visit.request))
    urgent = await asyncio.to_thread(meetings.distressed, entries)
    calm = [one for one in entries if one.line not in urgent]
    matches = await _matches(visit, calm)
    words = await visit.read(distress_store.words) if urgent else {}
    return visit.page(
        "meeting_show.html",
        status_of(error) if error else 400 if faults else 200,
        meeting=meeting,
        papers=papers,
        asked=await visit.read(asked_for_store.asked_at, meeting.id),
        entries=entries,
        certain={line: _certain(visit, match) for line, match in matches.items()},
        groups=await asyncio.to_thread(meetings.alike, calm) if calm else [],
        urgent={line: [words[about] for about in _about(kind) if about in words] for line, kind in urgent.items()},
        faults=faults,
        problem=await explain(visit, error) if error else "",
        keeps=visit.member.role in STAFF,
    )


def _about(kind: str) -> list[tuple[str, str]]:
    """What an administrator has set to be said: for all kinds, then for this one. The asker hears it in Vietnamese."""
    return [("any", DEFAULT_LANGUAGE), (kind, DEFAULT_LANGUAGE)]


async def _matches(visit: Visit, entries: Sequence[Entry]) -> dict[int, Match]:
    faq = visit.console.faq
    if not entries or not faq.ready:
        return {}
    index, today = faq.snapshot.index, faq.today()
    return await asyncio.to_thread(lambda: {one.line: index.match(one.text, today) for one in entries})


def _certain(visit: Visit, match: Match) -> str:
    """The key of the entry that answers, where it is certain and in force."""
    faq = visit.console.faq
    if match.decision != Decision.CONFIDENT:
        return ""
    key = match.candidates[0].key
    return key if key in faq.snapshot.in_force_on(faq.today()) else ""


def _understood(visit: Visit, match: Match) -> Understood:
    revisions = visit.console.faq.snapshot.revisions
    found = [
        {
            "id": one.key,
            "confidence": round(one.confidence, 4),
            "phrasing": one.phrasing,
            "features": dict(one.features),
        }
        for one in match.candidates
    ]
    best = revisions.get(match.candidates[0].key) if match.candidates else None
    key = _certain(visit, match)
    return Understood(found, best.entry.topic if best else None, (key, revisions[key].id) if key else None)


async def show_meeting(request: web.Request) -> web.Response:
    """One meeting."""
    return await _meeting(visit_of(request))


async def form(request: web.Request) -> web.Response:
    """The form to write on, with receipts to tear off."""
    visit = visit_of(request)
    meeting, papers = await visit.read(meetings.form_of, visit.member.unit_path, id_of(request))
    title = f"Họp {meeting.hamlet}, {meeting.unit} · {meeting.held_on:%d/%m/%Y}"
    body = meeting_form(slip_words(visit, papers), title, visit.console.settings.unit_name)
    return pdf(body, f"hop-thon-{meeting.id}")


async def sheet(request: web.Request) -> web.Response:
    """The same as a sheet to type into."""
    visit = visit_of(request)
    meeting, papers = await visit.read(meetings.form_of, visit.member.unit_path, id_of(request))
    rows = [list(meetings.COLUMNS.values()), *([str(one.line), "", ""] for one in papers)]
    return workbook(rows, f"hop-thon-{meeting.id}")


async def look(request: web.Request) -> web.Response:
    """What a sheet holds, before anything is entered: faults, what will be answered at once, what seems the same."""
    visit, given = visit_of(request), (await form_of(request)).get("sheet")
    if not isinstance(given, web.FileField):
        return await _meeting(visit, error=InvalidInput("sheet_missing", field="sheet"))
    meeting, papers = await visit.read(meetings.form_of, visit.member.unit_path, id_of(request))
    faults: list[Fault] = []
    lines = {one.reference: one.line or 0 for one in papers}
    entries = meetings.read_sheet(given.filename[:80], given.file.read(), lines, meeting.lines, faults)
    return await _meeting(visit, () if faults else entries, faults=faults)


async def enter(request: web.Request) -> web.StreamResponse:
    """Open the questions as they were looked at, perhaps corrected."""
    visit, form = visit_of(request), await form_of(request)
    lines = [int(value) for value in form.getall("line", []) if isinstance(value, str) and value.isdecimal()]
    entries = [
        Entry(line, field_of(form, f"name-{line}", 120), field_of(form, f"question-{line}", meetings.LONGEST_QUESTION))
        for line in lines[: meetings.MOST_LINES]
    ]
    together = [
        [int(part) for part in value.split(",") if part.isdecimal()]
        for value in form.getall("together", [])
        if isinstance(value, str)
    ]
    try:
        if field_of(form, "agreed", 5) != "1":
            raise InvalidInput("consent_missing", field="agreed")
        understood = {line: _understood(visit, match) for line, match in (await _matches(visit, entries)).items()}
        urgent = await asyncio.to_thread(meetings.distressed, entries)
        days = visit.console.settings.answer_due_working_days
        await visit.write(meetings.enter, id_of(request), entries, understood, urgent, together, days)
    except KnowledgeBaseError as error:
        return await _meeting(visit, entries, error)
    raise visit.to("meeting", "meeting_entered", id=id_of(request))


async def print_receipts(request: web.Request) -> web.StreamResponse:
    """A receipt for everybody who asked, with the answers there are."""
    visit, settings = visit_of(request), visit_of(request).console.settings
    found = await visit.read(meetings.receipts_of, visit.member.unit_path, id_of(request))
    if not found:
        raise visit.to("meeting", "nothing_entered", id=id_of(request))
    body = await asyncio.to_thread(receipts, slip_words(visit, found), settings.unit_name, settings.unit_contact)
    return pdf(body, f"phieu-hop-{id_of(request)}")
