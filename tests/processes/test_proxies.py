"""Whose address counts behind reverse proxies."""

import ipaddress

from aiohttp import web

from processes.proxies import caller_address, trust_proxies

OURS = [ipaddress.ip_network("127.0.0.1"), ipaddress.ip_network("10.0.0.0/8")]


def test_only_trusted_proxies_are_believed() -> None:
    assert caller_address("203.0.113.9", "198.51.100.1", OURS) == "203.0.113.9"
    assert caller_address("127.0.0.1", "198.51.100.1, 203.0.113.9, 10.0.0.2", OURS) == "203.0.113.9"
    assert caller_address("127.0.0.1", "nonsense", OURS) == "127.0.0.1"


async def test_a_line_of_the_callers_own_does_not_hide_the_proxys(aiohttp_client) -> None:
    async def who(request: web.Request) -> web.Response:
        return web.Response(text=request.remote)

    app = web.Application()
    app.router.add_get("/", who)
    trust_proxies(app, OURS)
    client = await aiohttp_client(app)
    lines = [("X-Forwarded-For", "198.51.100.1"), ("X-Forwarded-For", "203.0.113.9")]
    assert await (await client.get("/", headers=lines)).text() == "203.0.113.9"
