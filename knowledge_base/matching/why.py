"""Why a candidate stands where it does, in a few keys that an officer's page can word; strongest first."""

from collections.abc import Mapping
from math import inf

# Each key, the feature it goes by, and between which values it holds: where a person who looks at the two texts would
# say so.
_FOR = {
    "same_meaning": ("meant_clause", 0.75, inf),
    "same_words": ("covered_clause", 0.8, inf),
    "whole_phrasing": ("phrasing_covered", 0.8, inf),
    "ahead_of_others": ("gap_ridge", 0.15, inf),
}
_AGAINST = {
    "other_household": ("household", 0.5, inf),
    "other_matter": ("conflict", 0.5, inf),
    "denied": ("negation", 0.5, inf),
    "unheard_word": ("foreign", 0.5, inf),
    "asks_else": ("asks_else", 0.8, inf),
    "asks_more": ("rest_asks", 0.5, inf),
    "words_left_over": ("lost_clause", 1.0, inf),
    "other_marks": ("marks", 0.3, inf),
    "like_out_of_scope": ("outside_clause", 0.0, inf),
    "close_to_another": ("gap_ridge", -inf, 0.05),
}
GROUNDS = (*_FOR, *_AGAINST)


def grounds(features: Mapping[str, float]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What speaks for and what against a candidate with these features; one that is not among them says nothing."""
    speaks_for, against = (
        tuple(key for key, (name, least, most) in table.items() if name in features and least <= features[name] <= most)
        for table in (_FOR, _AGAINST)
    )
    return speaks_for, against
