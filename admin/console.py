"""What the console works with, handed to it once by whoever composes the process."""

from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from aiohttp import web

from knowledge_base.clock import Clock
from knowledge_base.entry_list import EntryList
from knowledge_base.keys import Keys
from knowledge_base.live_faq import LiveFaq
from knowledge_base.live_units import LiveUnits
from knowledge_base.neighbours import Neighbours
from knowledge_base.settings import Settings
from knowledge_base.storage.database import Database
from knowledge_base.trials import Trials

FetchMedia = Callable[[str, str], Awaitable[tuple[bytes, str]]]
ChannelStates = Callable[[], Awaitable[Mapping[str, str]]]


def _password_threads() -> ThreadPoolExecutor:
    # Each hash takes 64 MiB on purpose: two at a time are enough for an office and bound the memory.
    return ThreadPoolExecutor(2, thread_name_prefix="passwords")


@dataclass(frozen=True, slots=True)
class Console:
    """The parts: store, live FAQ, settings, keys, clock, live units, trials, and what only other faces can do."""

    database: Database
    faq: LiveFaq
    settings: Settings
    keys: Keys
    clock: Clock
    units: LiveUnits
    trials: Trials
    fetch_media: FetchMedia | None = None
    channel_states: ChannelStates | None = None
    neighbours: Neighbours = field(default_factory=Neighbours)
    entries: EntryList = field(default_factory=EntryList)
    password_threads: ThreadPoolExecutor = field(default_factory=_password_threads)


CONSOLE: web.AppKey[Console] = web.AppKey("console", Console)
