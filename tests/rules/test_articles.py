"""Article and item → required fact: what is missing is refused in an act, and marked in a report, citing the item."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from domain.rules.admissible import Answer, admissible
from domain.rules.levels import follows
from domain.rules.vocabulary import Action, Fact, Kind
from domain.rules.waivers import derived_value
from tests.rules.articles import REQUIRED
from tests.rules.challenge_acts import CHALLENGE, FINDINGS, MATTERS
from tests.rules.challenge_articles import CHALLENGE_REQUIRED
from tests.rules.gift_acts import GIFT
from tests.rules.gift_articles import GIFT_REQUIRED
from tests.rules.mine_acts import GRADED
from tests.rules.mine_articles import MINE_REQUIRED
from tests.rules.sample_acts import COMPLAINT, DAY, ELSEWHERE, OTHERWISE, WAYS, delivered

if TYPE_CHECKING:
    from tests.rules.sampling import Samples

SEVERED = {"severed": True, "origin": ELSEWHERE, "origin_matters": [2]}
VARIANTS: dict[str, dict[str, Any]] = {  # other facts, under which the item is required
    "intake.origin": SEVERED,
    "intake.origin_matters": SEVERED,
    "review-conclusion.elsewhere_on": {"conclusion": "refer", "elsewhere_on": DAY, "ineligible_on": None},
    "intake#authorisation": OTHERWISE["agent"],
    "intake#agent-identity": OTHERWISE["agent"],
    **{path: OTHERWISE["agent"] for path in REQUIRED["26"] if path.startswith("intake.agents")},
    **dict.fromkeys(REQUIRED["28(三)"], OTHERWISE["origins"]),
}
VARIANTS |= {f"service.deliveries[].{name}": {"deliveries": [delivered(way)]} for way in WAYS for name in WAYS[way]}
ABOUT_RESULT = {name: MATTERS[0][name] for name in ("matter", "ground", "interest", "before")} | {
    "object": "result",
    "result_ended_on": DAY,
}
DECLINED = {"findings": [FINDINGS[0], FINDINGS[1] | {"outcome": "declined", "ground": "other-condition"}]}
CHALLENGE_VARIANTS: dict[str, dict[str, Any]] = {
    "intake.matters[].result_ended_on": {"matters": [ABOUT_RESULT]},
    "challenge-answer.findings[].analogy": {
        "findings": [FINDINGS[0] | {"outcome": "analogous", "analogy": "no-effect"}]
    },
    "challenge-answer.findings[].ground": DECLINED,
    "suppliers-notice.suppliers": {"way": "written", "site": None, "suppliers": ["华东影像设备有限公司"]},
}
PROCEDURES = {
    "complaint": (COMPLAINT, REQUIRED, VARIANTS),
    "challenge": (CHALLENGE, CHALLENGE_REQUIRED, CHALLENGE_VARIANTS),
    "gift": (GIFT, GIFT_REQUIRED, {}),
    "mine": (GRADED, MINE_REQUIRED, {}),
}
EVERY_ROW = [
    (name, article, path)
    for name, (_, table, _) in PROCEDURES.items()
    for article, paths in table.items()
    for path in paths
]
ROWS = [(article, path) for name, article, path in EVERY_ROW if name == "complaint"]
SAMPLED = [(name, code) for name, (samples, _, _) in PROCEDURES.items() for code in samples.acts]
TOLD_BY_THE_TARGET = {"rectification.mode"}  # nothing says what is to change: refused before facts are missed


def required(samples: Samples) -> set[tuple[str, str]]:
    """Every (article, path) that the rulebook itself requires."""
    found = set()
    for action in samples.rulebook.actions:
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
        gone = dependants(specs, first)
        return {name: value for name, value in left.items() if name not in gone}, first
    at = next(i for i, row in enumerate(left[first]) if names[1] in row)
    cols = next(spec.cols for spec in specs if spec.name == first)
    left[first][at], rest = without(left[first][at], cols, names[1:])
    return left, f"{first}[{at}].{rest}"


def removed(samples: Samples, action: Action, path: str, variants: dict[str, dict[str, Any]]) -> tuple[Any, Any, str]:
    """The case, the act of the sample without what `path` names, and the field that should be told."""
    case = samples.case_before(action.code)
    entry = samples.sample(case, action.code, **variants.get(path, {}))
    if "#" in path:
        slot = path.partition("#")[2]
        kept = tuple(item for item in entry.evidence if item["slot"] != slot)
        return case, replace(entry, evidence=kept), f"evidence.{slot}"
    names = path.partition(".")[2].split("[].")
    facts, field = without(dict(entry.facts), action.facts, names)
    short = replace(entry, facts=facts)
    levels = {spec.name: derived_value(case, str(spec.derived), short) for spec in action.facts if follows(spec)}
    return case, replace(short, facts={**facts, **levels}), f"facts.{field}"


def dependants(specs: tuple[Fact, ...], name: str) -> set[str]:
    """`name` and everything that is asked for only because of it."""
    gone: set[str] = set()
    found = {name}
    while found:
        gone |= found
        sources = {f"facts.{one}" for one in gone}
        found = {s.name for s in specs if (s.if_ and s.if_.name in gone) or s.each in sources} - gone
    return gone


@pytest.mark.parametrize("name", PROCEDURES)
def test_the_table_is_what_the_rulebook_requires(name) -> None:
    samples, table, _ = PROCEDURES[name]
    assert {(article, path) for article, paths in table.items() for path in paths} == required(samples)


@pytest.mark.parametrize("name", PROCEDURES)
def test_every_action_has_a_sample(name) -> None:
    samples = PROCEDURES[name][0]
    assert set(samples.acts) == set(samples.rulebook.by_action)


@pytest.mark.parametrize(("name", "code"), SAMPLED)
def test_the_whole_act_is_accepted(name, code) -> None:
    samples = PROCEDURES[name][0]
    case = samples.case_before(code)
    assert admissible(case, samples.sample(case, code)).defects == ()


@pytest.mark.parametrize(("name", "article", "path"), EVERY_ROW, ids=[f"{n}-{p}-{a}" for n, a, p in EVERY_ROW])
def test_what_an_item_requires_is_missed_when_it_is_not_there(name, article, path) -> None:
    samples, _, variants = PROCEDURES[name]
    action = samples.rulebook.action(path.partition("#")[0].partition(".")[0])
    case, entry, field = removed(samples, action, path, variants)
    outcome = admissible(case, entry)
    assert outcome.answer is (Answer.REFUSED if action.kind is Kind.DOES else Answer.IRREGULAR), outcome.defects
    if path not in TOLD_BY_THE_TARGET:
        told = {(d.code, d.article, d.field) for d in outcome.defects}
        assert ("absent", article, field) in told, outcome.defects
        assert all(d.message and d.remedy for d in outcome.defects)
