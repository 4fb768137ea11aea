"""Whole cases of every procedure, audited without any key: what is demanded is what the keys would say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.wiring import open_archive
from domain.auditing import LAG, Problem
from domain.keeping import demanded
from ops.auditing import Auditing
from storage.clock import ScenarioClock
from tests.scenarios.playing import played, scenario, stage

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("backfilled", "challenge-mixed", "gift-escalated", "joinder", "joint", "mine-first", "on-site", "reconsidered")


@pytest.mark.parametrize("name", NAMES)
def test_a_case_that_was_played_is_kept_as_its_records_demand(name: str, tmp_path: Path) -> None:
    path = tmp_path / "home"
    with stage(path, scenario(name)) as plays:
        for play in plays:
            assert list(played(play))
        now = plays[0].clock.now()
    with open_archive(path, ScenarioClock(now)) as running:
        archive, today = running.archive, running.today
        cases = [case for case, _ in archive.events.cases()]
        said = {case: demanded(archive.reader, archive.case(case), today, LAG) for case in cases}
    (path / "case-keys.db").unlink()
    (path / "key-encryption.key").unlink()
    auditing = Auditing.open(path, today=today)
    with auditing.opened:
        reader = auditing.audit(None).reader
        assert {case: demanded(reader, reader.case(case), today, LAG) for case in cases} == said
        report = auditing.whole(lambda _done, _whole: None)
    assert report.objects == report.checked
    assert {finding.problem for finding in report.findings} <= {Problem.ORPHANED}  # scenarios try what is refused
