"""What a channel is: it receives into the inbox, and sends what the outbox holds."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from aiohttp import web

from bot.conversation.message import Reply


@dataclass(frozen=True, slots=True)
class Limits:
    """What the platform can carry: characters of one text, buttons under it."""

    text: int
    buttons: int


class Health(StrEnum):
    """How a channel is doing."""

    STARTING = "starting"
    UP = "up"
    DOWN = "down"
    OFF = "off"


class DeliveryFailed(Exception):
    """A message could not be sent.

    `permanent`: this resident can't be reached, don't try again. `in_doubt`: it may have arrived.
    `retry_after`: seconds the platform asks to wait.
    """

    def __init__(
        self, reason: str, *, permanent: bool, retry_after: float | None = None, in_doubt: bool = False
    ) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.retry_after = retry_after
        self.in_doubt = in_doubt


class Channel(Protocol):
    """One way to residents. Receiving is the channel's own; sending is called by the delivery."""

    name: str
    limits: Limits
    pulled: bool  # True: residents' pages fetch their messages, nothing is pushed
    polls: bool  # True: `run` asks the platform for updates, which only one process may do at a time
    health: Health

    def add_routes(self, app: web.Application) -> None:
        """Put the channel's addresses on the server (webhooks, the chat's API)."""
        ...

    async def start(self) -> None:
        """Get ready to send and receive; raises when the platform can't be reached (it is tried again)."""
        ...

    async def run(self) -> None:
        """Receive until cancelled; returns at once for channels that only have webhooks."""
        ...

    async def send(self, address: str, reply: Reply, /) -> str | None:
        """Send one reply; returns the platform's message id. Raises DeliveryFailed."""
        ...

    async def fetch_media(self, reference: str) -> tuple[bytes, str]:
        """A file a resident sent, when an officer opens it: bytes (at most 10 MB) and media type."""
        ...

    async def close(self) -> None:
        """Let go of the platform."""
        ...
