"""The FAQ's registers, held on both databases."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from knowledge_base.storage import faq_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.tables import publications


def newest_and_count(tx: Transaction) -> tuple[int, int]:
    known = tx.execute(select(func.count()).select_from(publications)).scalar_one()
    return faq_store.publication_number(tx), known


def test_who_has_seen_a_publication_number_misses_no_earlier_one(both_databases: Database) -> None:
    begun = threading.Event()

    def slowly(tx: Transaction) -> None:
        faq_store.record_publication(tx, "editor", "publish", None)
        begun.set()
        time.sleep(0.3)

    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(both_databases.write_now, slowly)
        begun.wait()
        both_databases.write_now(faq_store.record_publication, "editor2", "publish", None)
        seen, known = both_databases.read_now(newest_and_count)
        slow.result()
    assert (seen, known) == (2, 2)
