"""What officers keep beside a question: notes among themselves, who is looking, texts to begin an answer with."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from knowledge_base.errors import NotFound
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import answer_templates, question_notes, question_presence, staff, units

_PRESENT = timedelta(seconds=60)  # a page tells every 20 s that it is open


@dataclass(frozen=True, slots=True)
class Note:
    """Words among officers."""

    id: int
    author: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Template:
    """A text to begin an answer with."""

    id: int
    unit_code: str
    name: str
    text: str
    author: str


def add_note(tx: Transaction, question_id: int, author_id: int, text: str) -> None:
    """Keep a note with a question."""
    tx.execute(question_notes.insert().values(question_id=question_id, author_id=author_id, text=text, at=tx.now))


def notes_of(tx: Transaction, question_id: int) -> list[Note]:
    """The notes with a question, oldest first."""
    query = (
        select(question_notes, staff.c.username)
        .join(staff, question_notes.c.author_id == staff.c.id)
        .where(question_notes.c.question_id == question_id)
        .order_by(question_notes.c.id)
    )
    return [Note(row.id, row.username, row.text, row.at) for row in tx.execute(query)]


def look_at(tx: Transaction, question_id: int, staff_id: int) -> None:
    """Somebody has a question open now."""
    seen = tx.insert(question_presence).values(question_id=question_id, staff_id=staff_id, at=tx.now)
    tx.execute(seen.on_conflict_do_update(index_elements=["question_id", "staff_id"], set_={"at": tx.now}))
    tx.execute(delete(question_presence).where(question_presence.c.at < tx.now - 10 * _PRESENT))


def lookers(tx: Transaction, question_id: int, except_id: int) -> list[str]:
    """Who else has a question open."""
    query = (
        select(staff.c.username)
        .join(question_presence, question_presence.c.staff_id == staff.c.id)
        .where(question_presence.c.question_id == question_id, question_presence.c.staff_id != except_id)
        .where(question_presence.c.at > tx.now - _PRESENT)
        .order_by(staff.c.username)
    )
    return list(tx.execute(query).scalars())


def templates_for(tx: Transaction, unit_path: str) -> list[Template]:
    """The texts of a unit and of those above it, by name."""
    above = unit_path.rstrip("/").split("/")
    query = select(answer_templates).where(answer_templates.c.unit_code.in_(above)).order_by(answer_templates.c.name)
    return [Template(row.id, row.unit_code, row.name, row.text, row.author) for row in tx.execute(query)]


def put_template(tx: Transaction, template_id: int | None, unit_code: str, name: str, text: str, author: str) -> None:
    """Add a text, or change one of the unit; raises NotFound when it has none of that id."""
    values = {"name": name, "text": text, "author": author, "updated_at": tx.now}
    if template_id is None:
        tx.execute(answer_templates.insert().values(unit_code=unit_code, **values))
        return
    own = (answer_templates.c.id == template_id) & (answer_templates.c.unit_code == unit_code)
    if tx.execute(update(answer_templates).where(own).values(**values)).rowcount == 0:
        raise NotFound("template", id=template_id)


def remove_template(tx: Transaction, template_id: int, unit_code: str) -> None:
    """Remove a text of the unit; raises NotFound when it has none of that id."""
    own = (answer_templates.c.id == template_id) & (answer_templates.c.unit_code == unit_code)
    if tx.execute(delete(answer_templates).where(own)).rowcount == 0:
        raise NotFound("template", id=template_id)


def unit_name(tx: Transaction, code: str) -> str:
    """What a unit is called."""
    return tx.execute(select(units.c.name).where(units.c.code == code)).scalar() or code
