"""Everything about one question, read in one go."""

from dataclasses import dataclass, replace
from typing import Any

from admin.forms import AnswerForm
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.faq.revision import Revision
from knowledge_base.neighbours import Neighbour, Neighbours, may_join, may_serve
from knowledge_base.questions.lifecycle import Action, actions_for
from knowledge_base.questions.question import UNFINISHED_STATES, Question, QuestionState
from knowledge_base.questions.reply_window import ReplyWindow, reply_window
from knowledge_base.storage import (
    asked_for_store,
    cluster_store,
    contact_store,
    conversation_store,
    desk_store,
    event_store,
    faq_store,
    outbox_store,
    question_store,
    staff_store,
)
from knowledge_base.storage.asked_for_store import TELLABLE, TOLD_HOW, AskedFor
from knowledge_base.storage.contact_store import Contact
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.desk_store import Note, Template
from knowledge_base.storage.event_store import Event
from knowledge_base.storage.outbox_store import OutboxMessage
from knowledge_base.storage.question_store import Answer, Draft, QuestionMessage
from knowledge_base.storage.staff_store import StaffMember

_SHOWN = 5
_JOINABLE = 30
# Acts of whoever holds the question.
_HOLDERS = {
    Action.RELEASE,
    Action.ANSWER,
    Action.CLOSE,
    Action.ASK_BACK,
    Action.RESUME,
    Action.SPLIT,
    Action.ANSWER_TOGETHER,
}


@dataclass(frozen=True, slots=True)
class Similar:
    """A question that looks alike, and what was answered."""

    question: Question
    likeness: int
    answer: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """A question with all that belongs to it."""

    question: Question
    messages: list[QuestionMessage]
    draft: Draft | None
    answers: list[Answer]
    sent: list[OutboxMessage]
    events: list[Event]
    similar: list[Similar]
    joinable: list[Neighbour]
    cluster: list[Question]
    notes: list[Note]
    lookers: list[str]
    templates: list[Template]
    unit: str
    staffed: dict[str, str]
    split_from: Question | None
    revision: Revision | None
    contact: Contact | None
    window: ReplyWindow | None
    names: dict[int, str]
    topics: list[Topic]
    documents: dict[str, LegalDocument]
    came: AskedFor | None  # asked for its asker by somebody else
    is_here: bool  # with the member's units; what was passed on is only read

    @property
    def said(self) -> list[QuestionMessage | Answer]:
        """Messages and signed answers in the order in which they were said."""
        both: list[QuestionMessage | Answer] = [*self.messages, *self.answers]
        return sorted(both, key=lambda item: item.signed_off_at if isinstance(item, Answer) else item.at)

    @property
    def told_how(self) -> tuple[str, ...]:
        """How the asker may be told now; nothing where there is nothing to tell."""
        return TOLD_HOW if self.came is not None and self.question.state in TELLABLE else ()

    @property
    def holder(self) -> str:
        """Who holds the question."""
        return self.names.get(self.question.assigned_to or 0, "")

    def actions(self, member: StaffMember) -> frozenset[Action]:
        """The buttons: what the table of steps opens to the member, and only the holder's acts to the holder."""
        open_to = set(actions_for(self.question.state, member.role))
        if self.question.assigned_to != member.id:
            open_to -= _HOLDERS
            if self.question.state == QuestionState.ASSIGNED:
                open_to -= {Action.TRANSFER, Action.ESCALATE}
        return frozenset(open_to if self.is_here else ())

    def others_served(self, member: StaffMember) -> list[Question]:
        """The other questions of the cluster that this member's answer will reach."""
        return [
            one
            for one in self.cluster
            if one.id != self.question.id
            and one.state in UNFINISHED_STATES
            and (one.state != QuestionState.ASSIGNED or one.assigned_to == member.id)
        ]

    def form(self, suggested_topic: str) -> AnswerForm:
        """The answer's form as it should open: the draft, else the last answer, else empty."""
        if self.draft is not None:
            return AnswerForm.from_draft(self.draft.content)
        if self.answers and self.question.state != QuestionState.ASSIGNED:
            return AnswerForm.from_answer(self.answers[-1].content)
        return AnswerForm(topic=suggested_topic)


def _similar(tx: Transaction, near: list[Neighbour]) -> list[Similar]:
    """Like questions that were answered, with what was answered."""
    answered = [one for one in near if may_serve(one)][:_SHOWN]
    last = question_store.last_answers(tx, [one.question.id for one in answered])
    return [
        Similar(one.question, round(100 * one.likeness), str(last[one.question.id].content["short_answer"]))
        for one in answered
        if one.question.id in last
    ]


def _together(one: Question, other: Question) -> bool:
    return one.cluster_id is not None and one.cluster_id == other.cluster_id


def dossier(tx: Transaction, member: StaffMember, question_id: int, neighbours: Neighbours) -> Dossier:
    """Read a question with all that belongs to it, as far as the member may see it."""
    question = question_store.question_within(tx, member.unit_path, question_id, read=True)
    near = neighbours.like(tx, question, member.unit_path)
    cluster = cluster_store.members_of(tx, question.cluster_id) if question.cluster_id is not None else []
    origin = question.split_from
    return Dossier(
        question=question,
        messages=question_store.messages_of(tx, question_id),
        draft=question_store.draft_of(tx, question_id),
        answers=question_store.answers_of(tx, question_id),
        sent=outbox_store.messages_of_question(tx, question_id),
        events=event_store.events_of(tx, question_id=question_id),
        similar=_similar(tx, near),
        joinable=[one for one in near if may_join(one) and not _together(one.question, question)][:_JOINABLE],
        cluster=cluster,
        notes=desk_store.notes_of(tx, question_id),
        lookers=desk_store.lookers(tx, question_id, member.id),
        templates=[_filled(one, question, member) for one in desk_store.templates_for(tx, member.unit_path)],
        unit=desk_store.unit_name(tx, question.unit_code),
        staffed=staff_store.units_with_staff(tx),
        split_from=question_store.question(tx, origin) if origin is not None else None,
        came=asked_for_store.of_question(tx, question_id),
        is_here=bool(question_store.those_within(tx, member.unit_path, [question_id])),
        revision=faq_store.revision_from_question(tx, question_id),
        contact=contact_store.contact(tx, question.contact_ref),
        window=reply_window(question.channel, conversation_store.last_word(tx, question.contact_ref)),
        names=staff_store.usernames(tx),
        topics=faq_store.all_topics(tx),
        documents=faq_store.documents(tx),
    )


def _filled(template: Template, question: Question, member: StaffMember) -> Template:
    """A template with what is known filled in; braces that name nothing we know stay as they are."""
    day = f"{question.due_on:%d/%m/%Y}" if question.due_on else ""
    values = {
        "{ma}": question.reference,
        "{ngay_hen}": day,
        "{can_bo}": member.username,
        "{xa}": question.commune or "",
    }
    text = template.text
    for name, value in values.items():
        text = text.replace(name, value)
    return replace(template, text=text)


def spoken(message: OutboxMessage) -> str:
    """The words of an outbox message, as far as the console can show them."""
    body: dict[str, Any] = message.body
    answer = body.get("answer")
    if isinstance(answer, dict):
        return str(answer.get("short_answer", ""))
    return str(body.get("words") or body.get("text") or "")
