"""Messages are counted by what became of them."""

import pytest

from bot import inbox as inbox_module
from bot.conversation.message import Incoming
from bot.inbox import Inbox
from knowledge_base.errors import Unavailable
from knowledge_base.figures import FIGURES


def said(number: int) -> Incoming:
    return Incoming("terminal", "người thử", f"m{number}", "text", "hộ nghèo có được phát thẻ bảo hiểm y tế không")


async def test_received_duplicate_limited_refused(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    before, spreads = FIGURES.messages(), FIGURES.spreads()
    await inbox.receive(said(1))
    await inbox.receive(said(1))
    monkeypatch.setattr(inbox._limit, "allows", lambda _who: False)
    await inbox.receive(said(2))
    monkeypatch.setattr(inbox_module, "_MOST_WAITING", 0)
    with pytest.raises(Unavailable):
        await inbox.receive(said(3))
    after = FIGURES.messages()
    grown = {outcome: after[outcome] - before[outcome] for outcome in after}
    assert grown == {"received": 1, "duplicate": 1, "limited": 1, "quarantined": 0, "refused": 1}
    now = FIGURES.spreads()
    for name in ("intake_seconds", "match_seconds", "commit_seconds", "commit_group"):
        assert sum(now[name].fell) > sum(spreads[name].fell), name
