"""The process dies at every boundary there is, one after the other, and each time everything comes back as promised.

Points are those named in `crash_points.py`, and two for every verb that writes; the verbs are found in the source, so
that a new one fails this test until it is told in the story or set apart with the others of its kind.
"""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from knowledge_base.crash_points import POINTS
from knowledge_base.keys import Keys
from tests.faults.counts import PROFILE
from tests.faults.deployment import DIED, SECRET_KEY, Deployment, Process
from tests.faults.invariants import IN_FLIGHT, check
from tests.faults.messenger import Platform
from tests.faults.questions import Asked, asked
from tests.faults.record import read_record, rows, waiting
from tests.faults.staff import Staff, first_sign_in
from tests.faults.verbs import writing_verbs

TOLD = {  # the story below passes each of these
    "accept_all", "turn_over", "quarantine", "issue_session", "_fetch_replies",
    "begin_sign_in", "end_stale_sessions", "open_session", "claim", "save_draft", "answer", "approve_and_publish",
    "ensure_unit", "load_content", "clockwork", "beat",
}  # fmt: skip
# One form, command or turn of a clock and one transaction behind it, as `claim` and `answer` have, with nothing sent
# and nothing else begun: what holds for those at their two points holds for these.
OF_THE_SAME_KIND = {
    "_add", "_code", "_disable", "_duties", "_enable", "_export", "_forget_totp", "_here", "_opened", "_put",
    "_reopen", "_reset", "_take", "_unlink", "add_document", "add_helper", "add_ministry", "add_note", "add_owner",
    "add_places", "add_team", "amend", "answer_like", "answer_with_entry", "approve_translation", "arrive",
    "ask_back", "blank", "change_calendar", "change_document",
    "change_own_password", "check", "check_bypass", "close", "correct_spelling", "count_as_arrived", "create",
    "decide_redaction", "drop_sheet", "end_session", "enter", "erase_for_asker",
    "erase_silent", "escalate", "exclude", "gather",
    "go_on", "handle", "import_content", "invite_team", "issue_session_for", "keep_sheet", "learn", "link",
    "load_seed", "look",
    "make_return_code", "mark_fetched", "mark_scrubbed", "merge", "move_promises", "open_meeting",
    "open_quarantined", "part_late", "perform", "print_pad", "propose", "propose_entry", "propose_phrasings",
    "publish_by_bypass", "put", "put_kin", "put_template", "put_translations", "put_words", "receipt",
    "record_told", "refuse_phrasings", "release", "remove_owner", "remove_template", "rename", "repeal", "replay",
    "return_translation", "return_with_note", "send_again", "send_recall", "send_rows", "set_helper_disabled",
    "set_place_closed", "set_team_disabled", "set_up_totp", "settle_walk", "split", "take_out", "take_phrasings",
    "take_polling", "take_roster", "tell_morning", "tell_of_due", "tell_of_new", "tell_of_opening", "touch_session",
    "transfer", "try_again", "use_code", "use_totp", "vote", "withdraw", "withdraw_translation",
}  # fmt: skip
# The renewal of a consent, which a platform watches: killed at each point in tests/channels/test_zalo_consent.py.
KILLED_ELSEWHERE = {"keep", "lose", "take"}
ALL_POINTS = [*POINTS, *(f"{verb}:{when}" for verb in sorted(TOLD) for when in ("before_commit", "after_commit"))]
SOME_POINTS = ["intake:committed", "delivery:sent"]
DEATH_SECONDS = 180.0  # on a busy machine; a quiet one takes three


def test_no_verb_is_missed() -> None:
    assert writing_verbs() == TOLD | OF_THE_SAME_KIND | KILLED_ELSEWHERE
    assert not TOLD & OF_THE_SAME_KIND


