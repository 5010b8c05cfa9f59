"""Village meetings: a form with codes, its questions entered together, each with its own receipt.

Each verb is a synchronous function of (transaction, who, input); none commits.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge_base import clusters, officer_queue, on_behalf, routing
from knowledge_base.clock import vietnam_day
from knowledge_base.distress.hear import hear
from knowledge_base.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound
from knowledge_base.matching.sketch import groups, sketches
from knowledge_base.on_behalf import Paper
from knowledge_base.questions.change import BOT, Opening, answering_by_bot, queueing
from knowledge_base.questions.lifecycle import STAFF
from knowledge_base.questions.question import QuestionState
from knowledge_base.questions.reference import read_reference
from knowledge_base.rosters import table_of
from knowledge_base.storage import (
    asked_for_store,
    calendar_store,
    contact_store,
    event_store,
    meeting_store,
    question_store,
    slip_store,
    staff_store,
    unit_store,
)
from knowledge_base.storage.asked_for_store import ON_PAPER, Consent
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.meeting_store import Meeting
from knowledge_base.storage.staff_store import StaffMember

MOST_LINES = 200
LONGEST_QUESTION = 4_000  # characters
_LONGEST_NAME = 120
COLUMNS = {"line": "dong", "name": "ho ten", "question": "cau hoi"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a meeting's form as it is entered."""

    line: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What the matcher made of an entry's words: what it saw, the topic, and the entry where it is certain."""

    found: Sequence[dict[str, Any]] = ()
    topic: str | None = None
    answer: tuple[str, int] | None = None  # key and revision


def open_meeting(
    tx: Transaction, member: StaffMember, unit_code: str, hamlet: str, held_on: date | None, chair: str, lines: int
) -> int:
    """A meeting with the codes of its form; returns its id."""
    if member.role not in STAFF:
        raise Forbidden("role_needed", role=str(member.role))
    if not (staff_store.unit_path(tx, unit_code) or "").startswith(member.unit_path):
        raise NotFound("unit", code=unit_code)
    hamlet, chair = (" ".join(text.split()) for text in (hamlet, chair))
    if not hamlet or not chair or max(len(hamlet), len(chair)) > _LONGEST_NAME:
        raise InvalidInput("name_shape", field="chair", most=_LONGEST_NAME)
    if held_on is None or abs((held_on - vietnam_day(tx.now)).days) > 366:  # noqa: PLR2004 - a year
        raise InvalidInput("date_wrong", field="held_on", value="" if held_on is None else f"{held_on:%d/%m/%Y}")
    if not 1 <= lines <= MOST_LINES:
        raise InvalidInput("slips_number", field="lines", most=MOST_LINES)
    meeting_id = meeting_store.add(tx, unit_code, hamlet, held_on, chair, member.username)
    slip_store.add_slips(tx, unit_code, member.username, lines, meeting_id)
    event_store.record(tx, member.username, "meeting_add", unit=unit_code)
    return meeting_id


def form_of(tx: Transaction, within: str, meeting_id: int) -> tuple[Meeting, list[Paper]]:
    """A meeting with the lines of its form."""
    meeting = meeting_store.meeting_within(tx, within, meeting_id)
    return meeting, [
        Paper(one.reference, slip_store.secret_number(tx, one.reference, one.issue), line=one.line)
        for one in slip_store.slips_of_meeting(tx, meeting_id)
    ]


def receipts_of(tx: Transaction, within: str, meeting_id: int) -> list[Paper]:
    """The receipts of all that was asked at a meeting, with the answers there are by now."""
    meeting_store.meeting_within(tx, within, meeting_id)
    return [on_behalf.paper_of(tx, question) for question in asked_for_store.asked_at(tx, meeting_id)]


def read_sheet(file: str, data: bytes, lines: Mapping[str, int], most: int, faults: list[Fault]) -> list[Entry]:
    """The filled lines of a sheet. `lines`: the line of each code of the form; `most`: its last line."""
    entries: list[Entry] = []
    seen: set[int] = set()
    for number, cells in table_of(file, data, COLUMNS, ("line",), faults):
        text = cells.get("question", "")
        if not text and not cells.get("name"):
            continue  # a line nobody wrote on
        said = cells["line"]
        line = int(said) if said.isdecimal() and len(said) < 4 else lines.get(read_reference(said) or "", 0)  # noqa: PLR2004 - at most 200
        if not 1 <= line <= most:
            faults.append(Fault(file, number, COLUMNS["line"], "line_unknown"))
        elif line in seen:
            faults.append(Fault(file, number, COLUMNS["line"], "twice"))
        if not text:
            faults.append(Fault(file, number, COLUMNS["question"], "cell_empty"))
        seen.add(line)
        entries.append(Entry(line, cells.get("name", "")[:_LONGEST_NAME], text[:LONGEST_QUESTION]))
    return entries


