"""A case as of a moment: what was held, what had been done, which papers had come in are three different answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Fault
from domain.rules.admissible import replay
from domain.rules.case import Case, Entry
from domain.rules.civil import SHANGHAI
from domain.rules.deadline import Status
from domain.rules.moments import By, Standpoint, as_of, standpoint
from domain.rules.time_limits import deadlines, reckoned
from tests.rules.acting import NEW
from tests.rules.calendars import cn
from tests.rules.sample_acts import RULEBOOK, sample

DECIDE = RULEBOOK.by_limit["decide"]

# action, the day it is said to have been done, when the archive received it, facts other than the sample's
STORY = (
    ("intake", "2023-03-02", "2023-03-02T01:00:00.000Z", {"received_on": "2023-03-01"}),
    ("acceptance", "2023-03-03", "2023-03-03T01:00:00.000Z", {}),
    ("answer-notice", "2023-03-03", "2023-03-03T02:00:00.000Z", {}),
    ("service", "2023-03-07", "2023-03-07T01:00:00.000Z", {}),
    ("commission", "2023-03-07", "2023-03-07T02:00:00.000Z", {"dispatched_on": "2023-03-07"}),
    ("commission-return", "2023-03-20", "2023-03-27T01:00:00.000Z", {"answers": 5, "received_on": "2023-03-14"}),
    ("commission", "2023-03-24", "2023-03-29T01:00:00.000Z", {"dispatched_on": "2023-03-24"}),
    ("rectification", "2023-03-30", "2023-03-30T01:00:00.000Z", {"changes": {"received_on": "2023-02-28"}}),
    ("rectification", "2023-03-31", "2023-03-31T01:00:00.000Z", {"target": 7, "mode": "voids", "changes": None}),
    ("written-answer", "2023-04-03", "2023-04-03T01:00:00.000Z", {"received_on": "2023-03-13"}),
)
LAST = STORY[-1][2]
DAYS = st.dates(date(2023, 2, 20), date(2023, 4, 20))
BYS = st.sampled_from(By)


@cache
def entered() -> tuple[Entry, ...]:
    """The story's records as they were entered."""
    case, entries = NEW, list[Entry]()
    for code, on, received, changes in STORY:
        entry = replace(sample(case, code, on, **changes), received=received, act=f"act-{len(entries)}")
        entries.append(entry)
        case = replay("case", RULEBOOK, cn(), entries)
    return tuple(entries)


@cache
def present() -> Case:
    return replay("case", RULEBOOK, cn(), entered())


def seen(text: str, by: By = By.RECEIVED) -> Case:
    return as_of(present(), entered(), cn(), standpoint(text, by, entered()))


def counting(case: Case) -> list[int]:
    return [entry.seq for entry in case.entries if not entry.later]


def due(case: Case, today: str) -> tuple[Status, date | None]:
    (found,) = reckoned(case, DECIDE, date.fromisoformat(today))
    return found.status, found.due


def test_the_story_is_lawful_throughout() -> None:
    assert [entry.defects for entry in present().entries] == [()] * len(STORY)


def test_three_questions_about_one_day_have_three_answers() -> None:
    assert counting(seen("2023-03-24", By.RECEIVED)) == [1, 2, 3, 4, 5]
    assert counting(seen("2023-03-24", By.OCCURRED)) == [1, 2, 3, 4, 5, 6, 7]
    assert counting(seen("2023-03-15", By.OCCURRED)) == [1, 2, 3, 4, 5]
    assert counting(seen("2023-03-15", By.PAPERS)) == [1, 2, 3, 4, 5, 6, 10]


def test_the_last_day_differs_with_what_was_known_what_was_done_and_what_had_come_in() -> None:
    """From 1 March as known then 13 April; from 28 February, as corrected, a day less; (7, 14] March, 5 days more."""
    assert due(seen("2023-03-06"), "2023-03-06") == (Status.RUNNING, date(2023, 4, 13))
    assert due(seen("2023-03-15"), "2023-03-15") == (Status.STOPPED, None)
    assert due(seen("2023-03-15", By.OCCURRED), "2023-03-15") == (Status.STOPPED, None)
    assert due(seen("2023-03-15", By.PAPERS), "2023-03-15") == (Status.RUNNING, date(2023, 4, 19))
    assert due(seen("2023-03-28"), "2023-03-28") == (Status.RUNNING, date(2023, 4, 20))
    assert due(seen("2023-03-29"), "2023-03-29") == (Status.STOPPED, None)  # the second commission, voided since
    assert due(seen("2023-03-29", By.OCCURRED), "2023-03-29") == (Status.RUNNING, date(2023, 4, 19))


