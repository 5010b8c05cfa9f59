"""Pages into bytes: one Jinja environment a language and mode, autoescaped."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from info_page.browse import Window, window_on
from info_page.markdown import markdown
from info_page.static_files import StaticFiles
from info_page.words import Words
from knowledge_base.clock import vietnam_day
from knowledge_base.faq.translation import Translation
from knowledge_base.settings import Settings
from translations.loader import DEFAULT_LANGUAGE, LANGUAGES, name_of

_TEMPLATES = Path(__file__).parent / "templates"
_SPACE = re.compile(r"\s*\n\s*")  # indents that only we read


@dataclass(frozen=True, slots=True)
class Page:
    """A page before it is drawn: the template, what it shows, and its own address."""

    template: str
    path: str
    shows: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


def choosing(path: str, **query: str | int) -> str:
    """An address of ours that names what is chosen by it."""
    return f"{quote(path)}?{urlencode(query)}"


def link(language: str, path: str, **query: str | int) -> str:
    """An address of ours that keeps the language."""
    if language != DEFAULT_LANGUAGE:
        query["lang"] = language
    return quote(path) + (f"?{urlencode(query)}" if query else "")


def web_address(address: str) -> str:
    """An address that may be linked (http, https), or nothing."""
    return address if address.startswith(("https://", "http://")) else ""


def host(address: str) -> str:
    """The site an address leads to, as people say it."""
    return urlsplit(address).netloc.removeprefix("www.")


def _day_of(moment: datetime | None) -> date | None:
    return vietnam_day(moment) if moment else None


def _environment(language: str, settings: Settings, static: StaticFiles, light: bool) -> Environment:
    words = Words(language)
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(words.catalog, newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {
        "markdown": markdown,
        "day": words.day,
        "number": words.number,
        "in_force": words.in_force,
        "day_of": _day_of,
        "word_in": lambda name, words: words[name],
        "host": host,
        "web_address": web_address,
    }
    environment.globals |= {
        "light": light,
        "layout": "light.html" if light else "layout.html",
        "language": language,
        "languages": [(code, name_of(code)) for code in LANGUAGES],
        "settings": settings,
        "static": static.url,
        "link": lambda path, **query: link(language, path, **query),
        "link_in": link,
        "choosing": choosing,
        "window_on": window_on,
        "Window": Window,
        "default_language": DEFAULT_LANGUAGE,
    }
    return environment


class Renderer:
    """Draws pages; holds nothing but templates."""

    def __init__(self, settings: Settings, static: StaticFiles) -> None:
        self._environments = {
            (language, light): _environment(language, settings, static, light)
            for language in LANGUAGES
            for light in (False, True)
        }

    def render(
        self,
        page: Page,
        language: str,
        day: date,
        *,
        light: bool = False,
        translated: Mapping[str, Translation] = MappingProxyType({}),
    ) -> bytes:
        """A page in a language, on a day; `light`: in few bytes. `translated`: by key, what lists show."""
        template = self._environments[language, light].get_template(page.template)
        text = template.render(page.shows, page=page, today=day, translated=translated)
        if light:
            text = _SPACE.sub("\n", text)
        return text.encode("utf-8", "replace")
