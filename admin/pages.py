"""Templates: one environment a language, escaping everything."""

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from knowledge_base.faq.easy_read import readability
from translations.loader import catalog

_FOLDER = Path(__file__).parent / "templates"


@lru_cache(maxsize=4)
def environment(language: str) -> Environment:
    """The templates in one language."""
    # Late, because these build on the visit, and the visit renders pages.
    from admin import answer_html, dates, labels, personal  # noqa: PLC0415

    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(catalog("admin", language), newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(
        word=labels.word,
        done=labels.done,
        happened=labels.happened,
        due=dates.due,
        long_day=dates.long_day,
        plain_day=dates.plain_day,
        moment=dates.moment,
        window=dates.window,
        personal_words=personal.personal_words,
        readability=readability,
    )
    made.filters.update(
        answer_html=answer_html.answer_html, marked=answer_html.marked, difference=answer_html.difference
    )
    return made
