"""Pages of cases that go on: who is responsible, what was set aside, what is moot, which other case is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.app import create_app
from api.web.words import by_case
from api.wiring import open_archive
from ops.demo.player import Played
from storage.clock import ScenarioClock
from tests.api.conftest import client
from tests.scenarios.playing import played, scenario, stage

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi.testclient import TestClient


def pages(home: Path, name: str, *paths: str) -> list[str]:
    """What pages of the scenario's case say once it has been played."""
    with stage(home, scenario(name)) as (play,):
        assert all(isinstance(step, Played) or not step[1] for step in played(play))
        case, now = play.case, play.clock.now()
    with open_archive(home, ScenarioClock(now)) as running:
        running.catch_up()
        asked: TestClient = client(create_app(running))
        found = [asked.get(path.format(case=case)) for path in ("/cases/{case}", *paths)]
    assert [answer.status_code for answer in found] == [200] * len(found)
    return [answer.text for answer in found]


def test_a_decision_that_was_set_aside_says_by_what_and_limits_say_which_round(tmp_path: Path) -> None:
    (case,) = pages(tmp_path / "archive", "reconsidered")
    assert "已被撤销" in case
    assert "公告期限（第 2 轮）" in case
    (_, reckoning) = pages(tmp_path / "other", "reconsidered", "/cases/{case}/deadlines/publication?round=2")
    assert "2022-08-22" in reckoning


def test_who_is_responsible_stands_on_the_case_and_in_the_list(tmp_path: Path) -> None:
    case, docket = pages(tmp_path / "archive", "handover", "/")
    assert "<dt>承办人</dt><dd>陈立</dd>" in case
    assert "承办人 陈立" in docket


def test_a_case_joined_into_another_leads_there_and_says_why_nothing_is_due(tmp_path: Path) -> None:
    case, record = pages(tmp_path / "archive", "joinder", "/cases/{case}/records/4")
    assert "无须再办（R40）" in case
    (lead,) = [piece for piece in record.split('"') if piece.startswith("/cases/") and piece.count("/") == 2][-1:]
    assert f'<a href="{lead}">' in record


def test_a_paper_case_shows_when_it_happened_and_when_it_was_entered(tmp_path: Path) -> None:
    (case,) = pages(tmp_path / "archive", "backfilled")
    assert "2021-09-06" in case
    assert "补录" in case
    assert "2024-03-04" in case


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("没有", ["没有"]),
        (
            "案件 01869aae-ea80-7e0b-8600-ecda860e5b98，至某记录",
            ["案件 ", "01869aae-ea80-7e0b-8600-ecda860e5b98", "，至某记录"],
        ),
    ],
)
def test_words_are_cut_where_they_name_a_case(text: str, pieces: list[str]) -> None:
    assert by_case(text) == pieces
