"""`anjuan rulebook`: the versions adopted, their differences, and how two registrars adopt a corrected one."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.house.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ops.running import Run

BOOK = "lu-cai-cai-2018-72"
CHANGE = "期限“处理期限”(decide) › 长度：30 个工作日 → 20 个工作日"
AS = ("--as", "registrar:陈立", "--as", "registrar:李敏")


@pytest.fixture
def run(command: Run, tmp_path: Path) -> Run:
    """A founded archive with two registrars, and a folder `corrected` with another length of one limit."""
    assert command("init")[0] == 0
    assert command("key", "new", "chen.pem", "li.pem")[0] == 0
    people = ["陈立=chen.pem:registrar+handler", "李敏=li.pem:registrar"]
    assert command("enrol", *people, "--root", "root.pem")[0] == 0
    shutil.copytree(ROOT / "domain" / "rulebooks" / BOOK, tmp_path / "corrected")
    limits = tmp_path / "corrected" / "time-limits.toml"
    head, text = limits.read_text(encoding="utf-8").split("[limit.decide]", 1)
    limits.write_text(f"{head}[limit.decide]{text.replace('30 workdays', '20 workdays', 1)}", encoding="utf-8")
    return command


def listed(run: Run) -> list[dict[str, object]]:
    return [row for row in json.loads(run("rulebook", "list", "--json")[1]) if row["id"] == BOOK]


def test_the_adopted_versions_are_listed(run: Run) -> None:
    (row,) = listed(run)
    assert (row["current"], row["record"], row["until"]) == (True, 1, None)
    assert "新案适用" in run("rulebook", "list")[1]


def test_the_differences_of_a_folder_are_told(run: Run) -> None:
    status, said, _ = run("rulebook", "diff", BOOK, "corrected")
    assert (status, said.splitlines()[-1]) == (0, f"  {CHANGE}")
    told = json.loads(run("rulebook", "diff", BOOK, "corrected", "--json")[1])
    assert [d["path"] for d in told["differences"]] == ["limits.decide.length"]
    assert run("rulebook", "diff", BOOK)[1].splitlines()[-1] == "没有差别。"  # with the one that is installed


def test_a_corrected_version_is_adopted_and_the_registrars_see_what_they_sign(run: Run, tmp_path: Path) -> None:
    assert CHANGE in run("rulebook", "adopt", "corrected", *AS)[1]
    shutil.rmtree(tmp_path / "corrected")  # the draft carries what it adopts
    assert CHANGE in run("sign", "draft.json", "--key", "chen.pem", "--yes")[1]
    assert run("sign", "draft.json", "--key", "li.pem", "--yes")[0] == 0
    assert len(listed(run)) == 1
    assert run("submit", "draft.json")[0] == 0
    old, new = listed(run)
    assert (old["current"], new["current"], new["record"]) == (False, True, 2)
    assert old["until"] == new["since"]
    assert "不再用于新案" in run("rulebook", "list")[1]
    assert CHANGE in run("rulebook", "diff", str(old["digest"])[:10], str(new["digest"])[:10])[1]


def test_both_keys_at_hand_adopt_in_one_step_and_what_is_in_force_is_not_adopted_again(run: Run) -> None:
    by = ("--by", "chen.pem", "--by", "li.pem", "--yes")
    assert run("rulebook", "adopt", "corrected", *by)[0] == 0
    status, _, complained = run("rulebook", "adopt", "corrected", *by)
    assert (status, "代码 no-change" in complained) == (1, True)
    assert run("rulebook", "adopt", BOOK, *by)[0] == 0  # back to the installed one
    assert [row["current"] for row in listed(run)] == [False, False, True]


def test_a_folder_that_does_not_compile_is_refused_with_the_place(run: Run, tmp_path: Path) -> None:
    (tmp_path / "corrected" / "time-limits.toml").write_text("[limit", encoding="utf-8")
    status, _, complained = run("rulebook", "adopt", "corrected", *AS)
    assert (status, "time-limits.toml" in complained) == (1, True)
    assert not (tmp_path / "draft.json").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("diff", "none-such"), "version"), (("adopt", ".", *AS), "no-rulebook"), (("adopt", BOOK), "registrars")],
)
def test_what_is_no_version_is_told(run: Run, arguments: tuple[str, ...], code: str) -> None:
    status, _, complained = run("rulebook", *arguments)
    assert (status, f"代码 {code}" in complained) == (1, True), complained
