"""Sealed files give back what went in, or nothing at all."""

import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.errors import InvalidInput
from knowledge_base.sealed_file import CHUNK, MAGIC, read_header, read_sealed, write_sealed

SECRET = "a secret for tests only, long enough"


def sealed(*pieces: bytes, secret: str = SECRET) -> bytes:
    sink = io.BytesIO()
    write_sealed(sink, secret, {"kind": "test"}, pieces)
    return sink.getvalue()


def opened(file: bytes, secret: str = SECRET) -> bytes:
    return b"".join(read_sealed(io.BytesIO(file), secret))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7])
def test_what_goes_in_comes_out(size: int) -> None:
    words = os.urandom(size)
    assert opened(sealed(words)) == words
    assert opened(sealed(words[: size // 2], b"", words[size // 2 :])) == words


def test_the_header_is_readable_and_the_words_are_not() -> None:
    file = sealed(b"canary words" * 100)
    assert read_header(io.BytesIO(file))["kind"] == "test"
    assert b"canary" not in file
    assert sealed(b"same") != sealed(b"same")  # a salt of its own each


def test_another_secret_is_told_from_damage() -> None:
    with pytest.raises(InvalidInput, match="backup_key"):
        opened(sealed(b"words"), "another secret, just as long as it")


def test_a_foreign_file_is_told_apart() -> None:
    with pytest.raises(InvalidInput, match="backup_foreign"):
        opened(b"SQLite format 3\0 and so on")
    with pytest.raises(InvalidInput, match="backup_foreign"):
        opened(b"")


FILE = sealed(os.urandom(2 * CHUNK + 100))


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_one_altered_byte_anywhere_is_found(place: int, change: int) -> None:
    altered = bytearray(FILE)
    altered[place] ^= change
    with pytest.raises(InvalidInput):
        opened(bytes(altered))


@given(st.integers(0, len(FILE) - 1))
def test_a_cut_anywhere_is_found(length: int) -> None:
    with pytest.raises(InvalidInput):
        opened(FILE[:length])


def test_chunks_cannot_be_dropped_moved_or_added() -> None:
    length = int.from_bytes(FILE[len(MAGIC) : len(MAGIC) + 4], "big")
    head, body = FILE[: len(MAGIC) + 4 + length], FILE[len(MAGIC) + 4 + length :]
    step = CHUNK + 16
    first, second, last = body[:step], body[step : 2 * step], body[2 * step :]
    for wrong in (first + second, first + last, second + first + last, body + last, body + b"x"):
        with pytest.raises(InvalidInput, match="backup_damaged"):
            opened(head + wrong)
    assert opened(head + body)
