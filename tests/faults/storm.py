"""The kill loop: residents ask, staff work, processes die at random, and in the end everything must be in its place."""

import asyncio
import os
import random
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from knowledge_base.keys import Keys
from tests.faults.deployment import SECRET_KEY, Deployment, Process
from tests.faults.invariants import IN_FLIGHT, Verdict, check
from tests.faults.messenger import Platform
from tests.faults.questions import Asked, asked, shuffled_a_little
from tests.faults.record import read_record, waiting
from tests.faults.staff import Staff, first_sign_in

QUIET_SECONDS = 180.0  # without anything arriving after the last kill, back-off included: then nothing will
LONGEST_LIFE = 5.0  # seconds between ready and dead
MOMENT = 0.05  # about as long as a call takes
Killer = Callable[[], Awaitable[None]]


@dataclass
class Storm:
    """One loop of questions and kills over one deployment."""

    deployment: Deployment
    platform: Platform
    questions: int
    kills: int
    policy: str = "resend"
    answers: int = 6
    publications: int = 2
    chance: random.Random = field(default_factory=lambda: random.Random(20261125))
    killed: dict[str, int] = field(default_factory=dict)
    others: dict[str, Killer] = field(default_factory=dict)  # further ways to harm, by name: the database's processes
    _deck: list[Process | str] = field(default_factory=list)

    async def run(self) -> tuple[Verdict, dict[str, Any]]:
        """The whole loop; the verdict, and the figures for the summary."""
        began = time.monotonic()
        told = shuffled_a_little(asked(self.questions), self.chance)
        released = await asyncio.to_thread(self.deployment.release)
        await asyncio.to_thread(self.deployment.start)
        self.platform.targets = self.deployment.webhooks
        await asyncio.to_thread(first_sign_in, self.deployment.url, released)
        staff = Staff(self.deployment.url, self.answers, self.publications)
        await asyncio.to_thread(staff.sign_in)
        working = asyncio.create_task(asyncio.to_thread(staff.work))
        try:
            await self._lives(told)
            await self._come_to_rest(working)
        finally:
            staff.enough.set()
            await working
        verdict = self._verdict(told)
        verdict.hold(staff.answered == self.answers, f"officers answered {staff.answered} of {self.answers}")
        verdict.hold(staff.published == self.publications, f"editors published {staff.published}")
        return verdict, self._figures(verdict, staff, time.monotonic() - began)

    async def _lives(self, told: list[Asked]) -> None:
        """A share of the questions for each life; somebody dies once so many of its replies have arrived."""
        for life in range(self.kills):
            share = told[life * len(told) // self.kills : (life + 1) * len(told) // self.kills]
            self.platform.post(*(item.update for item in share))
            await self._live(self.chance.randint(0, len(share)))
            await self._harm()

    async def _live(self, replies: int) -> None:
        """Until so many messages more have arrived (or none comes any more), and a moment longer: within a call."""
        enough, end = len(self.platform.arrivals) + replies, time.monotonic() + LONGEST_LIFE
        while len(self.platform.arrivals) < enough and time.monotonic() < end:  # noqa: ASYNC110 - others count
            await asyncio.sleep(0.005)
        await asyncio.sleep(self.chance.random() * MOMENT)

    async def _harm(self) -> None:
        if not self._deck:  # each in turn, in an order that changes: none is left out by chance
            self._deck = [*self.deployment.processes, *self.others]
            self.chance.shuffle(self._deck)
        chosen = self._deck.pop()
        name = chosen if isinstance(chosen, str) else chosen.module.rpartition(".")[2]
        self.killed[name] = self.killed.get(name, 0) + 1
        if isinstance(chosen, str):
            await self.others[chosen]()
        else:
            await asyncio.to_thread(self.deployment.kill, chosen)

    async def _come_to_rest(self, working: asyncio.Task[None]) -> None:
        """Until nothing waits any more: no update, no message, nobody at the console. Gives up quietly: what is
        pending then is counted as such.
        """
        moved, arrived = time.monotonic(), -1
        while time.monotonic() - moved < QUIET_SECONDS:
            if len(self.platform.arrivals) > arrived:  # a backlog of thousands takes its time
                moved, arrived = time.monotonic(), len(self.platform.arrivals)
            still = not self.platform.delivered or not working.done()
            if not still and await asyncio.to_thread(waiting, self.deployment.database_url) == 0:
                return
            await asyncio.sleep(0.2)

    def _verdict(self, told: list[Asked]) -> Verdict:
        record = read_record(self.deployment.database_url)
        met = self.platform.met
        doubts = IN_FLIGHT * sum(self.killed.values()) + met["cut"] + met["half"] + met["hang"]
        keys = Keys.from_secret(SECRET_KEY)
        return check(record, self.platform, told, keys, doubts_allowed=doubts, policy=self.policy)

    def _figures(self, verdict: Verdict, staff: Staff, seconds: float) -> dict[str, Any]:
        restarts = sorted(self.deployment.restarts)
        return {
            **verdict.figures(),
            "policy": self.policy,
            "kills": self.killed,
            "answered_by_officers": staff.answered,
            "published_by_editors": staff.published,
            "staff_tried_again": staff.tried_again,
            "posts": self.platform.posts,
            "platform": dict(self.platform.met),
            "ready_after_kill_median_s": round(statistics.median(restarts), 2) if restarts else None,
            "ready_after_kill_worst_s": round(restarts[-1], 2) if restarts else None,
            "load": round(os.getloadavg()[0], 1),
            "seconds": round(seconds, 1),
        }
