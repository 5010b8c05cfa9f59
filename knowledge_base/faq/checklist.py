"""What the unit's jurist confirms about a shipped entry: five points, each bound to the words he read. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.parts import basis_of, figures_of, window_of


class Point(StrEnum):
    """One thing to look at."""

    TEXT = "text"
    FIGURES = "figures"
    BASIS = "basis"
    WINDOW = "window"
    PHRASINGS = "phrasings"


class Finding(StrEnum):
    """What was found about it; until then it is open."""

    RIGHT = "right"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    """Who found what about a point, when, and of which wording (`part_hash`)."""

    point: Point
    part_hash: str
    finding: Finding
    remark: str
    by: str
    at: datetime


Standing = Mapping[Point, Check | None]  # None: open


def part_of(entry: FaqEntry, point: Point) -> tuple[str, ...]:
    """What of an entry a point is about. `entry.phrasings`: those written, not the ones residents brought."""
    match point:
        case Point.TEXT:
            told = (entry.kind, entry.question, entry.short_answer, entry.details, *entry.audience)
            return (*told, entry.easy_read) if entry.easy_read else told
        case Point.FIGURES:
            return figures_of(entry)
        case Point.BASIS:
            return (*basis_of(entry), *entry.sources)
        case Point.WINDOW:
            return window_of(entry)
        case Point.PHRASINGS:
            return tuple(sorted(set(entry.phrasings)))


def hash_of(entry: FaqEntry, point: Point) -> str:
    """The same for the same part, however the rest of the entry changes (64 hex digits)."""
    told = json.dumps([point, *part_of(entry, point)], ensure_ascii=False)
    return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()


def standing(entry: FaqEntry, checks: Iterable[Check]) -> Standing:
    """How each point stands; a check of another wording counts no more."""
    found = {check.point: check for check in checks if check.part_hash == hash_of(entry, check.point)}
    return {point: found.get(point) for point in Point}


def is_confirmed(points: Standing) -> bool:
    """Whether every point was found right."""
    return all(check is not None and check.finding == Finding.RIGHT for check in points.values())


def open_points(points: Standing) -> list[Point]:
    """Those that nobody has looked at, or that are wrong."""
    return [point for point, check in points.items() if check is None or check.finding == Finding.WRONG]
