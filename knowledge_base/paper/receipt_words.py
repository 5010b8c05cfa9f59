"""What a receipt says, apart from how it is drawn: whoever makes one up needs no library of pictures."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ReceiptWords:
    """What a receipt says; nothing of the question, nor of who asked."""

    reference: str
    unit: str  # who answers
    asked_on: date
    due_on: date | None  # promised; None where nothing is to be waited for
    look_up: str  # the page's address, to which the code is added in the QR code
    contact: str = ""
