"""Why a candidate stands where it does, in a few keys that an officer's page can word; strongest first."""

from collections.abc import Callable, Mapping

from knowledge_base.matching.decide import Candidate

Features = Mapping[str, float]

# Each key and when it holds. Bounds are where a person looking at the two texts would say so.
_FOR: dict[str, Callable[[Features], bool]] = {
    "same_meaning": lambda f: f["meant_clause"] >= 0.75,  # noqa: PLR2004
    "same_words": lambda f: f["covered_clause"] >= 0.8,  # noqa: PLR2004
    "whole_phrasing": lambda f: f["phrasing_covered"] >= 0.8,  # noqa: PLR2004
    "ahead_of_others": lambda f: f["gap_ridge"] >= 0.15,  # noqa: PLR2004
}
_AGAINST: dict[str, Callable[[Features], bool]] = {
    "other_household": lambda f: f["household"] >= 0.5,  # noqa: PLR2004
    "other_matter": lambda f: f["conflict"] >= 0.5,  # noqa: PLR2004
    "denied": lambda f: f["negation"] >= 0.5,  # noqa: PLR2004
    "unheard_word": lambda f: f["foreign"] > 0,
    "asks_else": lambda f: f["asks_else"] >= 0.8,  # noqa: PLR2004
    "asks_more": lambda f: f["rest_asks"] > 0,
    "words_left_over": lambda f: f["lost_clause"] >= 1.0,
    "other_marks": lambda f: f["marks"] >= 0.3,  # noqa: PLR2004
    "like_out_of_scope": lambda f: f["outside_clause"] >= 0,
    "close_to_another": lambda f: f["gap_ridge"] < 0.05,  # noqa: PLR2004
}


def grounds(candidate: Candidate) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What speaks for and what against an entry; both empty for a candidate without features."""
    features = dict(candidate.features)
    if not features:
        return (), ()
    return (
        tuple(key for key, holds in _FOR.items() if holds(features)),
        tuple(key for key, holds in _AGAINST.items() if holds(features)),
    )
