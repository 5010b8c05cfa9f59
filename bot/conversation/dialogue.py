"""The one dialogue of all channels: a pure function from (state, message, view) to (state, acts, replies).

`dialogue.mmd` is its picture; a test holds the picture against `STEPS`. It is one long file on purpose: its turns call
each other (a button may mean a question, a question a button), and the order in which a message is understood is read
from top to bottom.
"""

from dataclasses import replace

from bot.conversation import assisting, consent, intent, places, replies, rights, translated
from bot.conversation.acts import (
    Act,
    AddWords,
    AnswerByBot,
    Ask,
    Close,
    Feedback,
    Leave,
    Offer,
    Queue,
    Reopen,
    SetCommune,
    SetLanguage,
    SetStopped,
)
from bot.conversation.assisting import Aid
from bot.conversation.message import LONGEST_TEXT, Incoming
from bot.conversation.state import Phase, State
from bot.conversation.turn import Turn, View
from bot.conversation.voice import Voice
from knowledge_base.distress.hear import Distress
from knowledge_base.matching.decide import Decision, Match
from knowledge_base.questions.question import OPEN_STATES, UNFINISHED_STATES, CloseReason, Question, QuestionState
from knowledge_base.text.fold import fold
from knowledge_base.units.gazetteer import Place

# Every step between phases, for the picture and its test.
STEPS: frozenset[tuple[Phase, Phase]] = frozenset(
    {
        (Phase.IDLE, Phase.IDLE),
        *((phase, Phase.CHOOSING) for phase in Phase),
        *((phase, Phase.CONFIRMING) for phase in Phase),
        *((phase, Phase.WITH_OFFICER) for phase in Phase),
        (Phase.CHOOSING, Phase.IDLE),
        (Phase.CONFIRMING, Phase.IDLE),
        (Phase.WITH_OFFICER, Phase.IDLE),
        *((phase, Phase.ERASING) for phase in Phase),
        *((Phase.ERASING, phase) for phase in Phase),
        *((phase, Phase.CONSENTING) for phase in Phase),
        (Phase.CONSENTING, Phase.IDLE),
    }
)


_POLICY, _EASIER = "policy:", "easier:"
_LONGEST_PLACE = 5  # words
_CHOICES = ("pick:", "none:")  # how the ids of choices begin


def step(state: State, heard: Incoming, view: View) -> Turn:
    """One turn. Danger comes first, then residents' rights, what the message is besides a question, the question."""
    if heard.kind == "left":
        return Turn(state, [Leave()])
    turn = _still_assisted(state, _turn(state, heard, view), view)
    if view.asks_consent and not _agreed_before_helper(state, turn):
        turn = consent.held_back(state, turn, view)
    if heard.kind == "text" and len(heard.text) > LONGEST_TEXT:
        turn.replies.append(replies.notice(view.voice, replies.TOO_LONG, limit=LONGEST_TEXT))
    if not state.greeted and not rights.says_all(turn):
        turn.state = turn.state.met()
        turn.replies.append(replies.first_notice(_voice_after(turn, view)))
    turn.replies = replies.marked(turn.replies, _voice_after(turn, view))
    return turn


def _voice_after(turn: Turn, view: View) -> Voice:
    """The voice of a turn's replies: that of the language chosen in it."""
    chosen = next((act.language for act in turn.acts if isinstance(act, SetLanguage)), view.voice.language)
    return view.voices.get(chosen, view.voice)


def _turn(state: State, heard: Incoming, view: View) -> Turn:
    if view.distress and not _is_told(state, heard.text, view):
        return _danger(rights.left_undone(state), heard, view, view.distress)
    if own := rights.turn(state, heard, view):
        return own
    state = rights.left_undone(state)
    if view.about and means_policy(state, heard):
        return _about_policy(state, view.about, view)
    if view.aid is not None and (turn := _assisted(state, heard, view.aid, view)):
        return turn
    if own := consent.turn(state, heard, view):
        return own
    if heard.kind == "option":
        return _option(state, heard.option, view)
    if heard.kind == "start":
        return Turn(state.to(Phase.IDLE), replies=[replies.welcome(view.voice)])
    if heard.kind in ("sticker", "other"):
        return Turn(state, replies=[replies.chat(view.voice, replies.STICKER)])
    if heard.kind == "media":
        return _media(state, heard, view)
    return _text(state, heard, view)


