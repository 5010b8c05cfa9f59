"""Sentences and dates in the reader's language."""

from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal

from knowledge_base.faq.entry import InForce
from translations.loader import catalog, locale_of

# 01/01/2027 would be read two ways in English, so the month is written out there.
_DAY = {"vi": "dd/MM/yyyy", "en": "d MMMM y"}


class Words:
    """One language of the page."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.catalog = catalog("info_page", language)

    def gettext(self, message: str) -> str:
        """A sentence in this language."""
        return self.catalog.gettext(message)

    def day(self, day: date) -> str:
        """A day as people read it: 01/01/2027."""
        return format_date(day, _DAY.get(self.language, _DAY["vi"]), locale=locale_of(self.language))

    def number(self, number: int) -> str:
        """A whole number: 1.500 in Vietnamese, 1,500 in English."""
        return format_decimal(number, locale=locale_of(self.language))

    def in_force(self, window: InForce) -> str:
        """The window as a sentence; empty where both ends are open."""
        first = self.day(window.from_day) if window.from_day else ""
        last = self.day(window.to_day) if window.to_day else ""
        if first and last:
            sentence = self.gettext("In force from %(first)s to the end of %(last)s.")
        elif first:
            sentence = self.gettext("In force from %(first)s.")
        elif last:
            sentence = self.gettext("In force to the end of %(last)s.")
        else:
            return ""
        return sentence % {"first": first, "last": last}
