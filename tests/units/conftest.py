"""The shipped register, read once."""

from datetime import date
from pathlib import Path

import pytest

from knowledge_base.units.gazetteer import Gazetteer
from knowledge_base.units.seed import Seed, read_seed

FOLDER = Path(__file__).parents[2] / "content" / "units"
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def seed() -> Seed:
    return read_seed(FOLDER)


@pytest.fixture(scope="session")
def gazetteer(seed: Seed) -> Gazetteer:
    return Gazetteer(seed.units, seed.successors, TODAY)