# --- asking for somebody else ----------------------------------------------------------------------


def _assisted(state: State, heard: Incoming, aid: Aid, view: View) -> Turn | None:
    """A helper's turn; his own dialogue rests meanwhile."""
    said = assisting.step(state, heard.text, heard.option, aid, view.voice)
    if said is None:
        return None
    if not said.question or aid.party is None:
        after = replace(state.to(Phase.IDLE), assist=said.assist)
        return Turn(after, replies=list(said.replies), veiled=said.veiled)
    home = replace(state, commune=aid.party.place, unit=aid.party.unit)
    reference = (state.assist or {}).get("slip") or view.references[0]
    turn = _decide(home, reference, view.match, view)
    behalf = assisting.behalf(state, aid.party)
    turn.acts.insert(0, Ask(reference, heard.text[:LONGEST_TEXT], behalf=behalf))
    turn.state = replace(turn.state, commune=state.commune, unit=state.unit)
    gone_on = {**(state.assist or {}), "step": "after", "place": aid.party.place, "unit": aid.party.unit}
    return _still_assisted(replace(home, reference=reference, assist=gone_on), turn, view)


def _still_assisted(state: State, turn: Turn, view: View) -> Turn:
    """While the helper is with the person, answers everybody may read go on here; with the officers it ends."""
    if (state.assist or {}).get("step") != "after" or turn.state.reference != state.reference or not state.reference:
        return turn
    if turn.state.phase == Phase.WITH_OFFICER:
        day, at = view.voice.day(view.due_on), state.assist or {}
        if not any(isinstance(act, SetCommune) for act in turn.acts):
            turn.acts.append(SetCommune(state.reference, at["place"], at["unit"]))
        turn.replies = [assisting.receipt(view.voice, state.reference, state.assist or {}, day)]
        turn.state = turn.state.to(Phase.IDLE)
    elif turn.state.phase != Phase.IDLE:
        turn.state = replace(turn.state, assist=state.assist)
    return turn


def _agreed_before_helper(state: State, turn: Turn) -> bool:
    """Whether the question is somebody's who has agreed already, before the helper who asks for him."""
    return (state.assist or {}).get("step") == "after" or any(isinstance(act, Ask) and act.behalf for act in turn.acts)


def _is_told(state: State, text: str, view: View) -> bool:
    """Whether the words are what we asked for or gave out, or the small change of any talk ("không có gì nữa").

    Codes, names of people and of places sound like anything.
    """
    if intent.wanted_reference(text) or intent.place_token(text) or assisting.wish(text):
        return True
    if intent.is_small_talk(text) or intent.is_thanks(text) or intent.is_withdrawal(text) or intent.is_opening(text):
        return True
    asked = (state.assist or {}).get("step") in ("name", "receipt") and len(text.split()) <= _LONGEST_PLACE
    return asked or _says_where(state, text, view)


def _says_where(state: State, text: str, view: View) -> bool:
    """Whether a few words answer our question for a place: names of places sound like anything."""
    if not (state.asked_commune or state.place) or len(text.split()) > _LONGEST_PLACE:
        return False
    return bool(view.gazetteer.resolve(intent.place_of(text)).places) or bool(
        state.place and places.understand(view.gazetteer, text, state.place).place
    )


# --- words ----------------------------------------------------------------------------------------


def _text(state: State, heard: Incoming, view: View) -> Turn:
    text = heard.text.strip()
    if not text:
        return Turn(state, replies=[replies.chat(view.voice, replies.EMPTY)])
    if heard.edited and view.about and fold(text) == fold(view.about.text):
        return Turn(state)
    spoken = (
        _command(state, text, view)
        or _edited(state, heard, view)
        or _in_phase(state, text, view)
        or _aside(state, text, view)
    )
    return spoken or _question(state, heard, view)


