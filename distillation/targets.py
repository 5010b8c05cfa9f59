"""Where each sentence should lie: the teacher's space made smaller and rounder, wordings of a sense drawn together."""

from collections.abc import Sequence

import numpy as np

from distillation.pool import EVERYDAY, Sentence
from knowledge_base.matching.vectors import Floats, Ints

_ROUNDING = 0.25  # power by which the strong directions of the teacher's space are held back
_SHARED = 0.8  # of a target: the mean of the wordings of its sense
_SHARED_FAQ = 0.5  # the same for phrasings of a FAQ entry, which may be asked from several sides
_TINY = 1e-9


def asked_of_teacher(sentences: Sequence[Sentence]) -> list[str]:
    """The texts whose vectors `targets` needs, in order."""
    return [sentence.text for sentence in sentences if sentence.kind != EVERYDAY]


def targets(sentences: Sequence[Sentence], vectors: Floats, dimensions: int) -> tuple[Floats, Ints]:
    """Unit targets (sentences, dimensions) and the numbers of their senses.

    `vectors` (texts, 384) are the teacher's, of `asked_of_teacher(sentences)`.
    """
    number = {sense: at for at, sense in enumerate(dict.fromkeys(sentence.sense for sentence in sentences))}
    senses = np.array([number[sentence.sense] for sentence in sentences], dtype=np.int32)
    read = np.array([sentence.kind != EVERYDAY for sentence in sentences])
    own = np.zeros((len(sentences), dimensions), dtype=np.float32)
    own[read] = _unit(_reduced(vectors, dimensions))
    means = np.zeros((len(number), dimensions), dtype=np.float32)
    np.add.at(means, senses[read], own[read])
    shared = np.array([_share(sentence) for sentence in sentences], dtype=np.float32)[:, None]
    return _unit((1 - shared) * own + shared * _unit(means)[senses]), senses


def _share(sentence: Sentence) -> float:
    if sentence.kind == EVERYDAY:
        return 1.0
    return _SHARED_FAQ if sentence.kind == "faq" else _SHARED


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
