"""Text as it may be stored: the same on every database, nothing that breaks one of them."""

import re
import unicodedata

_REPLACEMENT = "\ufffd"
# NUL is refused by PostgreSQL and truncates in SQLite; a lone surrogate cannot be encoded at all.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Control and invisible format characters that change how text looks or compares, joiners of emoji apart.
_INVISIBLE = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def clean(text: str, limit: int | None = None) -> str:
    """Text in NFC, unstorable characters replaced, invisible ones dropped, line ends alike; at most `limit` long."""
    if text.isascii() and text.isprintable():  # most identifiers, and much of what is typed without marks
        return text[:limit]
    if limit is not None:
        # Composition may shrink a text, never lengthen it past its input.
        text = text[: 4 * limit]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _INVISIBLE.sub("", _UNSTORABLE.sub(_REPLACEMENT, text))
    text = unicodedata.normalize("NFC", text)
    return text if limit is None else text[:limit]
