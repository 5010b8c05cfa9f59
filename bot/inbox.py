"""Receiving: dedupe, then one resident at a time: load -> step (pure) -> save, all in one transaction."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.exc import IntegrityError

from bot.conversation import acts as dialogue_acts
from bot.conversation import dialogue, intent
from bot.conversation.acts import Act
from bot.conversation.dialogue import Turn, View
from bot.conversation.message import LONGEST_TEXT, Incoming, Reply
from bot.conversation.replies import Voice
from bot.conversation.state import State
from knowledge_base import officer_queue
from knowledge_base.clock import vietnam_day
from knowledge_base.errors import Conflict, Unavailable
from knowledge_base.live_faq import FaqSnapshot, LiveFaq
from knowledge_base.matching.decide import Match
from knowledge_base.officer_queue import BOT, RESIDENT
from knowledge_base.questions.deadline import due_day
from knowledge_base.questions.privacy import answer_for_anyone
from knowledge_base.questions.question import OPEN_STATES, Question, QuestionState
from knowledge_base.questions.reference import new_reference, read_reference
from knowledge_base.settings import Settings
from knowledge_base.storage import (
    contact_store,
    conversation_store,
    outbox_store,
    question_store,
)
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.text.clean import clean
from knowledge_base.text.fold import fold
from translations.loader import catalog

_MOST_QUESTIONS = 4  # in one message
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a message: its inbox row, and what we said to it (nothing new when it had come before)."""

    contact_ref: str
    inbox_id: int
    replies: tuple[Reply, ...] = ()


def voice_of(settings: Settings, language: str) -> Voice:
    """How the unit speaks in a language."""
    return Voice(
        translate=catalog("bot", language).gettext,
        language=language,
        unit_name=settings.unit_name,
        unit_contact=settings.unit_contact,
        unit_hours=settings.unit_hours,
        salutation=settings.salutation,
        danger_text=settings.danger_text,
        retention_months=settings.retention_months,
    )


class Inbox:
    """The one way in for all channels."""

    def __init__(self, database: Database, faq: LiveFaq, settings: Settings) -> None:
        self._database = database
        self._faq = faq
        self._settings = settings

    async def receive(self, incoming: Incoming) -> Accepted:
        """Take one message; returns after COMMIT. The same (channel, external id) again has no effect.

        Raises:
            Unavailable: nothing was kept; the platform (or the page) should send it again.
        """
        incoming = replace(
            incoming,
            text=clean(incoming.text, LONGEST_TEXT + 1),
            option=clean(incoming.option, 64),
            external_id=clean(incoming.external_id, 200),
            media_ref=clean(incoming.media_ref, 500) if incoming.media_ref else None,
        )
        match, parts = await self._match(incoming)
        for attempt in range(1, _TRIES + 1):
            try:
                return await self._database.write(accept, incoming, self._faq.snapshot, self._settings, match, parts)
            except IntegrityError as error:  # a fresh code met an old one: one in 10^11; take others
                if attempt == _TRIES:
                    raise Unavailable("reference") from error
            except Conflict:  # an officer moved the question in this moment: look again
                if attempt == _TRIES:
                    raise
        raise AssertionError  # pragma: no cover - the loop returns or raises

    async def _match(self, incoming: Incoming) -> tuple[Match | None, list[tuple[str, Match]]]:
        text = incoming.text.strip()
        if not text or incoming.kind not in ("text", "media"):
            return None, []
        index, today = self._faq.snapshot.index, self._faq.today()

        def work() -> tuple[Match, list[tuple[str, Match]]]:
            return index.match(text, today), [(part, index.match(part, today)) for part in intent.parts(text)]

        return await asyncio.to_thread(work)


def accept(
    tx: Transaction,
    incoming: Incoming,
    faq: FaqSnapshot,
    settings: Settings,
    match: Match | None,
    parts: Sequence[tuple[str, Match]],
) -> Accepted:
    """The verb behind `receive`: inbox row, effect and replies in one transaction."""
    ref = contact_store.ensure_contact(tx, incoming.channel, incoming.address)
    inbox_id = conversation_store.add_incoming(
        tx, incoming.channel, incoming.external_id, ref, incoming.kind, _kept(incoming)
    )
    if inbox_id is None:
        return Accepted(ref, conversation_store.incoming_id(tx, incoming.channel, incoming.external_id))
    contact_store.set_reachable(tx, ref)
    phase, data = conversation_store.conversation(tx, ref)
    state = State.from_json(phase, data)
    view = _view(tx, incoming, state, ref, faq, settings, match, parts)
    turn = dialogue.step(state, incoming, view)
    _perform(tx, turn, incoming, ref, settings, match, parts)
    conversation_store.put_conversation(tx, ref, turn.state.phase, turn.state.as_json())
    _say(tx, turn.replies, ref, inbox_id)
    return Accepted(ref, inbox_id, tuple(turn.replies))


