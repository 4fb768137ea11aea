"""`--as-of` and `whatif` on the command line: a case as it stood, and as it would stand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ops.cli import main
from tests.scenarios.playing import played, scenario, stage

if TYPE_CHECKING:
    from pathlib import Path

NUMBER = "临财采诉〔2023〕7号"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive in which the complaint of 2023 and one of that October have run their course."""
    home = tmp_path_factory.mktemp("archive") / "archive"
    with stage(home, scenario("complaint-2023"), scenario("rectification")) as plays:
        for play in plays:
            list(played(play))
    return home


class Said:
    """What a command says; `status` 0, 1 refused, 64 wrong usage."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home, self.capsys = home, capsys

    def __call__(self, *arguments: str, status: int = 0) -> str:
        self.capsys.readouterr()
        assert main.status([*arguments, "--archive", str(self.home)]) == status
        return self.capsys.readouterr().out

    def rows(self, command: str, *arguments: str, status: int = 0) -> Any:
        return json.loads(self(command, *arguments, "--json", status=status))


@pytest.fixture
def said(home: Path, capsys: pytest.CaptureFixture[str]) -> Said:
    return Said(home, capsys)


def test_the_timeline_as_it_stood(said: Said) -> None:
    """The complaint came on 1 March, was entered as of the second, and put right on the eighth, half past ten."""
    then = said.rows("timeline", "--case", NUMBER, "--as-of", "2023-03-08T10:29:59+08:00")
    assert [row["action"] for row in then] == ["intake", "review-conclusion", "correction-notice", "service"]
    assert then[0]["rectified_by"] == []
    now = said.rows("timeline", "--case", NUMBER, "--as-of", "2023-03-08")
    assert (now[-1]["action"], now[0]["rectified_by"]) == ("rectification", [5])


def test_the_timeline_says_from_where_it_looks(said: Said) -> None:
    told = said("timeline", "--case", NUMBER, "--as-of", "2023-03-07")
    assert told.startswith("截至2023年3月7日（按入卷时间）：只计当时已经入卷的记录")
    assert "现处于“补正”阶段" in told
    assert "截至" not in said("timeline", "--case", NUMBER)


def test_papers_that_had_come_in_and_acts_that_had_been_done(said: Said) -> None:
    """Received on 1 March, its signing dated 2 March."""
    assert [r["seq"] for r in said.rows("timeline", "-c", NUMBER, "--as-of", "2023-03-01", "--by", "papers")] == [1]
    refused = said.rows("timeline", "-c", NUMBER, "--as-of", "2023-03-01", "--by", "occurred", status=1)
    assert [defect["code"] for defect in refused["defects"]] == ["nothing-yet"]


def test_time_limits_as_they_stood_and_as_of_another_day(said: Said) -> None:
    def limit(*arguments: str) -> tuple[str, str, int | None]:
        found = said.rows("deadlines", "-c", NUMBER, *arguments)
        return next((d["due"], d["status"], d["left"]) for d in found if d["limit"] == "review")

    assert limit("--as-of", "2023-03-02") == ("2023-03-09", "running", 5)
    assert limit("--as-of", "2023-03-02", "--by", "occurred") == ("2023-03-08", "running", 4)
    assert limit("--as-of", "2023-03-02", "--on", "2023-03-06") == ("2023-03-09", "running", 3)
    assert "截至2023年3月2日（按发生时间）" in said(
        "deadlines", "-c", NUMBER, "--as-of", "2023-03-02", "--by", "occurred"
    )


def test_the_docket_as_it_stood(said: Said) -> None:
    assert len(said.rows("docket")) == 2
    (row,) = said.rows("docket", "--as-of", "2023-03-02")
    assert (row["number"], row["stage"], row["seq"]) == (NUMBER, "review", 1)
    assert (row["next_due"]["limit"], row["next_due"]["due"]) == ("review", "2023-03-09")
    assert said.rows("docket", "--as-of", "2023-03-01") == []
    assert len(said.rows("docket", "--as-of", "2023-03-01", "--by", "papers")) == 1
    assert "2023-03-09" in said("docket", "--as-of", "2023-03-02")


@pytest.mark.parametrize("command", ["timeline", "deadlines", "docket"])
def test_what_names_no_moment_is_refused(said: Said, command: str) -> None:
    case = () if command == "docket" else ("--case", NUMBER)
    for arguments, code in (
        (("--as-of", "昨天"), "as-of"),
        (("--as-of", "2999-01-01"), "as-of"),
        (("--as-of", "2023-03-02", "--by", "signed"), "by"),
        (("--by", "papers"), "by"),
    ):
        refused = said.rows(command, *case, *arguments, status=1)
        assert [defect["code"] for defect in refused["defects"]] == [code]


def test_a_list_has_no_record_before_which_it_could_stand(said: Said) -> None:
    assert said.rows("docket", "--as-of", "before-3", status=1)["defects"][0]["code"] == "as-of"
    assert len(said.rows("timeline", "-c", NUMBER, "--as-of", "before-3")) == 2


def test_compliance_as_it_stood(said: Said) -> None:
    """On 28 March an answer was late; by the days of acts the case was then the same."""
    for by in ("received", "occurred", "papers"):
        found = said.rows("comply", NUMBER, "--as-of", "2023-03-28", "--by", by)
        assert (found["day"], found["conclusion"]) == ("2023-03-28", "kept")
    assert said("comply", NUMBER, "--as-of", "2023-03-28").startswith("截至2023年3月28日（按入卷时间）")
    early = said.rows("comply", NUMBER, "--as-of", "2023-03-01", "--by", "papers")
    assert next(row["state"] for row in early["requirements"] if row["code"] == "review") == "running"
    assert said.rows("comply", "案卷.zip", "--by", "papers", status=3)["defects"][0]["code"] == "by"
    assert said.rows("comply", NUMBER, "--by", "papers", status=3)["defects"][0]["code"] == "by"


def test_what_if_is_told_and_nothing_is_stored(said: Said) -> None:
    """The complaint of October awaits corrected papers; acceptance was voided, so the decision waits for it."""
    other = "临财采诉〔2023〕24号"
    before = said("timeline", "-c", other)
    told = said("whatif", other, "--do", "corrected-papers", "--from", "2023-10-16")
    assert told.startswith("假设 2023-10-16 有“补正材料”。\n")
    assert "以“受理”为前提" in told
    found = said.rows("whatif", other, "--window", "suspension", "--from", "2023-10-16", "--days", "9")
    assert [(d["code"], d["article"]) for d in found["defects"]] == [("stage", "36")]
    assert said("timeline", "-c", other) == before


def test_what_if_with_facts_and_what_it_cannot_suppose(said: Said) -> None:
    found = said.rows("whatif", NUMBER, "--do", "filing", "--set", "volumes=0", "--from", "2023-06-01")
    assert "facts.volumes" in {defect["field"] for defect in found["defects"]}
    for arguments in ((), ("--window", "none"), ("--do", "none"), ("--window", "correction", "--do", "acceptance")):
        refused = said.rows("whatif", NUMBER, *arguments, status=1)
        assert [defect["code"] for defect in refused["defects"]] == ["what-if"]
    assert said.rows("whatif", NUMBER, "--do", "filing", "--from", "3月", status=1)["defects"][0]["code"] == "date"
