"""Catalogs: English sentences in the code, Vietnamese (first) and English shown. One domain a face."""

import gettext
import io
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("vi", "en")
DEFAULT_LANGUAGE = "vi"
_FOLDER = Path(__file__).parent
# What a language calls itself, where the locale data don't know it (or not so).
_NAMES = {"hmn": "Hmoob"}


@lru_cache(maxsize=32)
def catalog(domain: str, language: str) -> gettext.NullTranslations:
    """The catalog of a domain ("bot", "admin", "info_page") in a language; unknown languages get the default.

    Catalogs are read from their .po files, so there is nothing to compile and nothing to go stale.
    """
    if language not in LANGUAGES:
        language = DEFAULT_LANGUAGE
    path = _FOLDER / language / "LC_MESSAGES" / f"{domain}.po"
    with path.open("rb") as file:
        messages = read_po(file, locale=language, domain=domain)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@lru_cache(maxsize=32)
def locale_of(language: str) -> str:
    """Whose days and numbers a language is written with: its own, or Vietnamese ones where nobody has noted them."""
    try:
        return str(Locale.parse(language))
    except (UnknownLocaleError, ValueError):
        return DEFAULT_LANGUAGE


@lru_cache(maxsize=32)
def name_of(language: str) -> str:
    """What a language calls itself: `English`, `Tiếng Việt`; its code where nobody knows."""
    if language in _NAMES:
        return _NAMES[language]
    try:
        name = Locale.parse(language).get_display_name(language) or language
    except (UnknownLocaleError, ValueError):
        return language
    return name[:1].upper() + name[1:]


def mark(sentence: str) -> str:
    """Mark a sentence for the catalogs (imported as `_`); it is translated where it is said."""
    return sentence


def pick_language(wanted: str | None) -> str:
    """A language we speak: the one wanted, else the default."""
    return wanted if wanted in LANGUAGES else DEFAULT_LANGUAGE
