"""Residents' rights over what is kept of them: what that is (`/riengtu`), a copy (`/dulieu`), all erased (`/xoa`).

They come before everything but danger, in words as people type them, and work in every state of the dialogue.
"""

from dataclasses import replace

from bot.conversation import intent, replies
from bot.conversation.acts import Erase, GiveCopy
from bot.conversation.message import Incoming, Option, Reply
from bot.conversation.state import Phase, State
from bot.conversation.turn import Turn, View
from bot.conversation.voice import Voice
from translations.loader import mark as _

ERASE, KEEP = "erase:ERASE", "erase:KEEP"
PAGE = "/rieng-tu"
COPY_PAGE = "/du-lieu"


def turn(state: State, heard: Incoming, view: View) -> Turn | None:
    """A right that is claimed, or the answer to whether all is to be erased; None for everything else."""
    if heard.kind == "option":
        return _pressed(state, heard, view)
    return _said(state, heard, view) if heard.kind == "text" else None


def _said(state: State, heard: Incoming, view: View) -> Turn | None:
    text = heard.text.strip()
    if state.phase == Phase.ERASING:
        option = intent.chosen(text, _options(view.voice))
        if option:
            return _answered(state, heard, view, sure=option.id == ERASE)
        if intent.confirms_erasing(text):
            return _answered(state, heard, view, sure=True)
        if intent.refuses(text):
            return _answered(state, heard, view, sure=False)
    claimed = intent.right(text)
    if claimed == "erase":
        return _ask(state, view)
    if claimed == "copy" and view.copy is not None:
        return Turn(state, [GiveCopy(view.copy.code)], [_copy(view)])
    return Turn(state, replies=[_privacy(view.voice)]) if claimed else None


def _pressed(state: State, heard: Incoming, view: View) -> Turn | None:
    """A button under the question whether he is sure; one from an earlier time asks anew, for fingers slip."""
    if heard.option == KEEP:
        return _answered(state, heard, view, sure=False)
    if heard.option != ERASE:
        return None
    return _answered(state, heard, view, sure=True) if state.phase == Phase.ERASING else _ask(state, view)


def says_all(turn: Turn) -> bool:
    """Whether a turn ends what is known of the resident: nothing is to be remembered, nor said besides."""
    return any(isinstance(act, Erase) for act in turn.acts)


def left_undone(state: State) -> State:
    """Where the dialogue goes on when the resident says something else instead: nothing was erased."""
    return replace(state, phase=state.before or Phase.IDLE, before=None) if state.phase == Phase.ERASING else state


def _options(voice: Voice) -> tuple[Option, ...]:
    return Option(ERASE, voice.say(_("Erase everything"))), Option(KEEP, voice.say(_("No, keep it")))


def _ask(state: State, view: View) -> Turn:
    voice = view.voice
    text = voice.say(
        _(
            "Erase everything that is kept of %(you)s here?\n"
            "• Gone for good: how to reach %(you)s on this channel, what was written here, the questions and the "
            "answers to them. Questions that officers are working on are closed without an answer.\n"
            "• What stays: answers published for everybody, without anything of %(you)s, and the number of questions.\n"
            "This can't be undone. Type “xoá hết” to erase, or “không” to keep everything."
        )
    )
    before = state.before if state.phase == Phase.ERASING else state.phase
    return Turn(replace(state, phase=Phase.ERASING, before=before), replies=[Reply(text, "notice", _options(voice))])


def _answered(state: State, heard: Incoming, view: View, *, sure: bool) -> Turn:
    voice = view.voice
    if not sure:
        return Turn(
            left_undone(state), replies=[replies.notice(voice, _("Nothing was erased. Everything is as it was."))]
        )
    day = f"{view.today:%d/%m/%Y}" if view.today else ""
    blocks = [
        voice.say(
            _(
                "Erased at your request on %(day)s. Nothing that %(you)s wrote here is kept any more, and no way to "
                "reach %(you)s. Old codes only say that they were erased. Safety copies run out by themselves within "
                "%(days)s days; if one has to be used, this is erased from it again."
            ),
            day=day,
            days=voice.backup_days,
        )
    ]
    if heard.channel != "web_chat":
        blocks.append(voice.say(_("What stands in the app on your own phone only %(you)s can delete.")))
    blocks.append(voice.say(_("%(You)s can ask again at any time, as somebody new.")))
    return Turn(State(), [Erase()], [Reply("\n".join(blocks), "erased")])


def _copy(view: View) -> Reply:
    voice, kept = view.voice, view.copy
    assert kept is not None  # noqa: S101 - narrows the type
    text = voice.say(
        _(
            "Kept of %(you)s here: %(questions)s questions, %(messages)s messages. To read or save all of it: open "
            "%(link)s and type this number: %(code)s\nIt works once, until %(until)s today. Give it to nobody. "
            "To have everything erased: /xoa."
        ),
        questions=kept.questions,
        messages=kept.messages,
        link=voice.site + COPY_PAGE,
        code=kept.code,
        until=kept.until,
    )
    return Reply(text, "notice")


def _privacy(voice: Voice) -> Reply:
    text = voice.say(
        _(
            "What is kept: how to reach %(you)s on this channel (encrypted), what %(you)s write, the answers. No name "
            "and no identity number is asked for. Words are kept for up to %(months)s months. What is published holds "
            "no names and no numbers.\n"
            "%(Your)s rights: /dulieu gives a copy of everything kept, /xoa erases everything, /dung stops notices.\n"
            "All of it in writing: %(link)s"
        ),
        months=voice.retention_months,
        link=voice.site + PAGE,
        Your="Quyền của " + voice.salutation if voice.language == "vi" else "Your",
    )
    blocks = [text]
    if voice.unit_contact:
        blocks.append(
            voice.say(_("Whom to ask: %(unit)s, %(contact)s"), unit=voice.unit_name, contact=voice.unit_contact)
        )
    return Reply("\n".join(blocks), "notice")