def _command(state: State, text: str, view: View) -> Turn | None:
    reference = intent.wanted_reference(text)
    if reference:
        if view.looked_up is None:
            return Turn(state, replies=[replies.notice(view.voice, replies.UNKNOWN_CODE, reference)])
        return Turn(state, replies=[replies.looked_up(view.voice, view.looked_up, view.documents)])
    if intent.wants_to_look_up(text):
        return Turn(state, replies=[replies.chat(view.voice, replies.HOW_TO_LOOK_UP)])
    if arrived := _arrived(state, text, view):
        return arrived
    language = intent.wanted_language(text)
    if language is not None:
        return _language(state, language, view)
    command = intent.command(text)
    if command in ("stop", "resume"):
        sentence = replies.STOPPED if command == "stop" else replies.RESUMED
        acts: list[Act] = [SetStopped(command == "stop")]
        return Turn(state, acts, [replies.notice(view.voice, sentence)])
    if command in ("start", "help"):
        return Turn(state.to(Phase.IDLE), replies=[replies.welcome(view.voice)])
    if command == "officer":
        return _wants_officer(state, text, view)
    return None


def _arrived(state: State, text: str, view: View) -> Turn | None:
    """By a link: of a place, of an answer, of a unit."""
    if view.came_by:
        return _came_by(state, view.came_by, view)
    key = intent.deep_link(text)
    if key and key in view.revisions:
        return _ask_entry(state, key, view)
    place = places.linked(view.gazetteer, key)
    if place:
        at_home = replace(state.to(Phase.IDLE), commune=place.name, unit=place.code)
        return Turn(at_home, replies=[replies.welcome(view.voice), places.from_link(view.voice, place)])
    return None


def _language(state: State, wanted: str, view: View) -> Turn:
    """Which languages there are, or the one chosen from now on; where the dialogue stands, it stays."""
    if wanted not in view.voices:
        return Turn(state, replies=[replies.languages(view.voice, tuple(view.voices))])
    return Turn(state, [SetLanguage(wanted)], [replies.language_chosen(view.voices[wanted])])


def _came_by(state: State, came_by: places.Linked, view: View) -> Turn:
    """By a link or code of a place: its questions go where it belongs today."""
    unit = came_by.place.code if came_by.place else None
    at_home = replace(state.to(Phase.IDLE), commune=came_by.words, unit=unit, source=came_by.token)
    return Turn(at_home, replies=[replies.welcome(view.voice), places.from_place(view.voice, came_by)])


def _wants_officer(state: State, text: str, view: View) -> Turn:
    """Hand over what was just asked; without a question, the wish itself is one."""
    about = view.about
    if about and about.state in UNFINISHED_STATES:
        return _waiting(state, about, view)
    if about and about.state in (QuestionState.OFFERED, QuestionState.ANSWERED_BY_BOT):
        return _queue_about(state, about, view, "asked_for_officer")
    turn = _hand_over(state, view.references[0], view, certain=True, reason="asked_for_officer")
    turn.acts.insert(0, Ask(view.references[0], text))
    turn.replies.append(replies.notice(view.voice, replies.SAY_WHAT))
    return turn


def _in_phase(state: State, text: str, view: View) -> Turn | None:
    """What the words mean in this phase; None when they are something new."""
    if state.phase == Phase.CHOOSING:
        return _choosing(state, text, view)
    if state.phase == Phase.CONFIRMING and view.about:
        return _confirming(state, text, view.about, view)
    if state.phase == Phase.WITH_OFFICER and view.about:
        return _with_officer(state, text, view.about, view)
    return None


def _choosing(state: State, text: str, view: View) -> Turn | None:
    option = intent.chosen(text, state.options)
    if option:
        return _option(state, option.id, view)
    agrees = intent.says_yes(text) and not intent.is_thanks(text)
    lost = intent.is_number(text) or (not _confident(view) and (agrees or intent.follows_up(text)))
    if not lost or view.about is None or view.about.state != QuestionState.OFFERED:
        return None
    return Turn(state, replies=[replies.choose_again(view.voice, state.options, view.about.reference)])


