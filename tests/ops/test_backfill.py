"""`anjuan backfill`: a paper case from a file and a folder of scans, checked first, entered with one yes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.office import INTAKE
from tests.ops.running import ran

if TYPE_CHECKING:
    from pathlib import Path

FILE = """
number = "临财采诉〔2023〕2号"
rulebook = "lu-cai-cai-2018-72"
[[act]]
on = 2023-03-01
do = "intake"
then = ["handler:孙衡"]
files = {{ complaint = "投诉书.pdf", proof = "质疑函.pdf", identity = "执照.pdf", original = "签收单.pdf" }}
facts = {intake}
[[act]]
on = 2023-03-03
do = "acceptance"
then = ["handler:孙衡"]
files = {{ original = "受理表.pdf" }}
[[act]]
on = 2023-03-06
at = 09:30:00
do = "answer-notice"
then = ["handler:孙衡"]
files = {{ original = "答复通知.pdf" }}
facts = {{ copies = 1, duties = "作出书面说明。", progress = "请说明进展。" }}
[[act]]
on = 2023-03-07
do = "service"
then = ["handler:孙衡"]
files = {{ proof = "送达回证.pdf" }}
facts = {{ paper = "@answer-notice", deliveries = [{{ recipient = "hospital", way = "direct", sent_on = 2023-03-07, served_on = 2023-03-07, proof = "送达回证" }}] }}
[[act]]
on = 2023-03-08
do = "suspension"
then = ["handler:孙衡", "head:钱立"]
files = {{ original = "暂停通知.pdf" }}
facts = {{ days = 45, reasons = "可能影响采购结果。" }}
"""  # noqa: E501  # a file of its own
SCANS = ("投诉书", "质疑函", "执照", "签收单", "受理表", "答复通知", "送达回证", "暂停通知")


def toml(value: Any) -> str:
    """A value as TOML writes it in one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {toml(member)}" for name, member in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml(member) for member in value) + "]"
    return json.dumps(value, ensure_ascii=False)


class Desk:
    """An archive with somebody who enters paper cases, a file of one, and its scans."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit status, standard output, standard error."""
        return ran(self.capsys, *arguments)

    def told(self, *arguments: str) -> tuple[int, Any]:
        """Exit status and what machines are told."""
        status, out, _ = self.run(*arguments, "--json")
        return status, json.loads(out)

    def backfill(self, *more: str) -> tuple[int, Any]:
        return self.told("backfill", "paper.toml", "--key", "zhou.pem", *more)

    def rewrite(self, old: str, new: str) -> None:
        file = self.folder / "paper.toml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANJUAN_ARCHIVE", raising=False)
    made = Desk(tmp_path, capsys)
    assert made.run("init", "--origin", "临江市财政局")[0] == 0
    assert made.run("key", "new", "chen.pem", "li.pem", "zhou.pem")[0] == 0
    people = ["陈立=chen.pem:registrar+handler", "李敏=li.pem:registrar+reviewer", "周颖=zhou.pem:backfiller"]
    assert made.run("enrol", *people, "--root", "root.pem")[0] == 0
    (tmp_path / "scans").mkdir()
    for name in SCANS:
        (tmp_path / "scans" / f"{name}.pdf").write_bytes(f"%PDF-1.7 {name}".encode())
    (tmp_path / "paper.toml").write_text(FILE.format(intake=toml(INTAKE)), encoding="utf-8")
    return made


def test_a_paper_case_is_entered_with_one_yes_and_goes_on_afterwards(desk: Desk) -> None:
    status, said = desk.backfill("--yes")
    assert status == 0, said
    assert (said["entered"], len(said["acts"])) == (True, 5)
    assert [a["answer"] for a in said["acts"]] == ["accepted"] * 4 + ["irregular"]
    assert said["acts"][4]["defects"][0]["article"] == "36"
    rows = desk.told("timeline")[1]
    assert [(r["occurred"], r["backfilled"]) for r in rows] == [
        ("2023-03-01", True),
        ("2023-03-03", True),
        ("2023-03-06T09:30:00+08:00", True),
        ("2023-03-07", True),
        ("2023-03-08", True),
    ]
    assert all(row["received"] > "2026" for row in rows)
    assert "补录" in desk.run("timeline")[1]
    assert desk.told("act", "acceptance", "--key", "chen.pem", "--yes")[1]["defects"][0]["code"] == "entering"
    closed = desk.told("act", "backfill-closed", "--key", "zhou.pem", "--key", "li.pem", "--yes")
    assert closed[0] == 0
    assert {"label": "补录的记录数", "value": "5", "depth": 0} in desk.told("timeline")[1][5]["facts"]
    assert desk.backfill("--yes") == (0, {"case": said["case"], "entered": True, "acts": []})


def test_checking_enters_nothing(desk: Desk) -> None:
    status, said = desk.backfill("--check")
    assert (status, said["entered"], len(said["acts"])) == (0, False, 5)
    assert desk.told("docket")[1] == []
    status, out, _ = desk.run("backfill", "paper.toml", "--key", "zhou.pem", "--check")
    assert status == 0
    assert "孙衡" in out
    assert "没有入卷" in out


def test_entering_goes_on_where_it_was_broken_off(desk: Desk) -> None:
    text = (desk.folder / "paper.toml").read_text(encoding="utf-8")
    head, *acts = text.split("[[act]]")
    (desk.folder / "paper.toml").write_text("[[act]]".join((head, *acts[:2])), encoding="utf-8")
    assert len(desk.backfill("--yes")[1]["acts"]) == 2
    (desk.folder / "paper.toml").write_text(text, encoding="utf-8")
    assert [a["number"] for a in desk.backfill("--yes")[1]["acts"]] == [3, 4, 5]
    desk.rewrite("on = 2023-03-03", "on = 2023-03-02")
    status, said = desk.backfill("--yes")
    assert (status, said["defects"][0]["code"], said["defects"][0]["field"]) == (1, "backfill", "act[2]")


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ("days = 45", "days = -1", "range", "act[5].facts.days"),
        ("@answer-notice", "@decision", "backfill", "act[4]"),
        ('then = ["handler:孙衡", "head:钱立"]', 'then = ["孙衡"]', "backfill", "act[5].then"),
        ('do = "acceptance"', 'do = "accepting"', "unknown-action", None),
        ("受理表.pdf", "别的.pdf", "file", "files"),
        ('rulebook = "lu-cai-cai-2018-72"', 'rulebook = "register"', "backfill", None),
        ('number = "临财采诉', 'title = "临财采诉', "backfill", None),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_entered(desk: Desk, old: str, new: str, code: str, field: str) -> None:
    desk.rewrite(old, new)
    status, said = desk.backfill("--yes")
    assert (status, said["defects"][0]["code"], said["defects"][0]["field"]) == (1, code, field)
    assert desk.told("docket")[1] == []


def test_only_who_enters_paper_cases_may(desk: Desk) -> None:
    status, said = desk.told("backfill", "paper.toml", "--key", "chen.pem", "--yes")
    assert (status, said["defects"][0]["code"]) == (1, "no-capacity")
