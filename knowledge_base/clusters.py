"""Clusters: a human puts like questions together, one answer settles them, each asker has his own receipt.

Each verb is a synchronous function of (transaction, who, input); none commits.
"""

from collections.abc import Sequence
from typing import Any

from knowledge_base.asker import tell
from knowledge_base.errors import Conflict, InvalidInput, NotFound
from knowledge_base.questions.change import Actor, Change
from knowledge_base.questions.lifecycle import Action
from knowledge_base.questions.question import UNFINISHED_STATES, Question, QuestionState
from knowledge_base.steps import held_by, move
from knowledge_base.storage import cluster_store, question_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember

MOST_AT_ONCE = 200


def gather(tx: Transaction, member: StaffMember, question_id: int, others: Sequence[int]) -> int:
    """Put questions into one cluster with this one; returns the cluster's id."""
    if not 1 <= len(others) <= MOST_AT_ONCE:
        raise InvalidInput("nothing_chosen", field="question")
    found = [
        question_store.question_within(tx, member.unit_path, one, lock=True)
        for one in sorted({question_id, *others})  # in one order everywhere: two officers can't lock each other out
    ]
    clusters = sorted({one.cluster_id for one in found if one.cluster_id is not None})
    cluster_id = clusters[0] if clusters else cluster_store.new_cluster(tx, member.username)
    for other in clusters[1:]:
        cluster_store.merge(tx, cluster_id, other)
    cluster_store.set_together(tx, question_id, [one.id for one in found if one.id != question_id])
    for one in found:
        if one.cluster_id is None:
            _move(tx, member, one, Action.GATHER, {"cluster": cluster_id}, cluster_id=cluster_id)
    return cluster_id


def take_out(tx: Transaction, member: StaffMember, question_id: int) -> None:
    """A question that only looked alike: out of its cluster, and not suggested to the others again."""
    question = question_store.question_within(tx, member.unit_path, question_id, lock=True)
    if question.cluster_id is None:
        raise Conflict("no_cluster")
    others = [one for one in cluster_store.members_of(tx, question.cluster_id) if one.id != question.id]
    cluster_store.set_apart(tx, question.id, [one.id for one in others])
    _move(tx, member, question, Action.TAKE_OUT, {"cluster": question.cluster_id}, cluster_id=None)


def _move(
    tx: Transaction, member: StaffMember, question: Question, action: Action, event: dict[str, Any], **values: Any
) -> None:
    move(tx, question, Change(action, Actor.of(member), event), **values)


def settle(
    tx: Transaction, member: StaffMember, question: Question, answer_id: int, body: dict[str, Any], **kept: Any
) -> int:
    """Give the answer to a question (just signed off) to all others of its cluster; returns how many.

    `kept`: entry key and revision id, where an entry was picked. What another officer holds is left to him.
    """
    if question.cluster_id is None:
        return 0
    settled = 0
    for other in cluster_store.members_of(tx, question.cluster_id, lock=True):
        held_elsewhere = other.state == QuestionState.ASSIGNED and other.assigned_to != member.id
        if other.id == question.id or other.state not in UNFINISHED_STATES or held_elsewhere:
            continue
        _give(tx, member, other, answer_id, body, **kept)
        settled += 1
    return settled


def _give(
    tx: Transaction,
    member: StaffMember,
    question: Question,
    answer_id: int,
    body: dict[str, Any],
    entry_key: str | None = None,
    revision_id: int | None = None,
) -> None:
    """The very answer, as this question's own: kept with it, told to its asker under its code."""
    own_id = question_store.add_answer(tx, question.id, member.id, body["answer"], revision_id)
    event = {"answer": own_id, "like": answer_id}
    move(tx, question, Change(Action.ANSWER_TOGETHER, Actor.of(member), event), entry_key=entry_key)
    tell(tx, question, f"answer:{own_id}", {**body, "reference": question.reference}, revision_id=revision_id)


def answer_like(tx: Transaction, member: StaffMember, question_id: int, other_id: int) -> None:
    """A later asker joins: he is given the answer that a like question was given."""
    question = held_by(tx, member, question_id)
    other = question_store.question_within(tx, member.unit_path, other_id, read=True)
    answers = question_store.answers_of(tx, other.id)
    answerable = other.state in (QuestionState.ANSWERED, QuestionState.CLOSED) and other.erased_at is None
    if not answers or not answerable:
        raise NotFound("answer", reference=other.reference)
    last = answers[-1]
    body = {"notice": "officer_answer", "answer": last.content}
    entry_key = other.entry_key if last.revision_id else None
    _give(tx, member, question, last.id, body, entry_key=entry_key, revision_id=last.revision_id)
    if other.cluster_id is None:
        other_cluster = cluster_store.new_cluster(tx, member.username)
        question_store.save(tx, question_store.question(tx, other.id), cluster_id=other_cluster)
    else:
        other_cluster = other.cluster_id
    question_store.save(tx, question_store.question(tx, question.id), cluster_id=other_cluster)
