"""What each page shows: pure functions of the FAQ, the day and the counts; nothing here knows HTTP."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

from info_page import browse
from info_page.browse import Window, window_on
from info_page.loudspeaker import answer_aloud, script
from info_page.render import Page
from knowledge_base.faq.entry import LegalBasis
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.faq.revision import Revision
from knowledge_base.live_faq import FaqSnapshot
from knowledge_base.retention import Kept
from translations.loader import DEFAULT_LANGUAGE
from translations.loader import mark as _

_MOST_ASKED = 6
_NEWEST = 5
_CHANGING = 8
_NEIGHBOURS = 5
PER_PAGE = 20

# How residents read the kinds of `knowledge_base/retention.py`.
KEPT = {
    "words": _("Your questions, what you added, the answers to you"),
    "payload": _("Messages as Zalo, Telegram or your telephone's operator hands them over"),
    "contact": _("How you can be reached (encrypted), after your last message"),
    "consent": _("A question that waits for your consent to be sent to an officer"),
    "session": _("A chat that was opened and never used"),
    "code": _("A number that opens a copy of your data"),
    "parting": _("After erasing: your address, until the confirmation has been sent"),
    "backup": _("Safety copies, encrypted and locked away"),
}

TOPIC = "/chu-de/"
ENTRY = "/hoi-dap/"
CHANGES = "/sap-thay-doi"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Basis:
    """A legal basis with its document, where the register has it."""

    basis: LegalBasis
    document: LegalDocument | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A topic and how many answers it holds today."""

    topic: Topic
    size: int


def home(faq: FaqSnapshot, day: date, counts: Mapping[str, int]) -> Page:
    """Search, topics, what people ask most, what changes soon, new questions."""
    today = faq.in_force(day)
    changes = browse.changes_soon(list(faq.revisions.values()), day)
    shows = {
        "shelves": [Shelf(topic, len(browse.in_topic(today, topic.slug))) for topic in faq.topics],
        "most_asked": browse.most_asked(today, faq.topics, counts, _MOST_ASKED),
        "changes": browse.first_of(changes, _CHANGING),
        "more_changes": sum(len(change.revisions) for change in changes) > _CHANGING,
        "newest": browse.new_answers(today)[:_NEWEST],
        "on_trial": any(revision.on_trial for revision in today),
        "empty": not faq.revisions,
    }
    return Page("home.html", "/", shows)


def topic(faq: FaqSnapshot, day: date, slug: str, number: int = 1) -> Page | None:
    """One topic: what holds today, then what will hold later; in pages."""
    found = next((topic for topic in faq.topics if topic.slug == slug), None)
    if found is None:
        return None
    later = browse.coming(browse.in_topic(faq.revisions.values(), slug), day)
    listed, last = _part([*browse.in_topic(faq.in_force(day), slug), *later], number)
    if not 1 <= number <= last:
        return None
    shows = {
        "topic": found,
        "now": [revision for revision in listed if window_on(revision.entry.in_force, day) is Window.OPEN],
        "later": [revision for revision in listed if window_on(revision.entry.in_force, day) is Window.NOT_YET],
        "number": number,
        "last": last,
        "on_trial": any(revision.on_trial for revision in listed),
    }
    return Page("topic.html", TOPIC + slug, shows, _numbered(number))


def changes(faq: FaqSnapshot, day: date, number: int) -> Page | None:
    """All that begins or ends soon, by day, in pages."""
    found = browse.changes_soon(list(faq.revisions.values()), day)
    rows, last = _part([(change, revision) for change in found for revision in change.revisions], number)
    if not 1 <= number <= last:
        return None
    parts = [
        replace(change, revisions=tuple(revision for _change, revision in of_it))
        for change, of_it in groupby(rows, key=itemgetter(0))
    ]
    return Page("changes.html", CHANGES, {"changes": parts, "number": number, "last": last}, _numbered(number))


