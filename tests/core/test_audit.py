"""The audit trail: whatever is changed, added or taken out shows."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, func, select, update

from knowledge_base.audit import Deed, verify
from knowledge_base.storage import audit_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import audit
from tests.core.conftest import KEYS, House


def deed(number: int) -> Deed:
    return Deed("can-bo", "officer", "0", "127.0.0.1", "claim", f"id:{number}", {"lý do": "thử"})


def fill(house: House, number: int = 5) -> None:
    for at in range(number):
        house.do(audit_store.append, deed(at))


def walked(house: House) -> object:
    return house.see(lambda tx: verify(KEYS.audit_key, audit_store.trail(tx)))


def test_a_trail_left_alone_holds(house: House) -> None:
    assert (walked(house).rows, walked(house).broken) == (0, None)
    fill(house)
    verdict = walked(house)
    assert (verdict.rows, verdict.broken, verdict.head.number) == (5, None, 5)
    assert verdict.head == house.see(audit_store.head)


@pytest.mark.parametrize(
    "change",
    [
        update(audit).where(audit.c.number == 3).values(actor="người khác"),
        update(audit).where(audit.c.number == 3).values(data={"lý do": "khác"}),
        update(audit).where(audit.c.number == 3).values(seal="0" * 64),
        delete(audit).where(audit.c.number == 3),
    ],
)
def test_a_row_changed_or_taken_out_shows(house: House, change: object) -> None:
    fill(house)
    house.do(lambda tx: tx.execute(change))
    assert walked(house).broken in (3, 4)


def test_rows_made_anew_under_another_key_show(house: House) -> None:
    fill(house, 2)

    def forge(tx: Transaction) -> None:
        from knowledge_base.audit import seal  # noqa: PLC0415 - the forger's

        last = audit_store.head(tx)
        assert last
        sealed = seal(b"a guess", last.seal, 3, tx.now, deed(9))
        values = {name: getattr(deed(9), name) for name in ("actor", "role", "unit_code", "origin", "act", "subject")}
        tx.execute(audit.insert().values(number=3, at=tx.now, seal=sealed, data=deed(9).data, **values))

    house.do(forge)
    assert walked(house).broken == 3


def test_what_is_rolled_back_leaves_no_deed(house: House) -> None:
    def fails(tx: Transaction) -> None:
        audit_store.append(tx, deed(1))
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - our own
        house.do(fails)
    assert walked(house).rows == 0


def test_many_at_once_make_one_chain(house: House) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: house.do(audit_store.append, deed(number)), range(100)))
    assert (walked(house).rows, walked(house).broken) == (100, None)
    subjects = house.see(lambda tx: set(tx.execute(select(audit.c.subject)).scalars()))
    assert len(subjects) == 100
    assert house.see(lambda tx: tx.execute(select(func.max(audit.c.number))).scalar()) == 100


def test_the_seal_does_not_depend_on_the_database(house: House) -> None:
    house.do(audit_store.append, deed(1))
    kept = house.see(audit_store.head)
    assert kept
    assert json.dumps(kept.deed.data, ensure_ascii=False) == '{"lý do": "thử"}'
    assert verify(KEYS.audit_key, [kept]).broken is None
