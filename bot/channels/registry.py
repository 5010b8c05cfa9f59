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

    return Telegram(parts.inbox, parts.database, parts.settings)


def _zalo_oa(parts: Parts) -> Channel | None:
    if not parts.settings.zalo_oa_app_id:
        return None
    from bot.channels.zalo_oa import ZaloOa  # noqa: PLC0415 - as above

    return ZaloOa(parts.inbox, parts.database, parts.settings, parts.clock)


def _zalo_bot(parts: Parts) -> Channel | None:
    if not parts.settings.zalo_bot_token:
        return None
    from bot.channels.zalo_bot import ZaloBot  # noqa: PLC0415 - as above

    return ZaloBot(parts.inbox, parts.database, parts.settings)


def _sms(parts: Parts) -> Channel | None:
    if not parts.settings.sms_api_url:
        return None
    from bot.channels.sms import Sms  # noqa: PLC0415 - as above

    return Sms(parts.inbox, parts.database, parts.settings)


BUILDERS: dict[str, Callable[[Parts], Channel | None]] = {
    "web_chat": _web_chat,
    "zalo_oa": _zalo_oa,
    "zalo_bot": _zalo_bot,
    "telegram": _telegram,
    "sms": _sms,
}


def _email(parts: Parts) -> Channel | None:
    if not parts.settings.officers_email:
        return None
    from bot.channels.email import Email  # noqa: PLC0415 - as above

    return Email(parts.settings)


# Those that carry words to officers only; nobody writes to us there.
NOTIFIERS: dict[str, Callable[[Parts], Channel | None]] = {"email": _email}


def build_channels(parts: Parts) -> list[Channel]:
    """Every channel that is configured."""
    built = (build(parts) for build in (BUILDERS | NOTIFIERS).values())
    return [channel for channel in built if channel is not None]
