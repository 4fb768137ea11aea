"""Under any rulebook any act can be supposed at any point of a case, which can be looked at from any day."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from domain.rules.admissible import Answer
from domain.rules.moments import By
from domain.rules.what_if import suppose, what_if
from projections.past import PastView
from projections.supposing import as_json, lines
from tests.scenarios.playing import played, scenario, stage

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("gift-serious", "challenge-redone", "version")


@pytest.mark.parametrize("name", NAMES)
def test_any_act_at_any_point_from_any_day(name: str, tmp_path: Path) -> None:
    answers = set()
    with stage(tmp_path / "archive", scenario(name)) as (play,):
        list(played(play))
        archive, whole = play.archive, play.archive.case(play.case)
        for number in range(2, whole.seq + 1):
            case = archive.as_of(play.case, f"before-{number}").case
            day = case.entries[-1].occurred_on
            for action in case.rulebook.actions:
                found = what_if(case, suppose(case.rulebook, str(day), action=action.code, days=5), day)
                assert json.loads(json.dumps(as_json(found, case))) == as_json(found, case)
                assert lines(found, case)
                answers.add(found.outcome.answer)
            for by in By:
                text = str(case.entries[-1].received if by is By.RECEIVED else case.entries[-1].occurred)
                assert PastView(archive, archive.as_of(play.case, text, by)).case()["seq"] >= 1
    assert answers == set(Answer)
