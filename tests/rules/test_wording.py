"""Facts in words: one line per value, in the order of the rulebook, nothing left out in silence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.formats.keys import PrivateKey
from domain.rules.register import Officer, Register
from domain.rules.vocabulary import Fact, FactType
from domain.rules.wording import Line, Names, names_of, plain, worded
from tests.rules.sample_acts import RULEBOOK, case_before, sample

NAMES = Names({"hospital": "临江市第二人民医院"}, {"officer-0": "陈立"}, {3: "投诉答复通知"})
KEY = PrivateKey.from_seed(b"k" * 32).public
SETS = next(iter(RULEBOOK.by_choices))
FIRST, SECOND = list(RULEBOOK.by_choices[SETS].values())[:2]
CAPACITY = RULEBOOK.capacities[0]


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (FactType.BOOL, True, "是"),
        (FactType.BOOL, False, "否"),
        (FactType.TEXT, "原文", "原文"),
        (FactType.INT, 7, "7"),
        (FactType.TEXTS, ["甲", "乙"], "1. 甲\n2. 乙"),
        (FactType.TEXTS, [], "（无）"),
        (FactType.INTS, [1, 2], "1；2"),
        (FactType.INTS, [], "（无）"),
        (FactType.CHOICE, FIRST.code, FIRST.label),
        (FactType.CHOICE, "none-such", "none-such"),
        (FactType.CHOICES, [FIRST.code, SECOND.code], f"{FIRST.label}；{SECOND.label}"),
        (FactType.PARTY, "hospital", "临江市第二人民医院"),
        (FactType.PARTY, "nobody", "nobody"),
        (FactType.PARTIES, ["hospital", "nobody"], "临江市第二人民医院；nobody"),
        (FactType.DATE, "2023-03-06", "2023年3月6日"),
        (FactType.DATE, "三月", "三月"),
        (FactType.INSTANT, "2023-03-06T01:30:00Z", "2023年3月6日09时30分"),
        (FactType.INSTANT, "2023-03-06T23:30:05+08:00", "2023年3月6日23时30分05秒"),
        (FactType.INSTANT, "早上", "早上"),
        (FactType.MONEY, "11800000.05", "11,800,000.05 元"),
        (FactType.MONEY, "0.00", "0.00 元"),
        (FactType.MONEY, "many", "many"),
        (FactType.RECORD, 3, "第 3 号记录（投诉答复通知）"),
        (FactType.RECORD, 4, "第 4 号记录"),
        (FactType.RECORD, "3", "第 3 号记录"),
        (FactType.KEY, KEY.jwk, f"Ed25519 公钥 {KEY.jwk['x']}"),
        (FactType.KEY, {}, "Ed25519 公钥 "),
        (FactType.KEY, "x", "x"),
        (FactType.CODE, CAPACITY.code, CAPACITY.title),
        (FactType.CODES, [CAPACITY.code, "other"], f"{CAPACITY.title}；other"),
    ],
)
def test_one_value_as_people_write_it(kind: FactType, value: Any, said: str) -> None:
    assert plain(RULEBOOK, Fact("x", "某项", kind, of=SETS), value, NAMES) == said


def test_a_choice_of_no_known_set_is_told_by_its_code() -> None:
    assert plain(RULEBOOK, Fact("x", "某项", FactType.CHOICE), FIRST.code, NAMES) == FIRST.code


def lines(code: str, facts: dict[str, Any]) -> list[tuple[str, str, int, str]]:
    return [(line.label, line.value, line.depth, line.path) for line in worded(RULEBOOK, code, facts, NAMES)]


def test_facts_come_in_the_order_of_the_rulebook_and_unknown_ones_after_them() -> None:
    facts = {"x": 1, "progress": "请说明。", "copies": 2, "duties": None}
    assert lines("answer-notice", facts) == [
        ("随附投诉书副本份数", "2", 0, "facts.copies"),
        ("要求说明的项目进展情况", "请说明。", 0, "facts.progress"),
        ("x", "1", 0, "facts.x"),
    ]
    assert lines("no-such-action", {"x": 1}) == [("x", "1", 0, "facts.x")]


def test_what_is_kept_back_is_counted_and_marked() -> None:
    found = worded(RULEBOOK, "answer-notice", {"copies": 2, "_sd": ["a", "b"]}, NAMES)
    assert found[-1] == Line("不公开事项", "不公开（2 项）", 0, "facts._sd", withheld=True)
    assert not found[0].withheld
    assert worded(RULEBOOK, "answer-notice", {"_sd": []}, NAMES) == ()


def test_rows_are_counted_and_titled_by_whom_they_stand_for() -> None:
    action = RULEBOOK.action("cross-examination-minutes")
    title = next(f.title for f in action.facts if f.name == "present")
    rows = [
        {"of": "hospital", "attended": True},
        {"of": "officer-0"},
        {"of": "7", "_sd": ["x"]},
        "odd",
        {"attended": 0},
    ]
    assert lines(action.code, {"present": rows}) == [
        (title, "5 项", 0, "facts.present"),
        ("临江市第二人民医院", "", 1, "facts.present[0]"),
        ("是否到场", "是", 2, "facts.present[0].attended"),
        ("陈立", "", 1, "facts.present[1]"),
        ("第 7 项", "", 1, "facts.present[2]"),
        ("不公开事项", "不公开（1 项）", 2, "facts.present[2]._sd"),
        (f"{title}之5", "", 1, "facts.present[4]"),
        ("是否到场", "0", 2, "facts.present[4].attended"),
    ]
    assert lines(action.code, {"present": []}) == [(title, "（无）", 0, "facts.present")]
    assert lines(action.code, {"present": "odd"}) == [(title, "odd", 0, "facts.present")]


def test_changes_are_told_as_the_facts_they_change() -> None:
    spec = next(f for f in RULEBOOK.action("rectification").facts if f.type is FactType.CHANGES)
    changes = {"received_on": "2023-02-28", "lot": None, "x": 1, "y": None}
    assert lines("rectification", {"changes": changes}) == [
        (spec.title, "4 项", 0, "facts.changes"),
        ("收到日期", "2023年2月28日", 1, "facts.changes.received_on"),
        ("包号", "（删去）", 1, "facts.changes.lot"),
        ("x", "1", 1, "facts.changes.x"),
        ("y", "（删去）", 1, "facts.changes.y"),
    ]
    assert lines("rectification", {"changes": "odd"}) == [(spec.title, "odd", 0, "facts.changes")]


def test_names_are_those_of_the_case_and_of_the_register() -> None:
    case = case_before("acceptance")
    odd = replace(sample(case, "acceptance"), seq=2, action="no-such-action")
    case = replace(case, entries=(*case.entries, odd))
    names = names_of(case, Register(officers={"o": Officer("o", "陈立")}))
    assert names.parties == {"complainant": "江北恒信医疗器械有限公司", "hospital": "临江市第二人民医院"}
    assert names.officers == {"o": "陈立"}
    assert names.records == {1: "签收"}
