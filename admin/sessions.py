"""Signed-in browsers: an opaque token in a cookie, its keyed hash in the store, an idle end and a last end."""

import ipaddress
import secrets
from collections.abc import Mapping
from datetime import timedelta

from aiohttp import web

from admin.visit import Visit
from knowledge_base.accounts import FREE_BY_ACCOUNT, FREE_BY_ADDRESS, open_session
from knowledge_base.questions.deadline import Calendar
from knowledge_base.settings import Settings
from knowledge_base.storage import calendar_store, staff_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember, StaffSession

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
_TOUCH_EVERY = timedelta(minutes=1)  # one small write a minute, not one a click
_TOKEN_BYTES = 32


def cookie_name(settings: Settings) -> str:
    """`__Host-` ties the cookie to this very host; browsers accept it by https only."""
    return "__Host-staff" if settings.https else "staff"


async def recognise(visit: Visit, *, passive: bool) -> None:
    """Find the session behind the cookie, if it still holds."""
    console = visit.console
    token = visit.request.cookies.get(cookie_name(console.settings), "")
    if not token:
        return
    found, visit.calendar = await console.database.read(_session, console.keys.session_hash(token))
    now = console.clock.now()
    if found is None or now - found.seen_at >= IDLE or now - found.created_at >= LONGEST:
        return
    visit.session = found
    if not passive and now - found.seen_at >= _TOUCH_EVERY:
        await console.database.write(staff_store.touch_session, found.token_hash)


def _session(tx: Transaction, token_hash: str) -> tuple[StaffSession | None, Calendar]:
    """The session behind a cookie, and the calendar by which its pages reckon."""
    return staff_store.session(tx, token_hash), calendar_store.calendar(tx)


async def start(visit: Visit, member: StaffMember, response: web.StreamResponse, subjects: Mapping[str, int]) -> None:
    """A new session with a new token; the former one of this browser ends."""
    console, token = visit.console, secrets.token_urlsafe(_TOKEN_BYTES)
    former = visit.request.cookies.get(cookie_name(console.settings), "")
    if former:
        await console.database.write(staff_store.end_session, console.keys.session_hash(former))
    await console.database.write(staff_store.end_stale_sessions, IDLE, LONGEST)
    await console.database.write(
        open_session, member, subjects, console.keys.session_hash(token), secrets.token_urlsafe(_TOKEN_BYTES)
    )
    settings = console.settings
    response.set_cookie(cookie_name(settings), token, path="/", httponly=True, samesite="Strict", secure=settings.https)


async def end(visit: Visit, response: web.StreamResponse) -> None:
    """Sign out."""
    if visit.session is not None:
        await visit.console.database.write(staff_store.end_session, visit.session.token_hash)
    settings = visit.console.settings
    response.del_cookie(cookie_name(settings), path="/", httponly=True, samesite="Strict", secure=settings.https)


def _network(address: str) -> str:
    """IPv6 gives each subscriber a /64: an address more costs nothing there."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address  # noqa: PLR2004 - IP versions


def subjects(visit: Visit, username: str) -> dict[str, int]:
    """Whose tries are counted, as keyed hashes with their free tries: the account and the address."""
    keys = visit.console.keys
    # Behind a reverse proxy the process that mounts the console has put the caller's own address here.
    address = _network(visit.request.remote or "")
    return {
        keys.session_hash(f"account:{username.casefold()}"): FREE_BY_ACCOUNT,
        keys.session_hash(f"address:{address}"): FREE_BY_ADDRESS,
    }
