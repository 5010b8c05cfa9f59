"""Meanings of rows, kept small, and their part in how alike two texts are."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from knowledge_base.matching.meaning import shipped
from knowledge_base.matching.vectors import Floats
from knowledge_base.text.normalise import Words

FULL = 127  # of an int8
MEANING_SHARE = 0.5  # of meaning, against letters and words; between .3 and .6 the ranking hardly moves
Senses = npt.NDArray[np.int8]


def vectors_of(texts: Sequence[Words]) -> Floats:
    """Unit vectors of meaning, shape (texts, dimensions)."""
    return shipped().vectors([text.text for text in texts])


def senses_of(texts: Sequence[Words]) -> Senses:
    """The same in a quarter of the memory."""
    return np.rint(vectors_of(texts) * FULL).astype(np.int8)


def alike(vectors: Floats, senses: Senses) -> Floats:
    """Cosines of vectors with kept ones, shape (vectors, senses)."""
    found: Floats = vectors @ (senses.astype(np.float32) / FULL).T
    return found


def fused(cosines: Floats, meanings: Floats) -> Floats:
    """How alike texts are, in words and in meaning."""
    found: Floats = (1 - MEANING_SHARE) * cosines + MEANING_SHARE * meanings
    return found
