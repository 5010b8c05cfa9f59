"""`CONSENT=ask`: nothing a resident asked goes to an officer before he has said so.

What waits is kept in the dialogue's state alone, where no officer sees it, and for a day. Danger doesn't wait: life
comes before a form, and the first notice has told that such words go to officers at once.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from bot.conversation import intent, replies
from bot.conversation.acts import Act, AddWords, Ask, Erase, Queue, SetCommune
from bot.conversation.candidates import candidates_of
from bot.conversation.message import LONGEST_TEXT, RECEIPTS, Incoming, Option, Reply
from bot.conversation.state import Phase, State
from bot.conversation.turn import Turn, View
from bot.conversation.voice import Voice
from knowledge_base.matching.decide import Decision
from knowledge_base.questions.question import QuestionState
from translations.loader import mark as _

_HELD = {"Ask": Ask, "Queue": Queue, "AddWords": AddWords, "SetCommune": SetCommune}
_MOST_WORDS = 20  # messages that one question may be added to while it waits
NOT_SENT = _("What %(you)s asked before was not sent to an officer, and is not kept.")


def held_back(state: State, turn: Turn, view: View) -> Turn:
    """A turn without what it would hand to officers; the resident is asked first."""
    wanted = [act.reference for act in turn.acts if isinstance(act, Queue) and act.reason != "danger"]
    lost = state.pending is not None and turn.state.pending is None and not turn.decided
    if not wanted or turn.decided:
        if lost and not any(isinstance(act, Erase) for act in turn.acts):
            turn.replies.append(replies.notice(view.voice, NOT_SENT))
        return turn
    matches = dict(view.parts)
    held = [
        act for act in turn.acts if isinstance(act, Ask | Queue | AddWords | SetCommune) and act.reference in wanted
    ]
    fresh = any(isinstance(act, Ask) for act in held)
    pending = {
        "acts": [_packed(act, candidates_of(matches.get(getattr(act, "text", ""), view.match))) for act in held],
        "references": wanted,
        "reference": turn.state.reference,
        "asked_commune": turn.state.asked_commune,
    }
    said = [reply for reply in turn.replies if reply.decision not in RECEIPTS and reply.text not in _promises(view)]
    said += [replies.notice(view.voice, NOT_SENT)] if lost else []
    # What was asked before must still be there then; what is new is nowhere but here.
    after = turn.state.to(Phase.CONSENTING, None if fresh else wanted[0])
    acts = [act for act in turn.acts if act not in held]
    return Turn(replace(after, pending=pending), acts, [*said, _asking(view.voice, wanted[0])])


def _promises(view: View) -> tuple[str, ...]:
    """What is said beside a receipt, and would be untrue before he has agreed."""
    return tuple(view.voice.say(words) for words in (replies.SAY_WHAT, replies.TELL_MORE, replies.MEDIA_QUEUED))


def turn(state: State, heard: Incoming, view: View) -> Turn | None:
    """What a message means while something waits for consent; None when it is something else."""
    if heard.kind == "option":
        return _pressed(state, heard, view)
    if state.phase != Phase.CONSENTING or not state.pending or heard.kind not in ("text", "media"):
        return None
    return _said(state, state.pending, heard, view)


def _said(state: State, pending: Mapping[str, Any], heard: Incoming, view: View) -> Turn | None:
    text, reference = heard.text.strip(), pending["references"][0]
    if heard.kind == "text":
        option = intent.chosen(text, _options(view.voice, reference)) if intent.is_number(text) else None
        if (option and option.id.startswith("agree:")) or (not option and intent.agrees(text)):
            return _agree(state, pending, view)
        if option or intent.refuses(text):
            return _refuse(state, view)
        if intent.command(text) == "officer":
            return Turn(state, replies=[_asking(view.voice, reference)])
    if (heard.kind == "media" or _is_more(text, view)) and len(pending["acts"]) < _MOST_WORDS:
        more = AddWords(reference, heard.text[:LONGEST_TEXT], heard.media_kind, heard.media_ref)
        acts = [*pending["acts"], _packed(more, None)]
        return Turn(replace(state, pending={**pending, "acts": acts}), replies=[_asking(view.voice, reference)])
    return None


def _pressed(state: State, heard: Incoming, view: View) -> Turn | None:
    """The buttons. What was asked too long ago is gone, and must be asked again."""
    verb, _sep, reference = heard.option.partition(":")
    if verb not in ("agree", "refuse"):
        return None
    if not state.pending or reference not in state.pending["references"]:
        return Turn(state, replies=[replies.notice(view.voice, replies.OLD_BUTTON)])
    return _agree(state, state.pending, view) if verb == "agree" else _refuse(state, view)


def _is_more(text: str, view: View) -> bool:
    """Further words on the matter, not a question the bot can answer, nor a word of politeness or a command."""
    confident = view.match is not None and view.match.decision == Decision.CONFIDENT
    small = any(recognise(text) for recognise in (intent.is_small_talk, intent.is_unreadable, intent.is_thanks))
    command = intent.command(text) or intent.wanted_reference(text) or text.startswith("/")
    return bool(text) and not (confident or small or command or intent.wants_to_look_up(text))


def _agree(state: State, pending: Mapping[str, Any], view: View) -> Turn:
    """As it would have gone without asking."""
    acts = [_unpacked(one) for one in pending["acts"]]
    fresh = any(isinstance(act, Ask) for act in acts)
    waiting = view.about is not None and view.about.state in (QuestionState.OFFERED, QuestionState.ANSWERED_BY_BOT)
    if not fresh and not waiting:
        return Turn(state.to(Phase.IDLE), replies=[replies.notice(view.voice, replies.OLD_BUTTON)], decided=True)
    ask_commune = bool(pending["asked_commune"])
    *others, last = pending["references"]
    said = [_receipt(view, reference, ask_commune=False) for reference in others]
    said.append(_receipt(view, last, ask_commune=ask_commune))
    options = said[-1].options
    after = state.to(Phase.WITH_OFFICER, pending["reference"], asked_commune=ask_commune, options=options)
    return Turn(after, acts, said, decided=True)


def _receipt(view: View, reference: str, *, ask_commune: bool) -> Reply:
    return replies.handed_over(view.voice, reference, view.due_on, certain=True, ask_commune=ask_commune)


def _refuse(state: State, view: View) -> Turn:
    words = _("All right, nothing was sent, and what %(you)s asked is not kept. Type whenever you have a question.")
    return Turn(state.to(Phase.IDLE), replies=[replies.notice(view.voice, words)], decided=True)


def _options(voice: Voice, reference: str) -> tuple[Option, ...]:
    return (
        Option(f"agree:{reference}", voice.say(_("Agree, send it"))),
        Option(f"refuse:{reference}", voice.say(_("Don't send"))),
    )


def _asking(voice: Voice, reference: str) -> Reply:
    text = voice.say(
        _(
            "I can't answer this with certainty. May I send it to an officer of %(unit)s? The officer reads what "
            "%(you)s wrote and where %(you)s live, if you said so; no name is asked for. Type “đồng ý gửi” or “không”. "
            "Without %(your)s word it goes to nobody and is gone within a day."
        ),
        unit=voice.unit_name,
        your=voice.salutation if voice.language == "vi" else "your",
    )
    return Reply(text, "notice", _options(voice, reference))


def _packed(act: Act, found: Any) -> dict[str, Any]:
    values = asdict(act)
    if isinstance(act, Ask):
        values["found"] = found if act.found is None else list(act.found)
    return {"act": type(act).__name__, **values}


def _unpacked(kept: Mapping[str, Any]) -> Act:
    values = {name: value for name, value in kept.items() if name != "act"}
    act: Act = _HELD[kept["act"]](**values)
    return act
