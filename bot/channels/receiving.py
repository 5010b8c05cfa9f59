"""What every channel that is told of messages does with them: nothing is acknowledged before it is committed."""

import hashlib
import json
import logging
from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.conversation.message import Incoming
from bot.inbox import Inbox
from knowledge_base.errors import Unavailable
from knowledge_base.figures import FIGURES
from knowledge_base.storage.conversation_store import quarantine
from knowledge_base.storage.database import Database

_LOG = logging.getLogger(__name__)
MAX_BODY = 256 * 1024
PATIENCE_SECONDS = 30.0
WEBHOOK_PATIENCE_SECONDS = 1.5  # a webhook that answers late is called again all the same
_LONGEST_KEPT = 4000  # characters of what can't be read

Reader = Callable[[dict[str, Any]], Incoming | None]


class Unreadable(Exception):
    """A message that doesn't have the shape the platform documents."""


# What reading fields that may be missing or of another type raises.
MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError)


def words_of(message: dict[str, Any], *names: str) -> str:
    """The text under the first of these names that is there; what is there must be a text."""
    found = next((message[name] for name in names if message.get(name) is not None), "")
    if not isinstance(found, str):
        raise TypeError
    return found


class Receiver:
    """Takes what one platform says, for good."""

    def __init__(self, name: str, inbox: Inbox, database: Database) -> None:
        self._name = name
        self._inbox = inbox
        self._database = database

    async def webhook(self, said: dict[str, Any], key: str, read: Reader) -> web.Response:
        """Take what was pushed to us; 200 only after COMMIT, 503 when nothing is known to be kept."""
        try:
            await self.take(said, key, read, WEBHOOK_PATIENCE_SECONDS)
        except Unavailable:
            return web.Response(status=503)
        return web.Response()

    async def take(self, said: dict[str, Any], key: str, read: Reader, patience: float = PATIENCE_SECONDS) -> bool:
        """Commit one message; True when it could be read and handled.

        What can't be is kept aside under `key`, for the administrator: refused, it would come back for ever.

        Raises:
            Unavailable: nothing is known to be kept.
        """
        try:
            incoming = read(said)
            if incoming is not None:
                await self._inbox.receive(incoming, patience)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one bad message must not hold up all that follow
            if not isinstance(error, Unreadable):
                _LOG.exception("a message over %s could not be handled; it is kept aside", self._name)
            await self._database.write(quarantine, self._name, key, json.dumps(said)[:_LONGEST_KEPT])
            FIGURES.message("quarantined")
            return False
        return True


async def body_of(request: web.Request) -> bytes | None:
    """The body of a webhook's call; None when it is larger than any platform's."""
    if (request.content_length or 0) > MAX_BODY:
        return None
    raw = await request.read()
    return raw if len(raw) <= MAX_BODY else None


def parsed(raw: bytes) -> tuple[dict[str, Any], str]:
    """The JSON object of a body, and a name made from it; what is none is given as words."""
    return body_in(raw), f"unreadable:{hashlib.sha256(raw).hexdigest()}"


def body_in(raw: bytes) -> dict[str, Any]:
    """The JSON object of a body; what is none is given as words."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        body = None
    return body if isinstance(body, dict) else {"unreadable": raw.decode(errors="replace")[:_LONGEST_KEPT]}
