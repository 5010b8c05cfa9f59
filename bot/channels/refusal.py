"""What the web chat refuses, and in which words."""

import ipaddress

from translations.loader import mark as _


class ChatError(Exception):
    """A request that is refused, as `{"error": {"code", "message"}}`."""

    def __init__(self, status: int, code: str, sentence: str, again_in: int = 10) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.sentence = sentence
        self.again_in = again_in  # seconds, said with 429 and 503


def busy() -> ChatError:
    """Nothing was kept; the same message may be sent again."""
    return ChatError(503, "not_ready", NOT_READY)


BAD_JSON = _("The message could not be read. Please reload the page and try again.")
BAD_FIELD = _("The message is incomplete. Please reload the page and try again.")
NO_SESSION = _("This conversation is not known here. Please reload the page to begin a new one.")
NOT_OURS = _("This form was not sent from this page, so nothing was kept. Please send it again from here.")
TOO_LARGE = _("The message is too long. Please shorten it to 4,000 characters.")
TOO_MANY = _("Too many messages at once. Please wait a minute and try again.")
NOT_READY = _("The service is busy. Your message was not kept; please send it again in a moment.")


def subscriber(address: str) -> str:
    """Whom an address stands for: in IPv6 each subscriber has a whole /64 of them."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))  # noqa: PLR2004 - IP versions
