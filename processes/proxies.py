"""The caller's address behind reverse proxies: believed only when a trusted proxy says it."""

import ipaddress
from collections.abc import Sequence

from aiohttp import web
from aiohttp.typedefs import Handler

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def caller_address(peer: str | None, forwarded: str, trusted: Sequence[Network]) -> str | None:
    """The rightmost address of X-Forwarded-For that no trusted proxy added; else the peer."""
    chain = [*(part.strip() for part in forwarded.split(",") if part.strip()), peer or ""]
    for address in reversed(chain):
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return peer
        if not any(parsed in network for network in trusted):
            return address
    return chain[0]


def trust_proxies(app: web.Application, trusted: Sequence[Network]) -> None:
    """Make `request.remote` the caller's address in the app and all mounted below it."""
    if not trusted:
        return

    @web.middleware
    async def real_address(request: web.Request, handler: Handler) -> web.StreamResponse:
        # Some proxies add a line of their own below the caller's instead of lengthening it.
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", ()))
        address = caller_address(request.remote, forwarded, trusted)
        return await handler(request.clone(remote=address or ""))

    app.middlewares.insert(0, real_address)
