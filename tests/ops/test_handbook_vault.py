"""The handbook's page on the vault runs as it is printed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from storage.keys import new_key
from tests.house.test_readme import COMMAND, commands, unknown
from tests.house.tree import ROOT
from tests.office import INTAKE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ops.running import Run

PAGE = (ROOT / "ops/handbook/vault.md").read_text(encoding="utf-8")
RUNS = re.findall(r"^<!-- runs -->\n(```sh\n.*?^```)", PAGE, flags=re.MULTILINE | re.DOTALL)


def test_every_command_of_the_page_exists() -> None:
    shown = list(commands(PAGE))
    assert shown
    assert not [(arguments, wrong) for arguments in shown for wrong in unknown(COMMAND, arguments)]


def test_the_page_runs_from_top_to_bottom(command: Run, tmp_path: Path) -> None:
    for name in ("chen", "li"):
        new_key(tmp_path / f"{name}.pem")
    (tmp_path / "投诉书.pdf").write_bytes(b"%PDF-1.4 a complaint")
    papers = [part for slot in ("complaint", "proof", "identity") for part in ("--evidence", f"{slot}=投诉书.pdf")]
    facts = json.dumps(
        INTAKE | {"basis": "本机关决定继续参照执行", "number": "临财采诉〔2026〕1号"}, ensure_ascii=False
    )
    people = ("陈立=chen.pem:registrar+handler", "李敏=li.pem:registrar+reviewer")
    before = [
        ["init", "--retention", "30-years"],
        ["enrol", *people, "--root", "root.pem"],
        ["open"],
        ["act", "intake", "--key", "chen.pem", "--yes", "--facts", facts, *papers],
    ]
    told = [arguments for block in RUNS for arguments in commands(f"{block}\n")]
    assert {arguments[1] for arguments in told} >= {"hold", "release", "extend", "period", "keep", "audit", "sweep"}
    for arguments in (*before, *told):
        status, said, wrong = command(*arguments)
        assert status == 0, (arguments, said, wrong)
