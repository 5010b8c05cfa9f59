"""What comes over the wire, as clean values: form fields, query values, JSON."""

import json
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from multidict import MultiDictProxy

from knowledge_base.errors import InvalidInput
from knowledge_base.text.clean import clean

LONGEST = 20_000  # characters of one field; longer ones are refused, never cut
_JSON = "application/json"


def wants_json(request: web.Request) -> bool:
    """Whether a script asks, not a person."""
    return request.content_type == _JSON or _JSON in request.headers.get("Accept", "")


async def form_of(request: web.Request) -> MultiDictProxy[Any]:
    """The fields of a form; aiohttp keeps what it has read, so this may be called again."""
    try:
        return await request.post()
    # Bytes that are no text, a broken multipart body.
    except (ValueError, LookupError, AssertionError, HttpProcessingError) as error:
        raise InvalidInput("form_unreadable") from error


async def json_of(request: web.Request) -> dict[str, Any]:
    """A JSON object."""
    try:
        value = json.loads(await request.text())
    except (ValueError, LookupError, RecursionError) as error:
        raise InvalidInput("form_unreadable") from error
    if not isinstance(value, dict):
        raise InvalidInput("form_unreadable")
    return value


def field_of(form: MultiDictProxy[Any], name: str, limit: int = LONGEST) -> str:
    """One field's text, cleaned; a missing one is empty, an uploaded file is no text."""
    value = form.get(name, "")
    return tidy(value, name, limit)


def file_of(form: MultiDictProxy[Any], name: str) -> tuple[str, bytes]:
    """An uploaded file's name and bytes; nothing chosen is refused."""
    value = form.get(name)
    if not isinstance(value, web.FileField) or not value.filename:
        raise InvalidInput("file_missing", field=name)
    with value.file:  # aiohttp leaves it open
        return clean(value.filename, 200), value.file.read()


def tidy(value: Any, name: str, limit: int = LONGEST) -> str:
    """A value somebody sent, as text that may be stored."""
    text = clean(value) if isinstance(value, str) else ""
    if len(text) > limit:
        raise InvalidInput("too_long", field=name, most=limit)
    return text


def number_of(request: web.Request, name: str, default: int, most: int = 100_000) -> int:
    """A whole number from the address; nonsense is the default."""
    text = request.query.get(name, "")
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < len(str(most)) + 1 else default


def words_of(request: web.Request, name: str, limit: int = 200) -> str:
    """A short text from the address."""
    return clean(request.query.get(name, ""), limit).strip()


def id_of(request: web.Request, name: str = "id") -> int:
    """A number that the route has checked."""
    return int(request.match_info[name])
