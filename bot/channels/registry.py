"""The channels, by name: the only list of them."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.channels.protocol import Channel
from bot.channels.web_chat import WebChat
from bot.inbox import Inbox
from knowledge_base.clock import Clock
from knowledge_base.live_faq import LiveFaq
from knowledge_base.settings import Settings
from knowledge_base.storage.database import Database
from translations.loader import DEFAULT_LANGUAGE, catalog


@dataclass(frozen=True, slots=True)
class Parts:
    """What channels are built from."""

    inbox: Inbox
    database: Database
    faq: LiveFaq
    settings: Settings
    clock: Clock


def _web_chat(parts: Parts) -> Channel:
    return WebChat(parts.inbox, parts.database, parts.faq, parts.settings, parts.clock)


def _telegram(parts: Parts) -> Channel | None:
    if not parts.settings.telegram_token:
        return None
    from bot.channels.telegram import Telegram  # noqa: PLC0415 - a start must not wait for a library it doesn't use

    translate = catalog("bot", DEFAULT_LANGUAGE).gettext
    return Telegram(parts.inbox, parts.database, parts.settings, translate)


BUILDERS: dict[str, Callable[[Parts], Channel | None]] = {"web_chat": _web_chat, "telegram": _telegram}


def build_channels(parts: Parts) -> list[Channel]:
    """Every channel that is configured."""
    built = (build(parts) for build in BUILDERS.values())
    return [channel for channel in built if channel is not None]
