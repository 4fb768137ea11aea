"""Whatever stands where a fact should be, the act is refused with a reason, and nothing breaks."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from domain.rules.admissible import Answer, admissible
from domain.rules.defaults import filled
from domain.rules.vocabulary import Fact, FactType
from tests.rules.challenge_acts import CHALLENGE
from tests.rules.sample_acts import COMPLAINT, RULEBOOK, SAMPLES, case_before, sample

if TYPE_CHECKING:
    from tests.rules.sampling import Samples

ODD: tuple[Any, ...] = (True, 0, -1, 10**15, 1.5, "", "1", "甲\x00", [], [[]], [None], ["x", 1])
ODD += ({}, {"of": []}, [{}], [{"of": 1}], [{"of": []}], [{"id": []}])


def places(specs: tuple[Fact, ...], facts: Any, at: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Fact]]:
    """Every place in which a fact or a cell may stand, with what it should be."""
    found = []
    for spec in specs:
        here = (*at, spec.name)
        found.append((here, spec))
        value = facts.get(spec.name)
        if spec.type is FactType.ROWS and isinstance(value, list) and value:
            found += places(spec.cols, value[0], (*here, 0))
            found += [((*here, 0, "of"), spec)] if spec.each else []
    return found


def put(facts: Any, path: tuple[Any, ...], value: Any) -> Any:
    out = copy.deepcopy(facts)
    inner = out
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return out


EVERY = [(samples, code) for samples in (COMPLAINT, CHALLENGE) for code in samples.acts]
EVERY += [(COMPLAINT, "intake:origins"), (COMPLAINT, "corrected-papers:origins")]


@pytest.mark.parametrize(("samples", "code"), EVERY, ids=[f"{s.rulebook.id}-{code}" for s, code in EVERY])
def test_a_fact_of_any_shape_is_judged(samples: Samples, code: str) -> None:
    case = samples.case_before(code.partition(":")[0])
    entry = samples.sample(case, code)
    action, whole = samples.rulebook.action(entry.action), dict(entry.facts)
    if any(fact.type is FactType.LINK for fact in action.facts):
        whole["challenge_case"] = {"case": "018f2f3e-7c1a-7b3c-9d2e-0123456789ab", "head": "A" * 43}
    for path, spec in places(action.facts, whole):
        for value in ODD:
            odd = replace(entry, facts=put(whole, path, value))
            filled(case, action, odd)
            outcome = admissible(case, odd)
            assert all(d.message for d in outcome.defects), (path, value)
            if isinstance(value, dict) and spec.type not in (FactType.KEY, FactType.CHANGES):
                assert outcome.answer is Answer.REFUSED, (path, value)


@pytest.mark.parametrize("name", ["answers", "recipients", "paper", "target", "occurred", "changes", "waived", "days"])
def test_a_stray_member_of_any_shape_is_refused(name: str) -> None:
    for code in SAMPLES:
        case, action = case_before(code), RULEBOOK.action(code)
        if name in {spec.name for spec in action.facts}:
            continue
        entry = sample(case, code)
        for value in ODD:
            odd = replace(entry, facts={**entry.facts, name: value})
            filled(case, action, odd)
            assert admissible(case, odd).answer is Answer.REFUSED, (code, value)


def test_evidence_of_any_shape_is_judged() -> None:
    case = case_before("intake")
    entry = sample(case, "intake")
    for value in ODD:
        assert admissible(case, replace(entry, evidence=({"slot": value},))).answer is Answer.REFUSED
