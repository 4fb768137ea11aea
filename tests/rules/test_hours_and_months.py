"""Periods in hours, of the same day, in months and years, and periods that end by themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Fault
from domain.rules.admissible import Answer, admissible
from domain.rules.civil import SHANGHAI, day_end
from domain.rules.deadline import Status
from domain.rules.lengths import hours_between, hours_from, hours_used, months_from, same_day
from domain.rules.reckoning import Unit
from domain.rules.time_limits import reckoned
from tests.rules.calendars import cn
from tests.rules.small_case import act, book, done, opened

DAY = "2023-03-06"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def called(moment: str, **changes):
    return done(opened(book(**changes)), "call", DAY, {"came_at": moment})


def limit(case, code: str, today: str, now: str | None = None):
    (found,) = reckoned(case, case.rulebook.by_limit[code], date.fromisoformat(today), at(now) if now else None)
    return found


@pytest.mark.parametrize(
    ("start", "length", "due"),
    [
        ("2023-03-06 09:20", 1, "2023-03-06 11:00"),
        ("2023-03-06 09:00", 1, "2023-03-06 11:00"),
        ("2023-03-06 09:59:59.999999", 1, "2023-03-06 11:00"),
        ("2023-03-06 22:59", 1, "2023-03-07 00:00"),
        ("2023-03-06 23:00", 1, "2023-03-07 01:00"),
        ("2023-03-06 23:59:59", 24, "2023-03-08 00:00"),
        ("2023-03-07 00:00", 24, "2023-03-08 01:00"),
        ("2024-02-28 23:30", 24, "2024-03-01 00:00"),
        ("2023-12-31 22:10", 2, "2024-01-01 01:00"),
    ],
)
def test_the_hour_a_period_begins_in_does_not_count(start, length, due) -> None:
    assert hours_from(at(start), length).due_at == at(due)


def test_hours_are_of_shanghai_wherever_the_moment_was_written() -> None:
    case = called("2023-03-06T15:30:00+00:00")
    found = limit(case, "callback", DAY)
    assert (found.due, found.due_at) == (date(2023, 3, 7), at("2023-03-07 02:00"))
    assert found.ends == "2023年3月7日02时00分"


def test_every_hour_is_explained() -> None:
    steps = hours_from(at("2023-03-06 22:20"), 2).steps
    assert [(s.day.isoformat(), s.n, s.why, s.note) for s in steps] == [
        ("2023-03-06", None, "first-day", "22:00 至 23:00 为开始的时，不计算在内"),
        ("2023-03-07", 1, "counted", "第 1 小时，至 03-07 00:00"),
        ("2023-03-07", 2, "counted", "第 2 小时，至 03-07 01:00"),
    ]


def test_a_limit_in_hours_runs_to_the_moment() -> None:
    case = called("2023-03-06T09:20:00+08:00")
    states = {
        "2023-03-06 09:30": (Status.RUNNING, 0, 2, None),
        "2023-03-06 11:30": (Status.RUNNING, 1, 0, None),
        "2023-03-06 12:00": (Status.RUNNING, 2, 0, None),
        "2023-03-06 12:00:01": (Status.OVERDUE, 2, None, 0),
        "2023-03-06 14:00": (Status.OVERDUE, 4, None, 2),
    }
    for now, told in states.items():
        found = limit(case, "callback", DAY, now)
        assert (found.status, found.used, found.left, found.late) == told, now
        assert (found.due_at, found.unit) == (at("2023-03-06 12:00"), Unit.HOURS)


def test_without_a_moment_it_stands_as_at_the_end_of_the_day() -> None:
    assert limit(called("2023-03-06T09:20:00+08:00"), "callback", DAY).status is Status.OVERDUE
    assert limit(called("2023-03-06T21:20:00+08:00"), "callback", DAY).status is Status.RUNNING
    assert limit(called("2023-03-06T21:20:00+08:00"), "callback", "2023-03-07").status is Status.OVERDUE


@pytest.mark.parametrize(
    ("rang", "status", "late"),
    [
        ("2023-03-06T12:00:00+08:00", Status.KEPT, None),
        ("2023-03-06T04:00:00+00:00", Status.KEPT, None),
        ("2023-03-06T12:00:01+08:00", Status.MISSED, 0),
        ("2023-03-06T13:30:00+08:00", Status.MISSED, 1),
    ],
)
def test_what_was_done_at_the_last_moment_is_in_time(rang, status, late) -> None:
    case = done(called("2023-03-06T09:20:00+08:00"), "callback", DAY, {"rang_at": rang})
    found = limit(case, "callback", "2023-03-09")
    assert (found.status, found.late) == (status, late)


def test_the_earlier_of_two_moments_of_a_day_counts() -> None:
    case = called("2023-03-06T09:20:00+08:00")
    for rang in ("2023-03-06T15:00:00+08:00", "2023-03-06T11:00:00+08:00"):
        case = done(case, "callback", DAY, {"rang_at": rang})
    assert limit(case, "callback", DAY).status is Status.KEPT


def test_a_limit_in_hours_may_begin_where_another_ends() -> None:
    found = limit(called("2023-03-06T09:20:00+08:00"), "follow-up", DAY)
    assert found.due_at == at("2023-03-07 13:00")


def test_a_period_of_the_same_day_ends_with_it() -> None:
    case = called("2023-03-05T23:59:00+08:00")
    assert limit(case, "that-day", "2023-03-05").due == date(2023, 3, 5)  # a Sunday: it isn't moved
    assert limit(case, "that-day", "2023-03-05").status is Status.RUNNING
    assert (limit(case, "that-day", DAY).status, limit(case, "that-day", DAY).late) == (Status.OVERDUE, 1)
    assert [s.note for s in same_day(date(2023, 3, 5)).steps] == ["当日届满"]


@pytest.mark.parametrize(
    ("start", "length", "unit", "due"),
    [
        ("2023-01-31", 1, Unit.MONTHS, "2023-02-28"),
        ("2024-01-31", 1, Unit.MONTHS, "2024-02-29"),
        ("2023-02-28", 1, Unit.MONTHS, "2023-03-28"),
        ("2023-08-31", 6, Unit.MONTHS, "2024-02-29"),
        ("2022-11-30", 3, Unit.MONTHS, "2023-02-28"),
        ("2023-12-15", 1, Unit.MONTHS, "2024-01-15"),
        ("2024-02-29", 1, Unit.YEARS, "2025-02-28"),
        ("2024-02-29", 4, Unit.YEARS, "2028-02-29"),
        ("2023-03-06", 3, Unit.YEARS, "2026-03-06"),
    ],
)
def test_months_and_years_end_on_the_corresponding_day_or_the_last_of_the_month(start, length, unit, due) -> None:
    assert months_from(cn(), date.fromisoformat(start), length, unit, roll=False).due == date.fromisoformat(due)


def test_months_are_moved_off_a_holiday_unless_they_stay() -> None:
    ends = {roll: months_from(cn(), date(2023, 7, 1), 3, Unit.MONTHS, roll=roll) for roll in (True, False)}
    assert (ends[True].due, ends[True].steps[-1].why) == (date(2023, 10, 7), "rolled")
    assert (ends[False].due, len(ends[False].steps)) == (date(2023, 10, 1), 4)


def test_the_day_a_period_of_years_is_moved_to_may_be_provisional() -> None:
    assert months_from(cn(), date(2024, 5, 6), 3, Unit.YEARS, roll=True).provisional
    assert not months_from(cn(), date(2024, 5, 6), 3, Unit.YEARS, roll=False).provisional


def test_what_is_left_of_months_and_years_is_told_in_days() -> None:
    found = limit(opened(), "years", "2026-03-01")
    assert (found.due, found.left, found.unit) == (date(2026, 3, 6), 5, Unit.DAYS)


def test_a_period_that_lapses_has_ended_and_is_not_overdue() -> None:
    case = opened()
    assert limit(case, "years", "2026-03-06").status is Status.RUNNING
    ended = limit(case, "years", "2026-03-07")
    assert (ended.status, ended.left, ended.late) == (Status.ENDED, None, None)


def test_a_period_that_lapses_may_be_ended_sooner_or_become_pointless() -> None:
    case = done(called("2023-03-06T09:20:00+08:00"), "settlement", "2023-04-03", {})
    found = limit(case, "years", "2023-04-04")
    assert (found.status, found.done) == (Status.ENDED, date(2023, 4, 3))
    assert limit(case, "half-year", "2023-04-04").status is Status.MOOT


def test_an_hourly_period_may_lapse_too() -> None:
    case = called("2023-03-06T09:20:00+08:00", **{"limit.callback.lapses": True})
    assert limit(case, "callback", DAY, "2023-03-06 12:00").status is Status.RUNNING
    assert limit(case, "callback", DAY, "2023-03-06 12:01").status is Status.ENDED


def test_a_moment_after_the_receipt_is_refused() -> None:
    case = opened()
    for came, answer in (("09:30:00", Answer.ACCEPTED), ("09:30:01", Answer.REFUSED)):
        entry = act(case, "call", DAY, {"came_at": f"{DAY}T{came}+08:00"}, received=f"{DAY}T01:30:00.000Z")
        assert admissible(case, entry).answer is answer, came


def test_of_two_moments_of_a_day_the_later_one_cannot_come_first() -> None:
    case = called(f"{DAY}T09:20:00+08:00")
    for hung_up, found in (("10:00:00+08:00", []), ("02:00:00+00:00", []), ("09:59:59+08:00", ["order"])):
        facts = {"rang_at": f"{DAY}T10:00:00+08:00", "hung_up_at": f"{DAY}T{hung_up}"}
        assert [d.code for d in admissible(case, act(case, "callback", DAY, facts)).defects] == found


def test_lengths_that_cannot_be_are_refused() -> None:
    for length in (0, 3661):
        with pytest.raises(Fault, match="期限长度"):
            hours_from(at(f"{DAY} 09:00"), length)
        with pytest.raises(Fault, match="期限长度"):
            months_from(cn(), date(2023, 3, 6), length, Unit.MONTHS, roll=False)
    with pytest.raises(Fault, match="9999"):
        months_from(cn(), date(9990, 1, 1), 10, Unit.YEARS, roll=False)
    with pytest.raises(Fault, match="9999"):
        hours_from(at("9999-12-31 20:00"), 10)


MOMENTS = st.integers(1_514_736_000, 1_924_905_600).map(lambda seconds: datetime.fromtimestamp(seconds, SHANGHAI))
HOURS = st.integers(1, 200)


@given(MOMENTS, HOURS)
def test_hours_run_between_n_and_n_plus_one_from_the_moment(start, n) -> None:
    due = hours_from(start, n).due_at
    assert timedelta(hours=n) < due - start <= timedelta(hours=n + 1)
    assert (due.minute, due.second, due.microsecond) == (0, 0, 0)


@given(MOMENTS, HOURS)
def test_at_the_end_exactly_all_hours_are_used(start, n) -> None:
    due = hours_from(start, n).due_at
    assert hours_used(start, due) == n
    assert hours_used(start, due - timedelta(microseconds=1)) == n - 1
    assert hours_between(due, due) == hours_between(due, start) == 0


@given(MOMENTS, HOURS)
def test_the_zone_in_which_a_moment_is_written_changes_nothing(start, n) -> None:
    written = start.astimezone(UTC).isoformat()
    case = called(written, **{"limit.callback.length": f"{n} hours"})
    found = limit(case, "callback", start.date().isoformat())
    assert found.due_at == hours_from(start, n).due_at
    assert found.due == found.due_at.date()


@given(st.dates(date(2018, 1, 1), date(2030, 12, 31)), st.integers(1, 40))
def test_a_year_is_twelve_months_and_never_moves_past_its_month(start, n) -> None:
    years = months_from(cn(), start, n, Unit.YEARS, roll=False).due
    assert years == months_from(cn(), start, 12 * n, Unit.MONTHS, roll=False).due
    assert (years.year, years.month) == (start.year + n, start.month)
    assert years.day == start.day or (start.month, start.day, years.day) == (2, 29, 28)


@given(st.dates(date(2018, 1, 1), date(2030, 12, 31)))
def test_a_day_ends_before_the_next_begins(day) -> None:
    assert day_end(day) < datetime.combine(day + timedelta(days=1), datetime.min.time(), SHANGHAI)
    assert day_end(day).date() == day
