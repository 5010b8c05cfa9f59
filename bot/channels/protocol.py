"""What a channel is: it receives into the inbox, and sends what the outbox holds."""

from dataclasses import dataclass
from enum import StrEnum

from aiohttp import web

from bot.conversation.message import Reply
from knowledge_base.errors import KnowledgeBaseError


@dataclass(frozen=True, slots=True)
class Limits:
    """What the platform can carry: UTF-16 units of one text, buttons under it.

    Longer texts go in parts, more buttons as a numbered list.
    """

    text: int
    buttons: int


class Health(StrEnum):
    """How a channel is doing."""

    STARTING = "starting"
    UP = "up"
    DOWN = "down"
    NO_CONSENT = "no_consent"  # the platform wants a human to consent anew; messages wait
    OFF = "off"


class DeliveryFailed(Exception):
    """A message could not be sent.

    `permanent`: this resident can't be reached, don't try again. `in_doubt`: it may have arrived.
    `retry_after`: seconds the platform asks to wait. `until_heard`: nothing reaches him before his next word.
    `unreached`: the platform never heard of it, so this is no try of the message's.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        in_doubt: bool = False,
        until_heard: bool = False,
        unreached: bool = False,
    ) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.retry_after = retry_after
        self.in_doubt = in_doubt
        self.until_heard = until_heard
        self.unreached = unreached


class ConsentLost(Exception):
    """The platform lets us speak no more until a human has consented anew."""


class Channel:
    """One way to residents. Receiving is the channel's own; sending is called by the delivery."""

    name: str
    limits: Limits
    health: Health
    pulled = False  # True: residents' pages fetch their messages, nothing is pushed
    polls = False  # True: `run` asks the platform for updates, which only one process may do at a time

    def add_routes(self, app: web.Application) -> None:
        """Put the channel's addresses on the server (webhooks, the chat's API)."""

    async def start(self) -> None:
        """Get ready to send and receive; raises when the platform can't be reached (it is tried again)."""

    async def run(self) -> None:
        """Receive until cancelled; returns at once for channels that only have webhooks."""

    async def send(self, address: str, reply: Reply, /) -> str | None:
        """Send what fits one message (see `limits`); returns the platform's message id. Raises DeliveryFailed."""
        raise NotImplementedError

    async def announce(self, address: str, reference: str, /) -> None:
        """Tell the resident, by a means that reaches him, that messages wait for his next word. Raises DeliveryFailed.

        Called once for as long as they wait; a channel without such a means does nothing.
        """

    async def fetch_media(self, _reference: str, /) -> tuple[bytes, str]:
        """A file a resident sent, when an officer opens it: bytes (at most 10 MB) and media type."""
        raise KnowledgeBaseError("media_unavailable")

    async def close(self) -> None:
        """Let go of the platform."""
