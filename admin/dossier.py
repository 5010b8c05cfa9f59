"""Everything about one question, read in one go."""

from dataclasses import dataclass
from typing import Any

from admin.forms import AnswerForm
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.faq.revision import Revision
from knowledge_base.questions.lifecycle import Action, actions_for
from knowledge_base.questions.question import Question, QuestionState
from knowledge_base.questions.reply_window import ReplyWindow, reply_window
from knowledge_base.questions.similar import most_alike
from knowledge_base.storage import (
    contact_store,
    conversation_store,
    event_store,
    faq_store,
    outbox_store,
    question_store,
    staff_store,
)
from knowledge_base.storage.contact_store import Contact
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.event_store import Event
from knowledge_base.storage.outbox_store import OutboxMessage
from knowledge_base.storage.question_store import Answer, Draft, QuestionMessage
from knowledge_base.storage.staff_store import StaffMember


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
    revision: Revision | None
    contact: Contact | None
    window: ReplyWindow | None
    names: dict[int, str]
    topics: list[Topic]
    documents: dict[str, LegalDocument]

    @property
    def said(self) -> list[QuestionMessage | Answer]:
        """Messages and signed answers in the order in which they were said."""
        both: list[QuestionMessage | Answer] = [*self.messages, *self.answers]
        return sorted(both, key=lambda item: item.signed_off_at if isinstance(item, Answer) else item.at)

    @property
    def holder(self) -> str:
        """Who holds the question."""
        return self.names.get(self.question.assigned_to or 0, "")

    def actions(self, member: StaffMember) -> frozenset[Action]:
        """The buttons: what the table of steps opens to the member, and only the holder's acts to the holder."""
        open_to = set(actions_for(self.question.state, member.role))
        if self.question.assigned_to != member.id:
            open_to -= {Action.RELEASE, Action.ANSWER, Action.CLOSE}
        return frozenset(open_to)

    def form(self, suggested_topic: str) -> AnswerForm:
        """The answer's form as it should open: the draft, else the last answer, else empty."""
        if self.draft is not None:
            return AnswerForm.from_draft(self.draft.content)
        if self.answers and self.question.state != QuestionState.ASSIGNED:
            return AnswerForm.from_answer(self.answers[-1].content)
        return AnswerForm(topic=suggested_topic)


def _similar(tx: Transaction, question: Question) -> list[Similar]:
    found = most_alike(question.text, question_store.recent_texts(tx, question.id))
    return [Similar(other, round(score), _answer_to(tx, other)) for other, score in found]


def _answer_to(tx: Transaction, question: Question) -> str:
    answers = question_store.answers_of(tx, question.id)
    if answers:
        return str(answers[-1].content["short_answer"])
    live = faq_store.published_of(tx, question.entry_key) if question.entry_key else None
    return live.entry.short_answer if live else ""


def dossier(tx: Transaction, member: StaffMember, question_id: int) -> Dossier:
    """Read a question with all that belongs to it, as far as the member may see it."""
    question = question_store.question_within(tx, member.unit_path, question_id, read=True)
    return Dossier(
        question=question,
        messages=question_store.messages_of(tx, question_id),
        draft=question_store.draft_of(tx, question_id),
        answers=question_store.answers_of(tx, question_id),
        sent=outbox_store.messages_of_question(tx, question_id),
        events=event_store.events_of(tx, question_id=question_id),
        similar=_similar(tx, question),
        revision=faq_store.revision_from_question(tx, question_id),
        contact=contact_store.contact(tx, question.contact_ref),
        window=reply_window(question.channel, conversation_store.last_word(tx, question.contact_ref)),
        names=staff_store.usernames(tx),
        topics=faq_store.all_topics(tx),
        documents=faq_store.documents(tx),
    )


def spoken(message: OutboxMessage) -> str:
    """The words of an outbox message, as far as the console can show them."""
    body: dict[str, Any] = message.body
    answer = body.get("answer")
    if isinstance(answer, dict):
        return str(answer.get("short_answer", ""))
    return str(body.get("words") or body.get("text") or "")
