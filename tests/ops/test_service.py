"""`anjuan service`: to whom each paper went, how, when, on which proof, and which day counts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ops.cli import main
from tests.scenarios.playing import played, scenario, stage

if TYPE_CHECKING:
    from pathlib import Path

NUMBER = "临财采诉〔2023〕11号"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("archive") / "archive"
    with stage(home, scenario("service")) as (play,):
        list(played(play))
    return home


def said(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    capsys.readouterr()
    assert main.status(["service", NUMBER, "--archive", str(home), *arguments]) == status
    return capsys.readouterr().out


def rows(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(said(home, capsys, "--json", *arguments))
    return found


def test_every_paper_and_recipient_for_machines(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = rows(home, capsys)
    assert [(row["title"], row["recipient"], row["way"], row["sent_on"], row["served_on"]) for row in found] == [
        ("投诉答复通知", "museum", "direct", "2023-05-11", "2023-05-11"),
        ("投诉答复通知", "agency", "retention", "2023-05-11", "2023-05-16"),
        ("投诉答复通知", "winner", "announcement", "2023-05-11", "2023-06-16"),
        ("协助调查函", "complainant", "electronic", "2023-06-19", "2023-06-19"),
    ]
    assert [row["agent"] for row in found] == ["liang", None, None, None]
    assert [[d["code"] for d in row["irregular"]] for row in found] == [[], [], [], ["too-soon"]]
    counts = {(c["code"], c["article"], c["day"]) for c in found[0]["counts"]}
    assert {("limit.answer-notice", "29", "sent_on"), ("limit.answer", "29", "served_on")} <= counts


def test_the_table_as_it_stood(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    then = rows(home, capsys, "--as-of", "2023-05-12")
    assert [(row["recipient"], row["status"]) for row in then] == [
        ("museum", "served"),
        ("agency", "sent"),
        ("winner", "sent"),
    ]


def test_in_words(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = said(home, capsys)
    flat = "".join(told.split()).replace("│", "").replace("┃", "")
    for words in ("公告送达", "留置送达", "2023-06-16", "以送达为准", "以发出为准", "早于“同意电子送达的日期”"):
        assert words in told or words in flat
