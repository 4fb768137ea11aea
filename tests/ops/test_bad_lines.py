"""Whatever stands on the command line or in a file it names: a refusal in Chinese, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ops.cli import console, main, proving, session
from ops.cli.signing import said
from tests.house.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TITLE = "[/b]设备[bold]采购\\[/]"
FACTS = {"matters": ["[/x]事项"], "project": TITLE, "number": "临财采诉〔2026〕[/]1号", "received_on": "2026-11-02"}
PARTY = {"id": "a", "role": "complainant", "name": "[/]甲公司"}
ENTERED = json.dumps({**FACTS, "parties": [PARTY], "basis": "参照"}, ensure_ascii=False)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An office whose case and whose people bear names that look like markup."""
    folder = tmp_path_factory.mktemp("office")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("ANJUAN_ARCHIVE", raising=False)
        for line in (
            ["init"],
            ["key", "new", "a.pem", "b.pem"],
            ["enrol", "[/]陈立=a.pem:registrar+handler", "[b]李敏=b.pem:registrar+reviewer", "--root", "root.pem"],
            ["open"],
            ["act", "intake", "--key", "a.pem", "--yes", "--facts", ENTERED],
        ):
            assert main.status(line) == 0
        (folder / "a.txt").write_text("text")
        (folder / "list.json").write_text("[]")
        yield folder


ACT = ["act", "answer-notice", "--key", "a.pem", "--yes"]


@pytest.mark.parametrize(
    "line",
    [
        [*ACT, "--set", "copies=²"],
        [*ACT, "--set", "copies=--5"],
        [*ACT, "--set", f"copies={'9' * 5000}"],
        [*ACT, "--set", "copies=１"],
        [*ACT, "--set", "duties"],
        [*ACT, "--facts", "."],
        ["act", "service", "--key", "a.pem", "--yes", "--set", "deliveries=[{]"],
        ["act", "no-such-action", "--key", "a.pem", "--yes"],
        ["act", "acceptance", "--key", "a.txt", "--yes"],
        ["act", "acceptance", "--key", "a.pem", "--yes", "--on", "0000-00-00"],
        ["act", "acceptance", "--key", "a.pem", "--yes", "--evidence", "x"],
        ["act", "acceptance", "--key", "a.pem", "--yes", "--evidence", "x=a.txt"],
        ["draft", "acceptance", "--as", "handler", "--facts", "{}"],
        ["draft", "acceptance", "--as", "handler:[/]陈立", "--facts", "{}", "--output", "none/draft.json"],
        ["draft", "acceptance", "--as", "handler:[/]陈立", "--facts", "{}", "--output", "."],
        ["sign", "list.json", "--key", "a.pem", "--yes"],
        ["sign", "none.json", "--key", "a.pem", "--yes"],
        ["submit", "list.json"],
        ["submit", "a.txt"],
        ["attach", "none.pdf"],
        ["attach", "."],
        ["attach", "/dev/null"],
        ["export", "--output", "none/a.zip"],
        ["export", "--output", "."],
        ["export", "--recipient", "甲\n乙"],
        ["export", "--case", "[/]none"],
        ["key", "new", "none/a.pem"],
        ["key", "new", "."],
        ["init", "--archive", "a.txt/archive"],
        ["init", "--archive", "other", "--root", "none/root.pem"],
        ["init", "--archive", "other2", "--origin", "甲 乙"],
        ["timeline", "--archive", "a.txt"],
        ["timeline", "--case", ""],
        ["deadlines", "--on", "2023-02-30"],
        ["docket", "--archive", "[/]"],
        ["calendar", "add", "9999-12-31", "2000"],
        ["revoke", "[/]nobody", "--by", "a.pem"],
        ["revoke", "[/]陈立", "--by", "a.pem", "--by", "b.pem", "--from", "2026-13-01T00:00:00Z"],
        ["capacities", "[/]陈立", "king", "--by", "a.pem", "--by", "b.pem"],
        ["recuse", "[/]陈立", "--by", "none.pem"],
        ["token", "nobody"],
        ["actions", "[/]none"],
        ["open", "../register"],
        ["serve", "--host", "nowhere.invalid", "--port", "0"],
        ["capacities", "[/]陈立", "handler+root", "--by", "a.pem", "--by", "b.pem"],
    ],
    ids=lambda line: " ".join(line)[:60],
)
@pytest.mark.parametrize("machine", [False, True])
def test_a_bad_line_is_refused(
    office: Path, capsys: pytest.CaptureFixture[str], line: list[str], machine: bool
) -> None:
    before = sorted(office.rglob("*.new"))
    status = main.status([*line, "--json"] if machine else line)
    spoken = capsys.readouterr()
    assert status == 1
    if machine:
        assert json.loads(spoken.out)["defects"][0]["code"]
    else:
        assert "拒绝：" in spoken.err
    assert sorted(office.rglob("*.new")) == before


