"""Taking messages in: a batch of them in one transaction, each with its effect and its replies, or none.

load (a few statements for all) -> one pure step of the dialogue each -> save (a few statements for all).
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from bot.conversation import acts as dialogue_acts
from bot.conversation import assisting, dialogue, intent, places, replies
from bot.conversation.acts import Act
from bot.conversation.assisting import Aid, Behalf, Party
from bot.conversation.candidates import candidates_of
from bot.conversation.message import Incoming, Reply
from bot.conversation.state import State
from bot.conversation.turn import Copy, Turn, View
from bot.conversation.voice import Voice
from knowledge_base import erasing, officer_queue, routing
from knowledge_base.clock import VIETNAM, vietnam_day
from knowledge_base.distress.hear import Distress
from knowledge_base.errors import Unavailable
from knowledge_base.faq.revision import Revision
from knowledge_base.live_faq import FaqSnapshot
from knowledge_base.live_units import UnitSnapshot
from knowledge_base.matching.decide import Match
from knowledge_base.questions.change import BOT, RESIDENT, Opening, answering_by_bot, offering, queueing
from knowledge_base.questions.pausing import reckoning, standing_since
from knowledge_base.questions.privacy import answer_for_anyone
from knowledge_base.questions.question import UNFINISHED_STATES, Question, QuestionState
from knowledge_base.questions.reference import new_references, read_reference
from knowledge_base.questions.return_code import new_return_code
from knowledge_base.rosters import tidy_phone
from knowledge_base.storage import (
    asked_for_store,
    calendar_store,
    contact_store,
    conversation_store,
    copy_store,
    distress_store,
    helper_store,
    outbox_store,
    place_store,
    question_store,
    slip_store,
)
from knowledge_base.storage.asked_for_store import ON_PAPER, Consent
from knowledge_base.storage.conversation_store import Received
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.outbox_store import Outgoing
from knowledge_base.text.fold import fold

_MOST_QUESTIONS = 4  # in one message


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message with what the matcher made of it. `limited`: too many came before it, so it is kept and no more.

    `told`: the resident knows already that he is too fast.
    """

    incoming: Incoming
    match: Match | None = None
    parts: Sequence[tuple[str, Match]] = ()
    distress: Distress | None = None
    limited: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a message: its inbox row, and what we said to it (nothing new when it had come before)."""

    contact_ref: str
    inbox_id: int
    replies: tuple[Reply, ...] = ()
    outcome: str = "received"  # or duplicate, or limited: what is counted


@dataclass(frozen=True, slots=True)
class Desk:
    """What the dialogue works with besides the message: the FAQ that is live, the unit's voice, its promise."""

    faq: FaqSnapshot
    voices: Mapping[str, Voice]
    working_days: int
    units: UnitSnapshot = field(default_factory=UnitSnapshot)
    asks_consent: bool = False  # nothing goes to officers before its asker has agreed
    by_sms: bool = False  # whether somebody who is asked for may be sent his code and answer by SMS


