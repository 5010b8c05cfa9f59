"""The chat's page as HTML: one Jinja environment a language, autoescaped."""

import json
import secrets
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.conversation import replies
from bot.inbox import voice_of
from bot.web.bubbles import bubbles, newest_own
from bot.web.static_files import StaticFiles
from knowledge_base.settings import Settings
from translations.loader import DEFAULT_LANGUAGE, LANGUAGES, catalog, name_of
from translations.loader import mark as _

_TEMPLATES = Path(__file__).parent / "templates"


# What the script says; everything else it shows is in the page's templates.
_SCRIPT_WORDS = {
    "sending": _("Sending…"),
    "unsent": _("Not sent yet"),
    "waiting": _("Not sent yet, will be sent by itself"),
    "offline": _("No connection. What you wrote is kept and will be sent by itself."),
    "busy": _("The service is busy. What you wrote is kept and will be sent by itself."),
    "notNow": _("No connection. Please try again in a moment."),
    "copied": _("Copied"),
    "newReply": _("New reply"),
    "today": _("Today"),
    "you": _("You:"),
    "bot": _("Reply:"),
    "receiptTitle": _("Receipt for your question"),
    "lookUp": _("Look up the answer at"),
    "reference": _("Code of your question"),
    "secret": _("Secret number"),
}
_LABELS = (replies.AUTOMATIC,)


def _labels() -> list[str]:
    """How quiet lines begin, in every language: a conversation may have been in another."""
    return [catalog("bot", language).gettext(label) for label in _LABELS for language in LANGUAGES]


def _in_language(path: str, language: str) -> str:
    return path if language == DEFAULT_LANGUAGE else f"{path}?lang={language}"


class Renderer:
    """Draws the page."""

    def __init__(self, settings: Settings, static: StaticFiles) -> None:
        self._environments = {language: self._environment(language, settings, static) for language in LANGUAGES}

    def _environment(self, language: str, settings: Settings, static: StaticFiles) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            extensions=["jinja2.ext.i18n"],
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        words = catalog("bot", language)
        voice = voice_of(settings, language)
        environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
        environment.globals |= {
            "language": language,
            "languages": [(code, name_of(code)) for code in LANGUAGES],
            "settings": settings,
            "static": static.url,
            "home": _in_language("/", language),
            "lookup": _in_language("/tra-cuu", language),
            "site": settings.site.partition("://")[2],
            "new_id": lambda: secrets.token_urlsafe(16),
            "welcome": replies.welcome(voice).text,
            "voice": voice,
            "labels": _labels(),
            "bubbles": bubbles,
            "newest_own": newest_own,
            "script_words": json.dumps(
                {name: words.gettext(sentence) for name, sentence in _SCRIPT_WORDS.items()}
                | {"labels": _labels(), "language": language, "unit": settings.unit_name}
            ),
        }
        return environment

    def render(self, language: str, *, light: bool = False, **shows: Any) -> str:
        """The page in a language; `light`: in few bytes."""
        template = self._environments[language].get_template("chat_light.html" if light else "chat.html")
        return template.render(shows)

    def say(self, language: str, sentence: str) -> str:
        """A sentence of the catalog."""
        return catalog("bot", language).gettext(sentence)
