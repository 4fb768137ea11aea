"""`anjuan calendar`: a year at a glance, what superseded what, and what this archive has adopted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ops.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANJUAN_ARCHIVE", raising=False)

    def one(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main.status(list(arguments))
        said = capsys.readouterr()
        return status, said.out, said.err

    return one


def test_a_year_is_shown_in_month_grids(run: Run) -> None:
    status, said, _ = run("calendar", "show", "2020")
    assert status == 0
    lines = said.splitlines()
    assert lines[0] == "2020 年  249 个工作日"
    assert "20   21   22   23   24休 25休 26休" in said
    assert " 3    4    5    6    7    8    9" in said
    assert "19班" in said
    assert "依据：国办发明电〔2020〕1号" in lines
    assert not any(line.endswith(" ") for line in lines)


def test_a_year_for_machines(run: Run) -> None:
    told = json.loads(run("calendar", "show", "2020", "--json")[1])
    assert (told["workdays"], sum(told["months"].values()), told["provisional"]) == (249, 249, False)
    first = {"date": "2020-02-01", "working": False, "name": "春节放假", "notice": "国办发明电〔2020〕1号"}
    assert first in told["days"]


def test_a_year_without_notice_says_so(run: Run) -> None:
    assert "暂定" in run("calendar", "show", "2031")[1].splitlines()[0]


def test_a_superseded_day_names_both_notices(run: Run) -> None:
    said = run("calendar", "day", "2020-02-01")[1]
    assert "2019-11-21 至 2020-01-26：调休上班（国办发明电〔2019〕16号），其后由 国办发明电〔2020〕1号 取代" in said
    told = json.loads(run("calendar", "day", "2020-02-01", "--json")[1])
    assert [(r["notice"], r["working"]) for r in told["rulings"]] == [
        ("国办发明电〔2019〕16号", True),
        ("国办发明电〔2020〕1号", False),
    ]


def test_what_the_archive_has_adopted_is_listed(run: Run) -> None:
    assert run("init")[0] == 0
    rows = json.loads(run("calendar", "list", "--json")[1])
    assert [row["name"] for row in rows] == [f"cn-{year}" for year in range(2018, 2027)]
    assert {(row["record"], row["until"]) for row in rows} == {(1, None)}
    assert [n["number"] for n in rows[2]["notices"]] == ["国办发明电〔2019〕16号", "国办发明电〔2020〕1号"]
    said = run("calendar", "list")[1]
    assert "起启用（第 1 号记录）" in said
    assert "    国办发明电〔2020〕1号（2020-01-26）国务院办公厅关于延长2020年春节假期的通知" in said
