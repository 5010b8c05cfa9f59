"""Receiving, for all channels: one resident at a time; match off the event loop; write in batches (`intake.py`)."""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from sqlalchemy.exc import IntegrityError

from bot import officers_desk
from bot.batch import Batch
from bot.conversation import intent
from bot.conversation.message import LONGEST_TEXT, Incoming
from bot.conversation.voice import Voice
from bot.intake import Accepted, Arrival, Desk, accept_all
from bot.rate_limit import RateLimit
from knowledge_base.clock import Clock
from knowledge_base.crash_points import crash_point
from knowledge_base.distress.hear import Distress, hear
from knowledge_base.errors import Conflict, Unavailable
from knowledge_base.figures import FIGURES
from knowledge_base.live_faq import LiveFaq
from knowledge_base.live_units import LiveUnits
from knowledge_base.matching.decide import Match
from knowledge_base.settings import Settings
from knowledge_base.storage.database import Database
from knowledge_base.text.clean import clean
from translations.loader import LANGUAGES, catalog

_TRIES = 3
_MOST_WAITING = 2_000  # messages; who comes when more wait is asked to come again, and memory stays bounded
_PATIENCE_SECONDS = 8.0
_RATE = (30, 60.0)  # messages of one resident in seconds; people don't type faster
_NOTICE_RATE = (1, 60.0)  # how often one is told that he is too fast
_MATCHERS = 1  # a thread; more would only wait for each other, and for the loop
_MATCHED_AT_ONCE = 8  # messages in one walk to that thread; the first need not wait for very many
_WRITTEN_AT_ONCE = 64
_GATHER_SECONDS = 0.003
# The message, its parts where it has several, and the distress that is heard in it.
_Matched = tuple[Match, list[tuple[str, Match]], Distress | None]


def voice_of(settings: Settings, language: str) -> Voice:
    """How the unit speaks in a language."""
    return Voice(
        translate=catalog("bot", language).gettext,
        language=language,
        unit_name=settings.unit_name,
        unit_contact=settings.unit_contact,
        unit_hours=settings.unit_hours,
        salutation=settings.salutation,
        danger_text=settings.danger_text,
        retention_months=settings.retention_months,
        backup_days=settings.backup_days,
        site=settings.site,
    )


