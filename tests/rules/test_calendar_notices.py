"""Which notice applied when: 2019 and 2020, when a notice was superseded, and years in which none was (R24)."""

from __future__ import annotations

from datetime import date, timedelta

from domain.rules.calendar_notices import Applied, applied, behind, notice_json, spans
from domain.rules.reckoning import Unit, reckon

from .calendars import cn

ANNUAL, EXTENSION = "国办发明电〔2019〕16号", "国办发明电〔2020〕1号"
OF_2019, MAY_2019 = "国办发明电〔2018〕15号", "国办发明电〔2019〕3号"


def _days(first: date, count: int) -> list[date]:
    return [first + timedelta(n) for n in range(count)]


def _found(first: date, count: int) -> dict[tuple[str, date | None], Applied]:
    return {(a.number, a.until): a for a in applied(cn(), _days(first, count))}


def test_the_make_up_day_of_february_2020_was_one_until_the_extension_came():
    found = _found(date(2020, 1, 28), 8)
    before = found[ANNUAL, date(2020, 1, 26)]
    assert (before.since, before.by, before.days) == (date(2019, 11, 21), EXTENSION, (date(2020, 2, 1),))
    assert found[ANNUAL, None].days == tuple(_days(date(2020, 1, 28), 3))
    assert found[EXTENSION, None].days == tuple(_days(date(2020, 1, 31), 3))
    assert found[EXTENSION, None].since == date(2020, 1, 26)
    assert len(found) == 3


def test_the_may_of_2019_names_both_notices_and_the_day_of_the_change():
    found = _found(date(2019, 4, 26), 12)
    assert found[OF_2019, date(2019, 3, 22)].days == (date(2019, 5, 1),)
    assert found[MAY_2019, None].days[0] == date(2019, 4, 28)
    assert found[OF_2019, None].days == ()  # the ordinary days between still rest on the notice of the year


def test_ordinary_days_rest_on_the_notice_of_their_year():
    assert [(a.number, a.days) for a in applied(cn(), _days(date(2023, 3, 6), 5))] == [("国办发明电〔2022〕16号", ())]


def test_days_of_a_year_without_table_rest_on_no_notice():
    assert applied(cn(), _days(date(2031, 3, 3), 5)) == ()


def test_a_december_day_is_judged_by_the_notice_of_the_year_after():
    numbers = [a.number for a in applied(cn(), [date(2018, 12, 29)])]
    assert numbers == [OF_2019]


def test_the_first_day_of_a_reckoning_needs_no_notice():
    counted = reckon(cn(), date(2022, 12, 31), 3, Unit.WORKDAYS)
    assert {a.number for a in behind(cn(), counted)} == {"国办发明电〔2022〕16号"}


def test_an_applied_notice_is_told_in_words_and_for_machines():
    before = _found(date(2020, 2, 1), 1)[ANNUAL, date(2020, 1, 26)]
    assert before.words == f"{ANNUAL}（2019-11-21 至 2020-01-26 适用，其后由 {EXTENSION} 取代）：安排 2020-02-01"
    assert notice_json(before) == {
        "number": ANNUAL,
        "title": "国务院办公厅关于2020年部分节假日安排的通知",
        "since": "2019-11-21",
        "until": "2020-01-26",
        "by": EXTENSION,
        "days": ["2020-02-01"],
    }
    (of_2023,) = applied(cn(), _days(date(2023, 3, 6), 5))
    assert of_2023.words == "国办发明电〔2022〕16号（2022-12-08 起适用）：未另行安排的日子，按周一至周五上班"


def test_runs_of_days_are_said_as_spans():
    assert spans([*_days(date(2020, 1, 30), 3), date(2020, 2, 4)]) == "2020-01-30 至 2020-02-01、2020-02-04"
