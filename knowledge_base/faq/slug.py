"""Stable addresses made of Vietnamese words."""

import re

from knowledge_base.text.fold import fold

_LONGEST = 90


def slug_of(title: str) -> str:
    """The title without marks, words joined by hyphens: `chuan-ngheo-hien-nay-la-bao-nhieu`."""
    words = re.findall(r"[a-z0-9]+", fold(title))
    slug = "-".join(words)
    if len(slug) > _LONGEST:
        slug = slug[:_LONGEST].rsplit("-", 1)[0]
    return slug or "hoi-dap"