@dataclass(slots=True)
class _Turn:
    """Whose message is taken holds the lock; the others of the same resident wait for it, in order."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    wanted: int = 0


class Inbox:
    """The one way in for all channels."""

    def __init__(
        self, database: Database, faq: LiveFaq, settings: Settings, clock: Clock, units: LiveUnits | None = None
    ) -> None:
        self._database = database
        self._faq = faq
        self._units = units or LiveUnits(database, clock)
        self._working_days = settings.answer_due_working_days
        self._asks_consent = settings.consent == "ask"
        self._by_sms = bool(settings.sms_api_url)
        self._voices = {language: voice_of(settings, language) for language in LANGUAGES}
        self._matching = Batch(self._match_all, self._match_one, most=_MATCHED_AT_ONCE)
        self._writing = Batch(self._write_all, self._write_one, most=_WRITTEN_AT_ONCE, gather=_GATHER_SECONDS)
        self._limit = RateLimit(clock, *_RATE)
        self._notices = RateLimit(clock, *_NOTICE_RATE)
        self._matchers = ThreadPoolExecutor(_MATCHERS, thread_name_prefix="matching")
        self._turns: dict[tuple[str, str], _Turn] = {}  # of the residents whose messages are being taken
        self._waiting = 0

    async def receive(self, incoming: Incoming, patience: float = _PATIENCE_SECONDS) -> Accepted:
        """Take one message; returns after COMMIT. The same (channel, external id) again has no effect.

        `patience`: seconds the platform gives us to answer.

        Raises:
            Unavailable: nothing is known to be kept; the platform (or the page) should send it again.
        """
        crash_point("intake:received")
        began = time.perf_counter()
        self._waiting += 1
        try:
            cleaned = _cleaned(incoming)
            deadline = asyncio.get_running_loop().time() + patience
            accepted = await self._for_desk(cleaned) or await self._in_turn(cleaned, deadline)
        except Unavailable:
            FIGURES.message("refused")
            raise
        finally:
            self._waiting -= 1
        FIGURES.message(accepted.outcome)
        FIGURES.measured("intake_seconds", time.perf_counter() - began)
        crash_point("intake:committed")
        return accepted

    async def _for_desk(self, incoming: Incoming) -> Accepted | None:
        """What an officer says from a messenger; None for everything that residents say."""
        said = officers_desk.said(incoming)
        if said is None or not self._limit.allows((incoming.channel, incoming.presser or incoming.address)):
            return None
        return await self._database.write(officers_desk.perform, incoming, said, self._voices["vi"])

    async def _in_turn(self, incoming: Incoming, deadline: float) -> Accepted:
        """One resident's messages go one after the other, in the order they came."""
        if self._waiting > _MOST_WAITING:
            raise Unavailable("busy")
        who = (incoming.channel, incoming.address)
        turn = self._turns.setdefault(who, _Turn())
        turn.wanted += 1
        try:
            async with turn.lock:  # those before have deadlines of their own, and earlier ones
                return await self._take(incoming, who, deadline)
        finally:
            turn.wanted -= 1
            if not turn.wanted:
                del self._turns[who]

    async def _take(self, incoming: Incoming, who: tuple[str, str], deadline: float) -> Accepted:
        if not self._limit.allows(who):
            limited = Arrival(incoming, limited=True, told=not self._notices.allows(who))
            return await self._writing.put(limited, deadline)
        try:
            return await self._writing.put(await self._arrival(incoming, deadline), deadline)
        except BaseException:  # not taken: it will come again, and must not count twice
            self._limit.give_back(who)
            raise

    async def _arrival(self, incoming: Incoming, deadline: float) -> Arrival:
        text = incoming.text.strip()
        if not text or incoming.kind not in ("text", "media"):
            return Arrival(incoming)
        return Arrival(incoming, *await self._matching.put(text, deadline))

    # --- matching, off the event loop -------------------------------------------------------------

    async def _match_all(self, texts: Sequence[str]) -> Sequence[_Matched]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._matchers, lambda: [self._match(text) for text in texts])

    async def _match_one(self, text: str) -> _Matched:
        return (await self._match_all([text]))[0]

    def _match(self, text: str) -> _Matched:
        began = time.perf_counter()
        index, today = self._faq.snapshot.index, self._faq.today()
        parts = [(part, index.match(part, today)) for part in intent.parts(text)]
        found = index.match(text, today), parts, hear(text)
        FIGURES.measured("match_seconds", time.perf_counter() - began)
        return found

    # --- writing ----------------------------------------------------------------------------------

    async def _write_all(self, arrivals: Sequence[Arrival]) -> Sequence[Accepted]:
        desk = Desk(
            self._faq.snapshot,
            self._voices,
            self._working_days,
            await self._units.loaded(),
            asks_consent=self._asks_consent,
            by_sms=self._by_sms,
        )
        return await self._database.write(accept_all, arrivals, desk)

    async def _write_one(self, arrival: Arrival) -> Accepted:
        for attempt in range(1, _TRIES + 1):
            try:
                return (await self._write_all([arrival]))[0]
            except IntegrityError as error:  # a fresh code met an old one: one in 10^11; take others
                if attempt == _TRIES:
                    raise Unavailable("reference") from error
            except Conflict:  # an officer moved the question in this moment: look again
                if attempt == _TRIES:
                    raise
        raise AssertionError  # pragma: no cover - the loop returns or raises


def _cleaned(incoming: Incoming) -> Incoming:
    """With everything as it may be stored; an address is a platform's own, and is sealed."""
    return Incoming(
        incoming.channel,
        incoming.address,
        clean(incoming.external_id, 200),
        incoming.kind,
        clean(incoming.text, LONGEST_TEXT + 1),
        clean(incoming.option, 64),
        incoming.media_kind,
        clean(incoming.media_ref, 500) if incoming.media_ref else None,
        incoming.language,
        incoming.presser,
        incoming.edited,
    )
