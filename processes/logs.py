"""Logging: one line an event on stderr; libraries that would log secrets are kept quiet."""

import logging


def set_up_logging(level: str) -> None:
    """Log to stderr at a level."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # httpx logs whole addresses, and Telegram's hold the bot's token; telegram logs whole updates.
    for name in ("httpx", "httpcore", "telegram", "aiohttp.access", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("telegram.ext").setLevel(logging.CRITICAL)
    logging.getLogger("telegram.Bot").setLevel(logging.CRITICAL + 1)  # updates it can't read, whole
