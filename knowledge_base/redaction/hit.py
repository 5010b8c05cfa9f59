"""What is found: one place of a text that may tell who somebody is."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What sort of personal data a place seems to hold."""

    NAME = "name"
    PHONE = "phone"
    CITIZEN_ID = "citizen_id"  # CCCD, 12 digits, and the old CMND, 9
    HEALTH_CARD = "health_card"  # BHYT: two letters and 13 digits, or 10 digits
    INSURANCE = "insurance"  # BHXH, 10 digits
    BANK_ACCOUNT = "bank_account"
    NUMBER = "number"  # a long number of no known sort
    PLATE = "plate"
    EMAIL = "email"
    PROFILE = "profile"
    BIRTH_DATE = "birth_date"
    ADDRESS = "address"
    HIDDEN = "hidden"  # words that were masked before anybody looked


@dataclass(frozen=True, slots=True)
class PersonalData:
    """One hit: what kind, and where in the text as it was given (start, end)."""

    kind: Kind
    start: int
    end: int
