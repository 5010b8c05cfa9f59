"""Values in one block of bytes and back: arrays as an npz, all else as JSON. Reading it can't run anybody's code.

For dataclasses of arrays, texts, numbers, days, tuples, sets of texts and further dataclasses; their annotations tell
how to read them. The zip around the arrays carries checksums, so that a torn file is noticed.
"""

import io
import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from knowledge_base.errors import Unavailable

T = TypeVar("T")
_REST = "rest"  # the name of all that is no array
_PLAIN = (str, int, float, bool)


def pack(value: Any, name: str) -> bytes:
    """A dataclass as bytes, under a name that its reader must know."""
    arrays: dict[str, Any] = {}
    rest = json.dumps([name, _told(value, arrays)], ensure_ascii=True, separators=(",", ":")).encode("ascii")
    block = io.BytesIO()
    np.savez(block, allow_pickle=False, **{_REST: np.frombuffer(rest, dtype=np.uint8)}, **arrays)
    return block.getvalue()


def unpack(stored: bytes, kind: type[T], name: str) -> T:
    """What `pack` was given under this name.

    Raises:
        Unavailable: `match_index_unreadable`, when the bytes are damaged; `match_index_outdated`, under another name.
    """
    try:
        with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
            named, told = json.loads(arrays[_REST].tobytes())
            read: Callable[[Any, Any], T] = _reader(kind)  # type: ignore[arg-type]  # a class can be hashed
            found = read(told, arrays) if named == name else None
    except Exception as error:  # damaged bytes raise almost anything
        raise Unavailable("match_index_unreadable") from error
    if found is None:
        raise Unavailable("match_index_outdated")
    return found


def _told(value: Any, arrays: dict[str, Any]) -> Any:
    """A value as JSON knows it; its arrays are put aside, and named."""
    if isinstance(value, np.ndarray):
        name = f"a{len(arrays)}"
        arrays[name] = value
        return name
    if is_dataclass(value):
        return [_told(getattr(value, field.name), arrays) for field in fields(value)]
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return value if all(type(one) in _PLAIN for one in value) else [_told(one, arrays) for one in value]
    return value.isoformat() if isinstance(value, date) else value


@cache
def _reader(kind: Any) -> Callable[[Any, Any], Any]:
    """What makes a value of a kind from what `_told` gave, and the arrays; made once a kind, for entries are many."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind in _PLAIN:
        return lambda told, _arrays: told
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        readers = [_reader(hints[field.name]) for field in fields(kind)]
        return lambda told, arrays: kind(*[read(one, arrays) for read, one in zip(readers, told, strict=True)])
    if origin in (Union, UnionType):
        # Of several kinds of array one is as good as another.
        some = _reader(next(each for each in inner if each is not NoneType))
        return lambda told, arrays: None if told is None else some(told, arrays)
    if origin is np.ndarray:
        return lambda told, arrays: arrays[told]
    if origin is frozenset:
        return lambda told, _arrays: frozenset(told)
    if origin is tuple and inner[0] in _PLAIN:
        return lambda told, _arrays: tuple(told)
    if origin is tuple:
        each = _reader(inner[0])
        return lambda told, arrays: tuple([each(one, arrays) for one in told])
    return lambda told, _arrays: date.fromisoformat(told)
