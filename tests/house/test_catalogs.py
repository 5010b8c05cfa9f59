"""Catalogs are tested like code: complete, nothing stale, no placeholder lost."""

import pytest

from translations.loader import LANGUAGES
from translations.update import DOMAINS, problems


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("domain", DOMAINS)
def test_catalog_is_complete(domain: str, language: str) -> None:
    assert problems(domain, language) == []
