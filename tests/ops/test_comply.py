"""`anjuan comply`: a case, a package alone, the whole archive; its words and its exit status."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ops import complying
from ops.cli import main
from projections.dossier.package import export
from tests.scenarios.playing import played, scenario, stage

if TYPE_CHECKING:
    from pathlib import Path

NUMBERS = {"late": "临财采诉〔2023〕10号", "early": "临财采诉〔2023〕13号"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive in which everything was late in one case and in order in the other, with a dossier of the first."""
    folder = tmp_path_factory.mktemp("office")
    with stage(folder / "archive", scenario("late"), scenario("early")) as plays:
        for play in plays:
            assert all(not isinstance(step, tuple) or not step[1] for step in played(play))
        with (folder / "late.zip").open("w+b") as file:
            export(plays[0].archive, plays[0].case, "存档", file, exported="2023-07-20T09:00:00.000Z")
    return folder


def said(capsys: pytest.CaptureFixture[str], office: Path, *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    status = main.status(["comply", *arguments, "--archive", str(office / "archive")])
    return status, capsys.readouterr().out


def told(capsys: pytest.CaptureFixture[str], office: Path, *arguments: str) -> tuple[int, Any]:
    status, out = said(capsys, office, *arguments, "--json")
    return status, json.loads(out)


def test_a_case_that_was_late_is_told_limit_by_limit(capsys, office) -> None:
    status, out = said(capsys, office, NUMBERS["late"], "--explain")
    assert status == 1
    lines = "".join(out.split())
    for words in ("逾期4个工作日", "34/30个工作日", "第三十三条", "第30个工作日", "R31", "结论：违反法定程序"):
        assert words in lines
    assert "端午节" in lines


def test_a_case_in_order_has_exit_status_0(capsys, office) -> None:
    status, out = said(capsys, office, NUMBERS["early"])
    assert status == 0
    assert "结论：符合法定程序" in out


def test_english_stands_beside_it(capsys, office) -> None:
    status, out = said(capsys, office, NUMBERS["late"], "--lang", "en")
    assert status == 1
    assert "missed by 4 working day(s)" in " ".join(out.replace("│", " ").split())
    assert "conclusion: procedure was not kept" in out


def test_what_cannot_be_told_has_exit_status_2(capsys, office) -> None:
    status, found = told(capsys, office, NUMBERS["late"], "--as-of", "2023-05-31")
    states = {r["code"]: r["state"] for r in found["requirements"]}
    assert (status, states["nine-grounds"], states["review"]) == (1, "indeterminate", "missed")
    status, found = told(capsys, office, NUMBERS["late"], "--as-of", "2023-05-25")
    assert (status, found["conclusion"]) == (0, "kept")


def test_a_package_alone_says_the_same_as_the_archive_did_that_day(capsys, office) -> None:
    status, alone = told(capsys, office, str(office / "late.zip"))
    assert status == 1
    assert told(capsys, office, NUMBERS["late"], "--as-of", "2023-07-20") == (1, alone)
    earlier = told(capsys, office, str(office / "late.zip"), "--as-of", "2023-06-05")
    assert earlier == told(capsys, office, NUMBERS["late"], "--as-of", "2023-06-05")
    assert alone != earlier[1]


def test_a_package_that_was_tampered_with_is_told_so(capsys, office, tmp_path) -> None:
    data = (office / "late.zip").read_bytes()
    at = data.index(b"%PDF-")
    (tmp_path / "x.zip").write_bytes(data[:at] + b"%PDX-" + data[at + 5 :])
    assert main.status(["comply", str(tmp_path / "x.zip")]) == 1
    assert "未通过核验" in capsys.readouterr().err
    kept = ("--as-of", "2023-05-25")
    assert told(capsys, office, str(office / "late.zip"), *kept)[0] == 0
    status, found = told(capsys, office, str(tmp_path / "x.zip"), *kept)
    assert (status, found["conclusion"], found["verified"]) == (1, "kept", False)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["nobody.zip"], "file"), (["99号"], "case"), (["late.zip", "--as-of", "2023-01-01"], "not-judged")],
)
def test_nothing_to_judge_has_exit_status_3(capsys, office, monkeypatch, arguments, code) -> None:
    monkeypatch.chdir(office)
    status, found = told(capsys, office, *arguments)
    assert (status, found["defects"][0]["code"]) == (3, code)


@pytest.mark.parametrize("arguments", [["--lang", "fr"], ["--all", "--explain"], ["--all", "x"]])
def test_wrong_usage(capsys, office, arguments) -> None:
    assert said(capsys, office, *arguments)[0] == 64


def test_the_whole_archive_in_one_table_by_two_processes(capsys, office, monkeypatch) -> None:
    monkeypatch.setattr(complying, "CHUNK", 1)
    status, found = told(capsys, office, "--all")
    assert status == 1
    assert found["counts"] == {"kept": 1, "failed": 1, "indeterminate": 0}
    assert {row["number"]: row["conclusion"] for row in found["cases"]} == {
        NUMBERS["late"]: "failed",
        NUMBERS["early"]: "kept",
    }
    monkeypatch.setattr(complying, "CHUNK", 50)
    assert told(capsys, office, "--all") == (status, found)
    out = said(capsys, office, "--all")[1]
    assert "共 2 件：符合法定程序 1，违反法定程序 1" in out
