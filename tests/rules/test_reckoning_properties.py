"""What must hold of every reckoning, and agreement with the naive counter."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.rules.reckoning import Interval, Reckoning, Unit, late_by, reckon, used
from tests.reference import naive_days

from .calendars import cn

STARTS = st.dates(date(2018, 1, 1), date(2025, 6, 30))
LENGTHS = st.integers(1, 60)
UNITS = st.sampled_from([Unit.WORKDAYS, Unit.DAYS])


@st.composite
def periods(draw, least=0):
    """A start and exclusions that lie about it, one in six without return."""
    start = draw(STARTS)
    excluded = []
    for n in range(draw(st.integers(least, 4))):
        after = start + timedelta(draw(st.integers(-10, 90)))
        until = after + timedelta(draw(st.integers(0, 40)))
        excluded.append(Interval(f"w{n}", after, None if draw(st.integers(0, 5)) == 0 else until))
    return start, tuple(excluded)


def _plain(excluded):
    return [(interval.after, interval.until) for interval in excluded]


@given(periods(), LENGTHS, UNITS, st.booleans())
def test_the_due_day_is_the_naive_counters(period, length, unit, roll):
    start, excluded = period
    naive = {"workdays": unit is Unit.WORKDAYS, "roll": roll}
    result = reckon(cn(), start, length, unit, excluded, roll=roll)
    assert result.due == naive_days.ends(start, length, excluded=_plain(excluded), **naive)
    assert result.strict_due == naive_days.ends(start, length, **naive)
    assert not result.provisional


@given(periods(), st.integers(-5, 200), UNITS)
def test_used_days_are_the_naive_counters(period, later, unit):
    start, excluded = period
    done = start + timedelta(max(later, (date(2018, 1, 1) - start).days))
    expected = naive_days.count(start, done, workdays=unit is Unit.WORKDAYS, excluded=_plain(excluded))
    assert used(cn(), start, done, unit, excluded) == expected


@given(periods(least=1), LENGTHS, UNITS, st.booleans())
def test_one_exclusion_more_never_makes_the_due_day_earlier(period, length, unit, roll):
    start, excluded = period
    due = [reckon(cn(), start, length, unit, excluded[:n], roll=roll).due or date.max for n in range(len(excluded) + 1)]
    assert due == sorted(due)


@given(periods(least=1), LENGTHS, UNITS, st.randoms())
def test_neither_order_nor_repetition_of_exclusions_matters(period, length, unit, random):
    start, excluded = period
    shuffled = [*excluded, random.choice(excluded)]
    random.shuffle(shuffled)
    one, other = reckon(cn(), start, length, unit, excluded), reckon(cn(), start, length, unit, shuffled)
    assert (one.due, one.frozen_left) == (other.due, other.frozen_left)
    assert [(s.day, s.n, s.why) for s in one.steps] == [(s.day, s.n, s.why) for s in other.steps]


@given(periods(), LENGTHS, UNITS, st.booleans())
def test_the_steps_tell_the_whole_story(period, length, unit, roll):
    start, excluded = period
    result = reckon(cn(), start, length, unit, excluded, roll=roll)
    _check_steps(result)
    if result.due is None:
        assert result.steps[-1].why == "excluded"
    else:
        assert result.steps[-1].day == result.due
        assert used(cn(), start, result.due, unit, excluded) >= length
        assert unit is Unit.DAYS or used(cn(), start, result.due, unit, excluded) == length
        assert late_by(cn(), result.due, result.due, unit, excluded) == 0


def _check_steps(result: Reckoning):
    first, *rest = result.steps
    assert (first.day, first.n, first.why) == (result.start, None, "first-day")
    assert [step.day for step in result.steps] == [result.start + timedelta(n) for n in range(len(result.steps))]
    counted = [step.n for step in rest if step.n is not None]
    assert counted == list(range(1, len(counted) + 1))
    assert len(counted) == result.length - (result.frozen_left or 0)
    for step in rest:
        assert (step.n is not None) == (step.why == "counted")
        assert (step.window is not None) == (step.why == "excluded")
        assert step.note
