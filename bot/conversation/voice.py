"""How a unit speaks, in one language."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from babel.dates import format_date

from translations.loader import locale_of
from translations.loader import mark as _

YOU = _("you")  # where no salutation is set: in every language but Vietnamese


@dataclass(frozen=True, slots=True)
class Voice:
    """How this unit speaks, in one language."""

    translate: Callable[[str], str]
    language: str
    unit_name: str
    unit_contact: str
    unit_hours: str
    salutation: str
    danger_text: str
    retention_months: int
    backup_days: int = 365
    site: str = ""  # where the public pages are

    _said: dict[str, str] = field(default_factory=dict, init=False, compare=False, repr=False)

    def say(self, sentence: str, **values: Any) -> str:
        """A sentence from the catalog, filled; `%(you)s` is how residents are addressed."""
        if values:
            return self._filled(sentence, values)
        if sentence not in self._said:
            self._said[sentence] = self._filled(sentence, values)
        return self._said[sentence]

    def _filled(self, sentence: str, values: dict[str, Any]) -> str:
        you = self.salutation if self.language == "vi" else self.translate(YOU)
        return self.translate(sentence) % {"you": you, "You": you[:1].upper() + you[1:], **values}

    def day(self, day: date) -> str:
        """A day in words and numbers: `thứ Sáu, 27/11/2026`."""
        return _day(day, self.language)


@lru_cache(maxsize=256)
def _day(day: date, language: str) -> str:
    locale = locale_of(language)
    weekday = format_date(day, "EEEE", locale=locale)
    if locale == "vi":  # the locale data write it as a heading
        weekday = weekday[:1].lower() + weekday[1:]
    return f"{weekday}, {day:%d/%m/%Y}"
