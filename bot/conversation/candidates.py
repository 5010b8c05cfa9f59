"""What the matcher saw in a message, as it is kept with the question for the officer."""

from typing import Any

from knowledge_base.matching.decide import Match


def candidates_of(match: Match | None) -> list[dict[str, Any]]:
    """Each candidate with its confidence and why."""
    if match is None:
        return []
    return [
        {
            "id": candidate.key,
            "confidence": round(candidate.confidence, 4),
            "phrasing": candidate.phrasing,
            "features": dict(candidate.features),
        }
        for candidate in match.candidates
    ]
