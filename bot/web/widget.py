"""The widget's script with its words and the address of its style."""

import json

from bot.web.static_files import StaticFiles
from translations.loader import LANGUAGES, catalog
from translations.loader import mark as _

_WORDS = {
    "ask": _("Ask here"),
    "title": _("Questions and answers"),
    "close": _("Close"),
    "whole": _("Open as a page"),
}


def widget_script(static: StaticFiles) -> str:
    """`/chat/widget.js`."""
    words = {
        language: {name: catalog("bot", language).gettext(sentence) for name, sentence in _WORDS.items()}
        for language in LANGUAGES
    }
    script = static.files["widget.js"].body.decode()
    return script.replace("__WORDS__", json.dumps(words)).replace("__STYLE__", static.url("widget.css"))
