"""Entries that may fit a question: what the matcher saw when it came, and what it would see now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from admin.visit import Visit
from knowledge_base.errors import Unavailable
from knowledge_base.faq.revision import Revision
from knowledge_base.live_faq import FaqSnapshot
from knowledge_base.matching.decide import Match
from knowledge_base.matching.why import grounds
from knowledge_base.text.fold import fold

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An entry with the matcher's confidence, the phrasing that matched, and why: grounds for and against, figures."""

    key: str
    percent: int
    phrasing: str
    speaks_for: tuple[str, ...]
    against: tuple[str, ...]
    features: tuple[tuple[str, float], ...]
    revision: Revision | None  # None: the entry isn't live any more
    holds: bool  # whether it holds today


def _features(value: Any) -> tuple[tuple[str, float], ...]:
    """Features as stored: an object, or a list of pairs."""
    pairs = value.items() if isinstance(value, Mapping) else value or ()
    return tuple((str(name), float(figure)) for name, figure in pairs)


def _suggestion(
    snapshot: FaqSnapshot | None, today: date, key: str, confidence: float, phrasing: str, features: Any
) -> Suggestion:
    revision = snapshot.revisions.get(key) if snapshot else None
    holds = revision is not None and revision.entry.in_force.holds_on(today)
    figures = _features(features)
    return Suggestion(key, round(100 * confidence), phrasing, *grounds(dict(figures)), figures, revision, holds)


def seen_then(visit: Visit, candidates: Iterable[Mapping[str, Any]]) -> list[Suggestion]:
    """What the matcher saw when the question came."""
    faq = visit.console.faq
    snapshot, today = (faq.snapshot if faq.ready else None), faq.today()
    return [
        _suggestion(
            snapshot,
            today,
            str(found.get("id", "")),
            float(found.get("confidence") or 0),
            str(found.get("phrasing") or ""),
            found.get("features"),
        )
        for found in list(candidates)[:_SHOWN]
    ]


async def seen_now(visit: Visit, text: str) -> tuple[Match | None, list[Suggestion]]:
    """What the matcher says of a text today; nothing while the index is being loaded."""
    faq = visit.console.faq
    try:
        match = await faq.match(text)
    except Unavailable:
        return None, []
    today, snapshot = faq.today(), faq.snapshot
    found = [
        _suggestion(snapshot, today, found.key, found.confidence, found.phrasing, found.features)
        for found in match.candidates[:_SHOWN]
    ]
    return match, found


def with_words(visit: Visit, words: str, most: int = 20) -> list[Revision]:
    """Live entries that hold today and carry a key or all the words; first those that do in their question."""
    faq = visit.console.faq
    if not faq.ready:
        return []
    wanted, found = set(fold(words).split()), []
    for revision in faq.snapshot.in_force(faq.today()):
        name = set(fold(f"{revision.key} {revision.entry.question}").replace("?", " ").replace(",", " ").split())
        if wanted and wanted <= name | set(fold(" ".join(revision.entry.phrasings)).split()):
            found.append((not wanted <= name, revision.key, revision))
    return [revision for _later, _key, revision in sorted(found, key=lambda row: row[:2])[:most]]
