"""What a browser asks of a page: the language, and whether it is to cost few bytes. Pure; every face obeys it alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from translations.loader import DEFAULT_LANGUAGE, LANGUAGES

LANGUAGE, LIGHT = "lang", "nhe"  # as in addresses (`?nhe=1`), so in cookies
VARY = "Accept-Encoding, Accept-Language, Cookie, Save-Data"
KEPT_SECONDS = 365 * 24 * 3600
_MOST_WANTED = 20  # languages of a header that are looked at


@dataclass(frozen=True, slots=True)
class Reader:
    """How a page is to be drawn, and which choices of this address are to be kept, as cookies."""

    language: str = DEFAULT_LANGUAGE
    light: bool = False
    keeps: tuple[tuple[str, str], ...] = ()


def reader_of(query: Mapping[str, str], cookies: Mapping[str, str], headers: Mapping[str, str]) -> Reader:
    """The address's word first, then what was chosen before, then what the browser says by itself.

    A language is kept only when it was chosen on a page of ours: a link that somebody passed on changes one visit.
    """
    keeps = []
    kept = cookies.get(LANGUAGE)
    language = otherwise = kept if kept in LANGUAGES else browsers_language(headers.get("Accept-Language", ""))
    if (named := query.get(LANGUAGE)) in LANGUAGES:
        language = named
        if language != otherwise and _from_here(headers):
            keeps.append((LANGUAGE, language))
    saving = headers.get("Save-Data", "").strip().lower() == "on"
    light = lightly = {"1": True, "0": False}.get(cookies.get(LIGHT, ""), saving)
    if (wanted := query.get(LIGHT)) in ("0", "1"):
        light = wanted == "1"
        if light != lightly:
            keeps.append((LIGHT, wanted))
    return Reader(language, light, tuple(keeps))


def browsers_language(header: str) -> str:
    """The language of ours that an `Accept-Language` header likes best; ours by default where it names none."""
    liked: list[tuple[float, str]] = []
    for part in header.split(",")[:_MOST_WANTED]:
        name, _, weight = part.partition(";")
        language = name.strip().lower().partition("-")[0]
        if language in LANGUAGES and (quality := _quality(weight)) > 0:
            liked.append((quality, language))
    return max(liked, key=lambda one: one[0])[1] if liked else DEFAULT_LANGUAGE


def _quality(weight: str) -> float:
    name, _, value = weight.partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def _from_here(headers: Mapping[str, str]) -> bool:
    """Whether a link on a page of ours was followed."""
    try:
        return urlsplit(headers.get("Referer", "")).netloc == headers.get("Host")
    except ValueError:
        return False
