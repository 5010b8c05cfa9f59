"""What ships with the program, and which of it was loaded last: by name, a hash."""

from sqlalchemy import select

from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import seeds


def loaded(tx: Transaction, name: str) -> str | None:
    """The hash of what was loaded last under a name."""
    return tx.execute(select(seeds.c.hash).where(seeds.c.name == name)).scalar()


def put(tx: Transaction, name: str, hash_: str) -> None:
    """Remember what is loaded now."""
    values = {"hash": hash_, "at": tx.now}
    statement = tx.insert(seeds).values(name=name, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))
