"""How much is done: `FAULTS=short` (within `make test`), `full` (`make faults`) or `sabotage` (in a broken tree)."""

import os
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Profile:
    """Counts of everything that repeats."""

    name: str
    questions: int  # of the kill loop on SQLite
    kills: int
    postgresql_questions: int
    postgresql_kills: int
    peer_questions: int  # of python-telegram-bot's kill loop; 0: not run
    peer_kills: int
    deliveries: int  # of the race for the inbox
    updates: int  # distinct ones among them
    claims: int  # rounds of 64 officers reaching for one question
    outbox_messages: int
    strings: int
    matched_strings: int  # of these, how many the matcher reads
    examples: int  # of the state machine, a database
    every_crash_point: bool
    faulty_messages: int  # under write and fsync faults
    every_sabotage: bool
    cut_step: int  # every so many bytes of a request and its answer the connection is cut once


SHORT = Profile(
    name="short",
    questions=1_000,
    kills=20,
    postgresql_questions=60,
    postgresql_kills=3,
    peer_questions=0,
    peer_kills=0,
    deliveries=5_000,
    updates=500,
    claims=25,
    outbox_messages=1_000,
    strings=10_000,
    matched_strings=100,
    examples=4,
    every_crash_point=False,
    faulty_messages=150,
    every_sabotage=False,
    cut_step=40,
)
FULL = Profile(
    name="full",
    questions=10_000,
    kills=200,
    postgresql_questions=3_000,
    postgresql_kills=60,
    peer_questions=2_000,
    peer_kills=40,
    deliveries=100_000,
    updates=10_000,
    claims=1_000,
    outbox_messages=30_000,
    strings=1_000_000,
    matched_strings=5_000,
    examples=500,
    every_crash_point=True,
    faulty_messages=3_000,
    every_sabotage=True,
    cut_step=1,
)
SABOTAGE = replace(SHORT, name="sabotage", strings=1_000, claims=5, faulty_messages=60, examples=25)
PROFILE = {"short": SHORT, "full": FULL, "sabotage": SABOTAGE}[os.environ.get("FAULTS", "short")]
