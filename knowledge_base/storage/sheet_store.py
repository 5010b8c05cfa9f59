"""Editors' sheets between their preview and their sending: SQL in, values out. One an editor, for a day at most."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from knowledge_base.faq.desk_sheet import CellFault, DeskRow
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import sheet_rows, sheet_uploads

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Upload:
    """A sheet as it was brought; `rows` are those still to be decided."""

    token: str
    file_name: str
    uploaded_at: datetime
    faults: tuple[CellFault, ...]
    rows: tuple[DeskRow, ...]


def upload_of(tx: Transaction, member_id: int, rows: Sequence[int] | None = None) -> Upload | None:
    """The editor's sheet, with all its rows or those named; None when there is none, or it is too old."""
    fresh = (sheet_uploads.c.member_id == member_id, sheet_uploads.c.uploaded_at > tx.now - KEPT)
    found = tx.execute(select(sheet_uploads).where(*fresh)).first()
    if found is None:
        return None
    query = select(sheet_rows.c.content).where(sheet_rows.c.member_id == member_id).order_by(sheet_rows.c.row)
    if rows is not None:
        query = query.where(sheet_rows.c.row.in_(rows))
    return Upload(
        found.token,
        found.file_name,
        found.uploaded_at,
        tuple(CellFault(**fault) for fault in found.faults),
        tuple(DeskRow(**content) for content in tx.execute(query).scalars()),
    )


def keep(tx: Transaction, member_id: int, upload: Upload) -> None:
    """Keep a sheet in the place of the editor's former one; everybody's that are too old go."""
    drop(tx, member_id)
    old = select(sheet_uploads.c.member_id).where(sheet_uploads.c.uploaded_at <= tx.now - KEPT)
    for other in tx.execute(old).scalars().all():
        drop(tx, other)
    tx.execute(
        sheet_uploads.insert().values(
            member_id=member_id,
            token=upload.token,
            file_name=upload.file_name,
            uploaded_at=upload.uploaded_at,
            faults=[asdict(fault) for fault in upload.faults],
        )
    )
    if upload.rows:
        rows = [{"member_id": member_id, "row": row.row, "content": asdict(row)} for row in upload.rows]
        tx.execute(sheet_rows.insert(), rows)


def drop_rows(tx: Transaction, member_id: int, rows: Iterable[int]) -> None:
    """Rows that are decided."""
    tx.execute(delete(sheet_rows).where(sheet_rows.c.member_id == member_id, sheet_rows.c.row.in_(list(rows))))


def drop(tx: Transaction, member_id: int) -> None:
    """Put the editor's sheet away."""
    for table in (sheet_rows, sheet_uploads):
        tx.execute(delete(table).where(table.c.member_id == member_id))