@dataclass(slots=True)
class _Pile:
    """What the turns of a batch leave to be saved."""

    openings: list[Opening] = field(default_factory=list)
    later: list[tuple[Act, str]] = field(default_factory=list)  # on questions that were there before
    stands: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    outgoing: list[Outgoing] = field(default_factory=list)
    erased: dict[str, tuple[Sequence[Reply], str, int]] = field(default_factory=dict)  # what they are told, and where
    behalves: dict[str, Behalf] = field(default_factory=dict)  # by reference
    sources: dict[str, str] = field(default_factory=dict)  # tokens of places, by reference
    veiled: list[int] = field(default_factory=list)  # inbox rows whose words are not kept


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What was read for a batch."""

    conversations: Mapping[str, tuple[str, dict[str, Any]]]
    alike: Mapping[str, Question]
    abouts: Mapping[str, Question]
    revisions: Mapping[str, Revision] = field(default_factory=dict)  # in force today
    due_on: date = date.min  # what is asked now is promised by then
    fresh: Iterator[str] = field(default_factory=new_references)  # codes


def accept_all(tx: Transaction, arrivals: Sequence[Arrival], desk: Desk) -> list[Accepted]:
    """Take messages of different residents, in order. What has come before has no effect.

    A fault in one of them takes all back; the caller then tries each alone.
    """
    addresses = [(one.incoming.channel, one.incoming.address) for one in arrivals]
    refs = contact_store.refs_of(tx, addresses)
    strangers = set(refs) - contact_store.known(tx, refs)
    # Nor does one become known by going: who had his data erased may block the bot then.
    gone = {ref for one, ref in zip(arrivals, refs, strict=True) if one.incoming.kind == "left" and ref in strangers}
    received = [_received(one, "" if ref in gone else ref) for one, ref in zip(arrivals, refs, strict=True)]
    # A repetition of what somebody wrote before he was erased must not make him known again.
    repeated = conversation_store.incoming_ids(tx, [row for row in received if row.contact_ref in strangers])
    coming = [one for one, row in zip(addresses, received, strict=True) if row.contact_ref and row.key not in repeated]
    waiting = contact_store.lock_contacts(tx, contact_store.ensure_contacts(tx, coming))
    ids = repeated | conversation_store.incoming_ids(tx, received)
    new = conversation_store.add_incoming(tx, [row for row in received if row.key not in ids])
    ids |= new
    fresh = [
        (one, ref) for one, ref, row in zip(arrivals, refs, received, strict=True) if row.key in new and ref not in gone
    ]
    fresh = _as_chosen(fresh, contact_store.languages_of(tx, [ref for _one, ref in fresh]), desk)
    if back := [ref for one, ref in fresh if ref in waiting and one.incoming.kind != "left"]:
        contact_store.set_heard(tx, back)
        outbox_store.release_held(tx, back)
    loaded = _load(tx, fresh, desk)
    pile, said = _Pile(), {}
    for one, ref in fresh:
        inbox_id = new[one.incoming.channel, one.incoming.external_id]
        turn = _turn(tx, one, ref, desk, loaded)
        _gather(tx, pile, turn, one, ref, desk)
        if turn.veiled:
            pile.veiled.append(inbox_id)
        said[ref] = tuple(turn.replies)
        if dialogue_acts.Erase() in turn.acts:
            pile.erased[ref] = (turn.replies, one.incoming.channel, inbox_id)
        else:
            pile.outgoing += _outgoing(turn.replies, one.incoming.channel, ref, inbox_id)
    routing.route_openings(tx, pile.openings, desk.units.owned)
    opened = officer_queue.open_all(tx, pile.openings)
    place_store.add_questions(tx, [(opened[reference], token) for reference, token in pile.sources.items()])
    _keep_behalves(tx, pile, opened)
    for act, ref in pile.later:
        _perform(tx, act, ref, desk)
    conversation_store.put_conversations(tx, pile.stands)
    parted = {}
    for ref, (words, channel, inbox_id) in pile.erased.items():
        parted[ref] = erasing.erase(tx, ref, farewell=True) or ref
        pile.outgoing += _outgoing(words, channel, parted[ref], inbox_id)
    conversation_store.veil(tx, pile.veiled)
    outbox_store.enqueue_all(tx, pile.outgoing)
    return [
        Accepted(
            parted.get(ref, ref), ids[row.key], said.get(ref, ()), _outcome(row) if row.key in new else "duplicate"
        )
        for ref, row in zip(refs, received, strict=True)
    ]


def _as_chosen(fresh: list[tuple[Arrival, str]], chosen: Mapping[str, str], desk: Desk) -> list[tuple[Arrival, str]]:
    """Messages in the language that their resident chose, where he did; else in the one his page speaks."""
    return [
        (replace(one, incoming=replace(one.incoming, language=chosen[ref])), ref)
        if chosen.get(ref) in desk.voices
        else (one, ref)
        for one, ref in fresh
    ]


def _outcome(row: Received) -> str:
    return "limited" if row.state == "limited" else "received"


def _received(arrival: Arrival, ref: str) -> Received:
    """What is kept of a message, for repair; the address is only in `contacts`."""
    incoming = arrival.incoming
    body = {
        "text": incoming.text,
        "option": incoming.option,
        "media_kind": incoming.media_kind,
        "media_ref": incoming.media_ref,
    }
    state = "limited" if arrival.limited else "accepted"
    return Received(incoming.channel, incoming.external_id, ref, incoming.kind, body, state)


# --- load -----------------------------------------------------------------------------------------


def _load(tx: Transaction, fresh: Sequence[tuple[Arrival, str]], desk: Desk) -> _Loaded:
    stepping = [(one, ref) for one, ref in fresh if not one.limited]
    if not stepping:
        return _Loaded({}, {}, {})
    stands = conversation_store.conversations_of(tx, [ref for _one, ref in stepping])
    folded = {ref: fold(one.incoming.text) for one, ref in stepping if one.incoming.text.strip()}
    alike = question_store.open_alike(tx, folded) if folded else {}
    references = (_reference_of(one.incoming, stands.get(ref)) for one, ref in stepping)
    abouts = question_store.questions_by_reference(tx, (code for code in references if code))
    today = vietnam_day(tx.now)
    due_on = calendar_store.calendar(tx).due_day(today, desk.working_days)
    return _Loaded(stands, alike, abouts, desk.faq.in_force_on(today), due_on)


def _reference_of(incoming: Incoming, stand: tuple[str, dict[str, Any]] | None) -> str | None:
    """The code of the question that a button or the state names."""
    if incoming.kind == "option":
        return read_reference(incoming.option.partition(":")[2][:9])
    return stand[1].get("reference") if stand else None


# --- step -----------------------------------------------------------------------------------------


def _turn(tx: Transaction, one: Arrival, ref: str, desk: Desk, loaded: _Loaded) -> Turn:
    stand = loaded.conversations.get(ref)
    state = State.from_json(*stand) if stand else State()
    if one.limited:
        voice = desk.voices[one.incoming.language]
        return Turn(state, replies=[] if one.told else [replies.notice(voice, replies.TOO_FAST)])
    return dialogue.step(state, one.incoming, _view(tx, one, ref, state, desk, loaded))


def _view(
    tx: Transaction,
    one: Arrival,
    ref: str,
    state: State,
    desk: Desk,
    loaded: _Loaded,
) -> View:
    reference = _reference_of(one.incoming, loaded.conversations.get(ref))
    about = loaded.abouts.get(reference) if reference else None
    return View(
        voice=desk.voices[one.incoming.language],
        revisions=loaded.revisions,
        documents=desk.faq.documents,
        references=_FreshReferences(loaded.fresh),
        due_on=loaded.due_on,
        match=_match(one, state, about, desk, tx),
        parts=one.parts,
        about=about if about and (about.contact_ref == ref or _with_the_person(state, about)) else None,
        repeated=loaded.alike.get(ref),
        looked_up=_looked_up(tx, one.incoming, ref),
        gazetteer=desk.units.gazetteer,
        asks_consent=desk.asks_consent,
        today=vietnam_day(tx.now),
        copy=_copy(tx, one.incoming, ref),
        voices=desk.voices,
        translations=desk.faq.translations.get(one.incoming.language, {}),
        aid=_aid(tx, one.incoming, ref, state, desk),
        came_by=_came_by(tx, one.incoming, desk),
        distress=one.distress,
        distress_words=distress_store.words(tx) if one.distress else {},
    )


def _match(one: Arrival, state: State, about: Question | None, desk: Desk, tx: Transaction) -> Match | None:
    """What the matcher made of the message; of the words before, where these were no distress but a question."""
    if about is not None and about.text and dialogue.means_policy(state, one.incoming):
        return desk.faq.index.match(about.text, vietnam_day(tx.now))
    return one.match


def _copy(tx: Transaction, incoming: Incoming, ref: str) -> Copy | None:
    """What is kept of who asks for it, and a fresh code that opens a copy of it."""
    if incoming.kind != "text" or intent.right(incoming.text) != "copy":
        return None
    until = (tx.now + copy_store.VALID).astimezone(VIETNAM)
    return Copy(*copy_store.counts(tx, ref), new_return_code(), f"{until:%H:%M}")


def _with_the_person(state: State, about: Question) -> bool:
    """Whether a helper is still with the person he asked for: what he is told then is for everybody to read."""
    here = (state.assist or {}).get("step") == "after" and state.reference == about.reference
    return here and about.state in (QuestionState.OFFERED, QuestionState.ANSWERED_BY_BOT)


def _aid(tx: Transaction, incoming: Incoming, ref: str, state: State, desk: Desk) -> Aid | None:
    """What a helper's turn needs; None for everybody else, without a query."""
    if incoming.kind not in ("text", "option") or not assisting.concerns(state, incoming.text):
        return None
    wish, at = assisting.wish(incoming.text), (state.assist or {}).get("step")
    if wish and wish.verb == "join":
        channel = incoming.channel  # by SMS a sender is too easily pretended
        helper = helper_store.join(tx, wish.code, channel, ref) if channel != "sms" else None
    else:
        helper = helper_store.acting(tx, ref)
    if helper is None:
        return Aid()
    above = desk.units.gazetteer.place(helper.unit_code)
    where = ", ".join(part for part in (helper.hamlet, above.name if above else "") if part) or helper.team
    party = Party(helper.id, helper.name, helper.team, where, helper.unit_code)
    text = incoming.text.strip()
    if at == "name" and text:
        return Aid(party, sealed=tx.keys.seal(text).hex(), by_sms=desk.by_sms)
    if at == "receipt":
        code, phone = read_reference(text), tidy_phone(text)
        contact = contact_store.ensure_contact(tx, "sms", phone) if desk.by_sms and phone else ""
        return Aid(party, slip=_slip(tx, code, helper.unit_path) if code else "", contact=contact, by_sms=desk.by_sms)
    return Aid(party, by_sms=desk.by_sms)


