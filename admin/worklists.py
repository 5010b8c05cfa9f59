"""What editors have to look at again: entries that the law has left behind, and entries not checked for long.

Both are worked out from the live FAQ in memory and the register as it stands: no job fills them, none empties them.
"""

from collections.abc import Mapping
from datetime import date

from admin.visit import Visit
from knowledge_base.clock import vietnam_day
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.legal_document import LegalDocument
from knowledge_base.faq.revision import Revision
from knowledge_base.faq.sheet import IMPORTER
from knowledge_base.faq.under_law import Notice, to_review
from knowledge_base.faq.upkeep import Review, reviews_due


def live_entries(visit: Visit) -> list[FaqEntry]:
    """Every live entry with the window it was given; none while the FAQ is being loaded."""
    faq = visit.console.faq
    return [revision.entry for revision in faq.snapshot.written.values()] if faq.ready else []


def law_worklist(visit: Visit, documents: Mapping[str, LegalDocument]) -> list[Notice]:
    """What is to be reviewed because of the law, most pressing first."""
    return to_review(live_entries(visit), documents, visit.console.faq.today())


def _last_checked(revision: Revision) -> date | None:
    """A text written and approved here was checked when it was published; an imported one when its sheet says."""
    here = revision.published_at if revision.author != IMPORTER else None
    days = [revision.entry.checked_on, vietnam_day(here) if here else None]
    return max((day for day in days if day), default=None)


def due_reviews(visit: Visit) -> list[Review]:
    """Live entries whose review is due, most overdue first."""
    faq = visit.console.faq
    live = faq.snapshot.written.values() if faq.ready else ()
    checked = [(revision.entry, _last_checked(revision)) for revision in live]
    return reviews_due(checked, visit.console.settings.review_months, faq.today())
