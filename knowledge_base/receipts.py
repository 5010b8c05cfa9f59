"""A receipt that can be kept as a picture: the link that opens it for who was shown the code, and what it says.

The link carries the code sealed, with the moment after which it opens nothing, so that no code stands in an address
or a log, and nothing is stored.
"""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidTag

from knowledge_base.clock import vietnam_day
from knowledge_base.paper.receipt_words import ReceiptWords
from knowledge_base.questions.question import UNFINISHED_STATES
from knowledge_base.questions.reference import read_reference
from knowledge_base.settings import Settings
from knowledge_base.storage import question_store, unit_store
from knowledge_base.storage.database import Transaction

PATH = "/phieu/"
ON_A_PAGE = timedelta(days=1)
IN_A_MESSAGE = timedelta(days=90)  # a messenger keeps its buttons
_PURPOSE = "receipt"  # what is sealed for something else opens nothing here
_LONGEST = 200


def paths(tx: Transaction, references: Sequence[str], lasting: timedelta = ON_A_PAGE) -> dict[str, str]:
    """The addresses of the pictures, by code."""
    until = int((tx.now + lasting).timestamp())
    sealed = tx.keys.seal_all(f"{_PURPOSE} {until} {reference}" for reference in references)
    return {
        reference: f"{PATH}{base64.urlsafe_b64encode(token).decode().rstrip('=')}.png"
        for reference, token in zip(references, sealed, strict=True)
    }


def words_of(tx: Transaction, token: str, settings: Settings) -> ReceiptWords | None:
    """What the picture behind a link says; None where the link opens nothing, or nothing is left of the question."""
    reference = _reference(tx, token)
    question = question_store.question_by_reference(tx, reference) if reference else None
    if question is None or question.erased_at is not None:
        return None
    unit = unit_store.names(tx, [question.unit_code]).get(question.unit_code, settings.unit_name)
    due = question.due_on if question.state in UNFINISHED_STATES else None
    asked = vietnam_day(question.received_at)
    return ReceiptWords(question.reference, unit, asked, due, f"{settings.site}/tra-cuu", settings.unit_contact)


def _reference(tx: Transaction, token: str) -> str | None:
    try:
        sealed = base64.urlsafe_b64decode(token[:_LONGEST] + "=" * (-len(token[:_LONGEST]) % 4))
        purpose, until, reference = tx.keys.unseal(sealed).split(" ", 2)
    except (ValueError, binascii.Error, InvalidTag):
        return None
    if purpose != _PURPOSE or datetime.fromtimestamp(int(until), UTC) < tx.now:
        return None
    return read_reference(reference)