def _slip(tx: Transaction, code: str, unit_path: str) -> Any:
    """Whether a code is that of a slip not used yet, of the helper's unit or one above it."""
    found = slip_store.slip(tx, code)
    if found is None or found.meeting_id is not None or f"{found.unit_code}/" not in unit_path:
        return "unknown"
    return "used" if found.question_id is not None else "free"


def _came_by(tx: Transaction, incoming: Incoming, desk: Desk) -> places.Linked | None:
    token = intent.place_token(incoming.text) if incoming.kind == "text" else None
    found = place_store.visit(tx, token, incoming.channel) if token else None
    return places.by_token(desk.units.gazetteer, found.token, found.label, found.unit_code) if found else None


def _keep_behalves(tx: Transaction, pile: _Pile, opened: Mapping[str, int]) -> None:
    """Who was asked for, how he agreed, and his slip; who has a telephone is sent his code."""
    if not pile.behalves:
        return
    openings = {one.reference: one for one in pile.openings}
    made = []
    for reference, behalf in pile.behalves.items():
        name = tx.keys.unseal(bytes.fromhex(behalf.sealed_name)) if behalf.sealed_name else ""
        made.append((opened[reference], Consent(name, behalf.consent, helper_id=behalf.helper_id)))
        if behalf.contact:
            body = {"notice": "asked_for_you", "reference": reference}
            pile.outgoing.append(Outgoing(f"asked_for:{reference}", behalf.contact, "sms", body, opened[reference]))
    asked_for_store.add(tx, made)
    used = [(reference, opened[reference], openings[reference].unit_code) for reference in pile.behalves]
    slip_store.attach(tx, used, BOT.name)


