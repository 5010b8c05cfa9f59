"""Keys derived from SECRET_KEY, and what is done with them."""

import hashlib
import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12  # NIST SP 800-38D, 8.2: 96-bit nonces for GCM


_cipher = lru_cache(maxsize=4)(AESGCM)  # made once a key; any thread may use it


@lru_cache(maxsize=4)
def _keyed(key: bytes) -> hmac.HMAC:
    """To be copied: `hmac.digest` lets other threads run for every message, which costs more than the hash."""
    return hmac.new(key, digestmod="sha256")


def _derive(secret: str, purpose: str) -> bytes:
    """A 32-byte key for one purpose (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())


@dataclass(frozen=True, slots=True)
class Keys:
    """The process's keys; one per purpose, so that no use can weaken another."""

    reference_key: bytes
    sealing_key: bytes
    session_key: bytes
    audit_key: bytes
    erasure_key: bytes

    @classmethod
    def from_secret(cls, secret: str) -> "Keys":
        """All keys, derived from one secret."""
        purposes = ("contact-ref", "contact-seal", "session", "audit", "erasure")
        return cls(*(_derive(secret, purpose) for purpose in purposes))

    def contact_ref(self, channel: str, address: str) -> str:
        """The keyed hash by which a resident's address is referred to everywhere (32 hex digits)."""
        message = f"{channel}\0{address}".encode(errors="surrogatepass")
        keyed = _keyed(self.reference_key).copy()
        keyed.update(message)
        return keyed.hexdigest()[:32]

    def seal(self, text: str) -> bytes:
        """Encrypt a short text (AES-256-GCM, nonce first)."""
        return self.seal_all([text])[0]

    def seal_all(self, texts: Iterable[str]) -> list[bytes]:
        """Encrypt short texts; chance is asked of the system once for all of them."""
        datas, cipher = [text.encode() for text in texts], _cipher(self.sealing_key)
        drawn = os.urandom(_NONCE_BYTES * len(datas))
        nonces = [drawn[first : first + _NONCE_BYTES] for first in range(0, len(drawn), _NONCE_BYTES)]
        return [nonce + cipher.encrypt(nonce, data, None) for nonce, data in zip(nonces, datas, strict=True)]

    def unseal(self, sealed: bytes) -> str:
        """Decrypt what `seal` made; raises `cryptography.exceptions.InvalidTag` when it was altered."""
        return _cipher(self.sealing_key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None).decode()

    def session_hash(self, token: str) -> str:
        """What is stored of a session token: its keyed hash."""
        return hmac.new(self.session_key, token.encode(errors="surrogatepass"), hashlib.sha256).hexdigest()

    def erasure_hash(self, kind: str, value: str) -> str:
        """By what something erased is known again (64 hex digits); tells nothing without our key."""
        message = f"{kind}\0{value}".encode(errors="surrogatepass")
        return hmac.digest(self.erasure_key, message, "sha256").hex()
