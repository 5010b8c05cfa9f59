"""Turns of a conversation as a page draws them: blocks of lines, a code to keep, choices. Pure.

`static/bubbles.js` does the same in the browser.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.conversation.message import RECEIPTS
from knowledge_base.clock import VIETNAM

BlockKind = Literal["words", "label", "about", "receipt"]
LineKind = Literal["heading", "item", "plain"]
_MARKS: dict[str, LineKind] = {"▪ ": "heading", "• ": "item"}
_INFORMATION = "ℹ️"  # noqa: RUF100 - how the line on what this is begins


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bubble."""

    kind: LineKind
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together; `label` is quiet, `receipt` is a card."""

    kind: BlockKind
    lines: tuple[Line, ...]
    language: str = ""  # where it isn't that of the bubble


@dataclass(frozen=True, slots=True)
class Choice:
    """A button under a reply; `used` when the resident pressed it."""

    id: str
    label: str
    used: bool


@dataclass(frozen=True, slots=True)
class Bubble:
    """One turn of either side."""

    resident: bool
    at: datetime
    blocks: tuple[Block, ...]
    choices: tuple[Choice, ...] = ()
    numbered: bool = False  # choices that may also be typed as numbers
    reference: str | None = None
    language: str = ""  # of a reply; empty for the resident's own words, whose language nobody knows


def bubbles(turns: Sequence[Mapping[str, Any]], labels: Sequence[str]) -> list[Bubble]:
    """The turns of `WebChat.conversation`; `labels` are the openings of lines to draw quietly."""
    pressed = {turn["option"] for turn in turns if turn["from"] == "resident"}
    known: dict[str, str] = {}
    drawn: list[Bubble] = []
    for turn in turns:
        at = datetime.fromisoformat(turn["at"]).astimezone(VIETNAM)
        if turn["from"] == "bot":
            known |= {option["id"]: option["label"] for option in turn["options"]}
            drawn.append(_reply(turn, at, labels, pressed))
        elif words := turn["text"] or known.get(turn["option"], ""):  # nothing is left of what was kept long enough
            drawn.append(Bubble(True, at, (Block("words", _lines(words.split("\n"))),)))
    return drawn


def _reply(turn: Mapping[str, Any], at: datetime, labels: Sequence[str], pressed: set[str]) -> Bubble:
    choices = tuple(Choice(option["id"], option["label"], option["id"] in pressed) for option in turn["options"])
    numbered = {f"{number}. {choice.label}" for number, choice in enumerate(choices, 1)}
    code = turn["reference"] if turn["decision"] in RECEIPTS else None
    blocks, (first, end) = [], turn.get("vietnamese") or (0, 0)
    for number, words in enumerate(turn["text"].split("\n\n")):
        kind: BlockKind = "about" if turn["decision"] == "confident" and number == 0 else "words"
        if words.startswith((*labels, _INFORMATION)):
            kind = "label"
        elif code and code in words:
            kind = "receipt"
        lines = [line for line in words.split("\n") if line.strip() and line not in numbered]
        if kind == "receipt":  # the card shows the code by itself
            lines = [line for line in lines if not line.endswith(f": {code}")]
        if lines:
            blocks.append(Block(kind, _lines(lines), "vi" if first <= number < end else ""))
    language = turn.get("language") or "vi"
    return Bubble(False, at, tuple(blocks), choices, turn["decision"] == "suggest", code, language)


def _lines(lines: Sequence[str]) -> tuple[Line, ...]:
    return tuple(Line(kind, line[2:]) if (kind := _MARKS.get(line[:2])) else Line("plain", line) for line in lines)


def newest_own(drawn: Sequence[Bubble]) -> int:
    """Where the last exchange begins: at the resident's newest words, or at the last bubble."""
    own = [place for place, bubble in enumerate(drawn) if bubble.resident]
    return own[-1] if own else max(0, len(drawn) - 1)
