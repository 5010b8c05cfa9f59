"""What the service promises, in a hundred lines without a database: the state machine's idea of what must be true."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["ok", "too_many", "blocked", "lost_answer", "lost_message", "unreachable"]
# What a call of the platform may come to, and whether the message arrived: nobody knows after the two losses.
ARRIVES: dict[Outcome, bool] = {
    "ok": True, "too_many": False, "blocked": False, "lost_answer": True, "lost_message": False, "unreachable": False,
}  # fmt: skip
DOUBTFUL: set[Outcome] = {"lost_answer", "lost_message"}


@dataclass(frozen=True)
class Posted:
    """An update of one resident, as the platform holds it."""

    number: int
    chat: int
    text: str


@dataclass
class Message:
    """What happened to one outbox message outside the service."""

    chat: int
    unmarked: int = 0  # arrivals without a word of repetition
    marked: int = 0
    doubts: int = 0  # calls of which nobody knows how they ended
    refused: bool = False  # the platform said for good that it can't be delivered

    @property
    def arrivals(self) -> int:
        return self.unmarked + self.marked


@dataclass
class Model:
    """All that the world outside knows."""

    quarantine: bool
    posted: dict[int, Posted] = field(default_factory=dict)
    tried: set[int] = field(default_factory=set)  # updates the service has seen at least once
    acked: dict[int, int] = field(default_factory=dict)  # update -> inbox row it was told of
    messages: dict[int, Message] = field(default_factory=dict)  # outbox id -> what became of it outside
    first_arrivals: list[tuple[int, int]] = field(default_factory=list)  # (chat, outbox id) in order of arrival
    seen_rows: set[int] = field(default_factory=set)
    answered: set[int] = field(default_factory=set)  # question ids
    published: set[int] = field(default_factory=set)

    # --- what happens -----------------------------------------------------------------------------

    def post(self, chat: int, text: str) -> Posted:
        """A resident wrote."""
        number = len(self.posted) + 1
        self.posted[number] = Posted(number, chat, text)
        return self.posted[number]

    def ack(self, number: int, row: int) -> None:
        """The service said 200; it must always say so of the same row."""
        assert self.acked.setdefault(number, row) == row, "one update, two rows"

    def call(self, message_id: int, chat: int, *, marked: bool, outcome: Outcome) -> None:
        """A call to the platform ended."""
        message = self.messages.setdefault(message_id, Message(chat))
        if ARRIVES[outcome]:
            if not message.arrivals:
                self.first_arrivals.append((chat, message_id))
            message.marked += marked
            message.unmarked += not marked
        message.doubts += outcome in DOUBTFUL
        message.refused |= outcome == "blocked"

    # --- what must be true ------------------------------------------------------------------------

    def check_inbox(self, kept: list[tuple[int, int]]) -> None:
        """I1: `kept` are (row, update)."""
        numbers = Counter(number for _row, number in kept)
        assert max(numbers.values(), default=1) == 1, "an update is kept twice"
        assert set(self.acked) <= set(numbers) <= self.tried, "acknowledged and not kept, or kept and never sent"
        assert set(self.acked.items()) <= {(number, row) for row, number in kept}

    def check_questions(self, asked: Counter[tuple[int, str]], kept: set[int]) -> None:
        """I2: one question for each message that is kept, of the resident who wrote it."""
        assert asked == Counter((self.posted[number].chat, self.posted[number].text) for number in kept)

    def check_answers(self, answers: Counter[int], told: Counter[int]) -> None:
        """I3: one answer an act, and one message for each."""
        assert answers == Counter(dict.fromkeys(self.answered, 1)) == told

    def check_order(self) -> None:
        """I4: what reaches a resident first reaches him in the order it was said."""
        for chat in {chat for chat, _id in self.first_arrivals}:
            ids = [message_id for to, message_id in self.first_arrivals if to == chat]
            assert ids == sorted(ids), f"out of order: {ids}"

    def check_outbox(self, states: dict[int, tuple[str, int]]) -> None:
        """I5 and the promise itself; `states`: outbox id -> (state, doubts counted)."""
        assert self.seen_rows <= set(states), "a message vanished"
        self.seen_rows = set(states)
        for message_id, (state, doubts) in states.items():
            message = self.messages.get(message_id, Message(0))
            assert message.unmarked <= 1, "a repeat without a word"
            assert max(0, message.arrivals - 1) <= max(doubts, message.doubts), "a repeat nobody counted"
            assert state != "sent" or message.arrivals, "called sent, and never arrived"
            assert state != "failed" or message.refused, "given up without a reason"
            if self.quarantine:
                assert message.arrivals <= 1, "a repeat in spite of quarantine"
            else:
                assert state != "in_doubt", "left in doubt in spite of resend"