def _confirming(state: State, text: str, about: Question, view: View) -> Turn | None:
    if about.state != QuestionState.ANSWERED_BY_BOT:
        return None
    option = intent.chosen(text, state.options) if intent.is_number(text) else intent.labelled(text, state.options)
    simpler = intent.wants_simpler(text)
    if simpler:
        option = next((one for one in state.options if one.id.startswith(_EASIER)), None)
    if option:
        return _option(state, option.id, view)
    if intent.says_yes(text):
        return _settled(state, about, view)
    unsure = view.match is None or view.match.decision == Decision.UNKNOWN
    if simpler or (intent.says_no(text) and (unsure or intent.is_brief(text))):
        turn = _not_settled(state, about, view, "unclear")
    elif unsure and intent.follows_up(text):
        turn = _queue_about(state, about, view, "unclear")
    else:
        return None
    if not intent.is_bare_no(text):
        turn.acts.append(AddWords(about.reference, text))
        turn.replies = turn.replies[:1]
    return turn


def _with_officer(state: State, text: str, about: Question, view: View) -> Turn | None:
    if about.state == QuestionState.ANSWERED:
        return _officer_answered(state, text, about, view)
    if about.state == QuestionState.WAITING_FOR_RESIDENT:
        return _answered_back(state, text, about, view)
    if about.state not in OPEN_STATES:
        return None
    if intent.is_withdrawal(text):
        act = Close(about.reference, CloseReason.WITHDRAWN)
        if about.state == QuestionState.QUEUED:
            return Turn(state.to(Phase.IDLE), [act], [replies.notice(view.voice, replies.TAKEN_BACK, about.reference)])
        added = replies.notice(view.voice, replies.ADDED, about.reference)
        return Turn(state.to(Phase.IDLE), [AddWords(about.reference, text)], [added])
    numbered = intent.chosen(text, state.options) if intent.is_number(text) else None
    if state.asked_commune and (numbered or intent.skips(text)):
        return _option(state, numbered.id if numbered else f"skip:{about.reference}", view)
    if _is_commune(state, text, view):
        return _commune(state, about, intent.place_of(text), view)
    if view.repeated or (intent.asks_when(text) and not _confident(view)):
        return _waiting(state, view.repeated or about, view)
    if _something_new(text, about, view):
        return None
    return _added(replace(state, asked_commune=False), text, about, view)


def _answered_back(state: State, text: str, about: Question, view: View) -> Turn | None:
    """The officer asked; whatever the resident says next, if it says something, is taken for the reply."""
    if any(recognise(text) for recognise in (intent.is_thanks, intent.is_greeting, intent.is_unreadable)):
        return None
    passed_on = replies.notice(view.voice, replies.ANSWERED_BACK, about.reference)
    return Turn(state, [AddWords(about.reference, text)], [passed_on])


def _edited(state: State, heard: Incoming, view: View) -> Turn | None:
    """New words for what an officer has already."""
    about, text = view.about, heard.text.strip()
    if not heard.edited or about is None or about.state not in UNFINISHED_STATES or intent.is_withdrawal(text):
        return None
    return _added(state, text, about, view)


def _added(state: State, text: str, about: Question, view: View) -> Turn:
    """Further words for a question that an officer has."""
    added = replies.notice(view.voice, replies.ADDED, about.reference)
    return Turn(state, [AddWords(about.reference, text)], [added])


def _officer_answered(state: State, text: str, about: Question, view: View) -> Turn | None:
    option = intent.chosen(text, replies.officer_answered_options(view.voice, about.reference))
    if option:
        return _option(state, option.id, view)
    if intent.says_no(text):
        return _reopen(state, about, text, view)
    return _settled(state, about, view) if intent.says_yes(text) else None


def _is_commune(state: State, text: str, view: View) -> bool:
    """Whether words said while an officer owns the matter tell where the resident lives."""
    if intent.names_commune(text):
        return state.asked_commune or state.commune is None or _moves(state, text, view)
    if not state.asked_commune or _confident(view):
        return False
    return intent.looks_like_commune(text) or bool(view.gazetteer.resolve(intent.place_of(text)).places)


def _moves(state: State, text: str, view: View) -> bool:
    """Whether a resident whose place is known names another one."""
    place = view.gazetteer.resolve(intent.place_of(text)).place
    return place is not None and place.code != state.unit


def _something_new(text: str, about: Question, view: View) -> bool:
    """Whether words said while an officer owns the matter are about something else."""
    if _confident(view):
        return True
    if any(recognise(text) for recognise in (intent.says_yes, intent.is_small_talk, intent.is_unreadable)):
        return True
    if about.urgent or intent.follows_up(text) or intent.is_opening(text) or intent.tells(text):
        return False
    offered = view.match is not None and view.match.decision == Decision.SUGGEST and intent.is_brief(text)
    return offered or any(recognise(text) for recognise in (intent.asks, intent.asks_who, intent.asks_contact))


