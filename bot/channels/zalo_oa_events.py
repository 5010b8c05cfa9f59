"""What Zalo tells of an Official Account's residents: signed events, as `Incoming`.

The signature is SHA-256 over app id, raw body, timestamp and the OA's secret key (Zalo's documentation, "Webhook").
"""

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.channels.receiving import MALFORMED, Unreadable, words_of
from bot.conversation.message import Incoming, is_option_id

NAME = "zalo_oa"
OLDEST = timedelta(hours=13)  # the platform tries for up to twelve hours
_NEWEST = timedelta(minutes=10)  # clocks differ
# `"` inside a text is escaped, so this finds keys only; the body's own is the last or one of few.
_TIMESTAMP = re.compile(rb'"timestamp"\s*:\s*"?([0-9]{1,16})"?')
_MOST_TIMESTAMPS = 8
_MEDIA = {
    "user_send_image": "photo",
    "user_send_audio": "voice",
    "user_send_video": "video",
    "user_send_file": "document",
    "user_send_location": "location",
    "user_send_business_card": "contact",
    "user_send_link": "link",
}
_STICKERS = ("user_send_sticker", "user_send_gif")


def is_signed(raw: bytes, header: str, app_id: str, secret_key: str) -> bool:
    """Whether a body comes from the platform; compared in constant time, before anything is parsed."""
    given = header.removeprefix("mac=").lower().encode(errors="surrogateescape")
    found = False
    for timestamp in dict.fromkeys(_TIMESTAMP.findall(raw)[-_MOST_TIMESTAMPS:]):
        mac = hashlib.sha256(app_id.encode() + raw + timestamp + secret_key.encode()).hexdigest()
        found |= hmac.compare_digest(given, mac.encode())
    return found


def is_stale(event: dict[str, Any], now: datetime) -> bool:
    """Whether an event is older than the platform itself would still send it (or from the future): perhaps a replay."""
    try:
        at = datetime.fromtimestamp(int(event["timestamp"]) / 1000, UTC)
    except (*MALFORMED, OSError):
        return True
    return not now - OLDEST <= at <= now + _NEWEST


def key_of(event: dict[str, Any], otherwise: str) -> str:
    """What an event is kept under; `otherwise` when it doesn't say."""
    try:
        return _external_id(event)
    except MALFORMED:
        return otherwise


def stale(_event: dict[str, Any]) -> Incoming | None:
    """Reads an event too old to act on: seen before, it changes nothing; else an administrator should see it."""
    raise Unreadable


def _external_id(event: dict[str, Any]) -> str:
    """What an event is known by, for ever: the message's id, or for events without one who did what when."""
    name = str(event["event_name"])
    if name in ("follow", "unfollow"):
        return f"{name}:{event['follower']['id']}:{event['timestamp']}"
    return f"{name}:{event['message']['msg_id']}"


def incoming_of(event: dict[str, Any]) -> Incoming | None:
    """What an event says; None for those that say nothing to the dialogue (seen, reactions, our own words echoed).

    Raises:
        Unreadable: a field that is needed is missing or of another type.
    """
    try:
        name = event["event_name"]
        if name in ("follow", "unfollow"):
            return Incoming(NAME, _id(event["follower"]), _external_id(event), "start" if name == "follow" else "left")
        if name.startswith("anonymous_send_"):  # not documented well enough to act on: an administrator should see it
            raise Unreadable
        if not name.startswith("user_send_"):
            return None
        return _message(event, name)
    except MALFORMED as error:
        raise Unreadable from error


def _message(event: dict[str, Any], name: str) -> Incoming:
    resident, key, message = _id(event["sender"]), _external_id(event), event["message"]
    words = words_of(message, "text")
    if name in _STICKERS:
        return Incoming(NAME, resident, key, "sticker")
    if name in _MEDIA:
        place, reference = _attached(message)
        text = "\n".join(part for part in (words, place) if part)
        return Incoming(NAME, resident, key, "media", text, media_kind=_MEDIA[name], media_ref=reference)
    if name != "user_send_text":
        raise Unreadable  # something new that residents can send: an administrator should see it
    if is_option_id(words):
        return Incoming(NAME, resident, key, "option", option=words)
    return Incoming(NAME, resident, key, "text", words)


def _id(person: dict[str, Any]) -> str:
    number = person["id"]
    if not isinstance(number, str | int) or not str(number):
        raise TypeError
    return str(number)


def _attached(message: dict[str, Any]) -> tuple[str, str | None]:
    """Of what is attached: a place's coordinates as words, and where the file is."""
    for attached in message.get("attachments") or ():
        payload = attached.get("payload") or {}
        if at := payload.get("coordinates"):
            return f"{float(at['latitude']):.5f}, {float(at['longitude']):.5f}", None
        if url := payload.get("url"):
            return "", str(url)
    return "", None
