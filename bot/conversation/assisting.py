"""A member of a community team asks for a neighbour: consent, name, receipt, question; then as for anybody.

Pure, as the dialogue is. The neighbour's name comes here sealed and his telephone number as a contact's hash only;
neither is kept in the conversation in clear, nor are the words in which they were typed (`Turn.veiled`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.conversation import intent, replies
from bot.conversation.message import Option, Reply
from bot.conversation.state import State
from bot.conversation.voice import Voice
from knowledge_base.questions.reference import read_reference
from translations.loader import mark as _

_JOIN = re.compile(r"\s*(?:/start\s+h_|/?tham\s*gia\s+)([0-9A-Za-z\s-]{8,10})\s*", re.IGNORECASE)
_BEGIN = re.compile(r"/?hoi ?ho( ba con| giup| nguoi khac)?")
_CANCEL = re.compile(r"/?huy( bo)?|/huy")
_NONE = re.compile(r"(khong|ko|k)( co)?( gi| phieu)?|0")
_LONGEST_NAME = 80

JOINED = _(
    "%(name)s, this messenger now asks for neighbours on behalf of %(team)s. To ask for somebody, type /hoiho. "
    "Replies to neighbours never come here: they belong to them."
)
CODE_NO_GOOD = _(
    "That invitation code is not good (any more). The commune's people's committee can give out a new one."
)
NOT_A_HELPER = _(
    "Asking for others is for members of community teams. If you are one, type THAM GIA and the code on your "
    "invitation, for example: THAM GIA K7MP-42QX."
)
READ_OUT = _(
    "Please read out to the person you ask for:\n"
    "“I will send your question to the policy question service of %(unit)s. Your question, your name and your hamlet "
    "are kept there; officers read them to answer you. The answer is yours: you can hear it at the commune's office "
    "or read it with the slip. You may say no.”"
)
AGREE_ORAL = _("Agrees, in words")
AGREE_SIGNED = _("Agrees, signed on paper")
REFUSES = _("Does not agree")
REFUSED = _("Nothing was kept. Please tell them that they can ask by themselves, or at the commune's office.")
WHOSE_NAME = _(
    "What is the name of the person you ask for? Officers use it to find the right person; it is kept sealed."
)
NAME_AGAIN = _("Please type only the name, at most %(most)s characters.")
WHICH_SLIP = _("Type the code on a slip from your pad and hand that slip to the person. Without a pad, type: KHÔNG.")
OR_PHONE = _("Or type the person's own telephone number: the code and the answer then go there by SMS.")
SLIP_UNKNOWN = _("There is no slip with that code here. Please check the letters and digits, or type: KHÔNG.")
SLIP_USED = _("That slip was used before. Please take another one, or type: KHÔNG.")
WHAT = _("Now type the question, in the person's own words.")
CANCELLED = _("Stopped; nothing was sent. To begin again: /hoiho.")


@dataclass(frozen=True, slots=True)
class Party:
    """A member and his team. `place`: where the team is, in words."""

    id: int
    name: str
    team: str
    place: str
    unit: str


@dataclass(frozen=True, slots=True)
class Aid:
    """What was loaded for a turn: who the messenger acts for, and what the words at hand are."""

    party: Party | None = None
    sealed: str = ""  # the name just typed
    slip: Literal["", "free", "used", "unknown"] = ""
    contact: str = ""  # the hash of the telephone number just typed
    by_sms: bool = False  # whether a number may be given at all


@dataclass(frozen=True, slots=True)
class Behalf:
    """For whom a question is asked."""

    helper_id: int
    sealed_name: str
    consent: str
    unit: str
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What words want here: to link the messenger with a code, to begin."""

    verb: Literal["join", "begin"]
    code: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What follows, up to the question itself: where the asking stands, what is said, whether the words are veiled.

    `question`: everything is known, and the words at hand are the question.
    """

    assist: Mapping[str, str] | None
    replies: tuple[Reply, ...] = ()
    veiled: bool = False
    question: bool = False


def wish(text: str) -> Wish | None:
    """Whether words begin this; None for all others."""
    found = _JOIN.fullmatch(text)
    code = read_reference(found.group(1)) if found else None
    if code:
        return Wish("join", code)
    return Wish("begin") if _BEGIN.fullmatch(intent.plain(text)) else None


def concerns(state: State, text: str) -> bool:
    """Whether a message belongs here, so that what it needs is loaded."""
    return (state.assist is not None and state.assist.get("step") != "after") or wish(text) is not None


def choices(voice: Voice) -> tuple[Option, ...]:
    """How somebody may agree, or not."""
    return (
        Option("agree:ORAL", voice.say(AGREE_ORAL)),
        Option("agree:SIGNED", voice.say(AGREE_SIGNED)),
        Option("agree:NEVER", voice.say(REFUSES)),
    )


def step(state: State, text: str, option: str, aid: Aid, voice: Voice) -> Said | None:
    """One turn before the question; None when the message is none of this."""
    wanted, party = wish(text), aid.party
    if wanted and wanted.verb == "join":
        joined = replies.notice(voice, JOINED, name=party.name, team=party.team) if party else None
        return Said(None, (joined or replies.notice(voice, CODE_NO_GOOD),), veiled=True)
    at = (state.assist or {}).get("step", "")
    if not wanted and at in ("", "after"):
        return None
    if party is None:
        return Said(None, (replies.notice(voice, NOT_A_HELPER),))
    if wanted:
        return _ask_consent(voice)
    if _CANCEL.fullmatch(intent.plain(text)) or intent.is_withdrawal(text):
        return Said(None, (replies.notice(voice, CANCELLED),))
    kept = dict(state.assist or {})
    if at == "consent":
        return _consent(text, option, voice)
    return _further(at, kept, text, aid, voice)


def _further(at: str, kept: dict[str, str], text: str, aid: Aid, voice: Voice) -> Said:
    if at == "name":
        return _name(kept, text, aid, voice)
    if at == "receipt":
        return _receipt(kept, text, aid, voice)
    if not text.strip():
        return Said(kept, (replies.notice(voice, WHAT),))
    return Said(kept, question=True)


def _ask_consent(voice: Voice) -> Said:
    options = choices(voice)
    lines = [f"{number}. {one.label}" for number, one in enumerate(options, 1)]
    words = "\n".join([voice.say(READ_OUT, unit=voice.unit_name), *lines])
    return Said({"step": "consent"}, (Reply(words, "suggest", options),))


def _consent(text: str, option: str, voice: Voice) -> Said:
    options = choices(voice)
    chosen = next((one for one in options if one.id == option), None) or intent.chosen(text, options)
    if chosen is None:
        return _ask_consent(voice)
    if chosen.id == "agree:NEVER":
        return Said(None, (replies.notice(voice, REFUSED),))
    consent = chosen.id.removeprefix("agree:").lower()
    return Said({"step": "name", "consent": consent}, (replies.notice(voice, WHOSE_NAME),))


def _name(kept: dict[str, str], text: str, aid: Aid, voice: Voice) -> Said:
    if not text.strip() or len(text.strip()) > _LONGEST_NAME:
        return Said(kept, (replies.notice(voice, NAME_AGAIN, most=_LONGEST_NAME),), veiled=True)
    asked = voice.say(WHICH_SLIP) + (f"\n{voice.say(OR_PHONE)}" if aid.by_sms else "")
    return Said({**kept, "step": "receipt", "name": aid.sealed}, (Reply(asked, "notice"),), veiled=True)


def _receipt(kept: dict[str, str], text: str, aid: Aid, voice: Voice) -> Said:
    on = {**kept, "step": "question"}
    code = read_reference(text)
    if aid.slip == "free" and code:
        return Said({**on, "slip": code}, (replies.notice(voice, WHAT),))
    if aid.contact:
        return Said({**on, "contact": aid.contact}, (replies.notice(voice, WHAT),), veiled=True)
    if _NONE.fullmatch(intent.plain(text)):
        return Said(on, (replies.notice(voice, WHAT),))
    again = SLIP_USED if aid.slip == "used" else SLIP_UNKNOWN
    return Said(kept, (replies.notice(voice, again),), veiled=True)


def behalf(state: State, party: Party) -> Behalf:
    """For whom the question at hand is asked."""
    kept = state.assist or {}
    return Behalf(party.id, kept.get("name", ""), kept.get("consent", "oral"), party.unit, kept.get("contact", ""))


def receipt(voice: Voice, reference: str, assist: Mapping[str, str], day: str) -> Reply:
    """What the helper tells, or hands, to whom he asked for."""
    blocks = [
        voice.say(
            _("The question is with the officers. Code: %(reference)s. It will be answered by the end of %(day)s."),
            reference=reference,
            day=day,
        )
    ]
    if assist.get("slip"):
        blocks.append(
            voice.say(_("The person keeps the slip: with its code and secret number the answer can be read."))
        )
    elif assist.get("contact"):
        blocks.append(voice.say(_("The code and the answer go to the person's own telephone by SMS.")))
    else:
        blocks.append(
            voice.say(
                _("Write the code down for the person. The commune's office reads the answer out, and prints it.")
            )
        )
    blocks.append(voice.say(_("The answer doesn't come here. For the next person: /hoiho.")))
    return Reply("\n".join(blocks), "receipt", reference=reference)
