"""Meanings of rows, kept small, and their part in how alike two texts are."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from knowledge_base.matching.meaning import shipped
from knowledge_base.matching.vectors import Floats
from knowledge_base.text.normalise import Words

FULL = 127  # of an int8
MEANING_SHARE = 0.5  # of meaning, against letters and words; less where the table knows a FAQ less was tried: no gain
Senses = npt.NDArray[np.int8] | Floats


def vectors_of(texts: Sequence[Words]) -> Floats:
    """Unit vectors of meaning, shape (texts, dimensions)."""
    return shipped().vectors([text.text for text in texts])


def senses_of(texts: Sequence[Words], *, small: bool) -> Senses:
    """The vectors of texts as they are kept."""
    return kept(vectors_of(texts), small=small)


def kept(vectors: Floats, *, small: bool) -> Senses:
    """Vectors as they are, or, in a `small` form, in a quarter of the memory."""
    return np.rint(vectors * FULL).astype(np.int8) if small else vectors


def as_vectors(senses: Senses) -> Floats:
    """What was kept, as unit vectors again."""
    found: Floats = senses.astype(np.float32, copy=False)
    return found / np.float32(FULL) if senses.dtype == np.int8 else found


def alike(vectors: Floats, senses: Senses) -> Floats:
    """Cosines of vectors with kept ones, shape (vectors, senses)."""
    found: Floats = vectors @ senses.astype(np.float32, copy=False).T
    return found / np.float32(FULL) if senses.dtype == np.int8 else found


def fused(cosines: Floats, meanings: Floats) -> Floats:
    """How alike texts are, in words and in meaning."""
    found: Floats = (1 - MEANING_SHARE) * cosines + MEANING_SHARE * meanings
    return found
