"""Confirming shipped text: the unit's jurist goes through five points of each entry; then its trial label falls.

Verbs are synchronous functions of (transaction, who, input); none commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from knowledge_base.errors import Conflict, Forbidden, InvalidInput, NotFound
from knowledge_base.faq.checklist import Check, Finding, Point, Standing, hash_of, is_confirmed, standing
from knowledge_base.faq.publication import RevisionState, guard_two_people
from knowledge_base.faq.revision import Revision
from knowledge_base.questions.lifecycle import Role
from knowledge_base.storage import confirm_store, event_store, faq_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import TOP, StaffMember


@dataclass(frozen=True, slots=True)
class Said:
    """What the jurist says about a point, and the hash of the part that he had before his eyes."""

    point: Point
    finding: Finding
    remark: str
    seen: str


@dataclass(frozen=True, slots=True)
class Shipped:
    """A live entry that came with the program, and how its points stand."""

    revision: Revision  # its phrasings: only those written, not the ones residents brought
    points: Standing

    @property
    def confirmed(self) -> bool:
        """Whether it carries no trial label any more."""
        return not self.revision.on_trial

    @property
    def wrong(self) -> list[Check]:
        """What was found wrong and isn't changed yet."""
        return [check for check in self.points.values() if check and check.finding == Finding.WRONG]


def shipped(tx: Transaction) -> list[Shipped]:
    """All live entries that came with the program, by key; reads only."""
    found = faq_store.shipped(tx)
    texts = faq_store.written_phrasings(tx)
    checks = confirm_store.checks(tx)
    return [_as_shipped(one, texts[one.key], checks.get(one.key, [])) for one in found]


def shipped_one(tx: Transaction, key: str) -> Shipped:
    """One of them.

    Raises:
        NotFound: `entry`, where nothing of it is live. Conflict: `not_shipped`.
    """
    live = faq_store.published_of(tx, key)
    if live is None:
        raise NotFound("entry", key=key)
    if not live.shipped:
        raise Conflict("not_shipped", entry=key)
    return _as_shipped(live, faq_store.written_phrasings(tx, key)[key], confirm_store.checks(tx, key).get(key, []))


def _as_shipped(live: Revision, texts: Sequence[str], checks: Sequence[Check]) -> Shipped:
    entry = replace(live.entry, phrasings=tuple(texts))
    return Shipped(replace(live, entry=entry), standing(entry, checks))


def guard_jurist(member: StaffMember) -> None:
    """Shipped text is for every unit: an editor of the unit above all confirms it."""
    if member.role != Role.EDITOR:
        raise Forbidden("editor_only", role=str(member.role))
    if member.unit_path != TOP:
        raise Forbidden("top_unit_only")


def check(tx: Transaction, member: StaffMember, key: str, said: Sequence[Said]) -> bool:
    """Keep what the jurist found; what is wrong goes to amends. Returns whether the entry is confirmed whole now.

    Raises:
        Forbidden: no editor of the unit above all, or the text's own author.
        Conflict: `part_changed`, where a part is not what he read.
        InvalidInput: `remark_missing`, where something is wrong and nobody says what; `nothing_checked`.
    """
    guard_jurist(member)
    if not said:
        raise InvalidInput("nothing_checked", field="text")
    faq_store.lock_changes(tx)
    found = shipped_one(tx, key)
    guard_two_people(found.revision.author, member.username)
    for one in said:
        if one.seen != hash_of(found.revision.entry, one.point):
            raise Conflict("part_changed", part=str(one.point))
        remark = one.remark.strip()
        if one.finding == Finding.WRONG and not remark:
            raise InvalidInput("remark_missing", field=f"{one.point}_remark")
        confirm_store.put(tx, key, Check(one.point, one.seen, one.finding, remark, member.username, tx.now))
        data: dict[str, Any] = {
            "revision": found.revision.id,
            "point": str(one.point),
            "finding": str(one.finding),
            "note": remark,
        }
        event_store.record(tx, member.username, "check", entry_key=key, **data)
    after = shipped_one(tx, key)
    _to_amends(tx, after, [one.remark.strip() for one in said if one.finding == Finding.WRONG])
    if settle(tx, key):
        faq_store.record_publication(tx, member.username, "confirm", key)
    return is_confirmed(after.points)


def _to_amends(tx: Transaction, found: Shipped, remarks: Sequence[str]) -> None:
    """The text, with what is wrong about it, among those that wait for their author; what is live stays.

    Where an editor has a text of the entry under review already, the remarks stand on the checklist alone.
    """
    live, newest = found.revision, faq_store.revisions_of(tx, found.revision.key)[-1]
    returned = newest.state == RevisionState.AMENDS_NEEDED
    if remarks and returned:
        faq_store.set_revision(tx, newest.id, note="\n".join([newest.note or "", *remarks]).strip())
    elif remarks and newest.state not in (RevisionState.IN_REVIEW, RevisionState.APPROVED):
        note = "\n".join(remarks)
        faq_store.add_revision(tx, live.entry, RevisionState.AMENDS_NEEDED, live.author, note=note)
    elif returned and not found.wrong and faq_store.content_of(newest.entry) == faq_store.content_of(live.entry):
        faq_store.set_revision(tx, newest.id, state=RevisionState.SUPERSEDED)  # he thought better of it


def settle(tx: Transaction, key: str) -> bool:
    """Make the live text's label follow its points; returns whether it fell or came back (the caller publishes).

    Text that was confirmed as a whole, before there were points, stays so while nothing is said about it.
    """
    checks = confirm_store.checks(tx, key).get(key, [])
    live = faq_store.published_of(tx, key) if checks else None
    if live is None or not live.shipped:
        return False
    found = _as_shipped(live, faq_store.written_phrasings(tx, key)[key], checks)
    confirmed = is_confirmed(found.points)
    if confirmed is found.confirmed:
        return False
    last = max(checks, key=lambda one: one.at)
    faq_store.set_revision(tx, live.id, confirmed_by=last.by if confirmed else None)
    event_store.record(tx, last.by, "confirm" if confirmed else "open_again", entry_key=key, revision=live.id)
    return True
