"""The usual way to build the same bot: python-telegram-bot's own `run_webhook`, which acknowledges from memory.

Started as `python -m tests.faults.peer_ptb PORT PLATFORM_URL`; answers every message with its own words.
"""

import sys

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from tests.faults.messenger import SECRET, TOKEN


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say it back."""
    if update.message and update.message.text:
        await update.message.reply_text(update.message.text)


def main() -> None:
    """Serve until killed."""
    port, platform = int(sys.argv[1]), sys.argv[2]
    application = Application.builder().token(TOKEN).base_url(f"{platform}/bot").concurrent_updates(4).build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_webhook(
        "127.0.0.1",
        port,
        "webhooks/telegram",
        secret_token=SECRET,
        webhook_url=f"http://127.0.0.1:{port}/webhooks/telegram",
        drop_pending_updates=False,
    )


if __name__ == "__main__":
    main()
