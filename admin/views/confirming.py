"""Confirming shipped text: how far it is, and one entry's checklist after the other."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web
from multidict import MultiDictProxy

from admin.errors import explain, status_of
from admin.visit import Visit, visit_of
from admin.wire import field_of, form_of, words_of
from knowledge_base import confirming
from knowledge_base.confirming import Said, Shipped
from knowledge_base.errors import InvalidInput, KnowledgeBaseError
from knowledge_base.faq.checklist import Finding, Point, hash_of, open_points, part_of
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.questions.lifecycle import Role
from knowledge_base.storage import faq_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import TOP

FILTERS = ("open", "wrong", "confirmed")
_REMARK = 500


@dataclass(frozen=True, slots=True)
class _All:
    entries: list[Shipped]
    topics: list[Topic]

    def progress(self) -> list[tuple[Topic, int, int]]:
        """Each topic that has shipped entries, with how many are confirmed, and how many there are."""
        whole = Counter(one.revision.entry.topic for one in self.entries)
        done = Counter(one.revision.entry.topic for one in self.entries if one.confirmed)
        return [(topic, done[topic.slug], whole[topic.slug]) for topic in self.topics if whole[topic.slug]]


def _read(tx: Transaction) -> _All:
    return _All(confirming.shipped(tx), faq_store.all_topics(tx))


def _fits(one: Shipped, state: str, topic: str) -> bool:
    stands = {"open": not one.confirmed, "confirmed": one.confirmed, "wrong": bool(one.wrong)}
    return topic in ("", one.revision.entry.topic) and stands.get(state, True)


def next_open(entries: Sequence[Shipped], after: str, topic: str) -> str:
    """The key of the next entry with a point to look at, in the order of keys and round again; the one just seen not.

    What was looked at and found wrong waits for its amends.
    """
    waiting = (one for one in entries if _fits(one, "open", topic) and None in one.points.values())
    keys = [one.revision.key for one in waiting if one.revision.key != after]
    return next((key for key in keys if key > after), keys[0] if keys else "")


def may_confirm(visit: Visit) -> bool:
    """Whether the verb would let him."""
    return visit.member.role == Role.EDITOR and visit.member.unit_path == TOP


async def show(request: web.Request) -> web.Response:
    """The shipped entries, to filter; how many are confirmed, in all and by topic."""
    visit = visit_of(request)
    state, topic = words_of(request, "state"), words_of(request, "topic")
    found = await visit.read(_read)
    return visit.page(
        "confirming.html",
        found=found,
        shown=[one for one in found.entries if _fits(one, state, topic)],
        confirmed=sum(one.confirmed for one in found.entries),
        next_key=next_open(found.entries, "", topic),
        query={"state": state if state in FILTERS else "", "topic": topic},
        filters=FILTERS,
        open_points=open_points,
        may_confirm=may_confirm(visit),
    )


# --- one entry ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _One:
    entry: Shipped
    all: _All
    documents: dict[str, LegalDocument]


def _read_one(tx: Transaction, key: str) -> _One:
    return _One(confirming.shipped_one(tx, key), _read(tx), faq_store.documents(tx))


async def _page(
    visit: Visit, key: str, error: KnowledgeBaseError | None = None, typed: MultiDictProxy[str] | None = None
) -> web.Response:
    found = await visit.read(_read_one, key)
    entry, topic = found.entry.revision.entry, words_of(visit.request, "topic")
    return visit.page(
        "checklist.html",
        status_of(error) if error else 200,
        found=found,
        revision=found.entry.revision,
        points=[
            (point, part_of(entry, point), hash_of(entry, point), check) for point, check in found.entry.points.items()
        ],
        typed=typed or {},
        confirmed=sum(one.confirmed for one in found.all.entries),
        next_key=next_open(found.all.entries, key, topic),
        topic=topic,
        may_confirm=may_confirm(visit) and visit.member.username != found.entry.revision.author,
        problem=await explain(visit, error) if error else "",
        faulty=str(error.data.get("field", "")) if error else "",
    )


async def show_entry(request: web.Request) -> web.Response:
    """The entry as readers see it, and its five points."""
    return await _page(visit_of(request), request.match_info["key"])


def _said(form: MultiDictProxy[str]) -> list[Said]:
    """What the form says of each point; those it is silent about stay as they are."""
    said = []
    for point in Point:
        found, remark = field_of(form, point, 10), field_of(form, f"{point}_remark", _REMARK)
        if found in set(Finding):
            said.append(Said(point, Finding(found), remark, field_of(form, f"{point}_seen", 64)))
        elif remark.strip():
            raise InvalidInput("finding_missing", field=f"{point}_remark")
    return said


async def send(request: web.Request) -> web.StreamResponse:
    """Keep what was found, then show the next open entry."""
    visit, key, form = visit_of(request), request.match_info["key"], await form_of(request)
    topic = words_of(request, "topic")
    try:
        said = _said(form)
        visit.tell_trail(**{str(one.point): one.finding for one in said})
        confirmed = await visit.write(confirming.check, key, said)
    except KnowledgeBaseError as error:
        if error.key in ("entry", "not_shipped"):
            raise
        return await _page(visit, key, error, None if error.key == "part_changed" else form)
    wrong = any(one.finding == Finding.WRONG for one in said)
    done = "confirmed" if confirmed else "found_wrong" if wrong else "checked"
    following = next_open((await visit.read(_read)).entries, key, topic)
    if following:
        raise visit.to("checklist", done, {"topic": topic}, key=following)
    raise visit.to("confirming", done, {"topic": topic})