def _kept(incoming: Incoming) -> dict[str, Any]:
    """What is kept of a message, for repair; the address is only in `contacts`."""
    return {
        "text": incoming.text,
        "option": incoming.option,
        "media_kind": incoming.media_kind,
        "media_ref": incoming.media_ref,
    }


def _view(
    tx: Transaction,
    incoming: Incoming,
    state: State,
    ref: str,
    faq: FaqSnapshot,
    settings: Settings,
    match: Match | None,
    parts: Sequence[tuple[str, Match]],
) -> View:
    today = vietnam_day(tx.now)
    folded = fold(incoming.text)
    open_questions = question_store.questions_of(tx, ref, OPEN_STATES) if folded else []
    return View(
        voice=voice_of(settings, incoming.language),
        revisions={revision.key: revision for revision in faq.in_force(today)},
        documents=faq.documents,
        references=[new_reference() for _ in range(_MOST_QUESTIONS)],
        due_on=due_day(tx.now, settings.answer_due_working_days),
        match=match,
        parts=parts,
        about=_about(tx, incoming, state, ref),
        repeated=next((question for question in open_questions if fold(question.text) == folded), None),
        looked_up=_looked_up(tx, incoming, ref),
    )


def _about(tx: Transaction, incoming: Incoming, state: State, ref: str) -> Question | None:
    """The question that a button or the state names, if it is this resident's own."""
    reference = state.reference
    if incoming.kind == "option":
        reference = read_reference(incoming.option.partition(":")[2][:9])
    question = question_store.question_by_reference(tx, reference) if reference else None
    return question if question and question.contact_ref == ref else None


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
    if content is not None and question.contact_ref != ref:
        content = answer_for_anyone(question, content)
    return {
        "reference": question.reference,
        "answer": content,
        "due_on": question.due_on,
        "closed": question.state == QuestionState.CLOSED,
        "waiting": question.state in OPEN_STATES,
    }


def _say(tx: Transaction, said: Sequence[Reply], ref: str, inbox_id: int) -> None:
    to = contact_store.contact(tx, ref)
    if to is None:
        return
    for number, reply in enumerate(said):
        outbox_store.enqueue(
            tx, f"reply:{inbox_id}:{number}", to, reply.as_json(), inbox_id=inbox_id, revision_id=reply.revision_id
        )


def _candidates(match: Match | None) -> list[dict[str, Any]]:
    """What the matcher saw and why, for the officer."""
    if match is None:
        return []
    return [
        {
            "id": candidate.key,
            "confidence": round(candidate.confidence, 4),
            "phrasing": candidate.phrasing,
            "features": dict(candidate.features),
        }
        for candidate in match.candidates
    ]


def _perform(
    tx: Transaction,
    turn: Turn,
    incoming: Incoming,
    ref: str,
    settings: Settings,
    match: Match | None,
    parts: Sequence[tuple[str, Match]],
) -> None:
    """Carry out the acts of a turn, in order."""
    matches = dict(parts)
    for act in turn.acts:
        if isinstance(act, dialogue_acts.SetStopped):
            contact_store.set_stopped(tx, ref, stopped=act.stopped)
        elif isinstance(act, dialogue_acts.Ask):
            question = officer_queue.ask(
                tx,
                ref,
                incoming.channel,
                officer_queue.FIRST_UNIT,
                act.reference,
                act.text,
                _candidates(matches.get(act.text, match)),
                urgent=act.urgent,
            )
            if act.media_kind:
                question_store.add_message(tx, question.id, "resident", "", act.media_kind, act.media_ref)
        else:
            _perform_on(tx, act, settings)


def _perform_on(tx: Transaction, act: Act, settings: Settings) -> None:  # noqa: C901 - one line a kind of act
    """Carry out an act on a question that exists."""
    assert not isinstance(act, dialogue_acts.Ask | dialogue_acts.SetStopped)  # noqa: S101 - narrows the type
    question = question_store.question_by_reference(tx, act.reference)
    if question is None:
        raise Unavailable("question", reference=act.reference)
    days = settings.answer_due_working_days
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
        case dialogue_acts.SetCommune(_, commune):
            officer_queue.set_commune(tx, question, commune)
        case dialogue_acts.Feedback(_, verdict):
            if question.entry_key:
                question_store.add_feedback(tx, question.entry_key, verdict, question_id=question.id)
