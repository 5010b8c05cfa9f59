"""`/tim`: what people look for, through the same matcher as the bot's."""

from aiohttp import web

from info_page import pages
from info_page.face import FACE, once
from knowledge_base.faq.legal_document import Topic
from knowledge_base.live_faq import FaqSnapshot
from knowledge_base.matching.decide import Decision, Match
from knowledge_base.text.fold import fold, nfc

LONGEST = 500
_MOST_RESULTS = 10
_NEARBY = 0.03  # below this confidence the matcher's candidates share words with the question, not its subject


def _sure(match: Match) -> int:
    """How many of the candidates are shown as answers."""
    return 1 if match.decision is Decision.CONFIDENT else len(match.choices)


def _topics(faq: FaqSnapshot, words: str) -> list[Topic]:
    """Topics whose name holds all the words asked for."""
    asked = set(fold(words).split())
    return [topic for topic in faq.topics if asked and asked <= set(fold(topic.name).replace(",", " ").split())]


async def search(request: web.Request) -> web.Response:
    """The best answers first, up to ten; kept nowhere, for people type what is theirs alone."""
    face = request.app[FACE]
    words = " ".join(nfc(request.query.get("q", "")[:LONGEST]).split())
    faq = face.faq.snapshot
    if not words:
        return once(request, pages.search(faq, "", [], 0, []))
    match = await face.faq.match(words)
    day = face.faq.today()
    best = _sure(match)
    worth = [
        candidate.key
        for place, candidate in enumerate(match.candidates[:_MOST_RESULTS])
        if place < best or candidate.confidence >= _NEARBY
    ]
    # The day or the FAQ may have changed while the matcher was at work.
    keys = [key for key in worth if key in faq.revisions and faq.revisions[key].entry.in_force.holds_on(day)]
    return once(request, pages.search(faq, words, keys, best, _topics(faq, words)))