def test_what_was_put_right_later_was_not_known_before() -> None:
    before = seen("2023-03-29").entries[0]
    assert (before.facts["received_on"], before.rectified_by) == ("2023-03-01", ())
    assert seen("2023-03-29").entries[6].voided_by is None
    after = seen("2023-03-31").entries
    assert (after[0].facts["received_on"], after[0].rectified_by, after[6].voided_by) == ("2023-02-28", (8,), 9)


def test_by_the_days_of_acts_and_papers_todays_knowledge_counts() -> None:
    entry = seen("2023-03-06", By.OCCURRED).entries[0]
    assert (entry.facts["received_on"], entry.rectified_by) == ("2023-02-28", (8,))
    assert counting(seen("2023-02-28", By.PAPERS)) == [1]


def test_just_before_a_record_is_what_stood_when_it_came() -> None:
    assert counting(seen("before-6")) == [1, 2, 3, 4, 5]
    assert seen("before-6").entries == seen("2023-03-26").entries
    at = standpoint("before-6", By.RECEIVED, entered())
    assert (at.day, at.before) == (date(2023, 3, 27), 6)


def test_records_of_one_moment_are_told_apart_by_their_numbers() -> None:
    same = tuple(replace(entry, received=LAST) for entry in entered())
    for n in range(1, len(same) + 1):
        at = standpoint(f"before-{n}", By.RECEIVED, same)
        assert counting(as_of(present(), same, cn(), at)) == list(range(1, n))


def test_a_time_is_met_to_the_moment_and_a_day_as_a_whole() -> None:
    assert counting(seen("2023-03-07T09:59:59+08:00")) == [1, 2, 3, 4]
    assert counting(seen("2023-03-07T10:00:00+08:00")) == [1, 2, 3, 4, 5]
    assert counting(seen("2023-03-07T02:00:00Z")) == [1, 2, 3, 4, 5]
    assert counting(seen("2023-03-07")) == [1, 2, 3, 4, 5]
    late = (replace(entered()[0], received="2023-03-02T16:00:00.000Z"),)  # already the third in Shanghai
    assert counting(as_of(present(), late, cn(), standpoint("2023-03-02", By.RECEIVED))) == []
    assert counting(as_of(present(), late, cn(), standpoint("2023-03-03", By.RECEIVED))) == [1]


def test_an_act_told_to_the_minute_counts_from_that_minute_and_one_told_by_its_day_all_day() -> None:
    exact = replace(entered()[0], occurred="2023-03-02T15:00:00+08:00")
    case = replay("case", RULEBOOK, cn(), (exact,))
    for text, count in (("2023-03-02T14:59:59+08:00", 0), ("2023-03-02T15:00:00+08:00", 1), ("2023-03-02", 1)):
        assert len(counting(as_of(case, (exact,), cn(), standpoint(text, By.OCCURRED)))) == count
    assert counting(seen("2023-03-02T00:00:01+08:00", By.OCCURRED)) == [1]


def test_a_paper_that_came_at_a_moment_counts_from_that_moment() -> None:
    came = replace(entered()[0], facts={**entered()[0].facts, "received_on": "2023-03-01T16:00:00+08:00"})
    case = replay("case", RULEBOOK, cn(), (came,))
    for text, count in (("2023-03-01T15:59:59+08:00", 0), ("2023-03-01T16:00:00+08:00", 1), ("2023-03-01", 1)):
        assert len(counting(as_of(case, (came,), cn(), standpoint(text, By.PAPERS)))) == count


def test_the_stage_is_that_of_then() -> None:
    assert [seen(day).stage for day in ("2023-03-02", "2023-03-03")] == ["review", "handling"]
    assert seen("2023-03-01", By.PAPERS).stage == "review"
    assert seen("2023-03-01").stage == "new"


def test_an_act_looked_at_by_its_day_keeps_its_number_and_what_was_wrong_with_it() -> None:
    case = seen("2023-03-15", By.PAPERS)
    assert case.entry(10) is case.entries[9]
    assert [entry.seq for entry in case.entries] == list(range(1, 11))
    assert case.entry(7) == replace(present().entries[6], later=True)
    assert case.valid("commission") == (case.entries[4],)
    assert case.valid("rectification") == ()


def test_the_calendar_is_that_of_then() -> None:
    """The notice for 2024 came on 2023-10-25: in March nothing was known of that year."""
    assert 2024 not in seen("2023-03-24", By.OCCURRED).calendar.years
    assert 2023 in seen("2023-03-24", By.OCCURRED).calendar.years
    then = cn().known_on(date(2023, 3, 24))
    at = standpoint("2023-03-24", By.RECEIVED)
    assert as_of(present(), entered(), then, at).calendar is then


def test_before_the_first_record_there_is_no_case() -> None:
    for by in By:
        assert seen("2017-01-01", by).entries == ()