def _aside(state: State, text: str, view: View) -> Turn | None:
    """What opens no question."""
    if _confident(view):
        return None
    if intent.is_withdrawal(text):
        return Turn(state.to(Phase.IDLE), replies=[replies.chat(view.voice, replies.WITHDRAWN)])
    suggested = view.match is not None and view.match.decision == Decision.SUGGEST
    for recognise, sentence in (
        (intent.is_insult, replies.CALM),
        (intent.is_thanks, replies.THANKS),
        (intent.asks_who, replies.WHO),
        (intent.is_greeting, replies.GREETING),
        (intent.says_yes, replies.WITHDRAWN),
        (intent.is_small_talk, replies.WITHDRAWN),
        (intent.is_unreadable, replies.UNREADABLE),
    ):
        # Words of another language are none that this one reads; an officer reads them.
        foreign = view.voice.language != "vi" and any(sign.isalpha() for sign in text)
        if recognise(text) and not (foreign and sentence is replies.UNREADABLE):
            return Turn(state, replies=[replies.chat(view.voice, sentence)])
    if intent.asks_contact(text) and (view.voice.unit_contact or view.voice.unit_hours):
        return Turn(state, replies=[replies.contact(view.voice)])
    unclear = intent.is_opening(text) or intent.is_bare_no(text) or intent.follows_up(text)
    if unclear and not suggested:
        return Turn(state, replies=[replies.chat(view.voice, replies.GO_ON)])
    return None


def _confident(view: View) -> bool:
    return view.match is not None and view.match.decision == Decision.CONFIDENT


# --- a question -----------------------------------------------------------------------------------


def _question(state: State, heard: Incoming, view: View) -> Turn:
    if view.repeated and not _confident(view):
        return _waiting(state, view.repeated, view)
    if heard.edited and view.about and view.about.state == QuestionState.OFFERED:
        return _reworded(state, heard, view.about, view)
    several = _several(state, view) or _translated(state, heard, view)
    if several:
        return several
    reference = view.references[0]
    asked = Ask(reference, heard.text[:LONGEST_TEXT], False, heard.media_kind, heard.media_ref)
    turn = _decide(state, reference, view.match, view)
    turn.acts.insert(0, asked)
    if heard.edited and view.about and view.about.state == QuestionState.ANSWERED_BY_BOT:
        turn.acts.insert(0, Close(view.about.reference, CloseReason.WITHDRAWN))  # the new wording takes its place
    matters = {match.candidates[0].key for _text, match in view.parts if match.decision != Decision.UNKNOWN}
    if len(matters) > 1 and turn.state.phase != Phase.WITH_OFFICER:
        turn.replies.append(replies.notice(view.voice, replies.ONE_BY_ONE))
    return turn


def _translated(state: State, heard: Incoming, view: View) -> Turn | None:
    """In another language only translated questions can be met, by their own words: the resident says which it is."""
    if _confident(view) or heard.media_kind or not view.translations:
        return None
    known = {key: one for key, one in view.translations.items() if key in view.revisions}
    keys = translated.alike(heard.text, {key: one.words["question"] for key, one in known.items()})
    if not keys:
        return None
    reference, offered = view.references[0], [view.revisions[key] for key in keys]
    reply = replies.choices(view.voice, offered, reference, view.translations)
    acts: list[Act] = [Ask(reference, heard.text[:LONGEST_TEXT]), Offer(reference, tuple(keys))]
    return Turn(state.to(Phase.CHOOSING, reference, options=reply.options), acts, [reply])


def _reworded(state: State, heard: Incoming, about: Question, view: View) -> Turn:
    """The resident changed the words of a question that he was offered choices for: it is the same question."""
    turn = _decide(state, about.reference, view.match, view)
    acts = [act for act in turn.acts if not isinstance(act, Offer)]
    turn.acts = [AddWords(about.reference, heard.text[:LONGEST_TEXT]), *acts]
    return turn


