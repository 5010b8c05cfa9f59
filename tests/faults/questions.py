"""Made-up questions of made-up residents."""

import random
from dataclasses import dataclass
from typing import Any

from tests.faults.messenger import text_update

KNOWN = "thẻ bảo hiểm y tế của hộ nghèo có miễn phí không"  # an entry answers it
EACH = 3  # questions of one resident
FIRST_UPDATE = 10_000
FIRST_CHAT = 1_000_000


@dataclass(frozen=True)
class Asked:
    """What one resident typed, as the platform knows it."""

    update_id: int
    chat: int
    text: str

    @property
    def update(self) -> dict[str, Any]:
        """As the platform delivers it."""
        return text_update(self.update_id, self.chat, self.text)


def strange(number: int) -> str:
    """A question that no entry answers; no two are alike."""
    return f"xin hỏi chuyện lạ thứ {number}: nuôi voi trong vườn nhà có được không?"


def asked(count: int, first: int = 0) -> list[Asked]:
    """`count` questions. A fifth of the residents asks what an entry answers; the others ask several strange things.

    The questions of one resident lie far apart, so that none of them has to wait for his pace.
    """
    made = []
    residents = max(1, count // EACH)
    for number in range(first, first + count):
        resident = number % residents
        known = resident % 5 == 0 and number - first < residents
        made.append(Asked(FIRST_UPDATE + number, FIRST_CHAT + first + resident, KNOWN if known else strange(number)))
    return made


def shuffled_a_little(items: list[Asked], chance: random.Random, reach: int = 8) -> list[Asked]:
    """As a platform with several connections delivers: nearly in order."""
    return [
        item
        for _key, item in sorted(
            ((i + chance.random() * reach, item) for i, item in enumerate(items)), key=lambda pair: pair[0]
        )
    ]
