"""Random SIGKILLs while residents ask and staff work: nothing is lost, nothing is twice in the record."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.deployment import Deployment
from tests.faults.messenger import ROUGH, Platform
from tests.faults.counts import PROFILE
from tests.faults.storm import Storm


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("policy", ["resend", "quarantine"])
async def test_sqlite(
    deploy: Callable[..., Deployment], platform_port: int, figures: dict[str, Any], policy: str
) -> None:
    if policy == "quarantine" and PROFILE.name == "short":
        questions, kills = PROFILE.questions // 5, PROFILE.kills // 5
    else:
        questions, kills = PROFILE.questions, PROFILE.kills
    deployment = deploy(settings={"SEND_IN_DOUBT": policy})
    async with Platform(platform_port, misbehaviour=ROUGH) as platform:
        storm = Storm(deployment, platform, questions, kills, policy)
        verdict, counted = await storm.run()
    figures.update(counted)
    assert verdict.faults == []