class _FreshReferences(Sequence[str]):
    """Codes for what a message may ask, made when one is used."""

    def __init__(self, fresh: Iterator[str]) -> None:
        self._fresh = fresh
        self._made: list[str] = []

    def __len__(self) -> int:
        return _MOST_QUESTIONS

    def __getitem__(self, index: Any) -> Any:
        if not 0 <= index < _MOST_QUESTIONS:
            raise IndexError(index)
        while len(self._made) <= index:
            self._made.append(next(self._fresh))
        return self._made[index]

    def __iter__(self) -> Iterator[str]:
        return (self[index] for index in range(_MOST_QUESTIONS))


def _looked_up(tx: Transaction, incoming: Incoming, ref: str) -> dict[str, Any] | None:
    """What may be told of a code: never the question's words, for a code may be read by others.

    To others than the asker nothing of a personal case either, and no numbers of his.
    """
    reference = intent.wanted_reference(incoming.text) if incoming.kind == "text" else None
    question = question_store.question_by_reference(tx, reference) if reference else None
    if question is None:
        return None
    answers = question_store.answers_of(tx, question.id)
    content = answers[-1].content if answers else None
    sealed = False
    if content is not None and question.contact_ref != ref:
        sealed = answers[-1].revision_id is None and bool(slip_store.on_paper(tx, [question.id]))
        content = None if sealed else answer_for_anyone(question, content)
    return {
        "reference": question.reference,
        "answer": content,
        "with_slip": sealed,  # there is an answer, for who has the slip
        "due_on": question.due_on,
        "closed": question.state == QuestionState.CLOSED,
        "erased_on": vietnam_day(question.erased_at) if question.erased_at else None,
        "waiting": question.state in UNFINISHED_STATES,
        "clock": reckoning(question, calendar_store.calendar(tx), incoming.language),
        "stands_since": standing_since(question),
    }


