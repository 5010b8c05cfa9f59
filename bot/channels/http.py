"""Calls to platforms that have no library we could build on: JSON over HTTPS, and what a failure means."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.channels.protocol import DeliveryFailed
from knowledge_base.errors import KnowledgeBaseError

_PATIENCE_SECONDS = 20.0
_CONNECT_SECONDS = 5.0  # well below any patience: who was never reached got nothing
_MAX_FILE = 10 * 1024 * 1024


# Said by what stands before a platform, which may have taken the call.
GATEWAY = (HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform answered; `body` is empty when it was no JSON object."""

    status: int
    body: dict[str, Any]


class Http:
    """One platform's connections, made when first used: they belong to a running loop. Redirects are not followed."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def post(
        self,
        url: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        patience: float = _PATIENCE_SECONDS,
    ) -> Answer:
        """POST; whatever the platform answers is returned.

        Raises:
            DeliveryFailed: there was no answer; `in_doubt` unless the call certainly never left.
        """
        timeout = aiohttp.ClientTimeout(total=patience, connect=_CONNECT_SECONDS)
        try:
            async with self._open().post(
                url, json=json, data=form, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                return Answer(response.status, await _object(response))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise DeliveryFailed("network", unreached=True) from error
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise DeliveryFailed("network", in_doubt=True) from error

    async def fetch(self, url: str, hosts: tuple[str, ...]) -> tuple[bytes, str]:
        """A file of at most 10 MB from one of the hosts (or a host under one); its media type as given."""
        host = urlsplit(url).hostname or ""
        if not any(host == allowed or host.endswith(f".{allowed}") for allowed in hosts):
            raise KnowledgeBaseError("media_unavailable")
        try:
            async with self._open().get(url, allow_redirects=False) as response:
                if response.status != HTTPStatus.OK:
                    raise KnowledgeBaseError("media_unavailable")
                data = bytearray()
                async for chunk in response.content.iter_chunked(64 * 1024):
                    data += chunk
                    if len(data) > _MAX_FILE:
                        raise KnowledgeBaseError("media_too_large")
                return bytes(data), response.content_type
        except (aiohttp.ClientError, TimeoutError) as error:
            raise KnowledgeBaseError("media_unavailable") from error

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session:
            session, self._session = self._session, None
            await session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=_PATIENCE_SECONDS, connect=_CONNECT_SECONDS)
            self._session = aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())
        return self._session


async def _object(response: aiohttp.ClientResponse) -> dict[str, Any]:
    try:
        body = await response.json(content_type=None)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
