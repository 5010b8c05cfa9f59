"""What no entry reaches: clusters that people made, and kinds of questions found by likeness (`kinds.py`)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, case, func, or_, select, update

from knowledge_base.questions.question import CloseReason, Question
from knowledge_base.storage import question_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import TOP
from knowledge_base.storage.tables import is_unreached, question_sketches, questions, units

_SHOWN = 3  # questions of a group


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that want one answer that the FAQ doesn't have. `number`: of the cluster, or of its first question."""

    number: int
    gathered: bool  # by people; else by likeness
    size: int


def _unreached() -> ColumnElement[bool]:
    """No entry settled it, and nobody decided that it should be none of the FAQ's."""
    by_itself = questions.c.close_reason.is_(None) | (questions.c.close_reason == CloseReason.SETTLED)
    return is_unreached(questions) & by_itself


def _ungathered() -> ColumnElement[bool]:
    """In no cluster; as nearly all are, so written that no index on clusters seems to serve."""
    return func.coalesce(questions.c.cluster_id, 0) == 0


def _clusters(path: str) -> Select[tuple[int, int]]:
    size = func.sum(case((_unreached() & (questions.c.text != ""), 1), else_=0))
    reached = or_(questions.c.entry_key.is_not(None), questions.c.disposition_entry.is_not(None))
    of_unit = questions.c.cluster_id.is_not(None) & question_store.is_within(path)
    query = select(questions.c.cluster_id, size).where(of_unit).group_by(questions.c.cluster_id)
    return query.having(size > 1, func.sum(case((reached, 1), else_=0)) == 0)


def _kinds(path: str, least: int) -> Select[tuple[int, int]]:
    """From an index alone. Retention takes the kind with the words."""
    alone = questions.c.kin.is_not(None) & _ungathered() & _unreached()
    query = select(questions.c.kin, func.count()).where(alone)
    if path != TOP:  # so written that no index on units seems to serve: it would read the rows
        below = select(units.c.code).where(units.c.path.startswith(path))
        query = query.where(func.coalesce(questions.c.unit_code, "").in_(below))
    return query.group_by(questions.c.kin).having(func.count() >= least)


def gaps(tx: Transaction, path: str, *, offset: int = 0, limit: int = 10, least: int = 2) -> tuple[list[Gap], int]:
    """A page of the groups of a unit (by its path) and those below, the largest first, and how many there are."""
    found = [Gap(number, gathered=True, size=size) for number, size in tx.execute(_clusters(path))]
    found += [Gap(number, gathered=False, size=size) for number, size in tx.execute(_kinds(path, least))]
    ordered = sorted(found, key=lambda gap: (-gap.size, not gap.gathered, gap.number))
    return ordered[offset : offset + limit], len(ordered)


def _members(gap: Gap, path: str) -> ColumnElement[bool]:
    of_unit = _unreached() & question_store.is_within(path)
    if gap.gathered:
        return of_unit & (questions.c.cluster_id == gap.number) & (questions.c.text != "")
    return of_unit & (questions.c.kin == gap.number) & _ungathered()


def questions_of(tx: Transaction, gap: Gap, path: str, limit: int = _SHOWN) -> list[Question]:
    """Some of its questions, the newest first."""
    # First their ids, from an index alone: asked for the newest rows, SQLite would walk the table from its end.
    ids = sorted(tx.execute(select(questions.c.id).where(_members(gap, path))).scalars(), reverse=True)[:limit]
    return question_store.these_within(tx, path, ids)


def units_of(tx: Transaction, gap: Gap, path: str) -> Counter[str]:
    """How many of its questions each unit has, by the unit's code."""
    query = select(questions.c.unit_code, func.count()).where(_members(gap, path)).group_by(questions.c.unit_code)
    return Counter(dict(tx.execute(query).all()))


# --- kinds ------------------------------------------------------------------------------------------


def kinless(tx: Transaction, limit: int) -> list[tuple[int, bytes]]:
    """Sketches whose kind nobody has looked for yet, as (question id, sketch), oldest first."""
    query = select(question_sketches.c.question_id, question_sketches.c.sketch)
    rows = tx.execute(query.where(question_sketches.c.kin.is_(None)).order_by(question_sketches.c.number).limit(limit))
    return [(row.question_id, row.sketch) for row in rows]


def firsts(tx: Transaction, number: int) -> list[tuple[int, int, bytes]]:
    """The first questions of kinds, sketched after a number, as (number, question id, sketch)."""
    table = question_sketches
    query = select(table.c.number, table.c.question_id, table.c.sketch).where(table.c.kin == table.c.question_id)
    return [tuple(row) for row in tx.execute(query.where(table.c.number > number).order_by(table.c.number))]


def count_firsts(tx: Transaction) -> int:
    """How many first questions of kinds still have a sketch."""
    table = question_sketches
    return tx.execute(select(func.count()).select_from(table).where(table.c.kin == table.c.question_id)).scalar_one()


def put_kin(tx: Transaction, found: Sequence[tuple[int, int]]) -> None:
    """Keep of which kind questions are, as (question id, the first of its kind)."""
    if found:
        rows = [{"of": question_id, "first": kin} for question_id, kin in found]
        to_kin = {"kin": bindparam("first", type_=BigInteger)}
        of_sketch = question_sketches.c.question_id == bindparam("of")
        tx.execute(update(question_sketches).where(of_sketch).values(to_kin), rows)
        with_words = (questions.c.id == bindparam("of")) & (questions.c.text != "")
        tx.execute(update(questions).where(with_words).values(to_kin), rows)
