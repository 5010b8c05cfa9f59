"""The finished table as a file, and the record of what it was made of."""

import hashlib
import json
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np

from distillation.pool import DATA, FAQ, LAWS, OUT_OF_SCOPE, ROOT, STORIES
from knowledge_base.matching.meaning import mark
from knowledge_base.matching.vectors import Floats

MANIFEST = Path(__file__).parent / "manifest.json"
_TAUGHT = 2**19  # bits of the record of words and pairs that were learned from
_LARGEST = 127


def write(path: Path, rows: Floats, bias: Floats, taught: Iterable[str], manifest: str) -> None:
    """Store `rows` (rows, dimensions) in 8 bits with a scale each, `bias`, and the record of the texts `taught`."""
    scales = (np.abs(rows).max(axis=1, keepdims=True) / _LARGEST + 1e-7).astype(np.float16)
    small = np.clip(np.round(rows / scales.astype(np.float32)), -_LARGEST, _LARGEST).astype(np.int8)
    bits = np.zeros(_TAUGHT, dtype=np.uint8)
    for text in taught:
        words = text.split()
        bits[[mark(name, _TAUGHT) for name in (*words, *map(" ".join, pairwise(words)))]] = 1
    np.savez_compressed(
        path, rows=small, scales=scales, bias=bias, taught=np.packbits(bits), inputs=np.array(digest(manifest))
    )


def manifest(settings: dict[str, object]) -> str:
    """What a table is made of, as JSON: a hash of every input file, the teacher, the settings."""
    paths = [*sorted(DATA.glob("*")), *sorted(FAQ.glob("*.yaml")), LAWS, OUT_OF_SCOPE, STORIES]
    inputs = {str(path.relative_to(ROOT)): digest(path.read_text(encoding="utf-8")) for path in paths}
    return json.dumps({"settings": settings, "inputs": inputs}, indent=1) + "\n"


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
