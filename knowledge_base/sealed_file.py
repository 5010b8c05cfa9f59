"""A sealed file: a readable header, then a stream in AES-256-GCM chunks; altered, cut or foreign ones are told apart.

Form: MAGIC, length of the header (4 bytes, big-endian), header (JSON), chunks of `CHUNK` bytes each followed by its
16-byte tag. Chunk n is encrypted under the nonce (n in 11 bytes, 1 for the last chunk or 0) with the header as
associated data: the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár: "Online Authenticated-Encryption and
its Nonce-Reuse Misuse-Resistance", CRYPTO 2015), so chunks can't be moved, dropped or cut off. Each file has a key of
its own, derived from the secret with a random salt (HKDF-SHA256, RFC 5869); no nonce meets the same key twice.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from knowledge_base.errors import InvalidInput

MAGIC = b"HDGN-backup-1\n"
CHUNK = 64 * 1024
_TAG = 16  # bytes; the full tag of GCM
_SALT = 32
_LENGTH = 4
_LONGEST_HEADER = 64 * 1024


def _key(secret: str, salt: bytes) -> tuple[bytes, str]:
    """The file's key, and a mark by which a wrong secret is told from a damaged file."""
    made = HKDF(algorithm=SHA256(), length=64, salt=salt, info=b"backup-file").derive(secret.encode())
    return made[:32], hashlib.sha256(made[32:]).hexdigest()[:16]


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _in_chunks(source: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The stream cut into chunks of `CHUNK` bytes, each with whether it is the last; at least one, maybe empty."""
    kept = bytearray()
    for piece in source:
        kept += piece
        while len(kept) > CHUNK:  # the last chunk is known only when nothing follows
            yield bytes(kept[:CHUNK]), False
            del kept[:CHUNK]
    yield bytes(kept), True


def write_sealed(sink: BinaryIO, secret: str, header: dict[str, Any], source: Iterable[bytes]) -> None:
    """Write a header (readable by anybody, altered by nobody) and a stream sealed with `secret`."""
    salt = os.urandom(_SALT)
    key, mark = _key(secret, salt)
    words = json.dumps({**header, "salt": salt.hex(), "key_mark": mark}, ensure_ascii=False).encode()
    if len(words) > _LONGEST_HEADER:
        raise InvalidInput("backup_header_long", length=len(words))
    sink.write(MAGIC + len(words).to_bytes(_LENGTH, "big") + words)
    cipher = AESGCM(key)
    numbered = enumerate(_in_chunks(source))
    sink.writelines(cipher.encrypt(_nonce(number, last), chunk, words) for number, (chunk, last) in numbered)


def _header_words(file: BinaryIO) -> bytes:
    if file.read(len(MAGIC)) != MAGIC:
        raise InvalidInput("backup_foreign")
    length = int.from_bytes(file.read(_LENGTH), "big")
    words = file.read(min(length, _LONGEST_HEADER))
    if len(words) != length:
        raise InvalidInput("backup_damaged")
    return words


def _parsed(words: bytes) -> dict[str, Any]:
    try:
        header = json.loads(words)
        bytes.fromhex(header["salt"])
        str(header["key_mark"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidInput("backup_damaged") from error
    return dict(header)


def read_header(file: BinaryIO) -> dict[str, Any]:
    """The header, as yet unproven: only `read_sealed` shows that nobody altered it.

    Raises:
        InvalidInput: `backup_foreign` (no such file), `backup_damaged`.
    """
    return _parsed(_header_words(file))


def read_sealed(file: BinaryIO, secret: str) -> Iterator[bytes]:
    """The stream behind the header, chunk by chunk; a chunk is given out only after its tag was checked.

    Whoever uses the chunks must not rely on them before the end: a cut is found only there.

    Raises:
        InvalidInput: `backup_foreign`, `backup_key` (another secret), `backup_damaged` (altered, cut or longer).
    """
    words = _header_words(file)
    header = _parsed(words)
    key, mark = _key(secret, bytes.fromhex(header["salt"]))
    if header["key_mark"] != mark:
        raise InvalidInput("backup_key")
    cipher = AESGCM(key)
    number, sealed = 0, file.read(CHUNK + _TAG)
    while True:
        following = file.read(CHUNK + _TAG)
        try:
            yield cipher.decrypt(_nonce(number, not following), sealed, words)
        except InvalidTag as error:
            raise InvalidInput("backup_damaged", chunk=number) from error
        if not following:
            return
        number, sealed = number + 1, following
