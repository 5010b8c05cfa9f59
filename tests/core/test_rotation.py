"""Which backups stay."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.rotation import Keep, kept

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_two_years_of_hourly_backups() -> None:
    made = [NOW - timedelta(hours=hour) for hour in range(2 * 365 * 24)]
    left = sorted(kept(made, Keep()), reverse=True)
    assert left[:3] == made[:3]
    days = {at.date() for at in left}
    assert {NOW.date() - timedelta(days=day) for day in range(7)} <= days
    assert {(at.year, at.month) for at in left} == {
        (at.year, at.month) for at in made if at > NOW - timedelta(days=355)
    }
    assert len(left) <= 3 + 7 + 4 + 12


def test_letting_go_bit_by_bit_keeps_as_much_as_all_at_once() -> None:
    made: set[datetime] = set()
    every = [NOW + timedelta(hours=6 * step) for step in range(4 * 400)]
    for at in every:
        made = kept({*made, at}, Keep())
    # The newest of a day, week or month that has passed is never let go before its time.
    assert made == kept(every, Keep())


@given(st.lists(st.datetimes(timezones=st.just(UTC)), min_size=1), st.integers(0, 3), st.integers(0, 3))
def test_the_newest_always_stays_and_nothing_is_made_up(made: list[datetime], newest: int, others: int) -> None:
    left = kept(made, Keep(newest, others, others, others))
    assert max(made) in left
    assert left <= set(made)
