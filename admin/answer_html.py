"""Answers as HTML: a little Markdown (headings, paragraphs, lists), nothing else gets through."""

from difflib import SequenceMatcher
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from knowledge_base.redaction.find import find_personal_data

_MARKDOWN = MarkdownIt("commonmark", {"html": False})
_TAGS = {"h2", "h3", "h4", "p", "ul", "ol", "li", "strong", "em", "br"}


@lru_cache(maxsize=512)
def answer_html(text: str) -> Markup:
    """An answer's words as they will be read."""
    return Markup(nh3.clean(_MARKDOWN.render(text), tags=_TAGS, attributes={}))  # noqa: S704 - cleaned by nh3


def marked(text: str) -> Markup:
    """A text with every hit of personal data marked."""
    parts, at = [], 0
    for hit in find_personal_data(text):
        parts += [escape(text[at : hit.start]), Markup("<mark>%s</mark>") % text[hit.start : hit.end]]
        at = hit.end
    return Markup("").join([*parts, escape(text[at:])])


def difference(before: str, after: str) -> Markup:
    """What changed between two texts, word by word."""
    old, new = (text.replace("\n", " \n ").split(" ") for text in (before, after))  # a line's end is a word
    parts: list[Markup] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = " ".join(old[a:b]), " ".join(new[c:d])
        if what == "equal":
            parts.append(escape(gone))
            continue
        if gone:
            parts.append(Markup("<del>%s</del>") % gone)
        if come:
            parts.append(Markup("<ins>%s</ins>") % come)
    return Markup(" ").join(parts).replace(" \n ", "\n")