@dataclass
class Story:
    """What happens around every death: residents ask on two channels, one update is nonsense, staff answer, publish."""

    deployment: Deployment
    platform: Platform
    told: list[Asked] = field(default_factory=list)
    nonsense: list[int] = field(default_factory=list)
    chats: int = 0
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(0, 10))

    async def run(self) -> None:
        """Until all of it is done, however often the service goes away under it."""
        first = next(self._numbers)
        told = asked(6, first)
        self.told += told
        self.nonsense.append(told[-1].update_id + 1)
        self.platform.post(*(item.update for item in told), {"update_id": self.nonsense[-1], "message": {"chat": 5}})
        staff = Staff(self.deployment.url, answers=1, publications=1)
        try:
            await asyncio.gather(asyncio.to_thread(_work, staff), self._chat(first), self._rest())
        finally:
            staff.enough.set()

    async def _chat(self, number: int) -> None:
        async with httpx.AsyncClient(base_url=self.deployment.url, trust_env=False, timeout=5) as client:
            greeting = await _until_taken(client, {"text": "chào bạn"})
            body = {"session": greeting["session"], "message_id": "1", "text": f"trồng cây lạ số {number} thì hỏi ai?"}
            answer = await _until_taken(client, body)
            assert answer == await _until_taken(client, body)  # sent again, it is told the same
        self.chats += 1

    async def _rest(self) -> None:
        deadline = time.monotonic() + DEATH_SECONDS * 2
        while not self.platform.delivered or await asyncio.to_thread(waiting, self.deployment.database_url):
            assert time.monotonic() < deadline, "it never came to rest"
            await asyncio.sleep(0.1)


def _work(staff: Staff) -> None:
    staff.sign_in()
    staff.work()


async def _until_taken(client: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    while True:
        try:
            answer = await client.post("/chat/messages", json=body)
            if answer.status_code == 200:
                said: dict[str, Any] = answer.json()
                return said
            assert answer.status_code in (429, 503), answer.text
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.1)


async def die_at(point: str, process: Process, story: Story) -> None:
    """Start a process that will die there; tell the story; start it again without; the story goes on to its end."""
    await asyncio.to_thread(process.stop)
    process.launch(CRASH_AT=point)
    telling = asyncio.create_task(story.run())
    deadline = time.monotonic() + DEATH_SECONDS
    try:
        while process.exit_code is None:
            assert time.monotonic() < deadline, f"{point} was never passed"
            assert not telling.done(), f"the story ended before {point} was passed: {telling.exception()}"
            await asyncio.sleep(0.02)
        assert process.exit_code == DIED, process.tail()
        process.launch()
        await asyncio.to_thread(process.await_ready)
        await telling
    finally:
        telling.cancel()


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"] if PROFILE.every_crash_point else ["sqlite"])
async def test_every_point(
    kind: str,
    deploy: Callable[..., Deployment],
    platform_port: int,
    figures: dict[str, Any],
    request: pytest.FixtureRequest,
) -> None:
    deployment = deploy(request.getfixturevalue("postgresql_url") if kind == "postgresql" else "")
    (process,) = deployment.processes
    points = ALL_POINTS if PROFILE.every_crash_point else SOME_POINTS
    released = await asyncio.to_thread(deployment.release)
    await asyncio.to_thread(deployment.start)
    await asyncio.to_thread(first_sign_in, deployment.url, released)
    async with Platform(platform_port, targets=deployment.webhooks) as platform:
        story = Story(deployment, platform)
        for point in points:
            await die_at(point, process, story)
        record = read_record(deployment.database_url)
        allowed = IN_FLIGHT * len(points)
        keys = Keys.from_secret(SECRET_KEY)
        verdict = check(
            record, platform, story.told, keys, doubts_allowed=allowed, policy="resend", aside=story.nonsense
        )
    assert verdict.faults == []
    chats = (
        "SELECT count(*), count(DISTINCT external_id) FROM inbox WHERE channel = 'web_chat' AND external_id LIKE :own"
    )
    assert rows(deployment.database_url, chats, own="%:1")[0] == (len(points), len(points))
    figures.update(points=len(points), **verdict.figures())
