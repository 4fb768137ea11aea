"""`anjuan calendar`: a year at a glance, what superseded what, and what this archive has adopted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from domain.formats.encoding import b64u
from tests.year_2027 import LONGER, NUMBER, TOML, compiled

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ops.running import Run


def test_a_year_is_shown_in_month_grids(command: Run) -> None:
    status, said, _ = command("calendar", "show", "2020")
    assert status == 0
    lines = said.splitlines()
    assert lines[0] == "2020 年  249 个工作日"
    assert "20   21   22   23   24休 25休 26休" in said
    assert " 3    4    5    6    7    8    9" in said
    assert "19班" in said
    assert "依据：国办发明电〔2020〕1号" in lines
    assert not any(line.endswith(" ") for line in lines)


def test_a_year_for_machines(command: Run) -> None:
    told = json.loads(command("calendar", "show", "2020", "--json")[1])
    assert (told["workdays"], sum(told["months"].values()), told["provisional"]) == (249, 249, False)
    first = {"date": "2020-02-01", "working": False, "name": "春节放假", "notice": "国办发明电〔2020〕1号"}
    assert first in told["days"]


def test_a_year_without_notice_says_so(command: Run) -> None:
    assert "暂定" in command("calendar", "show", "2031")[1].splitlines()[0]


def test_a_superseded_day_names_both_notices(command: Run) -> None:
    said = command("calendar", "day", "2020-02-01")[1]
    assert "2019-11-21 至 2020-01-26：调休上班（国办发明电〔2019〕16号），其后由 国办发明电〔2020〕1号 取代" in said
    told = json.loads(command("calendar", "day", "2020-02-01", "--json")[1])
    assert [(r["notice"], r["working"]) for r in told["rulings"]] == [
        ("国办发明电〔2019〕16号", True),
        ("国办发明电〔2020〕1号", False),
    ]


def test_what_the_archive_has_adopted_is_listed(command: Run) -> None:
    assert command("init")[0] == 0
    rows = json.loads(command("calendar", "list", "--json")[1])
    assert [row["name"] for row in rows] == [f"cn-{year}" for year in range(2018, 2027)]
    assert {(row["record"], row["until"]) for row in rows} == {(1, None)}
    assert [n["number"] for n in rows[2]["notices"]] == ["国办发明电〔2019〕16号", "国办发明电〔2020〕1号"]
    said = command("calendar", "list")[1]
    assert "起启用（第 1 号记录）" in said
    assert "    国办发明电〔2020〕1号（2020-01-26）国务院办公厅关于延长2020年春节假期的通知" in said


@pytest.fixture
def registrars(command: Run, tmp_path: Path) -> Run:
    assert command("init")[0] == 0
    assert command("key", "new", "chen.pem", "li.pem", "wang.pem")[0] == 0
    people = ["陈立=chen.pem:registrar+handler", "李敏=li.pem:registrar", "王强=wang.pem:head"]
    assert command("enrol", *people, "--root", "root.pem")[0] == 0
    (tmp_path / "cn-2027.toml").write_text(TOML, encoding="utf-8")
    return command


AS = ("--as", "registrar:陈立", "--as", "registrar:李敏")


def test_a_year_is_adopted_by_two_registrars_one_after_the_other(registrars: Run, tmp_path: Path) -> None:
    command = registrars
    status, said, _ = command("calendar", "adopt", "cn-2027.toml", *AS)
    assert status == 0
    assert "放假 春节：2027-02-05 至 2027-02-12" in said
    assert "没有期限因此变动" in said
    (tmp_path / "cn-2027.toml").unlink()  # the draft carries what it adopts
    assert "调休上班：2027-01-30、2027-02-14" in command("sign", "draft.json", "--key", "chen.pem", "--yes")[1]
    assert command("submit", "draft.json")[0] == 1  # one signature is not enough
    assert "暂定" in command("calendar", "show", "2027")[1]
    assert command("sign", "draft.json", "--key", "li.pem", "--yes")[0] == 0
    told = json.loads(command("submit", "draft.json", "--json")[1])
    assert told["changes"] == []
    assert command("calendar", "show", "2027")[1].splitlines()[0] == "2027 年  256 个工作日"
    (row,) = (row for row in json.loads(command("calendar", "list", "--json")[1]) if row["name"] == "cn-2027")
    assert (row["record"], [n["number"] for n in row["notices"]]) == (2, [NUMBER])


def test_a_changed_draft_is_refused_not_signed_blindly(registrars: Run, tmp_path: Path) -> None:
    command = registrars
    assert command("calendar", "adopt", "cn-2027.toml", *AS)[0] == 0
    draft = json.loads((tmp_path / "draft.json").read_text(encoding="utf-8"))
    (pinned,) = draft["brought"]
    draft["brought"] = {pinned: b64u(*compiled(TOML.replace("2027-02-12", "2027-02-11"))[1].values())}
    (tmp_path / "draft.json").write_text(json.dumps(draft), encoding="utf-8")
    status, _, complained = command("sign", "draft.json", "--key", "chen.pem", "--yes")
    assert (status, "没有" in complained) == (1, True)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("year = 2027", "year = ", "calendar-syntax"),
        ("2027-02-14]", "2027-02-15]", "calendar-weekday"),
        ("2027-02-14]", "2027-02-06]", "calendar-overlap"),
    ],
)
def test_a_file_that_does_not_compile_is_refused_with_the_place(
    registrars: Run, tmp_path: Path, old: str, new: str, code: str
) -> None:
    (tmp_path / "cn-2027.toml").write_text(TOML.replace(old, new), encoding="utf-8")
    status, _, complained = registrars("calendar", "adopt", "cn-2027.toml", *AS)
    assert (status, f"代码 {code}" in complained) == (1, True), complained
    assert not (tmp_path / "draft.json").exists()


def test_an_adoption_needs_two_registrars_named(registrars: Run) -> None:
    assert registrars("calendar", "adopt", "cn-2027.toml")[0] == 1
    status, _, complained = registrars("calendar", "adopt", "cn-2027.toml", *AS[:2])
    assert (status, "2" in complained) == (1, True)


def test_both_keys_at_hand_adopt_in_one_step_and_a_correction_is_told(registrars: Run, tmp_path: Path) -> None:
    by = ("--by", "chen.pem", "--by", "li.pem")
    status, said, _ = registrars("calendar", "adopt", "cn-2027.toml", *by, "--yes")
    assert (status, "已入卷" in said) == (0, True)
    status, _, complained = registrars("calendar", "adopt", "cn-2027.toml", *by, "--yes")
    assert (status, "代码 no-change" in complained) == (1, True)
    (tmp_path / "cn-2027.toml").write_text(LONGER, encoding="utf-8")
    said = registrars("calendar", "adopt", "cn-2027.toml", *by, "--yes")[1]
    assert "取消原安排：2027-02-14" in said
    assert "在已启用的安排之外增加下列通知" in said
    assert "由新的安排取代" in registrars("calendar", "list")[1]
    assert registrars("calendar", "changes")[1] == "没有变动的期限。\n"
