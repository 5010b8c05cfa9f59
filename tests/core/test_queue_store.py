"""The queue: every filter within the units of who asks, in order, with a number of statements that doesn't grow."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from knowledge_base.clock import vietnam_day
from knowledge_base.storage import queue_store
from knowledge_base.storage.queue_store import ORDERS, TABS, QueueFilter
from tests.core.conftest import House


def found(house: House, **wanted: object) -> list[int]:
    values = {"path": "0/", "tab": "open", **wanted}
    rows, total = house.see(queue_store.page, QueueFilter(**values), vietnam_day(house.clock.now()))  # type: ignore[arg-type]
    assert total == len(rows)
    return [row.id for row in rows]


def test_words_are_found_with_and_without_marks_and_by_their_beginnings(house: House) -> None:
    first = house.queued("Thẻ bảo hiểm y tế bị mất thì làm ở đâu?", "r1")
    second = house.queued("vay von nuoi bo", "r2")
    assert found(house, words="bảo hiểm") == found(house, words="bao hiem") == found(house, words="BAO HIE") == [first]
    assert found(house, words="nuôi bò vay") == [second]
    assert found(house, words="bảo hiểm bò") == []
    assert found(house, words=house.question(second).reference) == [second]
    for odd in ("\"'*:&|!()", "' OR 1=1 --", "NEAR(a b)", "%", "*", "đ"):
        found(house, words=odd)


def test_what_was_blanked_is_found_no_more(house: House) -> None:
    from sqlalchemy import update  # noqa: PLC0415 - only here

    from knowledge_base.storage.tables import questions  # noqa: PLC0415

    first = house.queued("một câu rất riêng", "r1")
    assert found(house, words="rất riêng") == [first]
    house.do(lambda tx: tx.execute(update(questions).values(text="", folded="")))
    assert found(house, words="rất riêng") == []


def test_units_see_their_own_and_those_below(house: House) -> None:
    commune = house.queued("câu của xã", "r1", unit="7701")
    other = house.queued("câu của xã kia", "r2", unit="7702")
    top = house.queued("câu ở trên", "r3")
    assert set(found(house, path="0/77/7701/")) == {commune}
    assert set(found(house, path="0/77/")) == {commune, other}
    assert set(found(house)) == {commune, other, top}
    assert found(house, path="0/77/", unit="7702") == [other]
    counts = house.see(queue_store.counts, "0/77/", house.who("officer77").id, vietnam_day(house.clock.now()))
    assert counts == {"open": 2, "mine": 0, "waiting": 0, "untaken": 2, "overdue": 0}


def test_orders_and_overdue(house: House) -> None:
    first = house.queued("câu một", "r1")
    house.clock.advance(timedelta(days=3))
    second = house.queued("câu hai", "r2")
    assert found(house) == [first, second]
    assert found(house, order="newest") == [second, first]
    assert found(house, tab="all") == [second, first]
    assert found(house, overdue=True) == []
    house.clock.advance(timedelta(days=6))
    assert found(house, overdue=True) == [first]


@pytest.mark.parametrize("words", ["", "câu"])
def test_the_number_of_statements_does_not_depend_on_the_rows(house: House, words: str) -> None:
    def statements() -> int:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            seen.append(statement)

        engine = house.database._readers
        event.listen(engine, "before_cursor_execute", note)
        for tab in TABS:
            for order in ORDERS:
                wanted = QueueFilter("0/", tab, words=words, order=order)
                house.see(queue_store.page, wanted, vietnam_day(house.clock.now()))
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    house.queued("câu đầu", "r0")
    few = statements()
    for number in range(30):
        house.queued(f"câu {number}", f"r{number + 1}")
    assert statements() == few
