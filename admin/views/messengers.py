"""One's own messengers: linking Telegram or Zalo to the account, so that questions can be taken from there."""

from aiohttp import web

from admin.visit import Visit, visit_of
from admin.wire import id_of
from knowledge_base.storage import staff_link_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember


def _code(tx: Transaction, member: StaffMember) -> str:
    return staff_link_store.new_code(tx, member.id)


def _unlink(tx: Transaction, member: StaffMember, link_id: int) -> None:
    staff_link_store.unlink(tx, member.id, link_id)


async def _page(visit: Visit, code: str = "") -> web.Response:
    links = await visit.read(staff_link_store.links_of, visit.member.id)
    return visit.page("messengers.html", links=links, code=code)


async def show(request: web.Request) -> web.Response:
    """What is linked, and how to link."""
    return await _page(visit_of(request))


async def give_code(request: web.Request) -> web.Response:
    """A fresh code, shown once."""
    visit = visit_of(request)
    return await _page(visit, await visit.write(_code))


async def unlink(request: web.Request) -> web.StreamResponse:
    """Let a messenger act no more for the account."""
    visit = visit_of(request)
    await visit.write(_unlink, id_of(request))
    raise visit.to("messengers", "unlinked")
