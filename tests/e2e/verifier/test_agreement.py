"""Two verifiers, one verdict: what the other tests put to the one written in Python is put to the browser's, too.

Both must name the same checks, verdicts, reasons, places and members, in the same words. Left out is what the browser's
says that it doesn't judge: compliance (the procedure, what the report says of it, what calendars hold inside), and the
layers above the chain, which where proofs are enclosed it never passes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.verifier.recording import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[3]
MUTATIONS = "tests/verification/test_mutations.py"
SLOW = f"{MUTATIONS}::test_every_byte_of_records_and_rules_counts_though_the_archive_seals_the_package_anew"
LAYERS = ("log", "witness", "time", "census")
UNJUDGED = ("procedure", *LAYERS)
COMPLIANCE = ("report-compliance", "report-without-compliance")
# what only the one that judges compliance can see, by test: a limit patched there, and calendars read to their last day
ONLY_THERE = {
    "test_more_text_than_any_dossier_has_is_no_package": {"not-a-package"},
    "test_a_calendar_whose_days_are_not_what_its_notices_say_is_found": {"calendar-malformed", "calendar-valid"},
    "test_an_archive_without_a_calendar_leaves_the_procedure_unjudged": {"calendar-malformed"},
}
TOGETHER = 40  # packages given to the browser at once
AT_LEAST = 500


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """What the tests of verification ask, and what they are answered."""
    folder = tmp_path_factory.mktemp("recorded")
    command = [sys.executable, "-m", "pytest", "tests/verification", "-q", "-x", "-p", "no:cacheprovider",
               "-p", "tests.e2e.verifier.recording", "--deselect", SLOW,
               "--ignore", "tests/verification/test_store.py"]  # fmt: skip
    environment = {**os.environ, FOLDER: str(folder), "ANJUAN_HYPOTHESIS": "ci", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    return folder, [json.loads(line) for line in (folder / "asked.jsonl").read_text(encoding="utf-8").splitlines()]


def answers(modules: Page, folder: Path, rows: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for start in range(0, len(rows), TOGETHER):
        some = rows[start : start + TOGETHER]
        modules.locator("#files").set_input_files([folder / row["package"] for row in some])
        yield from modules.evaluate(
            """async (trusts) => {
                const answers = [];
                const { files } = document.getElementById("files");
                for (const [i, trust] of trusts.entries()) answers.push(await modules.asked(files[i], trust));
                return answers;
            }""",
            [row["trust"] for row in some],
        )


def said(answer: dict[str, Any]) -> Counter[tuple[str, ...]]:
    """Checks, verdicts, reasons, places, members; and the sentence, where it isn't a parser's own words."""
    found = [f for f in answer["findings"] if f["check"] not in UNJUDGED and f["reason"] not in COMPLIANCE]
    return Counter(
        (f["check"], f["verdict"], f["reason"], f["where"], f["field"], "" if "：" in f["zh"] else f["zh"] + f["en"])
        for f in found
        if not f["where"].startswith("data/proofs/") or f["check"] != "package"  # which proofs belong to something
    )


def differing(row: dict[str, Any], answer: dict[str, Any]) -> Counter[tuple[str, ...]]:
    """What only one of the two says."""
    if 3 in (row["answer"]["exit_status"], answer["exit_status"]):
        same = row["answer"]["exit_status"] == answer["exit_status"]
        return Counter() if same else Counter({("package", "FAILED", "not-a-package"): 1})
    one, other = said(row["answer"]), said(answer)
    if any(f["reason"] in COMPLIANCE[:1] for f in row["answer"]["findings"]):  # then the report as a whole didn't pass
        other = Counter({said: n for said, n in other.items() if said[:2] != ("report", "PASSED")})
    return (one - other) + (other - one)


def test_both_verifiers_say_the_same(modules: Page, asked: tuple[Path, list[dict[str, Any]]]) -> None:
    folder, rows = asked
    assert len(rows) >= AT_LEAST
    wrong: dict[str, Any] = {}
    for row, answer in zip(rows, answers(modules, folder, rows), strict=True):
        name = row["test"].rpartition("::")[2].partition("[")[0]
        reasons = {one[2] for one in differing(row, answer)}
        if found := reasons - ONLY_THERE.get(name, set()):
            wrong[f"{row['test']} {row['package']}"] = found
        assert not [f for f in answer["findings"] if f["check"] in LAYERS and f["verdict"] == "PASSED"]
    assert not wrong
    reached = {f["reason"] for row in rows for f in row["answer"].get("findings", ()) if f["check"] != "procedure"}
    assert len(reached) > 100  # of the codes in FORMAT.md
