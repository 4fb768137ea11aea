"""Custody as the archive's case says it: tables, holds, extensions, destruction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.rules.custody import Custody
from domain.rules.register import Register, register_of
from tests.rules.test_register_fold import GENESIS, HOUR, T0, A, entry

ONE, TWO = "case-one", "case-two"


def act(seq: int, action: str, **facts: Any) -> tuple[str, Any]:
    return A, replace(entry(action, facts, at=T0 + seq * HOUR), seq=seq)


def fold(*acts: tuple[str, Any], retention: str = "30-years") -> Custody:
    genesis = replace(GENESIS, facts={**GENESIS.facts, "retention": retention})
    return register_of([(A, genesis), *acts]).custody


def held(seq: int, case: str = ONE, reason: str = "litigation") -> tuple[str, Any]:
    return act(seq, "evidence-held", case=case, reason=reason, basis="（2023）行初1号")


def released(seq: int, answers: int) -> tuple[str, Any]:
    return act(seq, "evidence-released", answers=answers, reason="已经审结")


@pytest.mark.parametrize(
    ("said", "period"),
    [
        ("permanent", "permanent"),
        ("30-years", "30 years"),
        ("10-years", "10 years"),
        ("永久", "permanent"),
        ("30年", "30 years"),
        ("10年", "10 years"),
        ("长期", "permanent"),
    ],
)
def test_the_archives_period_is_read_from_codes_and_from_the_words_of_the_first_version(said: str, period: str) -> None:
    assert [table.period for table in fold(retention=said).tables] == [period]


def test_a_longer_table_is_for_every_case_and_a_shorter_one_for_cases_opened_since() -> None:
    changed = fold(
        act(2, "retention-changed", retention="permanent"), act(5, "retention-changed", retention="10-years")
    )
    opened = [T0 + hours * HOUR for hours in (1, 2, 4, 5, 6)]
    found = [[table.period for table in changed.tables_for(moment)] for moment in opened]
    every = ["30 years", "permanent", "10 years"]
    assert found == [every, every, every[1:], every[1:], every[2:]]


def test_a_hold_lasts_until_it_is_released_itself() -> None:
    both = held(2), held(3, reason="reconsideration")
    assert [hold.seq for hold in fold(*both).held(ONE)] == [2, 3]
    left = fold(*both, released(4, 2))
    assert [(hold.seq, hold.reason) for hold in left.held(ONE)] == [(3, "reconsideration")]
    assert fold(*both, released(4, 2), released(5, 3)).held(ONE) == ()
    assert fold(*both, held(4, TWO), released(5, 2)).held(TWO)[0].seq == 4
    assert left.hold(2) is None
    assert fold(*both, released(4, 9)) == fold(*both)
    assert left.hold(3) == (ONE, left.held(ONE)[0])


def test_what_is_voided_was_never_so() -> None:
    case, hold = held(2)
    assert fold((case, replace(hold, voided_by=3))) == fold()
    case, release = released(3, 2)
    assert fold(held(2), (case, replace(release, voided_by=4))).held(ONE)


def test_extensions_and_destruction_are_told_by_case() -> None:
    found = fold(
        act(2, "retention-extended", case=ONE, until="2060-01-01", reason="重要"),
        act(3, "retention-extended", case=ONE, until="2070-01-01", reason="更重要"),
        act(4, "destruction", case=TWO, sha256=[], reason="期满"),
        act(5, "destruction", case=TWO, sha256=[], reason="期满"),
    )
    assert [(e.seq, e.until) for e in found.extensions[ONE]] == [(2, date(2060, 1, 1)), (3, date(2070, 1, 1))]
    assert (found.destroyed[TWO].seq, found.destroyed[TWO].received) == (4, T0 + 4 * timedelta(hours=1))


def test_only_the_archives_own_case_says_it() -> None:
    _, hold = held(2)
    assert register_of([(A, GENESIS), ("officer-b", hold)]).custody.held(ONE) == ()
    assert Register().with_entry(A, hold).custody == Custody()
