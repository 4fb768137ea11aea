"""What kind of day each day is, by the notices; compared with two libraries and a second transcription."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Fault
from domain.rules.calendar import CalendarGap
from tests.reference import naive_days

from .calendars import cn

FIRST, LAST = date(2018, 1, 1), date(2026, 12, 31)
EVERY_DAY = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
DIFFERENCES_FROM_CHINESECALENDAR: set[date] = set()
DIFFERENCES_FROM_HOLIDAYS: set[date] = set()


def test_every_day_agrees_with_chinesecalendar():
    differ = {day for day in EVERY_DAY if chinese_calendar.is_workday(day) != cn().working(day)}
    assert differ == DIFFERENCES_FROM_CHINESECALENDAR


def test_every_day_agrees_with_holidays():
    china = holidays.country_holidays("CN", years=range(2018, 2027))
    differ = {day for day in EVERY_DAY if china.is_working_day(day) != cn().working(day)}
    assert differ == DIFFERENCES_FROM_HOLIDAYS


def test_every_day_agrees_with_a_second_transcription_of_the_notices():
    assert [day for day in EVERY_DAY if naive_days.is_working(day) != cn().working(day)] == []


def test_holiday_names_agree_with_chinesecalendar_on_the_statutory_days():
    for day in EVERY_DAY:
        name = chinese_calendar.get_holiday_detail(day)[1]
        kind = cn().day(day)
        if name is not None and day.weekday() < 5 and not kind.working:
            chinese = next(h.chinese for h in chinese_calendar.Holiday if h.value == name)
            assert chinese.removesuffix("节") in kind.name, (day, kind.name, chinese)


@pytest.mark.parametrize(
    ("day", "working", "name", "notice"),
    [
        (date(2018, 12, 29), True, "调休上班", "国办发明电〔2018〕15号"),
        (date(2018, 12, 31), False, "元旦放假", "国办发明电〔2018〕15号"),
        (date(2019, 5, 1), False, "劳动节放假", "国办发明电〔2019〕3号"),
        (date(2019, 5, 3), False, "劳动节放假", "国办发明电〔2019〕3号"),
        (date(2019, 5, 5), True, "调休上班", "国办发明电〔2019〕3号"),
        (date(2020, 1, 30), False, "春节放假", "国办发明电〔2019〕16号"),
        (date(2020, 1, 31), False, "春节放假", "国办发明电〔2020〕1号"),
        (date(2020, 2, 1), False, "春节放假", "国办发明电〔2020〕1号"),
        (date(2020, 2, 3), True, "工作日", None),
        (date(2020, 10, 1), False, "国庆节、中秋节放假", "国办发明电〔2019〕16号"),
        (date(2022, 12, 31), False, "元旦放假", "国办发明电〔2022〕16号"),
        (date(2024, 2, 9), True, "工作日", None),
        (date(2024, 2, 10), False, "春节放假", "国办发明电〔2023〕7号"),
        (date(2025, 1, 28), False, "春节放假", "国办发明电〔2024〕12号"),
        (date(2026, 2, 14), True, "调休上班", "国办发明电〔2025〕7号"),
        (date(2026, 2, 28), True, "调休上班", "国办发明电〔2025〕7号"),
        (date(2026, 7, 4), False, "周末", None),
    ],
)
def test_hard_dates(day, working, name, notice):
    kind = cn().day(day)
    assert (kind.day, kind.working, kind.provisional, kind.name, kind.notice) == (day, working, False, name, notice)


def test_2020_02_01_was_a_make_up_day_until_the_extension_was_issued():
    before = cn().day(date(2020, 2, 1), as_of=date(2020, 1, 25))
    after = cn().day(date(2020, 2, 1), as_of=date(2020, 1, 26))
    assert (before.working, before.name, before.notice) == (True, "调休上班", "国办发明电〔2019〕16号")
    assert (after.working, after.notice) == (False, "国办发明电〔2020〕1号")


def test_may_2019_was_changed_on_22_march():
    assert cn().day(date(2019, 5, 2), as_of=date(2019, 3, 21)).working
    assert not cn().day(date(2019, 5, 2), as_of=date(2019, 3, 22)).working


def test_before_its_notice_a_year_is_provisional_but_the_december_before_it_is_not():
    known = cn().known_on(date(2018, 12, 3))
    assert known.day(date(2019, 2, 4)).provisional
    assert known.day(date(2019, 2, 4)).working  # a Monday, as far as anyone knew
    new_years_eve = known.day(date(2018, 12, 31))
    assert (new_years_eve.working, new_years_eve.provisional) == (True, False)
    assert not cn().day(date(2018, 12, 31), as_of=date(2018, 12, 4)).working


def test_before_any_notice_there_is_no_calendar():
    with pytest.raises(Fault) as caught:
        cn().day(date(2018, 1, 1), as_of=date(2017, 11, 29))
    assert caught.value.code == "calendar-empty"


@given(st.dates(date(2018, 1, 1), date(2027, 12, 31)), st.dates(date(2017, 11, 30), date(2027, 1, 1)))
def test_as_of_says_what_the_calendar_known_then_says(day, as_of):
    kind = cn().day(day, as_of=as_of)
    assert kind == cn().known_on(as_of).day(day)
    numbers = {n.number: n.issued for table in cn().years.values() for n in table.notices}
    assert kind.notice is None or numbers[kind.notice] <= as_of


def test_a_year_without_a_table_has_only_weekends_and_is_provisional():
    new_year, saturday = cn().day(date(2027, 1, 1)), cn().day(date(2027, 1, 2))
    assert (new_year.working, new_year.provisional, new_year.name) == (True, True, "工作日")
    assert (saturday.working, saturday.provisional, saturday.name) == (False, True, "周末")
    assert not cn().day(LAST).provisional


def test_a_day_before_the_first_table_is_a_gap():
    for ask in (cn().day, cn().working, cn().next_working):
        with pytest.raises(CalendarGap) as caught:
            ask(date(2017, 12, 31))
        assert caught.value.code == "calendar-gap"


def test_next_working_is_the_day_itself_or_the_first_after():
    assert cn().next_working(date(2026, 2, 14)) == date(2026, 2, 14)
    assert cn().next_working(date(2026, 2, 15)) == date(2026, 2, 24)
    assert cn().next_working(date(2027, 1, 2)) == date(2027, 1, 4)