def _decide(state: State, reference: str, match: Match | None, view: View) -> Turn:
    """Answer, offer, or hand over: what the matcher decided, as far as the entries are still in force."""
    if match and match.decision == Decision.CONFIDENT and match.candidates[0].key in view.revisions:
        return _answer(state, reference, match.candidates[0].key, view)
    offered = [view.revisions[choice.key] for choice in match.choices if choice.key in view.revisions] if match else []
    if match and match.decision == Decision.SUGGEST and offered:
        reply = replies.choices(view.voice, offered, reference, view.translations)
        acts: list[Act] = [Offer(reference, tuple(revision.key for revision in offered))]
        return Turn(state.to(Phase.CHOOSING, reference, options=reply.options), acts, [reply])
    return _hand_over(state, reference, view, certain=False, reason=match.reason if match else "unmatched")


def _answer(state: State, reference: str, key: str, view: View, *, chosen: bool = False) -> Turn:
    """An entry's words. Of the choices it was taken from, another may be wanted next: they stay."""
    revision = view.revisions[key]
    acts: list[Act] = [AnswerByBot(reference, key, revision.id, chosen)]
    reply = replies.automatic_answer(view.voice, revision, view.documents, reference, view.translations.get(key))
    choices = [option for option in state.options if option.id.startswith(_CHOICES)] if chosen else []
    reply = replace(reply, first_number=len(choices) + 1)
    return Turn(state.to(Phase.CONFIRMING, reference, options=(*choices, *reply.options)), acts, [reply])


def _hand_over(state: State, reference: str, view: View, *, certain: bool, reason: str) -> Turn:
    """To the officers; asks once for the commune, and remembers it."""
    ask_commune = state.commune is None
    reply = replies.handed_over(view.voice, reference, view.due_on, certain=certain, ask_commune=ask_commune)
    acts: list[Act] = [Queue(reference, reason)]
    if state.commune:
        acts.append(SetCommune(reference, state.commune, state.unit))
    after = state.to(Phase.WITH_OFFICER, reference, asked_commune=ask_commune, options=reply.options)
    return Turn(after, acts, [reply])


def _several(state: State, view: View) -> Turn | None:
    """Several questions in one message, each answered for itself, when at least two are certain."""
    certain = [part for part in view.parts if part[1].decision == Decision.CONFIDENT]
    if len({match.candidates[0].key for _text, match in certain}) < 2:  # noqa: PLR2004 - two make several
        return None
    turn = Turn(state, replies=[replies.notice(view.voice, replies.ALSO_ASKED)])
    # What isn't certain comes last: the dialogue goes on about it.
    ordered = sorted(view.parts, key=lambda part: part[1].decision != Decision.CONFIDENT)
    for reference, (text, match) in zip(view.references, ordered, strict=False):
        answered = _decide(turn.state, reference, match, view)
        turn.acts += [Ask(reference, text), *answered.acts]
        turn.replies += answered.replies
        turn.state = answered.state
    return turn


def _danger(state: State, heard: Incoming, view: View, distress: Distress) -> Turn:
    """Never matched to an entry; first in the queue; a second cry joins the first."""
    words = (view.distress_words.get((kind, view.voice.language), "") for kind in ("any", distress.kind))
    said = "\n\n".join(part for part in words if part)
    about = view.about
    if about and about.urgent and about.state in OPEN_STATES:
        acts: list[Act] = [AddWords(about.reference, heard.text, heard.media_kind, heard.media_ref)]
        reply = replies.danger(view.voice, about.reference, said)
        return Turn(replace(state, options=reply.options), acts, [reply])
    reference = view.references[0]
    asked = Ask(reference, heard.text[:LONGEST_TEXT], True, heard.media_kind, heard.media_ref)
    reply = replies.danger(view.voice, reference, said)
    after = state.to(Phase.WITH_OFFICER, reference, options=reply.options)
    urgent: list[Act] = [asked, Queue(reference, "danger")]
    if state.commune:
        urgent.append(SetCommune(reference, state.commune, state.unit))
    return Turn(after, urgent, [reply])


def means_policy(state: State, heard: Incoming) -> bool:
    """Whether somebody whose words sounded like distress says that he asks about policy."""
    if heard.kind == "option":
        return heard.option.startswith(_POLICY)
    offered = [option for option in state.options if option.id.startswith(_POLICY)]
    chosen = intent.chosen(heard.text, offered) if heard.kind == "text" and offered else None
    return chosen is not None


