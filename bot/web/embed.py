"""The script that puts the chat on other pages: one file, with its words and its style in it."""

import json
import re

from bot.web.static_files import StaticFiles
from translations.loader import LANGUAGES, catalog
from translations.loader import mark as _

_WORDS = {
    "ask": _("Ask here"),
    "title": _("Questions and answers"),
    "close": _("Close"),
    "whole": _("Open as a page"),
}
_LINE_STARTS = re.compile(r"^\s+|^//.*\n", re.MULTILINE)
_IN_STYLES = re.compile(r"/\*.*?\*/|(?<=[{}:;,])\s+|\s+(?={)|;(?=\s*})", re.DOTALL)


def embed_script(static: StaticFiles) -> str:
    """`/chat/embed.js`, without the comments and the indents that only we read."""
    words = {
        language: {name: catalog("bot", language).gettext(sentence) for name, sentence in _WORDS.items()}
        for language in LANGUAGES
    }
    style = _IN_STYLES.sub("", static.files["embed.css"].body.decode()).strip()
    script = _LINE_STARTS.sub("", static.files["embed.js"].body.decode())
    for name, value in (("__WORDS__", words), ("__STYLE__", style)):
        script = script.replace(name, json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    return script
