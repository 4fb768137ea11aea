"""A limit in hours over HTTP and on pages: its moment in Beijing time, and what is asked for once it is overdue."""

from __future__ import annotations

import re
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from api.app import create_app
from api.wiring import Running, log_of
from projections.views import CaseViews
from storage.home import DirectoryPlace, Home
from tests.api.conftest import client
from tests.scenarios.playing import scenario, stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi.testclient import TestClient


@pytest.fixture
def told(tmp_path: Path) -> Iterator[tuple[TestClient, str, str]]:
    """The pages of a complaint in which an hour has run out, its case, and a token; the clock stands just behind it."""
    home = tmp_path / "archive"
    with stage(home, scenario("gift-escalated")) as (play,):
        play.enter(0)
        views = CaseViews(home / "views.db", play.archive)
        found = Home(home, DirectoryPlace())
        running = Running(found, play.archive, views, log_of(found, play.archive), ExitStack())
        app = create_app(running)
        officer = next(o.case for o in play.archive.register().officers.values() if o.name == "白露")
        play.clock.set(play.scenario.acts[3].moment)  # 2026-03-07 08:10
        yield client(app), play.case, app.state.server.tokens.issue(officer, play.clock.now())
        app.state.server.close()
        running.log.close()
        views.close()


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def test_the_page_says_the_moment_and_what_is_to_be_done(told) -> None:
    pages, case, _ = told
    shown = text(pages.get(f"/cases/{case}").text)
    assert "自 2026-03-06 22:40 起算 · 至 2026-03-07 00:00 届满" in shown
    assert "逾期 8 小时" in shown
    assert "应作“移交升级”" in shown
    listed = text(pages.get("/deadlines").text)
    assert "2026-03-07 周六 00:00" in listed
    assert "应作“移交升级”" in listed
    steps = text(pages.get(f"/cases/{case}/deadlines/contact").text)
    assert "22:00 至 23:00 为开始的时，不计算在内" in steps


def test_the_interface_gives_the_moment_with_its_offset(told) -> None:
    pages, case, token = told
    asked = pages.get(f"/v1/cases/{case}/deadlines?explain=true", headers={"Authorization": f"Bearer {token}"})
    rows = {row["limit"]: row for row in asked.json()["rows"]}
    assert rows["contact"]["due_at"] == "2026-03-07T00:00:00+08:00"
    assert (rows["contact"]["unit"], rows["contact"]["late"], rows["contact"]["notices"]) == ("hours", 8, [])
    assert (rows["reply"]["asks"], rows["reply"]["asks_title"]) == ("escalation", "移交升级")
    assert rows["follow-up"]["due_at"] == "2026-03-07T23:00:00+08:00"
