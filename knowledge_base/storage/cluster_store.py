"""Clusters: which questions one answer settles, and which a human took apart."""

from collections.abc import Sequence

from sqlalchemy import func, or_, select, update

from knowledge_base.questions.question import UNFINISHED_STATES, Question
from knowledge_base.storage import question_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import clusters, questions, unlike_questions


def new_cluster(tx: Transaction, made_by: str) -> int:
    """A cluster without members yet; returns its id."""
    made = clusters.insert().values(made_by=made_by, made_at=tx.now).returning(clusters.c.id)
    return tx.execute(made).scalar_one()


def members_of(tx: Transaction, cluster_id: int, *, lock: bool = False) -> list[Question]:
    """The questions of a cluster, oldest first."""
    query = select(questions).where(questions.c.cluster_id == cluster_id).order_by(questions.c.id)
    return question_store.listed(tx, query.with_for_update() if lock else query)


def open_clusters(tx: Transaction, path: str, limit: int = 100) -> list[list[Question]]:
    """The members, in sight of a unit (by its path), of clusters that hold unfinished ones; most pressing first."""
    mine = question_store.is_within(path) & questions.c.cluster_id.is_not(None)
    waiting = mine & questions.c.state.in_([str(state) for state in UNFINISHED_STATES])
    query = select(questions.c.cluster_id).where(waiting).group_by(questions.c.cluster_id)
    chosen = list(tx.execute(query.order_by(func.min(questions.c.due_on)).limit(limit)).scalars())
    members = select(questions).where(mine, questions.c.cluster_id.in_(chosen)).order_by(questions.c.id)
    found: dict[int, list[Question]] = {number: [] for number in chosen}
    for one in question_store.listed(tx, members):
        if one.cluster_id is not None:
            found[one.cluster_id].append(one)
    return list(found.values())


def merge(tx: Transaction, cluster_id: int, other_id: int) -> None:
    """Bring the members of another cluster over."""
    moved = update(questions).where(questions.c.cluster_id == other_id)
    tx.execute(moved.values(cluster_id=cluster_id, version=questions.c.version + 1))


def sizes(tx: Transaction, cluster_ids: Sequence[int]) -> dict[int, int]:
    """How many unfinished questions each cluster holds, by its id."""
    if not cluster_ids:
        return {}
    wanted = questions.c.cluster_id.in_(cluster_ids) & questions.c.state.in_(list(UNFINISHED_STATES))
    query = select(questions.c.cluster_id, func.count()).where(wanted).group_by(questions.c.cluster_id)
    return dict(tx.execute(query).all())


def set_apart(tx: Transaction, question_id: int, others: Sequence[int]) -> None:
    """Remember that a human found a question unlike others: it isn't suggested to them again."""
    rows = [
        {"question_id": min(question_id, other), "other_id": max(question_id, other)}
        for other in others
        if other != question_id
    ]
    if rows:
        tx.execute(tx.insert(unlike_questions).values(rows).on_conflict_do_nothing())


def set_together(tx: Transaction, question_id: int, others: Sequence[int]) -> None:
    """A human changed his mind: they are alike after all."""
    pairs = [(min(question_id, other), max(question_id, other)) for other in others]
    both = [(unlike_questions.c.question_id == low) & (unlike_questions.c.other_id == high) for low, high in pairs]
    if both:
        tx.execute(unlike_questions.delete().where(or_(*both)))


def set_apart_from(tx: Transaction, question_id: int) -> set[int]:
    """The questions that were found unlike this one."""
    low, high = unlike_questions.c.question_id, unlike_questions.c.other_id
    rows = tx.execute(select(low, high).where((low == question_id) | (high == question_id)))
    return {row[0] if row[1] == question_id else row[1] for row in rows}
