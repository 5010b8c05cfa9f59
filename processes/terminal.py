"""`python -m processes.terminal`: the dialogue on stdin and stdout, over the same store."""

import asyncio
import sys

from bot.channels.terminal import Terminal, shown
from bot.inbox import Inbox
from knowledge_base.clock import SystemClock
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.live_faq import LiveFaq
from knowledge_base.live_units import LiveUnits
from knowledge_base.settings import Settings, SettingsError, read_settings
from processes.release import Prepared, explain, prepare


async def converse(settings: Settings, prepared: Prepared) -> None:
    """Until the end of stdin."""
    clock = SystemClock()
    faq = LiveFaq(prepared.database, clock, settings.data_dir / "cache")
    units = LiveUnits(prepared.database, clock)
    await asyncio.gather(faq.refresh(), units.current())
    terminal = Terminal(Inbox(prepared.database, faq, settings, clock, units))
    while line := await asyncio.to_thread(sys.stdin.readline):
        for reply in await terminal.hear(line.rstrip("\n")):
            print(shown(reply), end="\n\n", flush=True)


def main() -> int:
    """Prepare the store and talk."""
    try:
        settings = read_settings()
        prepared = prepare(settings)
    except (SettingsError, KnowledgeBaseError) as error:
        print(explain(error), file=sys.stderr)
        return 2
    try:
        asyncio.run(converse(settings, prepared))
    finally:
        prepared.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
