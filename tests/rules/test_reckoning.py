"""Periods reckoned day by day: Article 41, exclusions (R5), stopped clocks (R29), moved ends (R24, R4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.errors import Fault
from domain.rules.calendar import CalendarGap
from domain.rules.reckoning import Interval, Unit, late_by, reckon, used

from .calendars import cn

WORKDAYS, DAYS = Unit.WORKDAYS, Unit.DAYS


def _why(reckoning):
    return [(step.day.isoformat()[5:], step.n, step.why) for step in reckoning.steps]


def test_thirty_working_days_from_2026_01_20():
    result = reckon(cn(), date(2026, 1, 20), 30, WORKDAYS)
    assert (result.due, result.strict_due) == (date(2026, 3, 9), date(2026, 3, 9))
    assert (result.provisional, result.frozen_left) == (False, None)
    assert result.steps[-1].n == 30


def test_each_day_is_explained():
    result = reckon(cn(), date(2020, 1, 22), 3, WORKDAYS, article="41")
    assert _why(result) == [
        ("01-22", None, "first-day"),
        ("01-23", 1, "counted"),
        *[(f"01-{day}", None, "non-working") for day in range(24, 32)],
        ("02-01", None, "non-working"),
        ("02-02", None, "non-working"),
        ("02-03", 2, "counted"),
        ("02-04", 3, "counted"),
    ]
    assert [step.note for step in result.steps[:3]] == [
        "起算日，不计算在内（第四十一条）",
        "第 1 个工作日",
        "春节放假（国办发明电〔2019〕16号）",
    ]


def test_a_law_that_is_not_named_is_not_cited():
    back = Interval("repair", date(2023, 3, 7), date(2023, 3, 8))
    walked = [
        *reckon(cn(), date(2023, 3, 6), 2, WORKDAYS, [back]).steps,
        *reckon(cn(), date(2023, 3, 6), 5, DAYS).steps,
    ]
    assert {step.why for step in walked} == {"first-day", "counted", "excluded", "non-working", "rolled"}
    assert not [step.note for step in walked if "条" in step.note]


def test_a_make_up_day_counts_and_names_its_notice():
    result = reckon(cn(), date(2026, 2, 13), 1, WORKDAYS)
    assert result.due == date(2026, 2, 14)
    assert result.steps[1].note == "第 1 个工作日，调休上班（国办发明电〔2025〕7号）"


def test_working_days_between_sending_and_return_are_excluded():
    sent_and_back = Interval("appraisal", date(2023, 3, 7), date(2023, 3, 13), "33")
    result = reckon(cn(), date(2023, 3, 6), 3, WORKDAYS, [sent_and_back])
    assert _why(result) == [
        ("03-06", None, "first-day"),
        ("03-07", 1, "counted"),
        ("03-08", None, "excluded"),
        ("03-09", None, "excluded"),
        ("03-10", None, "excluded"),
        ("03-11", None, "non-working"),
        ("03-12", None, "non-working"),
        ("03-13", None, "excluded"),
        ("03-14", 2, "counted"),
        ("03-15", 3, "counted"),
    ]
    assert result.strict_due == date(2023, 3, 9)
    notes = {(step.window, step.note) for step in result.steps if step.why == "excluded"}
    assert notes == {("appraisal", "不计入期间（第三十三条）")}


def test_overlapping_exclusions_are_excluded_once():
    one = Interval("correction", date(2023, 3, 6), date(2023, 3, 10), "33")
    two = Interval("appraisal", date(2023, 3, 8), date(2023, 3, 14))
    together = reckon(cn(), date(2023, 3, 6), 30, WORKDAYS, [one, two])
    assert (
        together.due
        == reckon(cn(), date(2023, 3, 6), 30, WORKDAYS, [Interval("all", date(2023, 3, 6), date(2023, 3, 14))]).due
    )
    assert together.due == cn().add(date(2023, 3, 6), 36)[0]
    ninth = next(step for step in together.steps if step.day == date(2023, 3, 9))
    assert (ninth.window, ninth.note) == ("correction", "不计入期间，重叠的只扣除一次（第三十三条）")


def test_sent_and_returned_on_one_day_excludes_nothing():
    same_day = Interval("appraisal", date(2023, 3, 7), date(2023, 3, 7))
    plain = reckon(cn(), date(2023, 3, 6), 5, WORKDAYS)
    assert reckon(cn(), date(2023, 3, 6), 5, WORKDAYS, [same_day]) == plain


def test_an_exclusion_that_has_not_returned_stops_the_period():
    result = reckon(cn(), date(2023, 3, 6), 30, WORKDAYS, [Interval("appraisal", date(2023, 3, 10), None, "33")])
    assert (result.due, result.strict_due) == (None, cn().add(date(2023, 3, 6), 30)[0])
    assert result.frozen_left == 26
    assert (result.steps[-1].day, result.steps[-1].why) == (date(2023, 3, 13), "excluded")
    assert result.steps[-1].note == "2023-03-10 之后停止计算，尚未恢复（第三十三条）"


def test_a_stopped_period_keeps_what_other_exclusions_saved():
    back = Interval("correction", date(2023, 3, 6), date(2023, 3, 8))
    out = Interval("appraisal", date(2023, 3, 10), None)
    assert reckon(cn(), date(2023, 3, 6), 30, WORKDAYS, [out, back]).frozen_left == 28


@pytest.mark.parametrize(("sent", "stopped"), [(date(2023, 3, 8), True), (date(2023, 3, 9), False)])
def test_only_an_exclusion_that_began_before_the_due_day_stops_the_period(sent, stopped):
    result = reckon(cn(), date(2023, 3, 6), 3, WORKDAYS, [Interval("appraisal", sent, None)])
    assert (result.due is None) == stopped
    assert result.strict_due == date(2023, 3, 9)


def test_an_open_exclusion_from_before_the_start_leaves_the_whole_length():
    result = reckon(cn(), date(2023, 3, 6), 5, WORKDAYS, [Interval("correction", date(2023, 3, 1), None)])
    assert (result.due, result.frozen_left, len(result.steps)) == (None, 5, 2)


def test_a_period_in_days_that_ends_on_a_holiday_ends_on_the_next_working_day():
    result = reckon(cn(), date(2023, 9, 20), 10, DAYS)  # ends 2023-09-30, in the holiday; 10-07 is a make-up Saturday
    assert result.due == date(2023, 10, 7)
    assert (result.steps[10].n, result.steps[10].why) == (10, "counted")
    assert [step.why for step in result.steps[11:]] == ["non-working"] * 6 + ["rolled"]
    assert result.steps[10].note == "第 10 日，中秋节、国庆节放假（国办发明电〔2022〕16号）"
    assert "顺延" in result.steps[-1].note


def test_a_weekend_counts_in_a_period_in_days_and_is_named():
    result = reckon(cn(), date(2023, 3, 9), 4, DAYS)
    assert [step.note for step in result.steps[1:]] == ["第 1 日", "第 2 日，周末", "第 3 日，周末", "第 4 日"]


def test_a_period_in_days_that_ends_on_a_make_up_saturday_is_not_moved():
    result = reckon(cn(), date(2026, 2, 4), 10, DAYS)
    assert (result.due, result.steps[-1].why) == (date(2026, 2, 14), "counted")


def test_the_thirty_days_of_a_suspension_are_not_moved():
    result = reckon(cn(), date(2023, 9, 1), 30, DAYS, roll=False)
    assert result.due == date(2023, 10, 1)
    assert all(step.n is not None for step in result.steps[1:])


def test_a_period_in_days_leaves_out_excluded_weekends_too():
    result = reckon(cn(), date(2023, 3, 6), 10, DAYS, [Interval("w", date(2023, 3, 8), date(2023, 3, 13))], roll=False)
    assert result.due == date(2023, 3, 21)
    assert sum(step.why == "excluded" for step in result.steps) == 5


def test_the_end_is_not_moved_to_an_excluded_day():
    saturday_end = reckon(cn(), date(2023, 3, 6), 5, DAYS)
    assert saturday_end.due == date(2023, 3, 13)
    moved = reckon(cn(), date(2023, 3, 6), 5, DAYS, [Interval("w", date(2023, 3, 11), date(2023, 3, 14))])
    assert (moved.due, moved.steps[-1].why) == (date(2023, 3, 15), "rolled")
    stopped = reckon(cn(), date(2023, 3, 6), 5, DAYS, [Interval("w", date(2023, 3, 11), None)])
    assert (stopped.due, stopped.frozen_left) == (None, 0)


def test_a_period_is_provisional_once_a_counted_day_has_no_table():
    within = reckon(cn(), date(2026, 12, 30), 1, WORKDAYS)
    beyond = reckon(cn(), date(2026, 12, 30), 2, WORKDAYS)
    assert (within.due, within.provisional) == (date(2026, 12, 31), False)
    assert (beyond.due, beyond.provisional) == (date(2027, 1, 1), True)
    assert [step.provisional for step in beyond.steps] == [False, False, True]
    assert beyond.steps[-1].note == "第 2 个工作日（节假日安排尚未公布，暂定）"


def test_an_exclusion_can_make_a_period_provisional_while_its_strict_day_is_not():
    result = reckon(cn(), date(2026, 12, 1), 5, WORKDAYS, [Interval("w", date(2026, 12, 2), date(2027, 1, 10))])
    assert (result.provisional, result.strict_due) == (True, date(2026, 12, 8))


def test_while_stopped_provisional_speaks_of_the_strict_day():
    stop = Interval("w", date(2026, 12, 2), None)
    assert not reckon(cn(), date(2026, 12, 1), 5, WORKDAYS, [stop]).provisional
    assert reckon(cn(), date(2026, 12, 1), 30, WORKDAYS, [stop]).provisional


def test_the_calendar_as_it_was_known_gives_the_due_day_as_it_was_known():
    before = cn().known_on(date(2020, 1, 25))
    assert reckon(before, date(2020, 1, 22), 3, WORKDAYS).due == date(2020, 2, 1)
    assert reckon(cn(), date(2020, 1, 22), 3, WORKDAYS).due == date(2020, 2, 4)


def test_used_days_are_net_of_exclusions():
    out = [Interval("a", date(2023, 3, 7), date(2023, 3, 9)), Interval("b", date(2023, 3, 8), date(2023, 3, 13))]
    assert used(cn(), date(2023, 3, 6), date(2023, 3, 20), WORKDAYS) == 10
    assert used(cn(), date(2023, 3, 6), date(2023, 3, 20), WORKDAYS, out) == 6
    assert used(cn(), date(2023, 3, 6), date(2023, 3, 20), DAYS, out) == 8
    assert used(cn(), date(2023, 3, 6), date(2023, 3, 6), WORKDAYS, out) == 0
    assert used(cn(), date(2023, 3, 6), date(2023, 3, 1), DAYS, out) == 0
    assert used(cn(), date(2023, 3, 6), date(2023, 3, 20), WORKDAYS, [Interval("a", date(2023, 3, 8), None)]) == 2


def test_late_on_a_saturday_is_late_by_nothing():
    assert late_by(cn(), date(2023, 3, 10), date(2023, 3, 11), WORKDAYS) == 0
    assert late_by(cn(), date(2023, 3, 10), date(2023, 3, 14), WORKDAYS) == 2
    assert late_by(cn(), date(2023, 3, 10), date(2023, 3, 14), WORKDAYS, [Interval("a", date(2023, 3, 10), None)]) == 0


def test_an_exclusion_that_returns_before_it_was_sent_is_refused():
    with pytest.raises(Fault) as caught:
        Interval("appraisal", date(2023, 3, 7), date(2023, 3, 6), "33")
    assert (caught.value.code, caught.value.defects[0].article) == ("interval", "33")


def test_a_counted_day_before_the_tables_is_a_gap():
    assert reckon(cn(), date(2017, 12, 31), 1, WORKDAYS).due == date(2018, 1, 2)
    with pytest.raises(CalendarGap):
        reckon(cn(), date(2017, 12, 30), 1, WORKDAYS)


def test_the_longest_period_is_reckoned():
    assert reckon(cn(), date(2020, 1, 1), 3_660, WORKDAYS).steps[-1].n == 3_660


def test_the_last_day_of_the_horizon_is_reckoned_and_the_next_is_not():
    assert reckon(cn(), date(2023, 3, 6), 4, WORKDAYS, horizon=4).due == date(2023, 3, 10)
    with pytest.raises(Fault) as caught:
        reckon(cn(), date(2023, 3, 6), 5, WORKDAYS, horizon=4)
    assert caught.value.code == "reckoning-horizon"


@pytest.mark.parametrize(
    ("start", "length", "excluded", "code"),
    [
        (date(2023, 1, 1), 0, [], "reckoning-length"),
        (date(2023, 1, 1), -3, [], "reckoning-length"),
        (date(2023, 1, 1), 3_661, [], "reckoning-length"),
        (date(2023, 1, 1), 5, [Interval("w", date(2023, 1, 2), date(2999, 1, 1))], "reckoning-horizon"),
        (date.max - timedelta(2), 5, [], "reckoning-horizon"),
    ],
)
def test_absurd_periods_are_refused(start, length, excluded, code):
    with pytest.raises(Fault) as caught:
        reckon(cn(), start, length, WORKDAYS, excluded)
    assert caught.value.code == code
