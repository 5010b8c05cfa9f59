"""The two reads the page adds to the store, on both databases."""

from datetime import timedelta
from typing import Any

from knowledge_base.storage import faq_store, question_store
from tests.info_page.small_faq import CARD, add_question, fill


def test_questions_are_counted_by_the_entry_that_answered(both_databases: Any, clock: Any) -> None:
    both_databases.write_now(fill)
    for code in ("BBBB-AAA2", "BBBB-AAA3"):
        both_databases.write_now(add_question, code, entry_key="T25")
    since = clock.now() - timedelta(days=1)
    assert both_databases.read_now(question_store.counts_by_entry, since) == {"T25": 2}
    assert both_databases.read_now(question_store.counts_by_entry, clock.now() + timedelta(days=1)) == {}


def test_only_what_was_taken_off_counts_as_withdrawn(both_databases: Any) -> None:
    both_databases.write_now(fill)
    assert not both_databases.read_now(faq_store.was_withdrawn, CARD)
    live = both_databases.read_now(faq_store.published_of, "T25")
    both_databases.write_now(lambda tx: faq_store.set_revision(tx, live.id, state="withdrawn"))
    assert both_databases.read_now(faq_store.was_withdrawn, CARD)
    assert not both_databases.read_now(faq_store.was_withdrawn, "khong-co")
