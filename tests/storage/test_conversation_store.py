"""Dialogues, held on both databases."""

import time
from concurrent.futures import ThreadPoolExecutor

from knowledge_base.storage import contact_store, conversation_store
from knowledge_base.storage.conversation_store import Received
from knowledge_base.storage.database import Database, Transaction


def count_one(tx: Transaction, ref: str) -> None:
    contact_store.lock_contacts(tx, [ref])
    phase, data = conversation_store.conversations_of(tx, [ref]).get(ref, ("idle", {}))
    time.sleep(0.2)
    conversation_store.put_conversations(tx, {ref: (phase, {"heard": data.get("heard", 0) + 1})})


def test_first_messages_at_once_go_one_after_the_other(both_databases: Database) -> None:
    ref = both_databases.write_now(contact_store.ensure_contact, "web_chat", "known before its first word")
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda _n: both_databases.write_now(count_one, ref), range(3)))
    assert both_databases.read_now(conversation_store.conversations_of, [ref]) == {ref: ("idle", {"heard": 3})}


def test_an_update_with_an_endless_number_is_kept_aside_too(both_databases: Database) -> None:
    for _again in range(2):
        both_databases.write_now(conversation_store.quarantine, "telegram", "9" * 300, "{}")
    kept = Received("telegram", "9" * 200, "", "", {})
    assert len(both_databases.read_now(conversation_store.incoming_ids, [kept])) == 1
