"""How long a resident can be answered over his messenger after his last word.

Zalo Official Account: 48 hours free, then paid for up to 7 days, then closed until he writes again (Zalo's
documentation; see docs/channels.md). Elsewhere there is no such window.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

_WINDOWS = {"zalo_oa": (timedelta(hours=48), timedelta(days=7))}


@dataclass(frozen=True, slots=True)
class ReplyWindow:
    """Until when an answer is free, and until when it can be sent at all."""

    free_until: datetime
    open_until: datetime


def reply_window(channel: str, last_word: datetime | None) -> ReplyWindow | None:
    """The window to a resident; None where there is none, or he never wrote."""
    limits = _WINDOWS.get(channel)
    if limits is None or last_word is None:
        return None
    return ReplyWindow(last_word + limits[0], last_word + limits[1])