# --- gather and save ------------------------------------------------------------------------------


def _gather(tx: Transaction, pile: _Pile, turn: Turn, one: Arrival, ref: str, desk: Desk) -> None:
    """Put what a turn asks for on the pile: on questions opened by it in memory, on others when those are saved."""
    if not one.limited and dialogue_acts.Erase() not in turn.acts:
        pile.stands[ref] = (turn.state.phase, turn.state.as_json())
    opened: dict[str, Opening] = {}
    matches = dict(one.parts)
    for act in turn.acts:
        if isinstance(act, dialogue_acts.Ask):
            seen = candidates_of(matches.get(act.text, one.match))
            found = seen if act.found is None else [dict(candidate) for candidate in act.found]
            unit = act.behalf.unit if act.behalf else officer_queue.FIRST_UNIT
            asker, channel = _asker(tx, act.behalf, ref, one.incoming.channel)
            opening = Opening(act.reference, asker, channel, unit, act.text, found, act.urgent)
            if act.behalf:
                pile.behalves[act.reference] = act.behalf
            elif turn.state.source:
                pile.sources[act.reference] = turn.state.source
            unshared = desk.asks_consent and act.behalf is None  # who is asked for has agreed
            opening.values |= {"topic": _topic(found, desk.faq), "unshared": unshared}
            if act.media_kind:
                opening.add_words("", act.media_kind, act.media_ref)
            opened[act.reference] = opening
        elif isinstance(act, dialogue_acts.OnResident) or act.reference not in opened:
            pile.later.append((act, ref))
        else:
            _shape(opened[act.reference], act, tx, desk)
    pile.openings += opened.values()


def _asker(tx: Transaction, behalf: Behalf | None, ref: str, channel: str) -> tuple[str, str]:
    """Whose question it is, and how he is reached: a helper's neighbour is a contact of his own."""
    if behalf is None:
        return ref, channel
    if behalf.contact:
        return behalf.contact, "sms"
    return contact_store.ensure_contact(tx, ON_PAPER, secrets.token_hex(16)), ON_PAPER


