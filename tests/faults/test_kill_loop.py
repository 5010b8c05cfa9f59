"""Random SIGKILLs while residents ask and staff work: nothing is lost, nothing is twice in the record."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.counts import PROFILE
from tests.faults.deployment import Deployment
from tests.faults.messenger import ROUGH, Platform
from tests.faults.postgresql_server import Backends
from tests.faults.storm import Storm

SEVERAL = ("processes.web", "processes.web", "processes.worker", "processes.worker")


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("policy", ["resend", "quarantine"])
async def test_sqlite(
    deploy: Callable[..., Deployment], platform_port: int, figures: dict[str, Any], policy: str
) -> None:
    if policy == "quarantine" and PROFILE.name == "short":
        questions, kills = PROFILE.questions // 10, PROFILE.kills // 10
    else:
        questions, kills = PROFILE.questions, PROFILE.kills
    deployment = deploy(settings={"SEND_IN_DOUBT": policy})
    async with Platform(platform_port, misbehaviour=ROUGH) as platform:
        storm = Storm(deployment, platform, questions, kills, policy)
        verdict, counted = await storm.run()
    figures.update(counted)
    assert verdict.faults == []


@pytest.mark.timeout(3600)
async def test_postgresql(
    deploy: Callable[..., Deployment], expendable_database: str, platform_port: int, figures: dict[str, Any]
) -> None:
    """Web, worker and the database's own processes die, two of each serving."""
    deployment = deploy(expendable_database, modules=SEVERAL, settings={"SEND_IN_DOUBT": "resend"})
    async with Platform(platform_port, misbehaviour=ROUGH) as platform:
        storm = Storm(deployment, platform, PROFILE.postgresql_questions, PROFILE.postgresql_kills)
        backends = Backends(expendable_database, storm.chance)
        storm.others = {
            "backend terminated": backends.terminate_one,
            "all backends terminated": backends.terminate_all,
            "backend killed": backends.kill_one,
        }
        verdict, counted = await storm.run()
    figures.update(counted)
    assert verdict.faults == []
