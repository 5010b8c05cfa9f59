"""The terminal: stdin to stdout, one line a message; for trying the dialogue and for scripts."""

import secrets

from bot.conversation.intent import chosen
from bot.conversation.message import Incoming, Option, Reply
from bot.inbox import Inbox

NAME = "terminal"


def shown(reply: Reply) -> str:
    """A reply as lines: its words, then its numbered choices unless the words list them already."""
    options = () if reply.decision == "suggest" else reply.options
    return "\n".join([reply.text, *(f"  [{number}] {option.label}" for number, option in enumerate(options, 1))])


class Terminal:
    """One resident at a keyboard."""

    def __init__(self, inbox: Inbox, language: str = "vi") -> None:
        self._inbox = inbox
        self._language = language
        self._address = secrets.token_hex(8)
        self._options: tuple[Option, ...] = ()

    async def hear(self, line: str) -> list[Reply]:
        """Take one line; a number means the choice shown last."""
        option = chosen(line, self._options) if line.strip().isdigit() else None
        incoming = Incoming(
            channel=NAME,
            address=self._address,
            external_id=secrets.token_hex(16),
            kind="option" if option else "text",
            text="" if option else line,
            option=option.id if option else "",
            language=self._language,
        )
        accepted = await self._inbox.receive(incoming)
        offered = [reply.options for reply in accepted.replies if reply.options]
        self._options = offered[-1] if offered else ()
        return list(accepted.replies)
