"""Hypothesis plays residents, platform, staff, clock and fate against the real parts over a real database."""

import asyncio
import itertools
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from bot.channels.protocol import DeliveryFailed, Health
from bot.conversation.message import Incoming, Reply
from bot.delivery import Delivery
from knowledge_base import editorial, officer_queue
from knowledge_base.errors import Conflict, Forbidden, Unavailable
from knowledge_base.keys import Keys
from knowledge_base.live_faq import LiveFaq
from knowledge_base.officer_queue import AnswerText
from knowledge_base.questions.lifecycle import Role
from knowledge_base.settings import Settings
from knowledge_base.storage import faq_store
from knowledge_base.storage.database import Database
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.outbox_store import OutboxMessage
from tests.bot.conftest import fill
from tests.conftest import FixedClock, _open
from tests.faults.counts import PROFILE
from tests.faults.in_process import KeyboardInbox, add_staff, url_of
from tests.faults.model import ARRIVES, Model, Outcome
from tests.faults.questions import KNOWN, strange
from tests.faults.record import reading, rows