def _topic(found: Sequence[Mapping[str, Any]], faq: FaqSnapshot) -> str | None:
    """What a question is about, as far as the matcher knows: the topic of its best candidate."""
    best = faq.revisions.get(found[0]["id"]) if found else None
    return best.entry.topic if best else None


def _path(unit: str | None, desk: Desk) -> str | None:
    place = desk.units.gazetteer.place(unit) if unit else None
    return place.path if place else None


def _shape(opening: Opening, act: Act, tx: Transaction, desk: Desk) -> None:
    """An act on a question that is being opened."""
    match act:
        case dialogue_acts.AnswerByBot(_, key, revision_id, chosen):
            opening.take(answering_by_bot(key, revision_id, RESIDENT if chosen else BOT))
        case dialogue_acts.Offer(_, keys):
            opening.take(offering(keys))
        case dialogue_acts.Queue(_, reason):
            calendar = calendar_store.calendar(tx)
            opening.take(queueing(tx.now, desk.working_days, calendar, reason, urgent=opening.urgent))
        case dialogue_acts.AddWords(_, text, media_kind, media_ref):
            opening.add_words(text, media_kind, media_ref)
        case dialogue_acts.SetCommune(_, commune, unit):
            opening.set_commune(commune, _path(unit, desk))
        case _:  # the dialogue closes, reopens and judges only what was there before
            raise AssertionError(act)


def _perform(tx: Transaction, act: Act, ref: str, desk: Desk) -> None:  # noqa: C901 - one line a kind of act
    """An act on a question that was there before, or on the resident."""
    if isinstance(act, dialogue_acts.OnResident):
        _on_resident(tx, act, ref)
        return
    question = question_store.question_by_reference(tx, act.reference)
    if question is None:
        raise Unavailable("question", reference=act.reference)
    days = desk.working_days
    match act:
        case dialogue_acts.AnswerByBot(_, key, revision_id, chosen):
            officer_queue.answer_by_bot(tx, question, key, revision_id, RESIDENT if chosen else BOT)
        case dialogue_acts.Offer(_, keys):
            officer_queue.offer(tx, question, keys)
        case dialogue_acts.Queue(_, reason):
            officer_queue.queue(tx, question, RESIDENT, days, reason)
        case dialogue_acts.Reopen():
            officer_queue.reopen(tx, question, RESIDENT, days, "resident")
        case dialogue_acts.Close(_, reason):
            officer_queue.close_by_resident(tx, question, reason)
        case dialogue_acts.AddWords(_, text, media_kind, media_ref):
            officer_queue.add_words(tx, question, text, media_kind, media_ref)
        case dialogue_acts.SetCommune(_, commune, unit):
            officer_queue.set_commune(tx, question, commune, _path(unit, desk))
        case dialogue_acts.Feedback(_, verdict):
            if question.entry_key:
                question_store.add_feedback(tx, question.entry_key, verdict, question_id=question.id)


def _on_resident(tx: Transaction, act: dialogue_acts.OnResident, ref: str) -> None:
    match act:
        case dialogue_acts.SetStopped(stopped):
            contact_store.set_stopped(tx, ref, stopped=stopped)
        case dialogue_acts.SetLanguage(language):
            contact_store.set_language(tx, ref, language)
        case dialogue_acts.Leave():
            contact_store.set_unreachable(tx, ref, unreachable=True)
        case dialogue_acts.GiveCopy(code):
            copy_store.put_code(tx, ref, code)
        case dialogue_acts.Erase():  # in the end, after all else of the batch
            pass


def _outgoing(said: Sequence[Reply], channel: str, ref: str, inbox_id: int) -> list[Outgoing]:
    return [
        Outgoing(
            f"reply:{inbox_id}:{number}",
            ref,
            channel,
            reply.as_json(),
            inbox_id=inbox_id,
            revision_id=reply.revision_id,
        )
        for number, reply in enumerate(said)
    ]
