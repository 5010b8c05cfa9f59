"""Clusters: which questions one answer may settle; putting them together, taking one out."""

from dataclasses import dataclass

from aiohttp import web

from admin.views.question import question_page
from admin.visit import visit_of
from admin.wire import form_of, id_of
from knowledge_base import clusters, neighbours
from knowledge_base.errors import InvalidInput, KnowledgeBaseError
from knowledge_base.questions.question import Question
from knowledge_base.storage import cluster_store
from knowledge_base.storage.database import Transaction


@dataclass(frozen=True, slots=True)
class _Clusters:
    open: list[list[Question]]
    suggested: list[list[Question]]


def _read(tx: Transaction, path: str) -> _Clusters:
    return _Clusters(cluster_store.open_clusters(tx, path), neighbours.suggested_groups(tx, path))


async def show(request: web.Request) -> web.Response:
    """The clusters that wait for an answer, and groups that may become one."""
    visit = visit_of(request)
    found = await visit.read(_read, visit.member.unit_path)
    return visit.page("clusters.html", found=found, today=visit.console.faq.today())


async def _chosen(request: web.Request) -> list[int]:
    values = [value for value in (await form_of(request)).getall("question", []) if isinstance(value, str)]
    if not all(value.isdigit() and len(value) < 16 for value in values):  # noqa: PLR2004 - fits the column
        raise InvalidInput("nothing_chosen", field="question")
    return [int(value) for value in values]


async def gather(request: web.Request) -> web.StreamResponse:
    """Put the chosen questions together with this one."""
    visit, question_id = visit_of(request), id_of(request)
    others = [one for one in await _chosen(request) if one != question_id]
    try:
        await visit.write(clusters.gather, question_id, others)
    except KnowledgeBaseError as error:
        return await question_page(visit, question_id, error=error)
    raise visit.to("question", "gathered", id=question_id)


async def take_out(request: web.Request) -> web.StreamResponse:
    """It only looked alike."""
    visit, question_id = visit_of(request), id_of(request)
    try:
        await visit.write(clusters.take_out, question_id)
    except KnowledgeBaseError as error:
        return await question_page(visit, question_id, error=error)
    raise visit.to("question", "taken_out", id=question_id)


async def answer_like(request: web.Request) -> web.StreamResponse:
    """Give this asker the answer that a like question was given."""
    visit, question_id = visit_of(request), id_of(request)
    try:
        await visit.write(clusters.answer_like, question_id, id_of(request, "other"))
    except KnowledgeBaseError as error:
        return await question_page(visit, question_id, error=error)
    raise visit.to("question", "answered", id=question_id)
