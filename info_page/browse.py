"""What to show of the FAQ on a day: windows, neighbours, lists. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from knowledge_base.faq.entry import InForce
from knowledge_base.faq.legal_document import Topic
from knowledge_base.faq.revision import Revision

SOON = timedelta(days=90)
_SHAPE = re.compile(r"(T\d+)(-.+)?")


class Window(StrEnum):
    """Where a day lies, seen from an in-force window."""

    NOT_YET = "not_yet"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Change:
    """Entries that begin to hold on a day, or hold for the last time on it."""

    day: date
    begins: bool
    revisions: tuple[Revision, ...]


def window_on(window: InForce, day: date) -> Window:
    """Whether the window is still closed, open, or closed again."""
    if window.from_day and day < window.from_day:
        return Window.NOT_YET
    return Window.OVER if window.to_day and day > window.to_day else Window.OPEN


def by_slug(revisions: Iterable[Revision], slug: str) -> Revision | None:
    """The live revision at an address."""
    return next((revision for revision in revisions if revision.slug == slug), None)


def _apart(one: InForce, other: InForce) -> bool:
    """Whether two windows share no day."""
    ends, begins = one.to_day, other.from_day
    return bool(ends and begins and ends < begins) or bool(
        other.to_day and one.from_day and other.to_day < one.from_day
    )


def other_windows(revisions: Iterable[Revision], of: Revision) -> list[Revision]:
    """The same topic number in other windows (`T01` and `T01-2027`), in the order of time."""
    shape = _SHAPE.fullmatch(of.key)
    if shape is None:
        return []
    same = re.compile(re.escape(shape[1]) + r"(-.+)?")
    found = [
        revision
        for revision in revisions
        if same.fullmatch(revision.key) and _apart(revision.entry.in_force, of.entry.in_force)
    ]
    return sorted(found, key=lambda revision: revision.entry.in_force.from_day or date.min)


def in_topic(revisions: Iterable[Revision], slug: str) -> list[Revision]:
    """The revisions of one topic, in the order of their keys; residents' questions after the curated ones."""
    found = [revision for revision in revisions if revision.entry.topic == slug]
    return sorted(found, key=lambda revision: (revision.origin_question_id is not None, revision.key))


def coming(revisions: Iterable[Revision], day: date) -> list[Revision]:
    """What isn't in force yet."""
    return [revision for revision in revisions if window_on(revision.entry.in_force, day) is Window.NOT_YET]


def _succeeded(revisions: Sequence[Revision], ending: Revision, last: date) -> bool:
    """Whether another window of the entry follows, or its topic begins anew the day after."""
    return bool(coming(other_windows(revisions, ending), last)) or any(
        other.entry.topic == ending.entry.topic and other.entry.in_force.from_day == last + timedelta(days=1)
        for other in revisions
    )


def changes_soon(revisions: Sequence[Revision], day: date) -> list[Change]:
    """What begins or ends within the next 90 days; an end that has a successor is told by its beginning."""
    begins: defaultdict[date, list[Revision]] = defaultdict(list)
    ends: defaultdict[date, list[Revision]] = defaultdict(list)
    for revision in sorted(revisions, key=lambda revision: revision.key):
        window = revision.entry.in_force
        if window.from_day and day < window.from_day <= day + SOON:
            begins[window.from_day].append(revision)
        last = window.to_day
        if last and window.holds_on(day) and last <= day + SOON and not _succeeded(revisions, revision, last):
            ends[last].append(revision)
    changes = [Change(on, begins=True, revisions=tuple(found)) for on, found in begins.items()]
    changes += [Change(on, begins=False, revisions=tuple(found)) for on, found in ends.items()]
    return sorted(changes, key=lambda change: (change.day, change.begins))


def first_of(changes: Iterable[Change], most: int) -> list[Change]:
    """The first changes, with no more than `most` entries in all."""
    found: list[Change] = []
    for change in changes:
        if most <= 0:
            break
        found.append(replace(change, revisions=change.revisions[:most]))
        most -= len(found[-1].revisions)
    return found


def new_answers(in_force: Iterable[Revision]) -> list[Revision]:
    """Entries that came from residents' questions, newest first."""
    found = [revision for revision in in_force if revision.origin_question_id is not None]
    return sorted(found, key=lambda revision: revision.published_at or revision.created_at, reverse=True)


def most_asked(
    in_force: Sequence[Revision], topics: Sequence[Topic], counts: Mapping[str, int], limit: int
) -> list[Revision]:
    """What people ask most; where nobody has asked yet, the first answer of each topic."""
    asked = [revision for revision in in_force if counts.get(revision.key)]
    chosen = sorted(asked, key=lambda revision: (-counts[revision.key], revision.key))[:limit]
    for topic in topics:
        answers = [revision for revision in in_topic(in_force, topic.slug) if revision.entry.kind == "answer"]
        if len(chosen) < limit and answers and answers[0] not in chosen:
            chosen.append(answers[0])
    return chosen
