"""Article by article: the rulebook's page names the rules of each item and the scenarios that would miss them.

Every item of the regulation has a row, every rule of the rulebook stands in one, and each rule that a row names is
taken away once: then the rulebook no longer loads, or a scenario of that row no longer plays as it is told.
"""

from __future__ import annotations

import copy
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from domain.errors import Fault
from domain.rules.loader import SECTIONS, compile_tables
from storage.rulebooks import folder, installed
from tests.house.tree import ROOT
from tests.rules.pure_play import amiss
from tests.rules.rulebook_files import file_of, forms_of, real
from tests.scenarios.playing import NAMES, scenario

if TYPE_CHECKING:
    from domain.rules.rulebook import Rulebook
    from domain.rules.vocabulary import Fact
    from ops.demo.scenario import Scenario

LAW = "lu-cai-cai-2018-72"
NO_PROCEDURE = {"1", "2", "3", "4", "5", "6", "7", "9", "10", "39"}
SAID_ELSEWHERE = {"12", "12(四)", "12(五)", "25", "25(二)"}  # in their items, in the articles that they refer to
BOOKS = (LAW, f"{LAW}-challenge")
NUMERALS = "一二三四五六七八九"
ITEMS = {11: 7, 12: 5, 13: 3, 14: 5, 17: 7, 21: 5, 22: 6, 23: 5, 25: 6, 26: 5, 27: 5, 28: 9, 34: 4, 35: 5}
LAST_ARTICLE = 43
ROW = re.compile(r"^\| *(\d+(?: 至 \d+|\([一二三四五六七八九]\))?) *\|([^|]*)\|([^|]*)\|$", re.MULTILINE)
UNMODELLED = "不作规则："
Row = tuple[str, tuple[str, ...], tuple[str, ...], bool]  # item, rules, scenarios, whether it says why there is none


@cache
def rows(rulebook: str) -> tuple[Row, ...]:
    """The rows of a page's table."""
    page = (ROOT / "domain/rulebooks" / rulebook / "README.md").read_text(encoding="utf-8")
    return tuple(
        (item, paths(rules), tuple(quoted(checks)), rules.strip().startswith(UNMODELLED))
        for item, rules, checks in ROW.findall(page)
    )


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def paths(text: str) -> tuple[str, ...]:
    """The rules that a cell names, as dotted paths; what begins with a dot goes on from the last whole path before."""
    found, whole = [], ""
    for path in quoted(text):
        whole = whole if path.startswith(".") else path
        found.append(whole + path if path.startswith(".") else path)
    return tuple(found)


def items_of(key: str) -> set[str]:
    """The items that a row speaks of: one, or every one of the articles "11 至 23"."""
    first, _, last = key.partition(" 至 ")
    if not last:
        return {key}
    span = range(int(first), int(last) + 1)
    return {str(n) for n in span} | {f"{n}({NUMERALS[i]})" for n in span for i in range(ITEMS.get(n, 0))}


NAMED = [(book, *row[:3], rule) for book in BOOKS for row in rows(book) for rule in row[1]]


@cache
def told(name: str) -> Scenario:
    return scenario(name)


@cache
def tables(rulebook: str) -> dict[str, dict[str, Any]]:
    return real(rulebook)


def without(rulebook: str, rule: str) -> Rulebook:
    """The rulebook without what the dotted path names; Fault if it no longer loads."""
    left = copy.deepcopy(tables(rulebook))
    *parents, last = rule.split(".")
    held: Any = left[file_of(left, rule)]
    for name in parents:
        held = held[int(name) if isinstance(held, list) else name]
    del held[last]
    return compile_tables(left, forms_of(folder(rulebook)))


def missed(rulebook: str, rule: str, scenarios: tuple[str, ...]) -> bool:
    """Whether one of the scenarios doesn't play as it is told without the rule, or nobody can work without it."""
    try:
        left = without(rulebook, rule)
    except Fault:
        return True
    return any(next(amiss(told(name), left), None) for name in scenarios)


def citing(facts: tuple[Fact, ...], path: str, joint: str = ".facts.") -> set[str]:
    """Paths of facts and columns that cite an article."""
    own = {f"{path}{joint}{fact.name}" for fact in facts if fact.article}
    return own.union(*(citing(fact.cols, f"{path}{joint}{fact.name}", ".cols.") for fact in facts))


