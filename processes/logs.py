"""Logging: one event a line on stderr, as text or as JSON. No words of residents, no tokens, no ids of theirs.

What we log ourselves is written with that in mind. Libraries and exceptions are not: a database's error quotes the row,
a parser's the input. So of an exception the kinds and the places are written, never its message; of another's logger
the fixed part of its sentence, never what is filled in.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any, Literal

_OURS = ("__main__", "admin", "bot", "info_page", "knowledge_base", "processes", "translations")
Form = Literal["text", "json"]


def set_up_logging(level: str, form: Form = "text") -> None:
    """Log to stderr at a level."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # httpx logs whole addresses, and Telegram's hold the bot's token; telegram logs whole updates.
    for name in ("httpx", "httpcore", "telegram", "aiohttp.access", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("telegram.ext").setLevel(logging.CRITICAL)
    logging.getLogger("telegram.Bot").setLevel(logging.CRITICAL + 1)  # updates it can't read, whole


def sentence(record: logging.LogRecord) -> str:
    """What a record says, as far as it may be written."""
    if record.name.partition(".")[0] in _OURS:
        return record.getMessage()
    words = str(record.msg).splitlines()
    return words[0] if words else ""


def _kinds(error: BaseException | None) -> list[BaseException]:
    """An exception and what it came from, the first cause first."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return chain[::-1]


def _places(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _raised(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if isinstance(record.exc_info, tuple) else None


class TextLines(logging.Formatter):
    """For people who read a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; an exception's kinds and places below it."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        lines = [f"{at} {record.levelname} {record.name}: {sentence(record)}"]
        for error in _kinds(_raised(record)):
            lines += ["Traceback:", *(f"  {place}" for place in _places(error)), f"{type(error).__qualname__}"]
        return "\n".join(lines)


class JsonLines(logging.Formatter):
    """For programs that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object a line."""
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": sentence(record),
        }
        if errors := _kinds(_raised(record)):
            said["exception"] = [type(error).__qualname__ for error in errors]
            said["places"] = [place for error in errors for place in _places(error)]
        return json.dumps(said, ensure_ascii=False)
