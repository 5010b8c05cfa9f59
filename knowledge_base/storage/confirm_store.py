"""What the jurist found about the points of shipped entries: SQL in, values out."""

from collections import defaultdict

from sqlalchemy import select

from knowledge_base.faq.checklist import Check, Finding, Point
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import confirmations


def checks(tx: Transaction, key: str | None = None) -> dict[str, list[Check]]:
    """The last finding about each point, by entry; of one entry, if named."""
    query = select(confirmations).where(confirmations.c.entry_key == key) if key else select(confirmations)
    found: defaultdict[str, list[Check]] = defaultdict(list)
    for row in tx.execute(query):
        check = Check(Point(row.point), row.part_hash, Finding(row.verdict), row.remark, row.by, row.at)
        found[row.entry_key].append(check)
    return dict(found)


def put(tx: Transaction, key: str, check: Check) -> None:
    """Keep a finding in the place of the former one about its point."""
    values = {
        "part_hash": check.part_hash,
        "verdict": check.finding,
        "remark": check.remark,
        "by": check.by,
        "at": check.at,
    }
    statement = tx.insert(confirmations).values(entry_key=key, point=check.point, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["entry_key", "point"], set_=values))
