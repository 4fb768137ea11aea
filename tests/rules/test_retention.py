"""How long evidence is kept: the longest line wins, and no end is ever too early."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.formats.act import Seen
from domain.rules.case import Case, Entry
from domain.rules.custody import Custody, Destruction, Extension, Hold, Table
from domain.rules.retention import Retained, closed, custody_told, longest, retention, years_after
from domain.rules.vocabulary import Ref, Retention
from storage.rulebooks import installed
from tests.rules.calendars import cn

LAW = installed()["lu-cai-cai-2018-72"]
FOUNDED = datetime(2019, 1, 1, tzinfo=UTC)
TODAY = date(2023, 6, 1)
DAYS = st.dates(date(2019, 1, 1), date(2199, 12, 31))
PERIODS = st.sampled_from(["permanent", "10 years", "15 years", "30 years", "1 years", "99 years"])


def entry(seq: int, action: str, on: str, **facts: Any) -> Entry:
    return Entry(seq, "d", "id", action, on, f"{on}T02:00:00.000Z", (), Seen(seq - 1, None), facts, ())


def case_of(*rows: Retention, filed: str | None = None, ended: str | None = None) -> Case:
    """A case opened on 2023-03-01, filed if so told, under a table of these rows."""
    entries, stage, moves = [entry(1, "intake", "2023-03-01")], "review", (("review", 1),)
    if filed is not None:
        more = {"procurement_ended_on": ended} if ended else {}
        entries, stage = [*entries, entry(2, "filing", filed, **more)], "filed"
        moves = (*moves, ("filed", 2))
    book = replace(LAW, retention=rows)
    return Case("case", book, cn(), tuple(entries), stage, moves)


def of_archive(*periods: str, until: date | None = None) -> Custody:
    tables = tuple(Table(period, FOUNDED + n * timedelta(days=1), n + 1) for n, period in enumerate(periods))
    return Custody(tables, extensions={"case": (Extension(9, until),)} if until else {})


PROCUREMENT = Retention("procurement", "采购文件", "42", "15 years", Ref("filing", "procurement_ended_on"))
FILE = Retention("file", "案卷", "8", "30 years")


def found(case: Case, custody: Custody, today: date = TODAY) -> list[tuple[str, date]]:
    return [(line.title, line.end) for line in retention(case, custody, today).lines]


def test_the_longest_line_wins() -> None:
    case = case_of(PROCUREMENT, FILE, filed="2023-05-08", ended="2023-04-01")
    assert found(case, of_archive("10 years")) == [
        ("案卷", date(2053, 5, 8)),
        ("采购文件", date(2038, 4, 1)),
        ("本档案库的保管期限", date(2033, 5, 8)),
    ]
    assert retention(case, of_archive("10 years"), TODAY).end == date(2053, 5, 8)
    assert retention(case, of_archive("permanent"), TODAY).end == date(2123, 6, 1)
    assert retention(case, of_archive("10 years", until=date(2055, 1, 1)), TODAY).end == date(2055, 1, 1)


def test_a_start_that_is_not_known_is_today_and_the_line_says_so() -> None:
    (line,) = retention(case_of(FILE), of_archive(), TODAY).lines
    assert (line.since, line.seq, line.end) == (TODAY, None, date(2053, 6, 1))
    assert line.told() == "案卷（8）：30年，起算日未到，暂自今日起算，至 2053-06-01"
    lines = retention(case_of(PROCUREMENT, FILE, filed="2023-05-08"), of_archive(), TODAY).lines
    assert [(line.title, line.since, line.seq) for line in lines] == [
        ("案卷", date(2023, 5, 8), 2),
        ("采购文件", TODAY, None),
    ]
    assert lines[0].told() == "案卷（8）：30年，自 2023-05-08（第 2 号记录）起算，至 2053-05-08"


def test_permanent_is_a_hundred_years_from_today_again_and_again() -> None:
    case = case_of(filed="2023-05-08")
    ends = [retention(case, of_archive("permanent"), date(year, 6, 1)).end for year in (2023, 2073)]
    assert ends == [date(2123, 6, 1), date(2173, 6, 1)]
    (line,) = retention(case, of_archive("permanent"), TODAY).lines
    assert line.told() == "本档案库的保管期限（档案案件第 1 号记录）：永久，现至 2123-06-01，到期之前顺延"


def test_an_extension_says_which_record_asks_for_it() -> None:
    (line,) = retention(case_of(), of_archive(until=date(2055, 1, 1)), TODAY).lines
    assert line.told() == "延长保管期限（档案案件第 9 号记录）：至 2055-01-01"


def test_the_store_lets_go_only_after_the_last_day_has_ended_in_shanghai() -> None:
    assert Retained(date(2053, 5, 8), ()).until == datetime(2053, 5, 8, 16, tzinfo=UTC)
    assert Retained(date.max, ()).until == datetime(9999, 12, 31, 16, tzinfo=UTC)


def test_a_case_is_closed_by_the_record_that_brought_it_to_a_final_stage() -> None:
    filed = case_of(filed="2023-05-08")
    day = closed(filed)
    assert day is not None
    assert (day.day, day.seq) == (date(2023, 5, 8), 2)
    assert closed(case_of()) is None
    assert closed(replace(filed, stage="handling", moves=(*filed.moves, ("handling", 3)))) is None  # begun anew
    assert closed(replace(filed, moves=())) is None


def test_the_table_of_an_earlier_version_of_the_rulebook_goes_on_counting() -> None:
    case = case_of(Retention("file", "案卷", "8", "10 years"), filed="2023-05-08")
    moved = replace(case, earlier=((1, replace(LAW, retention=(FILE,))),))
    assert retention(moved, of_archive(), TODAY).end == date(2053, 5, 8)


def test_a_case_of_which_nothing_is_asked_ends_today() -> None:
    assert retention(case_of(), Custody(), TODAY) == Retained(TODAY, ())
    assert longest(case_of(), Custody()) == ""


def test_an_empty_case_is_under_the_table_in_force() -> None:
    empty = Case("case", replace(LAW, retention=()), cn())
    assert found(empty, of_archive("30 years", "10 years")) == [("本档案库的保管期限", date(2033, 6, 1))]


@pytest.mark.parametrize(
    ("periods", "words"), [(["10 years"], "30年"), (["permanent"], "永久"), (["99 years"], "99年"), ([], "30年")]
)
def test_the_cover_says_the_longest_period(periods: list[str], words: str) -> None:
    assert longest(case_of(PROCUREMENT, FILE), of_archive(*periods, until=date(2999, 1, 1))) == words


@pytest.mark.parametrize(
    ("day", "years", "end"),
    [
        ("2020-02-29", 15, "2035-02-28"),
        ("2020-02-29", 4, "2024-02-29"),
        ("2023-12-31", 1, "2024-12-31"),
        ("9990-06-01", 30, "9999-06-01"),
    ],
)
def test_years_end_on_the_corresponding_day(day: str, years: int, end: str) -> None:
    assert years_after(date.fromisoformat(day), years) == date.fromisoformat(end)


REFS = st.sampled_from([None, Ref("filing", "procurement_ended_on"), Ref("intake", "occurred_on")])
ROWS = st.lists(st.builds(Retention, st.just("x"), st.just("x"), st.just("1"), PERIODS, REFS), max_size=4)
KEPT = (ROWS, st.lists(PERIODS, max_size=3), st.one_of(st.none(), DAYS), st.one_of(st.none(), DAYS))


def kept(rows: list[Retention], periods: list[str], filed: date | None, until: date | None) -> tuple[Case, Custody]:
    on = filed.isoformat() if filed else None
    return case_of(*rows, filed=on, ended=on), of_archive(*periods, until=until)


@given(*KEPT, DAYS)
def test_the_end_is_never_earlier_than_any_line(rows: Any, periods: Any, filed: Any, until: Any, today: date) -> None:
    found = retention(*kept(rows, periods, filed, until), today)
    assert all(line.end <= found.end for line in found.lines)
    assert found.end == max((line.end for line in found.lines), default=today)
    assert until is None or found.end >= until
    assert len(found.lines) >= len(set(rows)) + bool(periods)


@given(*KEPT, DAYS, DAYS)
def test_the_end_never_moves_back_as_time_goes_by(
    rows: Any, periods: Any, filed: Any, until: Any, one: date, other: date
) -> None:
    both, (first, last) = kept(rows, periods, filed, until), sorted((one, other))
    assert retention(*both, first).end <= retention(*both, last).end


def test_a_case_is_told_in_sentences_with_the_reason_that_wins_and_every_hold() -> None:
    case, hold = case_of(FILE, filed="2023-05-08"), Hold(7, "litigation", FOUNDED)
    custody = replace(of_archive("10 years"), holds={"case": (hold,)})
    assert custody_told(case, custody, TODAY) == (
        "证据保管至 2053-05-08：案卷（8）：30年，自 2023-05-08（第 2 号记录）起算，至 2053-05-08",
        "证据冻结中：档案案件第 7 号记录（行政诉讼）",
    )
    gone = replace(custody, destroyed={"case": Destruction(9, FOUNDED)})
    assert custody_told(case, gone, TODAY) == ("证据和不公开事项已由档案案件第 9 号记录销毁",)
    assert custody_told(case_of(), Custody(), TODAY) == ("证据保管至 2023-06-01",)
