"""E-mail addresses and personal profiles, as written, spaced out, or said ("a còng", "chấm com")."""

import re
from collections.abc import Iterator

from knowledge_base.redaction.hit import Kind
from knowledge_base.redaction.reading import Reading

_AT = re.compile(r"[ ]{0,2}(?:@|[(\[]\s?(?:at|a cong)\s?[)\]]|(?<![^\W_])a[ -]?(?:cong|moc)(?![^\W_]))[ ]{0,2}")
_LOCAL = frozenset(".+-_%")
_LONGEST_LOCAL = 64
_ENDINGS = "com|vn|net|org|edu|gov|info|me|example|io"
_DOT = r"(?:\s?\.\s?|\s?[(\[](?:dot|cham)[)\]]\s?|\s(?:dot|cham)\s)"
# As written: any name with points. Spaced or said: only where it ends as addresses do.
_DOMAIN = re.compile(
    rf"[a-z0-9-]{{1,63}}(?:(?:{_DOT}(?:{_ENDINGS})(?![^\W_])){{1,3}}|(?:\.[a-z0-9-]{{2,63}}){{1,5}}(?:{_DOT}(?:{_ENDINGS})(?![^\W_]))?)"
    rf"|[a-z0-9-]{{1,63}}{_DOT}[a-z0-9-]{{1,63}}(?:{_DOT}(?:{_ENDINGS})(?![^\W_])){{1,2}}"
)
_SAID_LOCAL = frozenset({"cham", "gach", "duoi", "ngang", "dot"})
_WORD_BACK = re.compile(r"[^\W_]")
_HOST = (
    r"zalo\s?\.\s?me|(?:m\s?\.\s?)?facebook\s?\.\s?com|fb\s?\.\s?(?:com|me|watch)|m\s?\.\s?me|t\s?\.\s?me|"
    r"messenger\s?\.\s?com|tiktok\s?\.\s?com|instagram\s?\.\s?com|telegram\s?\.\s?me|viber\s?\.\s?click"
)
_PROFILE = re.compile(rf"(?<![^\W_])(?:https?\s?:\s?//\s?)?(?:www\s?\.\s?)?(?:{_HOST})\s?/\s?[^\s<>\"')\],]{{2,200}}")

Span = tuple[Kind, int, int]  # of the folded text


def find_links(reading: Reading) -> Iterator[Span]:
    """E-mail addresses first, then profiles; spans of the folded text."""
    plain = reading.plain.lower()
    for found in _AT.finditer(plain):
        domain = _DOMAIN.match(plain, found.end())
        if domain is not None:
            start = _local_start(plain, found.start())
            if start < found.start():
                yield Kind.EMAIL, start, domain.end()
    for found in _PROFILE.finditer(plain):
        yield Kind.PROFILE, found.start(), found.end()


def _local_start(plain: str, at: int) -> int:
    """Where the name before the @ begins: at the nearest blank, or before it where points were said."""
    start = _word_start(plain, at)
    while start > 1 and plain[start - 1] == " ":
        before = _word_start(plain, start - 1)
        if plain[before : start - 1] not in _SAID_LOCAL and plain[start:at].split(" ", 1)[0] not in _SAID_LOCAL:
            break
        if before == start - 1 or at - before > _LONGEST_LOCAL:
            break
        start = before
    while start < at and plain[start] in _LOCAL:
        start += 1
    return start


def _word_start(plain: str, at: int) -> int:
    least = max(0, at - _LONGEST_LOCAL)
    while at > least and (plain[at - 1] in _LOCAL or _WORD_BACK.match(plain[at - 1])):
        at -= 1
    return at
