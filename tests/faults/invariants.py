"""The promises, checked against what the database and the platform say once everything has come to rest.

Never lost; never twice in the record; a repeated message only where the machine or the connection failed inside one
call, marked as a repeat and counted.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass, field

from knowledge_base.keys import Keys
from tests.faults.messenger import Arrival, Platform
from tests.faults.questions import Asked
from tests.faults.record import WAITING, OutboxRow, Record, contact_of

IN_FLIGHT = 4  # messages a bot may have on their way at once: the bound on repeats a crash
SETTLED_QUESTIONS = {"queued", "assigned", "answered", "answered_by_bot", "offered", "closed"}


@dataclass
class Verdict:
    """What was counted, and what is wrong; `pending` is neither lost nor delivered."""

    asked: int = 0
    lost: int = 0
    twice_in_inbox: int = 0
    twice_in_questions: int = 0
    twice_in_answers: int = 0
    twice_in_publications: int = 0
    twice_in_outbox: int = 0
    unanswered: int = 0
    pending: int = 0
    messages: int = 0
    arrived: int = 0
    repeats: int = 0
    repeats_unmarked: int = 0
    repeats_allowed: int = 0
    doubts: int = 0
    in_doubt: int = 0
    failed: int = 0
    faults: list[str] = field(default_factory=list)

    def hold(self, condition: bool, what: str) -> None:
        """Note what does not hold."""
        if not condition:
            self.faults.append(what)

    def figures(self) -> dict[str, int]:
        """The counts, for the summary."""
        return {name: value for name, value in asdict(self).items() if isinstance(value, int)}


def twice(items: Iterable[Hashable]) -> int:
    """How many items are there more than once."""
    return sum(count - 1 for count in Counter(items).values())


def check(
    record: Record,
    platform: Platform,
    told: Sequence[Asked],
    keys: Keys,
    *,
    doubts_allowed: int,
    policy: str,
    aside: Sequence[int] = (),
) -> Verdict:
    """All promises at once.

    `doubts_allowed`: how many sends may have ended in doubt, by kills and cut connections; `aside`: updates that no
    program could read, which must be kept all the same.
    """
    verdict = Verdict(asked=len(told), repeats_allowed=doubts_allowed)
    _check_inbox(verdict, record, platform, [item.update_id for item in told], aside)
    _check_questions(verdict, record, told, keys)
    _check_delivery(verdict, record, platform.arrivals, keys)
    if policy == "quarantine":
        verdict.hold(verdict.repeats == 0, f"{verdict.repeats} repeats in spite of quarantine")
    else:
        verdict.hold(verdict.in_doubt == 0, f"{verdict.in_doubt} messages left in doubt in spite of resend")
        verdict.hold(verdict.repeats <= doubts_allowed, f"{verdict.repeats} repeats, at most {doubts_allowed} allowed")
    verdict.hold(record.integrity == "ok", f"the database's own check says {record.integrity}")
    return verdict


def _check_inbox(
    verdict: Verdict, record: Record, platform: Platform, told: Sequence[int], aside: Sequence[int]
) -> None:
    kept = Counter(row.update_id for row in record.inbox)
    sent = [*told, *aside]
    missing = [number for number in sent if platform.acked[number] and not kept[number]]
    undelivered = [number for number in sent if not platform.acked[number]]
    strangers = set(kept) - set(sent)
    set_aside = {row.update_id for row in record.inbox if row.state == "quarantined"}
    refused = [row.update_id for row in record.inbox if row.state not in ("accepted", "quarantined")]
    verdict.lost, verdict.twice_in_inbox = len(missing), sum(count - 1 for count in kept.values())
    verdict.hold(not missing, f"answered with 200 and not kept: {missing[:5]}")
    verdict.hold(verdict.twice_in_inbox == 0, "an update is in the inbox twice")
    verdict.hold(not strangers, f"kept, but never sent: {sorted(strangers)[:5]}")
    verdict.hold(not undelivered, f"never answered with 200: {undelivered[:5]}")
    verdict.hold(set_aside == set(aside), f"wrongly kept aside, or not: {sorted(set_aside ^ set(aside))[:5]}")
    verdict.hold(not refused, f"kept, but not taken as a question: {refused[:5]}")


def _check_questions(verdict: Verdict, record: Record, told: Sequence[Asked], keys: Keys) -> None:
    wanted = Counter((contact_of(keys, item.chat), item.text) for item in told)
    found = Counter((row.contact, row.text) for row in record.questions)
    verdict.twice_in_questions = sum((found - wanted).values())
    verdict.unanswered = sum((wanted - found).values()) + sum(
        row.state not in SETTLED_QUESTIONS for row in record.questions
    )
    verdict.twice_in_answers = twice(record.answers)
    verdict.twice_in_publications = twice(record.published)
    verdict.hold(verdict.twice_in_questions == 0, f"questions nobody asked (so often): {list(found - wanted)[:3]}")
    verdict.hold(verdict.unanswered == 0, f"neither answered nor queued: {list(wanted - found)[:3]}")
    verdict.hold(verdict.twice_in_answers == 0, "a question was answered twice by one act")
    verdict.hold(verdict.twice_in_publications == 0, "an answer was published twice by one act")
    replied = {row.inbox_id for row in record.outbox}
    silent = [row.id for row in record.inbox if row.state == "accepted" and row.id not in replied]
    verdict.hold(not silent, f"inbox rows without a reply in the outbox: {silent[:5]}")


def _check_delivery(verdict: Verdict, record: Record, arrivals: Sequence[Arrival], keys: Keys) -> None:
    verdict.messages, verdict.arrived = len(record.outbox), len(arrivals)
    verdict.pending = record.count(*WAITING)
    verdict.in_doubt, verdict.failed = record.count("in_doubt"), record.count("failed")
    verdict.doubts = sum(row.doubts for row in record.outbox)
    verdict.twice_in_outbox = twice(row.key for row in record.outbox)
    verdict.hold(verdict.pending == 0, f"still pending: {verdict.pending}; neither lost nor delivered")
    verdict.hold(verdict.failed == 0, f"given up: {verdict.failed}")
    verdict.hold(verdict.twice_in_outbox == 0, "a message is in the outbox twice")
    _check_repeats(verdict, record, arrivals, keys)
    _check_accounts(verdict, record, arrivals, keys)


def _check_repeats(verdict: Verdict, record: Record, arrivals: Sequence[Arrival], keys: Keys) -> None:
    """Whatever arrived more often than it was said says so, every time but one, and is counted."""
    said = Counter((row.contact, row.text) for row in record.outbox)  # two questions may have the same answer
    came = Counter((contact_of(keys, arrival.chat), arrival.words) for arrival in arrivals)
    plain = Counter((contact_of(keys, arrival.chat), arrival.text) for arrival in arrivals if not arrival.marked)
    verdict.repeats = sum(max(0, count - max(1, said[message])) for message, count in came.items())
    unmarked = {message: count - max(1, said[message]) for message, count in plain.items()}
    verdict.repeats_unmarked = sum(max(0, more) for more in unmarked.values())
    verdict.hold(
        verdict.repeats_unmarked == 0, f"came twice without a word: {sorted(unmarked.items(), key=_most)[-1:]}"
    )
    verdict.hold(verdict.repeats <= verdict.doubts, f"{verdict.repeats} repeats, only {verdict.doubts} doubts counted")


def _most(message: tuple[object, int]) -> int:
    return message[1]


def _check_accounts(verdict: Verdict, record: Record, arrivals: Sequence[Arrival], keys: Keys) -> None:
    """What is called sent did arrive; what arrived and is not called sent is in doubt, or was repeated."""
    by_number = {arrival.number: arrival for arrival in arrivals}
    sent = [row for row in record.outbox if row.state == "sent"]
    untrue = [row.id for row in sent if not _arrived(row, by_number, keys)]
    verdict.hold(not untrue, f"called sent, and never arrived: {untrue[:5]}")
    verdict.hold(twice(row.platform_message_id for row in sent) == 0, "two messages claim one arrival")
    confirmed = {row.platform_message_id for row in sent}
    loose = Counter(contact_of(keys, arrival.chat) for arrival in arrivals if arrival.number not in confirmed)
    excused = Counter[str]()
    for row in record.outbox:
        excused[row.contact] += row.doubts
    unexplained = loose - excused
    verdict.hold(not unexplained, f"arrivals the record knows nothing of: {sum(unexplained.values())}")


def _arrived(row: OutboxRow, by_number: dict[int, Arrival], keys: Keys) -> bool:
    arrival = by_number.get(row.platform_message_id or 0)
    return arrival is not None and contact_of(keys, arrival.chat) == row.contact