def _part(found: Sequence[T], number: int) -> tuple[Sequence[T], int]:
    """What stands on one page of a list, and how many pages there are."""
    return found[(number - 1) * PER_PAGE : number * PER_PAGE], max(1, -(-len(found) // PER_PAGE))


def _numbered(number: int) -> dict[str, str]:
    return {"trang": str(number)} if number > 1 else {}


def entry(faq: FaqSnapshot, day: date, slug: str, language: str = DEFAULT_LANGUAGE) -> Page | None:
    """One question with its answer and everything that backs it, in words that somebody vouches for."""
    revision = browse.by_slug(faq.revisions.values(), slug)
    if revision is None:
        return None
    made = faq.translations.get(language, {}).get(revision.key)
    others = browse.other_windows(faq.revisions.values(), revision)
    siblings = browse.in_topic(faq.in_force(day), revision.entry.topic)
    near = [sibling for sibling in siblings if sibling is not revision and sibling not in others]
    shows = {
        "revision": revision,
        "entry": made.worded(revision.entry) if made else revision.entry,
        "spoken": DEFAULT_LANGUAGE if made is None else language,  # the language of the answer's words
        "aloud": answer_aloud(revision.entry) if made is None else "",  # only Vietnamese can be read aloud
        "window": window_on(revision.entry.in_force, day),
        "topic": next((topic for topic in faq.topics if topic.slug == revision.entry.topic), None),
        "bases": [Basis(basis, faq.documents.get(basis.document)) for basis in revision.entry.legal_basis],
        "now": [other for other in others if window_on(other.entry.in_force, day) is Window.OPEN],
        "others": [other for other in others if window_on(other.entry.in_force, day) is not Window.OVER],
        "near": near[:_NEIGHBOURS],
        "corrections": faq.corrections.get(revision.key, ()),
        "thanks": False,
    }
    return Page("entry.html", ENTRY + slug, shows)


def loud(faq: FaqSnapshot, day: date, slug: str, unit: Sequence[str]) -> Page | None:
    """One entry for the announcer at the loudspeaker; `unit`: who and where to ask."""
    revision = browse.by_slug(faq.revisions.values(), slug)
    if revision is None:
        return None
    shows = {
        "revision": revision,
        "window": window_on(revision.entry.in_force, day),
        "said": script(revision.entry, unit),
    }
    return Page("loud.html", f"{ENTRY}{slug}/doc-loa", shows)


def thanked(page: Page) -> Page:
    """An entry's page after somebody said whether it helped."""
    return Page(page.template, page.path, {**page.shows, "thanks": True})


def new_answers(faq: FaqSnapshot, day: date, number: int) -> Page | None:
    """All questions and answers published from the queue, newest first, in pages."""
    listed, last = _part(browse.new_answers(faq.in_force(day)), number)
    if not 1 <= number <= last:
        return None
    shows = {"revisions": listed, "number": number, "last": last, "on_trial": False}
    return Page("new_answers.html", "/hoi-dap-moi", shows, _numbered(number))


def about() -> Page:
    """What this is, what it is not for, what is kept."""
    return Page("about.html", "/gioi-thieu")


def privacy(kept: Sequence[Kept], say: Callable[[str], str]) -> Page:
    """What is kept how long, and what residents may ask of us."""
    return Page("privacy.html", "/rieng-tu", {"kept": kept, "names": {kind: say(name) for kind, name in KEPT.items()}})


def sitemap(faq: FaqSnapshot, day: date) -> Page:
    """Every address a search engine may show."""
    listed = [*faq.in_force(day), *browse.coming(faq.revisions.values(), day)]
    return Page("sitemap.xml", "/sitemap.xml", {"topics": faq.topics, "revisions": listed})


def feed(faq: FaqSnapshot, day: date) -> Page:
    """The newest answers in force, for feed readers."""
    found = sorted(faq.in_force(day), key=lambda revision: revision.published_at or revision.created_at, reverse=True)
    return Page("feed.xml", "/hoi-dap.atom", {"revisions": found[:30], "corrections": faq.corrections})


def search(faq: FaqSnapshot, words: str, keys: list[str], best: int, topics: list[Topic]) -> Page:
    """What the matcher found: the `best` first ones with their answers."""
    found: list[Revision] = [faq.revisions[key] for key in keys]
    shows = {
        "words": words,
        "best": found[:best],
        "rest": found[best:],
        "sure": best > 0,
        "topics": topics,
        "on_trial": any(revision.on_trial for revision in found[:best]),
    }
    return Page("search.html", "/tim", shows, {"q": words} if words else {})