def _about_policy(state: State, about: Question, view: View) -> Turn:
    """A false alarm costs him nothing: `view.match` is of his first words. What is with the officers stays there.

    Whoever holds the phone may have pressed, so only an officer lays the alarm aside.
    """
    if about.state not in UNFINISHED_STATES:
        return Turn(state, replies=[replies.notice(view.voice, replies.OLD_BUTTON)])
    told = AddWords(about.reference, view.voice.say(replies.ON_POLICY))
    reference = view.references[0]
    turn = _decide(state, reference, view.match, view)
    if turn.state.phase == Phase.WITH_OFFICER:  # the officers have it already
        waiting = _waiting(replace(state, options=()), about, view)
        return Turn(waiting.state, [told], waiting.replies)
    turn.acts = [told, Ask(reference, about.text), *turn.acts]
    return turn


def _media(state: State, heard: Incoming, view: View) -> Turn:
    """Pictures, recordings, files: the caption is read, the rest goes to an officer."""
    about = view.about
    asked_back = about is not None and about.state == QuestionState.WAITING_FOR_RESIDENT
    if heard.text.strip() and _confident(view) and not asked_back:
        return _question(state, heard, view)
    if about and about.state in UNFINISHED_STATES:
        acts: list[Act] = [AddWords(about.reference, heard.text, heard.media_kind, heard.media_ref)]
        return Turn(state, acts, [replies.notice(view.voice, replies.MEDIA_ADDED, about.reference)])
    reference = view.references[0]
    turn = _hand_over(state, reference, view, certain=True, reason="media")
    words = heard.text[:LONGEST_TEXT] or f"[{heard.media_kind}]"
    turn.acts.insert(0, Ask(reference, words, False, heard.media_kind, heard.media_ref))
    turn.replies.insert(0, replies.notice(view.voice, replies.MEDIA_QUEUED))
    return turn


# --- buttons, and the words that mean them --------------------------------------------------------


def _option(state: State, option: str, view: View) -> Turn:  # noqa: C901 - a case a kind of button
    """A button's id is `verb:reference[:entry]`: it means the same whenever it is pressed."""
    verb, _sep, rest = option.partition(":")
    key = rest.partition(":")[2]
    about = view.about
    if verb == "lang":
        return _language(state, rest, view)
    if about is None:
        return Turn(state, replies=[replies.notice(view.voice, replies.OLD_BUTTON)])
    if verb == "pick" and key in view.revisions and key != about.entry_key:
        return _pick(state, about, key, view)
    if verb == "none" and about.state == QuestionState.OFFERED:
        return _queue_about(state, about, view, "none_of_these")
    if verb == "skip" and about.state in OPEN_STATES:
        after = replace(state, asked_commune=False, options=(), place=None)
        return Turn(after, replies=[replies.notice(view.voice, replies.COMMUNE_SKIPPED, about.reference)])
    place = view.gazetteer.place(key) if verb == "place" and about.state in OPEN_STATES else None
    if place:
        return _at_home(state, about, place, view)
    if verb == "easier" and about.state in (QuestionState.ANSWERED_BY_BOT, QuestionState.CLOSED):
        return _plain_words(state, about, key, view)
    if verb == "clear" and about.state in (QuestionState.ANSWERED_BY_BOT, QuestionState.ANSWERED):
        return _settled(state, about, view)
    if verb in ("unclear", "notmine", "none") and about.state == QuestionState.ANSWERED_BY_BOT:
        return _not_settled(state, about, view, "unclear" if verb == "unclear" else "notmine")
    if verb == "unclear" and about.state == QuestionState.ANSWERED:
        return _reopen(state, about, "", view)
    if about.state in UNFINISHED_STATES:
        return _waiting(state, about, view)
    return Turn(state, replies=[replies.notice(view.voice, replies.OLD_BUTTON)])


def _pick(state: State, about: Question, key: str, view: View) -> Turn:
    """One of the choices; after the first, another is a question of its own, in the entry's words."""
    if about.state == QuestionState.OFFERED:
        return _answer(state, about.reference, key, view, chosen=True)
    return _ask_entry(state, key, view)


