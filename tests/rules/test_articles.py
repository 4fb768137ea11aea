"""Article and item → required fact: what is missing is refused in an act, and marked in a report, citing the item."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from domain.rules.admissible import Answer, admissible
from domain.rules.vocabulary import Action, Fact, Kind
from tests.rules.articles import REQUIRED
from tests.rules.sample_acts import DAY, OTHERWISE, RULEBOOK, SAMPLES, case_before, sample

ROWS = [(article, path) for article, paths in REQUIRED.items() for path in paths]
VARIANTS: dict[str, dict[str, Any]] = {
    "review-conclusion.elsewhere_on": {"conclusion": "refer", "elsewhere_on": DAY, "ineligible_on": None},
    "intake#authorisation": OTHERWISE["agent"],
    "intake#agent-identity": OTHERWISE["agent"],
    **{path: OTHERWISE["agent"] for path in REQUIRED["26"] if path.startswith("intake.agents")},
}
TOLD_BY_THE_TARGET = {"rectification.mode"}  # nothing says what is to change: refused before facts are missed


def required() -> set[tuple[str, str]]:
    """Every (article, path) that the rulebook itself requires."""
    found = set()
    for action in RULEBOOK.actions:
        later = {name for group in action.exactly_one for name in group[1:]}
        found |= {row for fact in action.facts if fact.name not in later for row in cited(fact, action.code)}
        found |= {(str(s.article), f"{action.code}#{s.name}") for s in action.slots if s.min}
    return found


def cited(fact: Fact, owner: str, joint: str = ".") -> set[tuple[str, str]]:
    path = f"{owner}{joint}{fact.name}"
    own = set() if fact.optional or fact.article is None else {(fact.article, path)}
    return own.union(*(cited(col, path, "[].") for col in fact.cols))


def without(facts: dict[str, Any], specs: tuple[Fact, ...], names: list[str]) -> tuple[dict[str, Any], str]:
    """`facts` without what `names` leads to (in the first row that has it) and what depends on it; where it was."""
    left, first = copy.deepcopy(facts), names[0]
    if len(names) == 1:
        gone = {first} | {s.name for s in specs if (s.if_ and s.if_.name == first) or s.each == f"facts.{first}"}
        return {name: value for name, value in left.items() if name not in gone}, first
    at = next(i for i, row in enumerate(left[first]) if names[1] in row)
    cols = next(spec.cols for spec in specs if spec.name == first)
    left[first][at], rest = without(left[first][at], cols, names[1:])
    return left, f"{first}[{at}].{rest}"


def removed(action: Action, path: str) -> tuple[Any, Any, str]:
    """The case, the act of the sample without what `path` names, and the field that should be told."""
    case = case_before(action.code)
    entry = sample(case, action.code, **VARIANTS.get(path, {}))
    if "#" in path:
        slot = path.partition("#")[2]
        kept = tuple(item for item in entry.evidence if item["slot"] != slot)
        return case, replace(entry, evidence=kept), f"evidence.{slot}"
    names = path.partition(".")[2].split("[].")
    facts, field = without(dict(entry.facts), action.facts, names)
    return case, replace(entry, facts=facts), f"facts.{field}"


def test_the_table_is_what_the_rulebook_requires() -> None:
    assert set(ROWS) == required()


def test_every_action_has_a_sample() -> None:
    assert set(SAMPLES) == set(RULEBOOK.by_action)


@pytest.mark.parametrize("code", SAMPLES)
def test_the_whole_act_is_accepted(code) -> None:
    case = case_before(code)
    assert admissible(case, sample(case, code)).defects == ()


@pytest.mark.parametrize(("article", "path"), ROWS, ids=[f"{path}-{article}" for article, path in ROWS])
def test_what_an_item_requires_is_missed_when_it_is_not_there(article, path) -> None:
    action = RULEBOOK.action(path.partition("#")[0].partition(".")[0])
    case, entry, field = removed(action, path)
    outcome = admissible(case, entry)
    assert outcome.answer is (Answer.REFUSED if action.kind is Kind.DOES else Answer.IRREGULAR), outcome.defects
    if path not in TOLD_BY_THE_TARGET:
        told = {(d.code, d.article, d.field) for d in outcome.defects}
        assert ("absent", article, field) in told, outcome.defects
        assert all(d.message and d.remedy for d in outcome.defects)
