"""Adding and counting working days (第四十一条), against a counter that walks day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Fault
from domain.rules.calendar import CalendarGap, calendar_from, compile_year
from tests.reference import naive_days

from .calendars import FOLDER, cn, tables

DAY = timedelta(1)
LONGEST = 60


def _working_days_after(start):
    """The first LONGEST working days after `start`, walked."""
    found, day = [], start
    while len(found) < LONGEST:
        day += DAY
        if naive_days.is_working(day):
            found.append(day)
    return found


def test_thirty_working_days_from_2026_01_20():
    assert cn().add(date(2026, 1, 20), 30) == (date(2026, 3, 9), False)


def test_every_start_of_2018_to_2026_and_every_length_to_60_agrees_with_the_naive_counter():
    start = date(2018, 1, 1)
    while start <= date(2026, 12, 31):
        expected = [(day, day.year > 2026) for day in _working_days_after(start)]
        assert [cn().add(start, n) for n in range(1, LONGEST + 1)] == expected, start
        assert [cn().count(start, day) for day, _ in expected] == list(range(1, LONGEST + 1)), start
        start += DAY


@given(st.dates(date(2018, 1, 1), date(2026, 12, 31)), st.dates(date(2018, 1, 1), date(2026, 12, 31)))
def test_count_agrees_with_the_naive_counter(after, until):
    assert cn().count(after, until) == naive_days.count(after, until)


@given(st.dates(date(2018, 1, 1), date(2040, 12, 31)), st.integers(1, 2000))
def test_adding_ends_on_a_working_day_that_counts_back(start, length):
    due, provisional = cn().add(start, length)
    assert due > start
    assert cn().working(due)
    assert cn().count(start, due) == length
    assert cn().count(start, due - DAY) == length - 1
    assert provisional == (due.year > 2026)


@given(st.dates(date(2018, 1, 1), date(2040, 12, 31)), st.integers(0, 500), st.integers(0, 500))
def test_a_longer_period_or_a_later_start_never_ends_earlier(start, length, more):
    due, provisional = cn().add(start, length)
    longer, longer_provisional = cn().add(start, length + more)
    assert due <= longer
    assert provisional <= longer_provisional
    assert due <= max(cn().add(start + DAY, length)[0], start + DAY)


def test_beyond_the_tables_monday_to_friday_count():
    assert cn().add(date(2026, 12, 31), 1) == (date(2027, 1, 1), True)
    assert cn().add(date(2027, 1, 1), 1) == (date(2027, 1, 4), True)
    assert cn().count(date(2027, 1, 1), date(2027, 1, 31)) == 20


def test_counting_across_the_end_of_the_tables_counts_each_day_once():
    assert cn().count(date(2026, 12, 30), date(2027, 1, 4)) == 3
    assert cn().count(date(2026, 12, 31), date(2027, 1, 1)) == 1


def test_a_year_that_ends_on_a_holiday_ends_on_the_working_day_before():
    text = (FOLDER / "cn-2021.toml").read_text()
    text = text.replace("holidays = [", 'holidays = [{ name = "岁末", from = 2021-12-31, to = 2021-12-31 },')
    calendar = calendar_from([compile_year("cn-2021", text.encode())])
    assert calendar.add(date(2021, 12, 29), 1) == (date(2021, 12, 30), False)
    assert calendar.add(date(2021, 12, 29), 2) == (date(2022, 1, 3), True)


def test_only_days_that_count_make_a_period_provisional():
    assert not cn().provisional(date(2027, 6, 1), date(2027, 6, 1))
    assert not cn().provisional(date(2027, 6, 1), date(2026, 6, 1))
    assert cn().provisional(date(2026, 12, 31), date(2027, 1, 1))
    assert not cn().provisional(date(2026, 12, 30), date(2026, 12, 31))


def test_a_period_that_ends_within_the_tables_is_not_provisional():
    assert cn().add(date(2026, 12, 30), 1) == (date(2026, 12, 31), False)


def test_a_period_across_an_untabled_year_between_two_tables_is_provisional():
    calendar = calendar_from([t for t in tables() if t["name"] != "cn-2022"])
    due, provisional = calendar.add(date(2021, 12, 1), 300)
    assert (due.year, provisional) == (2023, True)
    assert calendar.day(date(2022, 10, 3)).provisional


def test_the_last_day_before_the_tables_may_start_a_period_but_not_be_counted():
    assert cn().add(date(2017, 12, 31), 1) == (date(2018, 1, 2), False)
    with pytest.raises(CalendarGap) as caught:
        cn().add(date(2017, 12, 30), 1)
    assert "2017 年或更早" in caught.value.defects[0].remedy
    with pytest.raises(CalendarGap):
        cn().count(date(2017, 12, 30), date(2018, 1, 2))


def test_nothing_is_counted_backwards():
    assert cn().count(date(2020, 1, 2), date(2020, 1, 2)) == 0
    assert cn().count(date(2017, 1, 2), date(2017, 1, 2)) == 0  # no day, so no gap
    assert cn().count(date(2020, 1, 3), date(2020, 1, 2)) == 0


def test_no_working_days_end_where_they_start():
    assert cn().add(date(2020, 1, 4), 0) == (date(2020, 1, 4), False)


def test_the_longest_period_and_the_last_day_are_within_reach():
    assert cn().add(date(2020, 1, 1), 10_000)[0] > date(2058, 1, 1)
    assert cn().add(date(9999, 12, 30), 1) == (date.max, True)


@pytest.mark.parametrize(("start", "length", "code"), [
    (date(2020, 1, 1), -1, "calendar-length"),
    (date(2020, 1, 1), 10_001, "calendar-length"),
    (date(9999, 12, 1), 40, "calendar-range"),
    (date.max, 1, "calendar-range"),
])  # fmt: skip
def test_absurd_periods_are_refused(start, length, code):
    with pytest.raises(Fault) as caught:
        cn().add(start, length)
    assert caught.value.code == code
