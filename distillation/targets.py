"""Where each sentence should lie: the teacher's space made smaller and rounder, wordings of a sense drawn together."""

from collections.abc import Sequence

import numpy as np

from distillation.pool import Sentence
from knowledge_base.matching.vectors import Floats, Ints

_ROUNDING = 0.25  # power by which the strong directions of the teacher's space are held back
_SHARED = 0.5  # of a target: the mean of the wordings of its sense
_TINY = 1e-9


def targets(sentences: Sequence[Sentence], vectors: Floats, dimensions: int) -> tuple[Floats, Ints]:
    """Unit targets (sentences, dimensions) from the teacher's `vectors` (sentences, 384), and the numbers of senses."""
    own = _unit(_reduced(vectors, dimensions))
    number = {sense: at for at, sense in enumerate(dict.fromkeys(sentence.sense for sentence in sentences))}
    senses = np.array([number[sentence.sense] for sentence in sentences], dtype=np.int32)
    means = np.zeros((len(number), dimensions), dtype=np.float32)
    np.add.at(means, senses, own)
    # The phrasings of a FAQ entry keep their own place: an entry may be asked from several sides, and the ranker, which
    # learns from phrasings held out, must not find the answer written into their vectors.
    shared = np.array([0.0 if sentence.kind == "faq" else _SHARED for sentence in sentences], dtype=np.float32)[:, None]
    return _unit((1 - shared) * own + shared * _unit(means)[senses]), senses


def _reduced(vectors: Floats, dimensions: int) -> Floats:
    """Principal components of the centred vectors, scaled by (their spread / the largest)^-_ROUNDING."""
    centred = vectors - vectors.mean(axis=0)
    spread, axes = np.linalg.eigh(centred.T @ centred)
    order = np.argsort(-spread)[:dimensions]
    scales = np.sqrt(spread[order] / spread[order[0]]) ** -_ROUNDING
    found: Floats = (centred @ axes[:, order] * scales).astype(np.float32)
    return found


def _unit(vectors: Floats) -> Floats:
    found: Floats = vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + _TINY)
    return found
