"""How often one address may do something; in memory, bounded, gone at a restart."""

import ipaddress
from collections import OrderedDict, deque
from datetime import datetime, timedelta

from aiohttp import web

_MOST_ADDRESSES = 20_000
_IPV6_NEIGHBOURS = 64  # one subscriber usually holds a whole /64


class Throttle:
    """At most `most` acts of an address within `span`."""

    def __init__(self, most: int, span: timedelta) -> None:
        self._most = most
        self._span = span
        self._acts: OrderedDict[str, deque[datetime]] = OrderedDict()

    def allows(self, address: str, now: datetime) -> bool:
        """Whether the address may act now; counts the act if so."""
        acts = self._acts.setdefault(address, deque())
        self._acts.move_to_end(address)
        if len(self._acts) > _MOST_ADDRESSES:
            self._acts.popitem(last=False)
        while acts and acts[0] <= now - self._span:
            acts.popleft()
        if len(acts) >= self._most:
            return False
        acts.append(now)
        return True


def visitor(request: web.Request) -> str:
    """Where a request comes from; the processes see to it that this is no reverse proxy of ours."""
    try:
        address = ipaddress.ip_address((request.remote or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ipaddress.ip_network((address, _IPV6_NEIGHBOURS), strict=False))
