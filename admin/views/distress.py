"""What is said at once to somebody in distress: an administrator's own words and numbers, by kind and language."""

from aiohttp import web

from admin.errors import explain, status_of
from admin.visit import Visit, visit_of
from admin.wire import field_of, form_of
from knowledge_base import distress_words
from knowledge_base.distress_words import ALL_KINDS, LANGUAGES, LONGEST
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.storage import distress_store


async def _page(
    visit: Visit, error: KnowledgeBaseError | None = None, typed: tuple[str, str, str] | None = None
) -> web.Response:
    words = await visit.read(distress_store.words)
    if typed is not None:
        words[typed[0], typed[1]] = typed[2]
    return visit.page(
        "distress.html",
        status_of(error) if error else 200,
        kinds=ALL_KINDS,
        languages=LANGUAGES,
        longest=LONGEST,
        words=words,
        problem=await explain(visit, error) if error else "",
        open_kind=typed[0] if typed else "",
    )


async def show(request: web.Request) -> web.Response:
    """The words as they stand."""
    return await _page(visit_of(request))


async def change(request: web.Request) -> web.StreamResponse:
    """Set the words of one kind in one language, or remove them."""
    visit, form = visit_of(request), await form_of(request)
    kind, language = field_of(form, "kind", 20), field_of(form, "language", 8)
    words = field_of(form, "words", 5_000)
    try:
        await visit.write(distress_words.put_words, kind, language, words)
    except KnowledgeBaseError as error:
        return await _page(visit, error, (kind, language, words))
    raise visit.to("distress", "saved")
