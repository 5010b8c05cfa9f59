"""The audit trail's rows; nothing here changes or deletes one."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, select

from knowledge_base.audit import BEFORE_THE_FIRST, Deed, Sealed, seal
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.dialect import wait_alone
from knowledge_base.storage.staff_store import TOP
from knowledge_base.storage.tables import audit, units

_AT_ONCE = 1_000
_DEED = ("actor", "role", "unit_code", "origin", "act", "subject", "data")


def append(tx: Transaction, deed: Deed) -> None:
    """Seal a deed onto the trail, in the transaction of what was done. One at a time, until COMMIT."""
    wait_alone(tx.connection, "audit")
    last = tx.execute(select(audit.c.number, audit.c.seal).order_by(audit.c.number.desc()).limit(1)).first()
    number, before = (last.number + 1, last.seal) if last else (1, BEFORE_THE_FIRST)
    values = {name: getattr(deed, name) for name in _DEED}
    sealed = seal(tx.keys.audit_key, before, number, tx.now, deed)
    tx.execute(audit.insert().values(number=number, at=tx.now, seal=sealed, **values))


def _sealed(row: Row[Any]) -> Sealed:
    return Sealed(row.number, row.at, Deed(*(getattr(row, name) for name in _DEED)), row.seal)


def trail(tx: Transaction) -> Iterator[Sealed]:
    """All rows, oldest first, a thousand at a time."""
    last = 0
    while True:
        query = select(audit).where(audit.c.number > last).order_by(audit.c.number).limit(_AT_ONCE)
        rows = [_sealed(row) for row in tx.execute(query)]
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1].number


def head(tx: Transaction) -> Sealed | None:
    """The last row."""
    row = tx.execute(select(audit).order_by(audit.c.number.desc()).limit(1)).first()
    return _sealed(row) if row else None


def seal_of(tx: Transaction, number: int) -> str | None:
    """The seal of a row; None when there is none of that number."""
    return tx.execute(select(audit.c.seal).where(audit.c.number == number)).scalar()


def newest(
    tx: Transaction,
    path: str,
    *,
    actor: str = "",
    subject: str = "",
    act: str = "",
    before: int | None = None,
    limit: int = 100,
) -> list[Sealed]:
    """The newest rows by accounts of a unit (by its path) and of those below; `before` a number, for the next page."""
    query = select(audit).order_by(audit.c.number.desc()).limit(limit)
    if path != TOP:
        query = query.where(audit.c.unit_code.in_(select(units.c.code).where(units.c.path.startswith(path))))
    for column, wanted in ((audit.c.actor, actor), (audit.c.subject, subject), (audit.c.act, act)):
        if wanted:
            query = query.where(column == wanted)
    if before is not None:
        query = query.where(audit.c.number < before)
    return [_sealed(row) for row in tx.execute(query)]
