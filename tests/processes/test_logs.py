"""Lines of the log: their form, and what never gets into them."""

import json
import logging
from typing import Any

import pytest

from processes.logs import JsonLines, TextLines

CANARY = "CANARY-7391"


def record(name: str, message: str, *arguments: Any, error: BaseException | None = None) -> logging.LogRecord:
    exc_info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord(name, logging.ERROR, "file.py", 1, message, arguments, exc_info)


def stumble() -> None:
    try:
        int(f"the row says {CANARY}")
    except ValueError as error:
        raise KeyError(CANARY) from error


def caught() -> BaseException:
    with pytest.raises(KeyError) as raised:
        stumble()
    return raised.value


@pytest.mark.parametrize("form", [TextLines(), JsonLines()])
def test_exceptions_are_named_and_placed_never_quoted(form: logging.Formatter) -> None:
    line = form.format(record("bot.delivery", "it failed", error=caught()))
    assert CANARY not in line
    assert line.index("ValueError") < line.index("KeyError")
    assert "test_logs.py" in line


@pytest.mark.parametrize("form", [TextLines(), JsonLines()])
def test_of_others_only_the_fixed_part_is_written(form: logging.Formatter) -> None:
    assert CANARY not in form.format(record("aiohttp.server", "Error handling request from %s", CANARY))
    assert CANARY not in form.format(record("asyncio", f"Task failed\nfuture: <Task exception={CANARY}>"))
    assert "7 of 9" in form.format(record("bot.inbox", "%d of %d", 7, 9))


def test_json_lines_are_one_object_each() -> None:
    line = JsonLines().format(record("processes.server", "two\nlines", error=caught()))
    assert "\n" not in line
    said = json.loads(line)
    assert (said["level"], said["logger"], said["message"]) == ("ERROR", "processes.server", "two\nlines")
    assert said["at"].endswith("+00:00")
    assert said["exception"] == ["ValueError", "KeyError"]
