"""What a row that came back would change, compared with the text it came from and the one that stands now. Pure.

A row whose entry was changed in the console since is a conflict: all three texts are shown, and a person decides. If he
takes the row's words, what only the console changed stays as it is now.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from knowledge_base.faq.desk_sheet import FIELDS, LEAVE, DeskRow, Texts

Fate = Literal["new", "changed", "same", "conflict", "waiting", "left"]


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry as it stands. `at_export`: the text the row came from, as far as it is known."""

    tag: str  # `base_of` what stands now
    now: Texts
    at_export: Mapping[str, str]
    open_by: str = ""  # whose text of it waits for an editor
    open: Texts | None = None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that the row changes, or (`kept`) the console alone. `before` None: nobody knows what was exported."""

    name: str
    before: str | None
    now: str
    sheet: str
    kept: bool = False


@dataclass(frozen=True, slots=True)
class RowChange:
    """What becomes of a row; `texts` is what would be sent."""

    row: int
    key: str
    fate: Fate
    texts: Texts
    fields: tuple[FieldChange, ...] = ()
    tag: str = ""
    open_by: str = ""

    @property
    def question(self) -> str:
        """The question, to show which entry it is."""
        return self.texts["question"]


def change_of(row: DeskRow, standing: Standing | None) -> RowChange:
    """What a row does to its entry as it stands (None: there is none)."""
    if standing is None:
        fate: Fate = "left" if row.act == LEAVE else "new"
        fields = tuple(FieldChange(name, "", "", row.texts[name]) for name in FIELDS if row.texts[name])
        return RowChange(row.row, row.key, fate, row.texts, fields)
    moved = row.base != standing.tag
    fields = tuple(one for name in FIELDS if (one := _field(name, standing, row.texts[name], moved=moved)))
    merged = {**standing.now, **{one.name: one.sheet for one in fields if not one.kept}}
    fate = _fate(row, standing, merged, moved=moved)
    return RowChange(row.row, row.key, fate, merged, fields, standing.tag, standing.open_by)


def _field(name: str, standing: Standing, sheet: str, *, moved: bool) -> FieldChange | None:
    now = standing.now[name]
    before = standing.at_export.get(name) if moved else now
    if sheet == now:
        return None
    return FieldChange(name, before, now, sheet, kept=sheet == before)


def _fate(row: DeskRow, standing: Standing, merged: Texts, *, moved: bool) -> Fate:
    if merged in (standing.now, standing.open):
        return "same"
    if row.act == LEAVE:
        return "left"
    if standing.open_by:
        return "waiting"
    return "conflict" if moved else "changed"
