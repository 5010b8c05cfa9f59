"""The editors' desk: what waits for a decision."""

from dataclasses import dataclass

from aiohttp import web

from admin.errors import explain, status_of
from admin.visit import Visit, visit_of
from admin.wire import field_of, form_of, id_of
from admin.worklists import due_reviews, law_worklist, live_entries
from knowledge_base import editorial
from knowledge_base.errors import InvalidInput, KnowledgeBaseError
from knowledge_base.faq.publication import RevisionState
from knowledge_base.faq.revision import Revision
from knowledge_base.questions.question import CloseReason, Question
from knowledge_base.redaction.find import mask_personal_data
from knowledge_base.storage import faq_store, phrasing_store, question_store, staff_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.phrasing_store import ProposedPhrasings

_LISTED = 20  # of each list that nobody fills; the rest is a page away
# Why an answered question may stay out of public view.
EXCLUSIONS = (
    CloseReason.PERSONAL_CASE,
    CloseReason.OUT_OF_SCOPE,
    CloseReason.DUPLICATE,
    CloseReason.ABUSE,
    CloseReason.WITHDRAWN,
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answered question without a text of its own in review: it was answered with an entry, or withdrawn."""

    question: Question
    author: str
    entry_key: str


@dataclass(frozen=True, slots=True)
class _Desk:
    in_review: list[Revision]
    scheduled: list[Revision]
    bypassed: list[Revision]  # live, and looked at by one person only
    returned: list[Revision]
    waiting: list[Waiting]
    phrasings: list[ProposedPhrasings]


def _waiting(tx: Transaction, path: str, decided_elsewhere: set[int | None]) -> list[Waiting]:
    names = staff_store.usernames(tx)
    found = []
    for question in question_store.waiting_for_publication(tx, path):
        if question.id in decided_elsewhere:
            continue
        answers = question_store.answers_of(tx, question.id)
        author = names.get(answers[-1].author_id, "") if answers else ""
        found.append(Waiting(question, author, question.entry_key or ""))
    return found


def _of_units(tx: Transaction, path: str, revisions: list[Revision]) -> list[Revision]:
    """The texts that came from no question, or from one of these units."""
    origins = {revision.origin_question_id for revision in revisions if revision.origin_question_id is not None}
    own = question_store.those_within(tx, path, origins)
    return [one for one in revisions if one.origin_question_id is None or one.origin_question_id in own]


def _desk(tx: Transaction, path: str) -> _Desk:
    in_review = [one for one in _of_units(tx, path, faq_store.in_review(tx)) if one.publish_on is None]
    scheduled = _of_units(tx, path, faq_store.scheduled(tx))
    bypassed = [one for one in faq_store.bypasses(tx) if one.bypass_checked_by is None]
    returned = _of_units(tx, path, faq_store.latest_revisions(tx, RevisionState.AMENDS_NEEDED))
    origins = {revision.origin_question_id for revision in (*in_review, *scheduled, *returned)}
    phrasings = phrasing_store.open_within(tx, path)
    origins |= {proposal.question_id for proposal in phrasings}
    return _Desk(in_review, scheduled, bypassed, returned, _waiting(tx, path, origins), phrasings)


async def _page(
    visit: Visit, error: KnowledgeBaseError | None = None, question_id: int = 0, typed: str = ""
) -> web.Response:
    desk = await visit.read(_desk, visit.member.unit_path)
    documents = await visit.read(faq_store.documents)
    return visit.page(
        "publication_desk.html",
        status_of(error) if error else 200,
        desk=desk,
        law=law_worklist(visit, documents),
        due=due_reviews(visit),
        entries={entry.key: entry for entry in live_entries(visit)},
        listed=_LISTED,
        reasons=EXCLUSIONS,
        masked=mask_personal_data,
        problem=await explain(visit, error) if error else "",
        faulty=question_id,
        typed=typed,
    )


async def show(request: web.Request) -> web.Response:
    """The lists."""
    return await _page(visit_of(request))


async def link(request: web.Request) -> web.StreamResponse:
    """An existing entry settles the question; its wording may become a phrasing."""
    visit, question_id, form = visit_of(request), id_of(request), await form_of(request)
    key, wording = field_of(form, "entry", 40).strip(), field_of(form, "wording", 500)
    try:
        await visit.write(editorial.link, question_id, key, wording)
    except KnowledgeBaseError as error:
        return await _page(visit, error, question_id, wording)
    raise visit.to("desk", "linked")


async def exclude(request: web.Request) -> web.StreamResponse:
    """The question stays out of public view, for a reason."""
    visit, question_id, form = visit_of(request), id_of(request), await form_of(request)
    reason = field_of(form, "reason", 30)
    try:
        if reason not in set(EXCLUSIONS):
            raise InvalidInput("reason_missing", field="reason")
        await visit.write(editorial.exclude, question_id, CloseReason(reason))
    except KnowledgeBaseError as error:
        return await _page(visit, error, question_id)
    raise visit.to("desk", "excluded")