@pytest.mark.parametrize("target", ["none.zip", "[/]x", "a.txt", "", ".", "/dev/null"])
def test_what_is_no_dossier_is_told_and_exits_3(office: Path, capsys: pytest.CaptureFixture[str], target: str) -> None:
    assert main.status(["verify", target]) == 3
    assert "无法核验：" in capsys.readouterr().err


def test_an_archive_that_cannot_be_read_has_not_failed(
    office: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(office / "events.db"))

    monkeypatch.setattr(proving, "verify_home", unreadable)
    assert main.status(["verify", "var/archive"]) == 3
    assert "events.db" in capsys.readouterr().err


@pytest.mark.parametrize(
    "option",
    [["--lang", "fr"], ["--require", "all"], ["--trust", "none.json"], ["--trust", "a.txt"], ["--trust", "."]],
    ids=" ".join,
)
def test_verifying_in_a_wrong_way_exits_64(office: Path, capsys: pytest.CaptureFixture[str], option: list[str]) -> None:
    assert main.status(["verify", "var/archive", *option]) == 64
    assert not capsys.readouterr().out


@pytest.mark.parametrize("content", ["[]", "7", '{"case": 5, "rulebook": []}', '{"case": "x", "rulebook": "y"}', "\0"])
def test_a_spoilt_note_of_the_current_case_is_no_case(
    office: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    note = office / "var/archive" / session.CLIENT
    kept = note.read_bytes()
    note.write_text(content)
    assert [main.status(["timeline"]), main.status(["act", "acceptance", "--key", "a.pem", "--yes"])] == [1, 1]
    assert "拒绝：" in capsys.readouterr().err
    note.write_bytes(kept)


@pytest.mark.parametrize(
    "line",
    [
        ["timeline"],
        ["timeline", "--full"],
        ["docket"],
        ["sign", "draft.json", "--key", "a.pem", "--yes"],
        ["officers"],
    ],
    ids=" ".join,
)
def test_what_people_wrote_is_printed_as_it_stands(
    office: Path, capsys: pytest.CaptureFixture[str], line: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console.out, "_width", 200)
    if line[0] == "sign":
        notice = ["--set", f"items={TITLE}", "--set", "grounds=no-fact", "--set", "due=2026-12-01"]
        assert main.status(["draft", "correction-notice", "--as", "handler:[/]陈立", *notice]) == 0
        capsys.readouterr()
    assert main.status(line) == 0
    spoken = capsys.readouterr().out
    assert {"officers": "[b]李敏", "sign": TITLE}.get(line[0], TITLE) in spoken
    assert line[0] == "officers" or "临财采诉〔2026〕[/]1号" in spoken


def test_a_narrow_screen_cuts_nothing_off(
    office: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    del office
    monkeypatch.setattr(console.out, "_width", 60)
    assert main.status(["docket"]) == 0
    assert "…" not in capsys.readouterr().out


def test_a_value_of_several_lines_cannot_pass_for_lines_of_ours() -> None:
    shown = said("  ", "理由", "甲\n  签署人：李敏（审核人） 已签")
    assert shown.splitlines() == ["  理由：甲", "    ┆   签署人：李敏（审核人） 已签"]


NOT_UTF8 = b"x\xff"


def run(folder: Path, *line: str | bytes) -> subprocess.CompletedProcess[bytes]:
    """The command as the shell starts it."""
    command = [sys.executable, "-c", "from ops.cli.main import run; run()", *line]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)


@pytest.mark.parametrize(
    "line",
    [
        ["attach", NOT_UTF8],
        ["key", "new", b"none/" + NOT_UTF8],
        ["verify", NOT_UTF8],
        [*ACT, "--set", b"duties=" + NOT_UTF8],
        [*ACT, "--facts", b'{"duties": "' + NOT_UTF8 + b'"}'],
        ["act", "service", "--key", "a.pem", "--yes", "--set", b"deliveries=" + NOT_UTF8],
    ],
    ids=lambda line: str(line)[:60],
)
def test_octets_that_are_no_text_are_refused(office: Path, line: list[str | bytes]) -> None:
    command = [sys.executable, "-c", "from ops.cli.main import run; run()", *line]
    done = subprocess.run(
        command, cwd=office, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )
    said = done.stderr.decode()
    assert done.returncode in (1, 3)
    assert "Traceback" not in said
    assert "拒绝：" in said or "无法核验：" in said


def test_a_name_that_is_no_text_can_be_told(office: Path) -> None:
    command = [sys.executable, "-c", "from ops.cli.main import run; run()", "key", "new", NOT_UTF8]
    done = subprocess.run(
        command, cwd=office, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"x\udcff" in done.stdout