def rules_of(book: Rulebook) -> set[str]:
    """What must stand in a row: actions, what they ask by an article, limits, windows, caps, duties, choices."""
    found = {f"{kind}.{code}" for kind in ("action", "limit", "window") for code in getattr(book, f"by_{kind}")}
    found |= {f"cap.{cap.code}" for cap in book.caps} | {f"duty.{duty.code}" for duty in book.duties}
    for action in book.actions:
        ink = {one.fact for one in action.ink}
        found |= citing(tuple(f for f in action.facts if f.name not in ink), f"action.{action.code}")
        found |= {f"action.{action.code}.evidence.{slot.name}" for slot in action.slots if slot.article}
        found |= {f"action.{action.code}.ink.{one.name}" for one in action.ink}
    for name, choices in book.by_choices.items():
        found |= {f"choices.{name}.{code}" for code, choice in choices.items() if choice.article}
    return {rule for rule in found if entered(book.id, rule)}


def entered(rulebook: str, rule: str) -> bool:
    """Whether a rule stands in the files, not implied by the vocabulary (the facts of a rectification)."""
    held: Any = tables(rulebook)[file_of(tables(rulebook), rule)]
    for name in rule.split("."):
        if not isinstance(held, dict) or name not in held:
            return False
        held = held[name]
    return rule.split(".", maxsplit=1)[0] in SECTIONS


def test_every_article_and_item_has_a_row() -> None:
    numbered = {f"{article}({NUMERALS[n]})" for article, count in ITEMS.items() for n in range(count)}
    every = numbered | {str(n) for n in range(1, LAST_ARTICLE + 1)}
    for book in BOOKS:
        assert {item for key, *_ in rows(book) for item in items_of(key)} == every
    modelled = {key for book in BOOKS for key, rules, *_ in rows(book) if rules}
    assert every - modelled == NO_PROCEDURE | SAID_ELSEWHERE


@pytest.mark.parametrize("rulebook", BOOKS)
def test_a_row_names_rules_and_scenarios_or_says_why_there_is_none(rulebook: str) -> None:
    for item, rules, checks, unmodelled in rows(rulebook):
        assert bool(rules) == bool(checks) != unmodelled, item
        assert set(checks) <= set(NAMES), item


@pytest.mark.parametrize("rulebook", BOOKS)
def test_the_scenarios_of_a_row_act_on_each_action_that_it_names(rulebook: str) -> None:
    for item, rules, checks, _ in rows(rulebook):
        done = {act.do for name in checks for act in told(name).acts}
        assert {rule.split(".")[1] for rule in rules if rule.startswith("action.")} <= done, (item, checks)


@pytest.mark.parametrize("rulebook", BOOKS)
def test_every_rule_stands_in_a_row(rulebook: str) -> None:
    spoken = {rule for _, rules, *_ in rows(rulebook) for rule in rules}
    assert not rules_of(installed()[rulebook]) - spoken


@pytest.mark.parametrize("name", sorted({name for _, _, _, checks, _ in NAMED for name in checks}))
def test_the_scenarios_play_on_the_rules_alone(name: str) -> None:
    assert not list(amiss(told(name), installed()[told(name).rulebook]))


@pytest.mark.parametrize(
    ("rulebook", "item", "rules", "checks", "rule"), NAMED, ids=[f"{item}-{rule}" for _, item, *_, rule in NAMED]
)
def test_a_rule_that_is_taken_away_is_missed(
    rulebook: str, item: str, rules: tuple[str, ...], checks: tuple[str, ...], rule: str
) -> None:
    assert missed(rulebook, rule, checks), f"{item}: of {checks} none needs {rule} among {rules}"


def test_a_page_that_is_wrong_is_found() -> None:
    assert paths("签收 `a.b` 附 `.c`、`.d`；`e.f` 的 `.g`") == ("a.b", "a.b.c", "a.b.d", "e.f", "e.f.g")
    assert items_of("12 至 13") == {"12", "13", *(f"12({n})" for n in "一二三四五"), *(f"13({n})" for n in "一二三")}
    assert not missed(LAW, "limit.refusal.note", ("repeated",))  # what no rule rests on
    with pytest.raises(KeyError):
        without(LAW, "limit.nothing")
