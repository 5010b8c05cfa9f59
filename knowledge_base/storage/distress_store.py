"""What is said at once to somebody in distress, in the administrators' words."""

from sqlalchemy import delete, select

from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import distress_words


def words(tx: Transaction) -> dict[tuple[str, str], str]:
    """The words by (kind, language)."""
    columns = (distress_words.c.kind, distress_words.c.language, distress_words.c.words)
    return {(row.kind, row.language): row.words for row in tx.execute(select(*columns))}


def put_words(tx: Transaction, kind: str, language: str, said: str, set_by: str) -> None:
    """Replace the words of a kind in a language; empty ones remove them."""
    if not said:
        tx.execute(delete(distress_words).where(distress_words.c.kind == kind, distress_words.c.language == language))
        return
    values = {"words": said, "set_by": set_by, "at": tx.now}
    statement = tx.insert(distress_words).values(kind=kind, language=language, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["kind", "language"], set_=values))
