"""The way back into a conversation from another device; why a reference alone doesn't open it: docs/decisions/0011."""

from bot.channels.refusal import TOO_MANY, ChatError, subscriber
from bot.rate_limit import RateLimit
from knowledge_base.clock import Clock
from knowledge_base.questions.reference import read_reference
from knowledge_base.questions.return_code import read_return_code
from knowledge_base.storage import return_store
from knowledge_base.storage.database import Database
from knowledge_base.storage.return_store import ReturnCode
from translations.loader import mark as _

# Wrong tries in seconds. What is right doesn't count: in a commune's office many may come back one after the other.
# Digits of 49 bits would hold for ages at far more; whoever knows a reference must not lock its owner out for long.
_ADDRESS_RATE = (10, 600.0)
_REFERENCE_RATE = (30, 3600.0)

NOTHING_ASKED = _("Ask something first: then you can open this conversation on another device.")
REFUSED = _("This code and this secret number don't belong together. Please check every letter and digit.")


class WayBack:
    """Gives out return codes, and opens conversations by them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._per_address = RateLimit(clock, *_ADDRESS_RATE)
        self._per_reference = RateLimit(clock, *_REFERENCE_RATE)

    async def make(self, session: str) -> ReturnCode:
        """A new code for a conversation; the one before it opens nothing any more."""
        made = await self._database.write(return_store.make_return_code, session)
        if made is None:
            raise ChatError(409, "nothing_asked", NOTHING_ASKED)
        return made

    async def open(self, address: str, reference: str, code: str) -> str:
        """The session behind what a resident typed; in its conversation it is said that it was opened elsewhere."""
        known, digits = read_reference(reference), read_return_code(code)
        if known is None or digits is None:  # a slip, not a try
            raise ChatError(403, "return_refused", REFUSED)
        tries = ((self._per_address, subscriber(address)), (self._per_reference, known))
        if not all(limit.allows(subject) for limit, subject in tries):
            raise ChatError(429, "too_many", TOO_MANY, again_in=60)
        session = await self._database.read(return_store.session_behind, known, digits)
        if session is None:
            raise ChatError(403, "return_refused", REFUSED)
        for limit, subject in tries:
            limit.give_back(subject)
        await self._database.write(return_store.tell_of_opening, session, known)
        return session
