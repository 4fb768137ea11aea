"""A rulebook's README tells of every article that a rule cites, and names every rule; the tests exercise each article.

Both ways: no rule cites an article that the page leaves out, and the page names no rule that isn't there. Item by item,
with the scenarios that would miss each rule: `tests/rules/test_rule_coverage.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from storage.rulebooks import installed
from tests.house.tree import ROOT, files, name
from tests.rules.articles import REQUIRED
from tests.rules.challenge_articles import CHALLENGE_REQUIRED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.rules.rulebook import Rulebook
    from domain.rules.vocabulary import Fact

BOOKS = installed()
LAW = "lu-cai-cai-2018-72"
TESTED = {LAW: REQUIRED, f"{LAW}-challenge": CHALLENGE_REQUIRED}
ROW = re.compile(r"^\| *(\d+)(?: 至 \d+|\([一二三四五六七八九]\))? *\|(.*)\|$", re.MULTILINE)
UNMODELLED = "不作规则："


def page(rulebook: str) -> str:
    return (ROOT / "domain/rulebooks" / rulebook / "README.md").read_text(encoding="utf-8")


def told(text: str) -> set[int]:
    """The articles of which the table's rows, or those of their items, tell rules."""
    return {int(number) for number, rest in ROW.findall(text) if UNMODELLED not in rest}


def of_facts(facts: tuple[Fact, ...]) -> Iterator[str | None]:
    for fact in facts:
        yield fact.article
        yield from of_facts(fact.cols)


def cited(book: Rulebook) -> set[int]:
    """The articles that a rulebook cites anywhere."""
    found: list[str | None] = [part.article for part in (*book.limits, *book.windows, *book.caps, *book.duties)]
    for action in book.actions:
        found += [*action.article, *of_facts(action.facts), *(p.article for p in (*action.slots, *action.ink))]
    found += [choice.article for choices in book.by_choices.values() for choice in choices.values()]
    return {int(match[0]) for article in found if article and (match := re.match(r"\d+", article))}


def names(book: Rulebook) -> dict[str, set[str]]:
    """What a rulebook defines, by kind."""
    return {
        "action": set(book.by_action),
        "limit": set(book.by_limit),
        "window": set(book.by_window),
        "cap": {cap.code for cap in book.caps},
        "duty": {duty.code for duty in book.duties},
        "choices": set(book.by_choices),
        "stage": set(book.by_stage),
        "capacity": set(book.by_capacity),
    }


def unknown(text: str, book: Rulebook) -> Iterator[str]:
    """Codes with a kind (`limit.review`) that the page names and the rulebook lacks."""
    for kind, code in re.findall(r"`(action|limit|window|cap|duty|choices|stage|capacity)\.([a-z0-9-]+)`", text):
        if code not in names(book)[kind]:
            yield f"{kind}.{code}"


def unnamed(text: str, book: Rulebook) -> set[str]:
    """Actions that the page doesn't name."""
    return names(book)["action"] - set(re.findall(r"[a-z0-9-]+", " ".join(re.findall(r"`([^`]+)`", text))))


@pytest.mark.parametrize("rulebook", sorted(BOOKS))
def test_every_article_that_a_rule_cites_is_told_of(rulebook: str) -> None:
    assert cited(BOOKS[rulebook]) <= told(page(rulebook))


@pytest.mark.parametrize("rulebook", sorted(BOOKS))
def test_the_page_names_every_action_and_no_rule_that_is_not_there(rulebook: str) -> None:
    text, book = page(rulebook), BOOKS[rulebook]
    assert not list(unknown(text, book))
    assert not unnamed(text, book)


@pytest.mark.parametrize("rulebook", TESTED)
def test_every_article_that_an_action_cites_has_a_required_fact_under_test(rulebook: str) -> None:
    tested = {int(re.match(r"\d+", article)[0]) for article in TESTED[rulebook]}  # type: ignore[index]  # all begin with one
    cited_by_actions = {
        int(re.match(r"\d+", article)[0])  # type: ignore[index]  # same
        for action in BOOKS[rulebook].actions
        for article in action.article
    }
    assert cited_by_actions <= tested


def test_every_reading_that_is_cited_is_explained_on_the_page() -> None:
    explained = {r for book in TESTED for r in re.findall(r"\bR\d{1,2}\b", page(book).partition("## 解释")[2])}
    spoken = {
        (name(path), reading)
        for folder in ("domain/rules", "domain/rulebooks", "domain/verification")
        for path in files(".py", ".toml", under=folder)
        for reading in re.findall(r"\bR\d{1,2}\b", path.read_text(encoding="utf-8"))
    }
    assert len(explained) > 30
    assert not [(where, reading) for where, reading in sorted(spoken) if reading not in explained]


def test_a_page_that_is_wrong_is_found() -> None:
    book = BOOKS[LAW]
    assert list(unknown("`limit.review` `limit.nothing` `action.gone`", book)) == ["limit.nothing", "action.gone"]
    assert "intake" in unnamed("`limit.review`", book)
    assert told("| 27(一) | `x` | `y` |\n| 条款 | 规则 |\n| 28 | 不作规则：略 | |\n") == {27}
