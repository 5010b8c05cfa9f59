"""From which messengers an account acts. Linking is by a code that the console shows and the messenger says."""

from datetime import timedelta

from sqlalchemy import delete, select, update

from knowledge_base.questions.reference import new_reference
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember, member_by_id
from knowledge_base.storage.tables import staff_links

CODE_LASTS = timedelta(minutes=15)


def new_code(tx: Transaction, staff_id: int) -> str:
    """A code, good once and for a quarter of an hour; the one before it is good no more."""
    unused = (staff_links.c.staff_id == staff_id) & staff_links.c.contact_ref.is_(None)
    tx.execute(delete(staff_links).where(unused))
    code = new_reference()
    values = {"code_hash": _hash(tx, code), "code_until": tx.now + CODE_LASTS, "created_at": tx.now}
    tx.execute(staff_links.insert().values(staff_id=staff_id, **values))
    return code


def link(tx: Transaction, code: str, channel: str, address: str) -> StaffMember | None:
    """Link an address to the account whose code this is; None when the code is no (longer) good."""
    good = (staff_links.c.code_hash == _hash(tx, code)) & (staff_links.c.code_until > tx.now)
    row = tx.execute(select(staff_links).where(good).with_for_update()).first()
    member = member_by_id(tx, row.staff_id) if row else None
    if row is None or member is None or member.disabled_at is not None:
        return None
    ref = tx.keys.contact_ref(channel, address)
    tx.execute(delete(staff_links).where(staff_links.c.contact_ref == ref))
    linked = {"channel": channel, "contact_ref": ref, "code_hash": None, "code_until": None, "created_at": tx.now}
    tx.execute(update(staff_links).where(staff_links.c.id == row.id).values(**linked))
    return member


def linked_member(tx: Transaction, channel: str, address: str) -> StaffMember | None:
    """Whose account an address acts for; looked up at every act, so that a disabled account can do nothing."""
    ref = tx.keys.contact_ref(channel, address)
    staff_id = tx.execute(select(staff_links.c.staff_id).where(staff_links.c.contact_ref == ref)).scalar()
    member = member_by_id(tx, staff_id) if staff_id else None
    return member if member is not None and member.disabled_at is None else None


def links_of(tx: Transaction, staff_id: int) -> list[tuple[int, str]]:
    """The messengers of an account: (id of the link, channel)."""
    mine = (staff_links.c.staff_id == staff_id) & staff_links.c.contact_ref.is_not(None)
    rows = tx.execute(select(staff_links.c.id, staff_links.c.channel).where(mine).order_by(staff_links.c.id))
    return [(row.id, row.channel) for row in rows]


def unlink(tx: Transaction, staff_id: int, link_id: int) -> None:
    """Let a messenger act no more for an account."""
    tx.execute(delete(staff_links).where(staff_links.c.id == link_id, staff_links.c.staff_id == staff_id))


def _hash(tx: Transaction, code: str) -> str:
    return tx.keys.session_hash(f"link {code}")
