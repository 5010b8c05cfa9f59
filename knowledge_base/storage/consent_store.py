"""What lets us speak on a platform whose tokens change: a pair of tokens, sealed, renewed by one process at a time.

A refresh token is good for one use. So it is taken under a lock before it is used, and the new pair is kept before it
is used. Whoever dies in between leaves a renewal in doubt: the old access token goes on while it lasts, and only then
the refresh token is tried once more, for there is nothing left to lose.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import Row, select, update

from knowledge_base.storage.database import Transaction
from knowledge_base.storage.dialect import is_orphaned, lease_end
from knowledge_base.storage.tables import consents

RENEW_AFTER = timedelta(hours=20)  # of the 25 an access token lasts
_OVERDUE = timedelta(hours=21)
_YOUNG = timedelta(minutes=2)
_LEASE_SECONDS = 30.0  # longer than a renewal may take

Standing = Literal["good", "ending", "renew", "wait", "lost"]


@dataclass(frozen=True, slots=True)
class Consent:
    """How things stand, with the token to use.

    `good`: speak with `access`. `ending`: the same, but it won't be renewed: that was refused, or begun and its end
    isn't known. `renew`: it is this process's to renew, with `refresh`. `wait`: another does. `lost`: a human must
    consent.
    """

    standing: Standing
    access: str = ""
    refresh: str = ""


def take(tx: Transaction, channel: str, first: str, me: str, stale: str = "") -> Consent:
    """The tokens of a channel, or the right to renew them.

    `first`: the refresh token of the settings; one never seen before begins anew. `stale`: an access token that the
    platform has just refused; of a young one it is believed that the fault lies elsewhere.
    """
    row = _locked(tx, channel, first)
    tokens = json.loads(tx.keys.unseal(row.sealed_tokens))
    if tx.now < row.renewed_at + _YOUNG:
        stale = ""
    usable = bool(tokens["access"]) and tokens["access"] != stale and tx.now < row.access_until
    access = tokens["access"] if usable else ""
    if row.renewer is not None and not row.orphaned:
        return Consent("good" if usable else "wait", access)
    if row.lost_at is not None or (row.renewer is not None and usable):
        return Consent("ending" if usable else "lost", access)
    if usable and tx.now < row.renewed_at + RENEW_AFTER:
        return Consent("good", access)
    lease = lease_end(tx.connection.dialect.name, _LEASE_SECONDS)
    _change(tx, channel, renewer=me, renews_until=lease)
    return Consent("renew", access, tokens["refresh"])


def keep(tx: Transaction, channel: str, used: str, access: str, refresh: str, lasts: timedelta) -> None:
    """Keep the pair that came for the refresh token `used`; no effect when a newer pair is there."""
    if _current(tx, channel) == used:
        _change(tx, channel, renewed_at=tx.now, access_until=tx.now + lasts, **_free(tx, access, refresh))


def give_back(tx: Transaction, channel: str, me: str) -> None:
    """The renewal did not happen: the refresh token is unused."""
    mine = (consents.c.channel == channel) & (consents.c.renewer == me)
    tx.execute(update(consents).where(mine).values(renewer=None, renews_until=None))


def doubt(tx: Transaction, channel: str, me: str) -> None:
    """Whether the refresh token was used isn't known."""
    mine = (consents.c.channel == channel) & (consents.c.renewer == me)
    ended = lease_end(tx.connection.dialect.name, 0)
    tx.execute(update(consents).where(mine).values(renewer=f"?{me}"[:32], renews_until=ended))


def lose(tx: Transaction, channel: str, used: str) -> None:
    """The platform refused the refresh token: nothing can be sent until a human has consented anew."""
    if _current(tx, channel) == used:
        _change(tx, channel, lost_at=tx.now, renewer=None, renews_until=None)


def troubles(tx: Transaction) -> dict[str, str]:
    """The channels whose consent needs a human, with why.

    "lost", or "in_doubt": a renewal whose end isn't known, or that is refused time and again.
    """
    orphaned = is_orphaned(tx.connection.dialect.name, consents.c.renewer, consents.c.renews_until, "")
    doubtful = consents.c.renewer.startswith("?") | (consents.c.renewer.is_not(None) & orphaned)
    overdue = consents.c.renewed_at < tx.now - _OVERDUE
    query = select(consents.c.channel, consents.c.lost_at)
    query = query.where(consents.c.lost_at.is_not(None) | doubtful | overdue)
    return {row.channel: "lost" if row.lost_at else "in_doubt" for row in tx.execute(query)}


def _current(tx: Transaction, channel: str) -> str:
    """The refresh token that is kept; its row is held until this transaction ends."""
    wanted = select(consents.c.sealed_tokens).where(consents.c.channel == channel).with_for_update()
    refresh: str = json.loads(tx.keys.unseal(tx.execute(wanted).scalar_one()))["refresh"]
    return refresh


def _locked(tx: Transaction, channel: str, first: str) -> Row[Any]:
    """The channel's row, made or begun anew when the settings hold another token."""
    orphaned = is_orphaned(tx.connection.dialect.name, consents.c.renewer, consents.c.renews_until, "")
    wanted = select(consents, orphaned.label("orphaned")).where(consents.c.channel == channel).with_for_update()
    mark, row = tx.keys.session_hash(f"consent {first}"), tx.execute(wanted).first()
    fresh = {"renewed_at": tx.now, "access_until": tx.now, "lost_at": None, **_free(tx, "", first)}
    if row is None:  # another process may make it in this moment, and have begun already
        begin = tx.insert(consents).values(channel=channel, begun_with=[mark], **fresh)
        tx.execute(begin.on_conflict_do_nothing())
    elif mark not in row.begun_with:  # a process with yesterday's setting must not undo today's
        _change(tx, channel, begun_with=[*row.begun_with, mark], **fresh)
    else:
        return row
    return tx.execute(wanted).one()


def _free(tx: Transaction, access: str, refresh: str) -> dict[str, Any]:
    sealed = tx.keys.seal(json.dumps({"access": access, "refresh": refresh}))
    return {"sealed_tokens": sealed, "renewer": None, "renews_until": None}


def _change(tx: Transaction, channel: str, **values: Any) -> None:
    tx.execute(update(consents).where(consents.c.channel == channel).values(**values))
