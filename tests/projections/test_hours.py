"""Limits in hours and periods that lapse, in the read models: at every moment what the rules say of the folded case."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.rules import time_limits
from domain.rules.civil import SHANGHAI
from projections.views import CaseViews
from tests.scenarios.playing import scenario, stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from domain.rules.case import Case

BEGUN = datetime(2026, 3, 6, 22, 0, tzinfo=SHANGHAI)
DUE = datetime(2026, 3, 7, 0, 0, tzinfo=SHANGHAI)  # of the contact with the user, an hour and twenty minutes later


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[CaseViews, Case, Case]]:
    """The read models of a complaint that has only just come in, and of a mine with its grade."""
    home: Path = tmp_path_factory.mktemp("hours") / "archive"
    found = scenario("gift-escalated"), scenario("mine-second"), scenario("mine-barred")
    with stage(home, *found) as (gift, mine, barred):
        last = next(n for n, act in enumerate(mine.scenario.acts) if act.do == "grade-publication" and act.code is None)
        for number in range(last + 1):
            mine.enter(number)
        barred.enter(0)
        gift.enter(0)
        views = CaseViews(home / "views.db", gift.archive)
        views.catch_up()
        yield views, gift.archive.case(gift.case), mine.archive.case(mine.case)
        views.close()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(-3_600, 60 * 3_600))
def test_at_any_moment_the_rows_say_what_the_rules_say(told, seconds: int) -> None:
    views, gift, _ = told
    now = BEGUN + timedelta(seconds=seconds)
    rows = views.deadlines(now.date(), case=gift.id, now=now)
    assert [(d["limit"], d["status"], d["used"], d["left"], d["late"], d["due_at"], d["asks"]) for d in rows] == [
        (d.limit.code, d.status, d.used, d.left, d.late, d.due_at.isoformat() if d.due_at else None, d.asks)
        for d in time_limits.deadlines(gift, now.date(), now)
    ]


@pytest.mark.parametrize(
    ("now", "status", "left", "late"),
    [
        ("2026-03-06 23:59:59", "running", 0, None),
        ("2026-03-07 00:00:00", "running", 0, None),
        ("2026-03-07 00:00:01", "overdue", None, 0),
        ("2026-03-07 01:00:00", "overdue", None, 1),
    ],
)
def test_an_hour_that_ends_at_midnight_is_over_a_moment_after_it(told, now, status, left, late) -> None:
    views, gift, _ = told
    (row,) = [d for d in views.deadlines(at(now).date(), case=gift.id, now=at(now)) if d["limit"] == "contact"]
    assert (row["status"], row["left"], row["late"], row["unit"]) == (status, left, late, "hours")
    assert (row["due"], row["due_at"]) == ("2026-03-07", DUE.isoformat())
    assert row["start_at"] == "2026-03-06T22:40:00+08:00"


def test_the_docket_names_what_ends_first(told) -> None:
    views, gift, mine = told

    def due(text: str):
        now = at(text)
        return {row["case"]: row["next_due"] for row in views.docket(now.date(), now=now)}

    before = due("2026-03-06 22:50")[gift.id]
    assert (before["limit"], before["due_at"]) == ("reply", None)  # that day ends before the hour does
    assert (due("2026-03-07 00:10")[gift.id]["limit"], before["late"]) == ("reply", None)
    assert due("2025-04-15 12:00")[mine.id]["limit"] == "validity"


def test_what_lapses_by_itself_waits_for_what_has_to_be_done(told) -> None:
    views = told[0]
    now = at("2024-02-28 12:00")
    (row,) = [row for row in views.docket(now.date(), now=now) if row["title"] == "青沟煤矿"]
    assert (row["next_due"]["limit"], row["next_due"]["due"]) == ("decide", "2024-05-24")
    ends = {d["limit"]: d["due"] for d in views.deadlines(now.date(), case=row["case"])}
    assert ends["barred-falsified"] < "2024-05-24"


def test_of_one_day_what_ends_at_a_moment_comes_before_what_ends_with_it(told) -> None:
    views, gift, _ = told
    rows = [d for d in views.deadlines(date(2026, 3, 6), now=at("2026-03-06 22:50")) if d["case"] == gift.id]
    assert [d["limit"] for d in rows] == ["reply", "contact", "follow-up"]


def test_what_is_overdue_asks_for_the_action_that_it_triggers(told) -> None:
    views, gift, _ = told
    for now, asks in (("2026-03-06 23:59", None), ("2026-03-07 00:00", "escalation")):
        (row,) = [d for d in views.deadlines(at(now).date(), case=gift.id, now=at(now)) if d["limit"] == "reply"]
        assert (row["asks"], row["asks_title"]) == (asks, "移交升级" if asks else None)


def test_a_period_that_has_ended_by_itself_is_open_no_more(told) -> None:
    views, _, mine = told
    shown = {}
    for day in (date(2025, 4, 15), date(2025, 4, 16)):
        shown[day.day] = {d["limit"] for d in views.deadlines(day) if d["case"] == mine.id}
        (row,) = [d for d in views.deadlines(day, case=mine.id) if d["limit"] == "validity"]
        assert (row["status"], row["late"]) == (("running", None) if day.day == 15 else ("ended", None))
        docket = {d["case"]: d["next_due"] for d in views.docket(day)}
        assert (docket[mine.id] is None) == (day.day == 16)
    assert "validity" in shown[15]
    assert "validity" not in shown[16]