def alike(entries: Sequence[Entry]) -> list[list[int]]:
    """Lines that seem to ask the same, for a human to confirm."""
    return groups(
        [(one.line, sketch) for one, sketch in zip(entries, sketches([e.text for e in entries]), strict=True)]
    )


def distressed(entries: Sequence[Entry]) -> dict[int, str]:
    """The lines whose words tell of distress, with its kind. Some milliseconds a line: not for a transaction."""
    heard = {one.line: hear(one.text) for one in entries}
    return {line: found.kind for line, found in heard.items() if found}


def enter(
    tx: Transaction,
    member: StaffMember,
    meeting_id: int,
    entries: Sequence[Entry],
    understood: Mapping[int, Understood],
    urgent: Collection[int],
    together: Sequence[Sequence[int]],
    working_days: int,
) -> int:
    """Open the questions of a meeting's lines, whole or not at all; returns how many.

    `understood` by line; `together`: lines that a human confirmed to be one matter. What is certain is answered.
    `urgent`: the lines that tell of distress (`distressed`): first in the queue, settled by no entry, no cluster.
    """
    if member.role not in STAFF:
        raise Forbidden("role_needed", role=str(member.role))
    meeting = meeting_store.meeting_within(tx, member.unit_path, meeting_id)
    if not entries or any(not one.text.strip() for one in entries):
        raise InvalidInput("question_empty", field="question")
    slips = {one.line: one for one in slip_store.slips_of_meeting(tx, meeting_id)}
    openings: dict[int, Opening] = {}
    for one in entries:
        slip = slips.get(one.line)
        if slip is None or one.line in openings:
            raise InvalidInput("line_unknown", field="line", line=one.line)
        if slip.question_id is not None:
            raise Conflict("slip_used", reference=slip.reference)
        found = Understood() if one.line in urgent else understood.get(one.line, Understood())
        openings[one.line] = _opening(tx, meeting, slip.reference, one, found, working_days, urgent=one.line in urgent)
    routing.route_openings(tx, list(openings.values()), unit_store.owned(tx))
    ids = officer_queue.open_all(tx, list(openings.values()))
    at = {line: ids[opening.reference] for line, opening in openings.items()}
    asked_for_store.add(tx, [(at[one.line], Consent(one.name.strip(), "meeting", None, meeting_id)) for one in entries])
    slip_store.attach(tx, [(one.reference, at[line], one.unit_code) for line, one in openings.items()], member.username)
    _gather(tx, member, [[at[line] for line in lines if line in at and line not in urgent] for lines in together])
    event_store.record(tx, member.username, "meeting_entered", meeting=meeting_id, number=len(at))
    return len(at)


def _opening(
    tx: Transaction,
    meeting: Meeting,
    reference: str,
    entry: Entry,
    found: Understood,
    working_days: int,
    *,
    urgent: bool,
) -> Opening:
    """A question of the meeting, with its first steps."""
    asker = contact_store.ensure_contact(tx, ON_PAPER, secrets.token_hex(16))
    text = entry.text.strip()
    opening = Opening(reference, asker, ON_PAPER, meeting.unit_code, text, list(found.found), urgent)
    opening.values["topic"] = found.topic
    opening.set_commune(f"{meeting.hamlet}, {meeting.unit}", meeting.unit_path)
    if found.answer:
        opening.take(answering_by_bot(*found.answer))
    else:
        calendar = calendar_store.calendar(tx)
        reason = "danger" if urgent else "meeting"
        opening.take(queueing(tx.now, working_days, calendar, reason, urgent=urgent, actor=BOT))
    return opening


def _gather(tx: Transaction, member: StaffMember, together: Sequence[Sequence[int]]) -> None:
    """What a human confirmed to be one matter gets one answer, as far as it waits with the member's units."""
    for ids in together:
        here = question_store.those_within(tx, member.unit_path, list(ids))
        waiting = [one for one in here if question_store.question(tx, one).state == QuestionState.QUEUED]
        if len(waiting) > 1:
            clusters.gather(tx, member, waiting[0], waiting[1:])
