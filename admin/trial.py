"""“Thử câu này”: an edit tried on stored questions before it is saved, told while it runs, drawn for the page.

The trial is told in the response of the form that asked for it: as lines of JSON to the script, as the whole page to
a browser without one. So it needs no address of its own, ends when the reader goes, and any process may answer it.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web
from multidict import MultiDictProxy

from admin.errors import explain, status_of
from admin.headers import stamp
from admin.pages import environment
from admin.visit import Visit
from admin.wire import field_of
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.matching.lint import SERIOUS, Finding
from knowledge_base.matching.trial import Change, Effect
from knowledge_base.redaction.find import mask_personal_data
from knowledge_base.storage import question_store
from knowledge_base.trials import Running, Tried

_LINES = "application/x-ndjson"
_LOOK_SECONDS = 0.1
_SHOWN = 40  # questions of one effect


@dataclass(frozen=True, slots=True)
class ChangedQuestion:
    """A stored question of the reader's units that the edit moves; its words with personal data masked."""

    id: int
    reference: str
    words: str
    change: Change


@dataclass(frozen=True, slots=True)
class Group:
    """The questions with one effect: those shown, how many more there are of the reader's units, and of others."""

    effect: Effect
    shown: Sequence[ChangedQuestion]
    more: int
    elsewhere: int

    @property
    def count(self) -> int:
        """All of them."""
        return len(self.shown) + self.more + self.elsewhere


@dataclass(frozen=True, slots=True)
class Shown:
    """A trial as the page draws it."""

    tried: Tried
    findings: Sequence[tuple[Finding, bool]]  # with whether it is serious
    groups: Sequence[Group]
    today: date


def is_trial(posted: MultiDictProxy[object]) -> bool:
    """Whether a form was sent to try it, not to save it."""
    return field_of(posted, "act", 10) == "try"


Page = Callable[[Shown], Awaitable[web.Response]]


async def try_edit(visit: Visit, entry: FaqEntry, page: Page) -> web.StreamResponse:
    """Try an entry as it would be; `page` is the page of the form with the result in it.

    Raises:
        Unavailable: the FAQ is still being loaded, or too many edits are being tried.
    """
    running = visit.console.trials.start(visit.member.id, entry)
    try:
        if _LINES in visit.request.headers.get("Accept", ""):
            response = web.StreamResponse(headers={"Content-Type": _LINES, "X-Accel-Buffering": "no"})
            with contextlib.suppress(ConnectionResetError):  # the reader stopped it, or went
                await _tell(visit, running, response)
            return response
        return await page(await _shown(visit, await asyncio.wrap_future(running.found)))
    finally:
        running.stop.set()  # whoever has gone wants no result


async def _tell(visit: Visit, running: Running, response: web.StreamResponse) -> None:
    """Lines of JSON: how far it is, again and again, and at last what the page shows."""
    stamp(response)
    await response.prepare(visit.request)
    found = asyncio.wrap_future(running.found)
    while not found.done():
        await _say(response, done=running.done, of=running.of, said=_progress(visit, running))
        await asyncio.wait([found], timeout=_LOOK_SECONDS)
    try:
        shown = await _shown(visit, found.result())
        await _say(response, html=_drawn(visit, shown))
    except KnowledgeBaseError as error:
        await _say(response, problem=await explain(visit, error), status=status_of(error))
    await response.write_eof()


async def _say(response: web.StreamResponse, **line: object) -> None:
    await response.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")


def _progress(visit: Visit, running: Running) -> str:
    if not running.of:
        return visit.gettext("Checking the phrasings…")
    return visit.gettext("Compared %(done)s of %(of)s questions", done=running.done, of=running.of)


def _drawn(visit: Visit, shown: Shown) -> str:
    return environment(visit.language).get_template("_trial_result.html").render(visit=visit, shown=shown)


async def _shown(visit: Visit, tried: Tried) -> Shown:
    """Words and codes of the reader's own units alone; of the others only how many."""
    changes = {tried.numbers[change.number]: change for change in tried.trial.changes}
    own = await visit.read(question_store.these_within, visit.member.unit_path, list(changes))
    questions = [
        ChangedQuestion(one.id, one.reference, mask_personal_data(one.text), changes[one.id]) for one in own if one.text
    ]
    groups = []
    for effect in Effect:
        mine = [question for question in questions if question.change.effect is effect]
        every = len(tried.trial.of(effect))
        groups.append(Group(effect, mine[:_SHOWN], len(mine[_SHOWN:]), every - len(mine)))
    findings = [(finding, finding.flaw in SERIOUS) for finding in tried.findings]
    return Shown(tried, findings, [group for group in groups if group.count], visit.console.faq.today())
