"""Deliberate breakages of promises, each with the tests that must notice; `docs/faults.md` has the list as a table.

A breakage is a piece of source that is replaced by another. One that no longer fits its file fails the run loudly: it
must be brought up to date with the code, or it would prove nothing.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sabotage:
    """What is broken: in `file`, `old` (there exactly once) becomes `new`; `tests` must fail then."""

    name: str
    file: str
    old: str
    new: str
    tests: str
    quick: bool = False  # part of `make test`


TELEGRAM, DELIVERY, SENDING = "bot/channels/telegram.py", "bot/delivery.py", "knowledge_base/storage/sending_store.py"
RECEIVING, CONSENTS = "bot/channels/receiving.py", "knowledge_base/storage/consent_store.py"
CONTRACT, TEST_CONSENT = "tests/channels/test_contract.py", "tests/channels/test_zalo_consent.py"
ON_SQLITE, ON_POSTGRESQL = "knowledge_base/storage/on_sqlite.py", "knowledge_base/storage/on_postgresql.py"
TEST_TELEGRAM, TEST_OUTBOX = "tests/bot/test_telegram.py", "tests/storage/test_outbox_store.py"

SABOTAGES = (
    # --- taking in
    Sabotage(
        "an update's key is new each time it comes",
        TELEGRAM,
        """return f"{bot_id}:{int(update['update_id'])}:{part}\"""",
        """return f"{bot_id}:{int(update['update_id'])}:{part}:{os.urandom(4).hex()}\"""",
        f"{TEST_TELEGRAM}::test_the_same_update_again_has_no_effect",
        quick=True,
    ),
    Sabotage(
        "the inbox has no UNIQUE key",
        "knowledge_base/storage/tables.py",
        """    UniqueConstraint("channel", "external_id"),\n""",
        "",
        "tests/storage/test_schema.py::test_the_migrations_make_the_tables",
    ),
    Sabotage(
        "200 goes out before COMMIT",
        TELEGRAM,
        "return await self._take(body_in(raw), WEBHOOK_PATIENCE_SECONDS) or web.Response()",
        "asyncio.create_task(self._take(body_in(raw), WEBHOOK_PATIENCE_SECONDS)); return web.Response()",
        f"{TEST_TELEGRAM}::test_200_comes_only_after_commit",
        quick=True,
    ),
    Sabotage(
        "the secret is not compared",
        TELEGRAM,
        "if not hmac.compare_digest(",
        "if False and not hmac.compare_digest(",
        f"{TEST_TELEGRAM}::test_without_the_secret_nothing_is_stored",
    ),
    Sabotage(
        "a body may be of any length",
        RECEIVING,
        "MAX_BODY = 256 * 1024",
        "MAX_BODY = 1 << 40",
        f"{TEST_TELEGRAM}::test_a_body_without_end_is_refused_before_it_is_read",
    ),
    Sabotage(
        "what can't be read is refused instead of kept aside",
        RECEIVING,
        "        except Unavailable:\n            raise\n        except Exception as error:",
        "        except Exception:\n            raise\n        except Exception as error:",
        f"{TEST_TELEGRAM}::test_an_authentic_update_that_cannot_be_read_is_kept_aside",
    ),
    Sabotage(
        "the polling offset moves before COMMIT",
        TELEGRAM,
        "            await self._take(update.to_dict())\n",
        "            asyncio.create_task(self._take(update.to_dict()))\n",
        "tests/faults/test_polling.py",
    ),
    Sabotage(
        "NUL goes to the database",
        "knowledge_base/text/clean.py",
        r'_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")',
        r'_UNSTORABLE = re.compile("[\ud800-\udfff]")',
        "tests/faults/test_strings.py::test_the_same_text_on_both",
    ),
    Sabotage(
        "lone surrogates go to the database",
        "knowledge_base/text/clean.py",
        r'_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")',
        r'_UNSTORABLE = re.compile("[\x00]")',
        f"{TEST_TELEGRAM}::test_odd_texts_are_taken_and_answered",
    ),
    Sabotage(
        "a resident's messages don't wait for each other",
        "bot/intake.py",
        "    waiting = contact_store.lock_contacts(tx, contact_store.ensure_contacts(tx, coming))\n",
        "    contact_store.ensure_contacts(tx, coming)\n    waiting = set()\n",
        "tests/faults/test_races.py::test_one_resident_through_two_processes",
    ),
    # --- the store
    Sabotage(
        "a verb that failed keeps what it did",
        ON_SQLITE,
        '            driver.execute("ROLLBACK TO verb")\n',
        "",
        "tests/storage/test_database.py::test_a_verb_that_fails_leaves_nothing_and_harms_nobody",
    ),
    Sabotage(
        "a COMMIT without an answer is simply done again",
        ON_POSTGRESQL,
        "                    if _is_kept(transaction, key):\n                        break\n",
        "",
        "tests/storage/test_postgresql.py::test_a_commit_without_an_answer_is_looked_up_and_never_done_twice",
    ),
    Sabotage(
        "a connection that dies fails the write",
        ON_POSTGRESQL,
        "if may_retry(error) and attempt < TRIES:",
        "if False:",
        "tests/storage/test_postgresql.py",
    ),
    Sabotage(
        "nothing is flushed to the disk",
        "knowledge_base/storage/dialect.py",
        '"synchronous=FULL"',
        '"synchronous=OFF"',
        "tests/faults/test_disk_faults.py::test_faults_of_the_disk",
    ),
    Sabotage(
        "a database out of order looks like a programmer's mistake",
        "knowledge_base/storage/dialect.py",
        "    return isinstance(error, OperationalError | InterfaceError) or (\n",
        "    return False and (\n",
        "tests/storage/test_database.py::test_a_database_that_is_out_of_order_is_told_as_such",
    ),
    Sabotage(
        "errors tell residents' words",
        "knowledge_base/storage/dialect.py",
        '{"hide_parameters": True}',
        '{"hide_parameters": False}',
        "tests/storage/test_database.py::test_errors_name_nobodys_words",
    ),
    Sabotage(
        "the lock file is not taken",
        "knowledge_base/storage/lock.py",
        "        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)\n",
        "        pass\n",
        "tests/storage/test_lock.py::test_a_second_holder_is_refused_and_told_who_is_first",
    ),
    Sabotage(
        "a store of a newer program is opened",
        "knowledge_base/storage/schema.py",
        '    if state == "newer":\n        raise Unavailable("schema_newer")\n',
        "",
        "tests/storage/test_schema.py::test_a_store_from_a_newer_program_is_refused",
    ),
    # --- sending
    Sabotage(
        "who lost a message may still settle it",
        SENDING,
        "        outbox.c.token == ended.message.token,\n",
        "",
        f"{TEST_OUTBOX} -k sqlite",
        quick=True,
    ),
    Sabotage(
        "what a dead sender left stays where it is",
        SENDING,
        "    _rescue(tx, sender)\n",
        "",
        f"{TEST_OUTBOX} -k sqlite",
        quick=True,
    ),
    Sabotage(
        "a repeat doesn't say so",
        SENDING,
        'known | {"repeat": True} if ended.in_doubt else known',
        "known",
        f"{TEST_TELEGRAM}::test_an_answer_that_may_have_arrived_is_sent_again_and_says_so",
    ),
    Sabotage(
        "doubts are not counted",
        SENDING,
        'values["doubts"] = outbox.c.doubts + 1',
        'values["doubts"] = outbox.c.doubts',
        f"{TEST_OUTBOX}::test_what_a_dead_sender_left_goes_again_marked_and_counted",
    ),
    Sabotage(
        "quarantine sends again",
        SENDING,
        "OutboxState.IN_DOUBT if ended.in_doubt and sender.quarantine else ended.state",
        "ended.state",
        f"{TEST_OUTBOX}::test_under_quarantine_a_human_decides_what_may_have_arrived",
    ),
    Sabotage(
        "a resident's second message overtakes his first",
        SENDING,
        "            or_(before.c.id < outbox.c.id, is_being_sent(before)),\n",
        "            is_being_sent(before),\n",
        f"{TEST_OUTBOX}::test_one_in_flight_a_resident_in_order",
    ),
    Sabotage(
        "as many are in flight as like",
        SENDING,
        "free = min(slots, sender.in_flight - _sending(tx, sender), int(tokens))",
        "free = min(slots, int(tokens))",
        f"{TEST_OUTBOX}::test_no_more_in_flight_than_may_be_by_all_senders_together",
    ),
    Sabotage(
        "no rate is kept",
        SENDING,
        "free = min(slots, sender.in_flight - _sending(tx, sender), int(tokens))",
        "free = min(slots, sender.in_flight - _sending(tx, sender))",
        f"{TEST_OUTBOX}::test_no_faster_than_the_rate_by_all_senders_together",
    ),
    Sabotage(
        "what was claimed unheard is kept for ever",
        SENDING,
        "    tx.execute(update(outbox).where(mine, outbox.c.id.not_in(holding)).values(**back))\n",
        "",
        "tests/faults/test_state_machine.py -k sqlite",
    ),
    Sabotage(
        "'come later' is not heard",
        DELIVERY,
        "asked = failure.retry_after is not None",
        "asked = False",
        f"{TEST_TELEGRAM}::test_retry_after_is_honoured_and_others_go_on",
    ),
    Sabotage(
        "who can't be reached is tried for ever",
        DELIVERY,
        "    if failure.permanent:\n",
        "    if False:\n",
        f"{TEST_TELEGRAM}::test_a_resident_who_cannot_be_reached_is_tried_once",
    ),
    Sabotage(
        "there is no last attempt",
        DELIVERY,
        "    if message.attempt >= _MOST_ATTEMPTS and not failure.unreached:\n",
        "    if False:\n",
        f"{TEST_TELEGRAM}::test_what_cannot_be_drawn_is_tried_later_and_not_for_ever",
    ),
    # --- staff
    Sabotage(
        "two officers hold one question",
        "knowledge_base/officer_queue.py",
        "    if question.state == QuestionState.ASSIGNED:\n        raise Conflict",
        "    if False:\n        raise Conflict",
        "tests/faults/test_races.py::test_officers_reach_for_one_question -k sqlite",
    ),
    Sabotage(
        "an author approves his own text",
        "knowledge_base/faq/publication.py",
        "    if author == approver:\n",
        "    if False:\n",
        "tests/core/test_editorial.py::test_nobody_approves_his_own_text",
        quick=True,
    ),
    Sabotage(
        "forms need no token",
        "admin/csrf.py",
        "    if not same_origin(visit.request, visit.console.settings) or not expected:\n",
        "    return\n    if not same_origin(visit.request, visit.console.settings) or not expected:\n",
        "tests/admin/test_doors.py",
    ),
    # --- channels
    Sabotage(
        "an event's signature is not compared",
        "bot/channels/zalo_oa_events.py",
        "found |= hmac.compare_digest(given, mac.encode())",
        "found |= bool(given)",
        "tests/channels/test_zalo_oa.py::test_ten_thousand_forgeries_are_refused",
    ),
    Sabotage(
        "an old event is acted on",
        "bot/channels/zalo_oa_events.py",
        "return not now - OLDEST <= at <= now + _NEWEST",
        "return False",
        "tests/channels/test_zalo_oa.py::test_events_of_twelve_hours_ago_are_taken_and_older_ones_set_aside",
    ),
    Sabotage(
        "a refresh token that may be spent is used again at once",
        CONSENTS,
        "if row.lost_at is not None or (row.renewer is not None and usable):",
        "if row.lost_at is not None:",
        f"{TEST_CONSENT}::test_a_kill_at_any_point_spends_no_token_twice",
    ),
    Sabotage(
        "several processes renew at a time",
        CONSENTS,
        "if row.renewer is not None and not row.orphaned:",
        "if False:",
        f"{TEST_CONSENT}::test_of_racing_workers_one_renews",
    ),
    Sabotage(
        "what is held stays held",
        "bot/intake.py",
        "        outbox_store.release_held(tx, back)\n",
        "        pass\n",
        f"{CONTRACT}::test_a_late_answer_waits_for_the_residents_next_word",
    ),
    Sabotage(
        "a long message begins anew after a failure",
        DELIVERY,
        "parts[min(done, len(parts) - 1) :]",
        "parts",
        f"{CONTRACT}::test_a_long_message_goes_on_after_the_parts_that_arrived",
    ),
    Sabotage(
        "whoever presses takes the question",
        "bot/officers_desk.py",
        "who = incoming.presser or incoming.address",
        'who = "5001"',
        "tests/channels/test_officers.py::test_a_question_is_told_without_its_words_and_taken_by_a_linked_press",
    ),
)
