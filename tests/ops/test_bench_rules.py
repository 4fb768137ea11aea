"""The benchmark of the rules judges acts that are lawful: what is refused at once would be measured for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.rules.admissible import Answer, admissible
from ops.bench import rules
from ops.bench.rules import ACTS, act, long_case, took

if TYPE_CHECKING:
    import pytest


def test_the_case_is_long_and_what_is_judged_in_it_is_judged_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "RECORDS", 12)
    monkeypatch.setitem(ACTS, "service", {**ACTS["service"], "paper": 12})
    case = long_case()
    assert case.seq == 12
    answers = {code: admissible(case, act(case, code)) for code in ACTS}
    assert {code for code, found in answers.items() if found.answer is Answer.ACCEPTED} == set(ACTS) - {"decision"}
    assert [defect.code for defect in answers["decision"].defects] == ["needs"]  # no notice to answer yet


def test_a_measurement_is_in_milliseconds() -> None:
    found = took("nothing", 5.0, lambda: None)
    assert 0 <= found.took < found.target