@pytest.mark.parametrize(
    ("text", "by", "code"),
    [
        ("yesterday", By.RECEIVED, "as-of"),
        ("2023-3-10", By.RECEIVED, "as-of"),
        ("2023-W10-5", By.RECEIVED, "as-of"),
        ("2023-03-10T09:30:00", By.RECEIVED, "as-of"),
        ("0001-01-01T00:00:00+14:00", By.RECEIVED, "as-of"),
        ("before-6", By.OCCURRED, "as-of"),
        ("before-0", By.RECEIVED, "unknown-record"),
        ("before-11", By.RECEIVED, "unknown-record"),
        ("before-６", By.RECEIVED, "unknown-record"),
        ("before-", By.RECEIVED, "unknown-record"),
    ],
)
def test_what_names_no_moment_is_refused(text: str, by: By, code: str) -> None:
    with pytest.raises(Fault) as caught:
        standpoint(text, by, entered())
    assert caught.value.code == code


def test_the_standpoint_in_words() -> None:
    assert standpoint("2023-03-10", By.PAPERS).told() == "截至2023年3月10日（按收件日期）"
    assert standpoint("2023-03-10T01:30:00Z", By.RECEIVED).told() == "截至2023年3月10日 09:30:00（按入卷时间）"
    assert standpoint("before-6", By.RECEIVED, entered()).told() == "2023年3月27日第 6 号记录入卷之前（按入卷时间）"


@given(st.integers(1, len(STORY)))
def test_at_its_receipt_the_first_n_records_are_the_case(n: int) -> None:
    case = seen(str(entered()[n - 1].received))
    first = replay("case", RULEBOOK, cn(), entered()[:n])
    assert case == first
    assert deadlines(case, date(2023, 4, 1)) == deadlines(first, date(2023, 4, 1))


@given(BYS, st.integers(0, 400))
def test_now_is_the_present(by: By, later: int) -> None:
    day = date(2026, 1, 1) + timedelta(later)
    case = seen(day.isoformat(), by)
    assert (case.entries, case.stage, case.moves) == (present().entries, present().stage, present().moves)
    assert case.calendar == cn()
    assert deadlines(case, date(2023, 4, 10)) == deadlines(present(), date(2023, 4, 10))


@given(BYS, DAYS, st.integers(0, 60))
def test_as_time_goes_on_what_counts_only_grows(by: By, day: date, later: int) -> None:
    earlier, after = seen(day.isoformat(), by), seen((day + timedelta(later)).isoformat(), by)
    assert set(counting(earlier)) <= set(counting(after))


@given(DAYS, st.data())
def test_nothing_entered_later_changes_what_was_known(day: date, data: st.DataObject) -> None:
    """Whatever else had been received afterwards: the present differs, the past doesn't."""
    at = standpoint(day.isoformat(), By.RECEIVED)
    known = sum(at.reached(present(), entry) for entry in entered())
    kept = data.draw(st.integers(known, len(STORY)))
    fewer = entered()[:kept]
    other = replay("case", RULEBOOK, cn(), fewer)
    assert as_of(other, fewer, cn(), at) == as_of(present(), entered(), cn(), at)


@st.composite
def retold(draw: st.DrawFn) -> tuple[Entry, ...]:
    """The story's records, done earlier and received later than told, lawful or not."""
    entries, late = [], timedelta()
    for entry in entered():
        late += timedelta(hours=draw(st.integers(0, 60)))
        received = datetime.fromisoformat(str(entry.received)) + late
        occurred = entry.occurred_on - timedelta(draw(st.integers(0, 9)))
        stamp = f"{received:%Y-%m-%dT%H:%M:%S.000Z}"
        entries.append(replace(entry, received=stamp, occurred=occurred.isoformat()))
    return tuple(entries)


@given(retold(), BYS, DAYS, st.integers(0, 60))
def test_however_it_came_the_same_holds(entries: tuple[Entry, ...], by: By, day: date, later: int) -> None:
    case = replay("case", RULEBOOK, cn(), entries)

    def at(moment: date) -> Case:
        return as_of(case, entries, cn(), standpoint(moment.isoformat(), by))

    then = at(day)
    assert set(counting(then)) <= set(counting(at(day + timedelta(later))))
    assert at(date(2026, 1, 1)).entries == case.entries
    for entry in then.entries:
        if not entry.later and by is not By.RECEIVED:
            assert replace(entry, later=True) == replace(case.entries[entry.seq - 1], later=True)
    if by is By.RECEIVED:
        first = counting(then)
        assert first == list(range(1, len(first) + 1))
        assert then == replay("case", RULEBOOK, cn(), entries[: len(first)])


@given(BYS, DAYS)
def test_a_day_is_as_of_its_last_moment(by: By, day: date) -> None:
    end = datetime(day.year, day.month, day.day, 23, 59, 59, 999999, SHANGHAI)
    whole, exact = Standpoint(by, day, end), Standpoint(by, day, end, exact=True)
    assert as_of(present(), entered(), cn(), whole) == as_of(present(), entered(), cn(), exact)