def _ask_entry(state: State, key: str, view: View) -> Turn:
    """A question in an entry's own words: a further choice, or a link that names the entry."""
    reference, revision = view.references[0], view.revisions[key]
    turn = _answer(state, reference, key, view, chosen=True)
    turn.acts = [Ask(reference, revision.entry.question), AnswerByBot(reference, key, revision.id)]
    return turn


def _plain_words(state: State, about: Question, shown: str, view: View) -> Turn:
    """The answer's plain words; it opens nothing, and the buttons under the answer stay.

    `shown` is the text that was read: of one that was renewed since, the present words are said, if it has any.
    """
    revision = view.revisions.get(about.entry_key or "")
    if revision is None or not revision.entry.easy_read:
        return Turn(state, replies=[replies.notice(view.voice, replies.ANSWER_MOVED)])
    asks = about.state == QuestionState.ANSWERED_BY_BOT
    reply = replies.plain_words(view.voice, revision, view.documents, about.reference, shown, asks=asks)
    if state.reference != about.reference or state.phase != Phase.CONFIRMING:
        return Turn(state, replies=[reply])
    options = tuple(option for option in state.options if not option.id.startswith(_EASIER))
    first = len(options) - len(reply.options) + 1
    return Turn(replace(state, options=options), replies=[replace(reply, first_number=first)])


def _queue_about(state: State, about: Question, view: View, reason: str) -> Turn:
    return _hand_over(state, about.reference, view, certain=True, reason=reason)


def _settled(state: State, about: Question, view: View) -> Turn:
    acts: list[Act] = [Close(about.reference, CloseReason.SETTLED)]
    if about.entry_key:
        acts.insert(0, Feedback(about.reference, "clear"))
    return Turn(state.to(Phase.IDLE), acts, [replies.chat(view.voice, replies.SETTLED)])


def _not_settled(state: State, about: Question, view: View, verdict: str) -> Turn:
    """The entry wasn't it: an officer takes over, the verdict is kept for the editors."""
    turn = _queue_about(state, about, view, verdict)
    turn.acts.insert(0, Feedback(about.reference, verdict))
    turn.replies.append(replies.notice(view.voice, replies.TELL_MORE))
    return turn


def _reopen(state: State, about: Question, text: str, view: View) -> Turn:
    acts: list[Act] = [Reopen(about.reference)]
    if text:
        acts.append(AddWords(about.reference, text))
    reply = replies.notice(view.voice, replies.REOPENED, about.reference, day=view.voice.day(view.due_on))
    return Turn(state.to(Phase.WITH_OFFICER, about.reference), acts, [reply])


def _waiting(state: State, about: Question, view: View) -> Turn:
    if about.state == QuestionState.WAITING_FOR_RESIDENT:
        return Turn(state, replies=[replies.notice(view.voice, replies.AWAITS_YOU, about.reference)])
    day = view.voice.day(about.due_on or view.due_on)
    return Turn(state, replies=[replies.notice(view.voice, replies.WAITING, about.reference, day=day)])


def _commune(state: State, about: Question, text: str, view: View) -> Turn:
    """Words about where the resident lives. What they may mean is asked once; as typed they are kept in any case."""
    understood = places.understand(view.gazetteer, text, state.place)
    if understood.place:
        return _at_home(state, about, understood.place, view)
    words = f"{state.place}, {text}" if state.place else text
    acts: list[Act] = [SetCommune(about.reference, words)]
    if not (understood.choices or understood.ask):
        after = replace(state, asked_commune=False, commune=words, unit=None, place=None, options=())
        return Turn(after, acts, [replies.notice(view.voice, replies.COMMUNE_SAVED, commune=words)])
    reply = places.which(view.voice, understood, about.reference)
    after = replace(state, asked_commune=True, commune=words, unit=None, place=words, options=reply.options)
    return Turn(after, acts, [reply])


def _at_home(state: State, about: Question, place: Place, view: View) -> Turn:
    """The resident's unit is known."""
    after = replace(state, asked_commune=False, commune=place.name, unit=place.code, place=None, options=())
    acts: list[Act] = [SetCommune(about.reference, place.name, place.code)]
    return Turn(after, acts, [places.saved(view.voice, place)])
