"""The audit trail, newest first; who looks at it changes nothing."""

from aiohttp import web

from admin.visit import visit_of
from admin.wire import number_of, words_of
from knowledge_base.storage import audit_store
from knowledge_base.storage.staff_store import TOP

_PAGE = 100


async def show(request: web.Request) -> web.Response:
    """A hundred rows at a time, of one account, act or subject if named."""
    visit = visit_of(request)
    wanted = {name: words_of(request, name, 64).strip() for name in ("actor", "act", "subject")}
    before = number_of(request, "before", 0) or None
    rows = await visit.read(audit_store.newest, visit.member.unit_path, **wanted, before=before, limit=_PAGE)
    following = rows[-1].number if len(rows) == _PAGE else None
    head = await visit.read(audit_store.head) if visit.member.unit_path == TOP else None
    return visit.page("trail.html", rows=rows, wanted=wanted, following=following, head=head)
