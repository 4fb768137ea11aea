"""Every fact type: what it takes, to the edge, and with which code it refuses what lies beyond."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.formats.keys import PrivateKey
from domain.rules.facts import Scope
from domain.rules.values import BIDI, VALUE_CHECKS, unprintable
from domain.rules.vocabulary import Fact, FactType
from tests.rules.sample_acts import RULEBOOK, case_before, sample

CASE = case_before("mandate-ended")  # one record: two parties, an agent
SCOPE = Scope(CASE, sample(CASE, "acceptance"), RULEBOOK.action("acceptance"))
KEY = PrivateKey.from_seed(b"k" * 32).public
OTHER_CASE = {"case": "018f2f3e-7c1a-7b3c-9d2e-0123456789ab", "head": "A" * 43}
SETS = next(iter(RULEBOOK.by_choices))
FIRST, SECOND = list(RULEBOOK.by_choices[SETS])[:2]


def codes(kind: FactType, value: Any, **spec: Any) -> list[str]:
    """The codes of what is wrong with `value` as a fact of type `kind`."""
    fact = Fact("x", "某项", kind, article="26", **spec)
    found = list(VALUE_CHECKS[kind](SCOPE, fact, value, "facts.x"))
    assert all(str(d.field).startswith("facts.x") and d.message and d.action == "acceptance" for d in found)
    return [d.code for d in found]


GOOD: list[tuple[FactType, Any, dict[str, Any]]] = [
    (FactType.TEXT, "", {"min": 3}),  # empty is missing, not short
    (FactType.TEXT, "投诉书", {"max": 3, "min": 3}),
    (FactType.TEXT, "两行\n全角　空格", {}),
    (FactType.TEXT, "字" * 20_000, {}),
    (FactType.TEXTS, ["甲", "甲"], {}),
    (FactType.TEXTS, ["字" * 3, "乙"], {"max": 2, "min": 2}),  # of the list, not of its texts
    (FactType.TEXTS, ["字"] * 1_000, {}),
    (FactType.DATE, "1990-01-01", {}),
    (FactType.DATE, "2199-12-31", {}),
    (FactType.INSTANT, "2023-03-06T09:30:00+08:00", {}),
    (FactType.INSTANT, "1990-01-01T00:00:00Z", {}),
    (FactType.INSTANT, "2199-12-31T23:59:59Z", {}),
    (FactType.INT, 1, {"min": 1, "max": 30}),
    (FactType.INT, 30, {"min": 1, "max": 30}),
    (FactType.INT, 10**12, {}),
    (FactType.INT, -(10**12), {}),
    (FactType.INTS, [5, 6], {"min": 7, "max": 3}),  # bounds the count
    (FactType.BOOL, False, {}),
    (FactType.NUMBER, "0", {}),
    (FactType.NUMBER, "89.9999", {"max": 90}),
    (FactType.NUMBER, "100", {"min": 0, "max": 100}),
    (FactType.MONEY, "0.00", {}),
    (FactType.MONEY, "999999999999999.99", {}),
    (FactType.CHOICE, FIRST, {"of": SETS}),
    (FactType.CHOICES, [SECOND, FIRST], {"of": SETS}),
    (FactType.PARTY, "hospital", {}),
    (FactType.PARTY, "hospital", {"roles": ("respondent", "related")}),
    (FactType.PARTIES, ["hospital", "complainant"], {}),
    (FactType.AGENT, "zhou", {}),
    (FactType.RECORD, 1, {}),
    (FactType.CODE, "a" * 64, {}),
    (FactType.CODES, ["handler", "0"], {}),
    (FactType.KEY, KEY.jwk, {}),
    (FactType.KID, KEY.kid, {}),
    (FactType.DIGEST, "A" * 43, {}),
    (FactType.CASE, "018f2f3e-7c1a-7b3c-9d2e-0123456789ab", {}),
    (FactType.LINK, OTHER_CASE, {}),
    (FactType.CHANGES, {}, {}),
]

BAD: list[tuple[FactType, Any, dict[str, Any], str]] = [
    (FactType.TEXT, 1, {}, "type"),
    (FactType.TEXT, "投诉书！", {"max": 3}, "too-long"),
    (FactType.TEXT, "字" * 20_001, {}, "too-long"),
    (FactType.TEXT, "甲乙", {"min": 3}, "too-short"),
    (FactType.TEXT, "a\tb", {}, "characters"),
    (FactType.TEXT, "a\u202eb", {}, "characters"),
    (FactType.TEXTS, "甲", {}, "type"),
    (FactType.TEXTS, ["甲"] * 3, {"max": 2}, "too-many"),
    (FactType.TEXTS, ["甲"] * 1_001, {}, "too-many"),
    (FactType.TEXTS, ["甲", 2], {}, "type"),
    (FactType.DATE, "1989-12-31", {}, "date"),
    (FactType.DATE, "2200-01-01", {}, "date"),
    (FactType.DATE, "20230306", {}, "date"),
    (FactType.DATE, "2023-W10-1", {}, "date"),
    (FactType.DATE, "2023-02-29", {}, "date"),
    (FactType.DATE, 20230306, {}, "date"),
    (FactType.INSTANT, "2023-03-06T09:30:00", {}, "instant"),
    (FactType.INSTANT, "1989-12-31T23:59:59Z", {}, "instant"),
    (FactType.INSTANT, "2200-01-01T00:00:00Z", {}, "instant"),
    (FactType.INSTANT, "早上", {}, "instant"),
    (FactType.INSTANT, "2023-03-06", {}, "instant"),
    (FactType.INSTANT, "2023-03-06T09:30+08:00", {}, "instant"),
    (FactType.INSTANT, "20230306T093000+08:00", {}, "instant"),
    (FactType.DATE, "2023-03-06T09:30:00+08:00", {}, "date"),
    (FactType.INSTANT, 1, {}, "instant"),
    (FactType.INT, 0, {"min": 1}, "range"),
    (FactType.INT, 31, {"max": 30}, "range"),
    (FactType.INT, 10**12 + 1, {}, "range"),
    (FactType.INT, -(10**12) - 1, {}, "range"),
    (FactType.INT, True, {}, "type"),
    (FactType.INT, "1", {}, "type"),
    (FactType.INTS, [5, 5], {}, "repeated"),
    (FactType.BOOL, 1, {}, "type"),
    (FactType.NUMBER, "89.99999", {}, "type"),
    (FactType.NUMBER, "-1", {}, "type"),
    (FactType.NUMBER, "1e3", {}, "type"),
    (FactType.NUMBER, 90, {}, "type"),
    (FactType.NUMBER, "100.0001", {"max": 100}, "range"),
    (FactType.NUMBER, "0.9999", {"min": 1}, "range"),
    (FactType.MONEY, "00.00", {}, "type"),
    (FactType.MONEY, "1.5", {}, "type"),
    (FactType.MONEY, "1.50\n", {}, "type"),
    (FactType.MONEY, 1, {}, "type"),
    (FactType.CHOICE, "无此项", {"of": SETS}, "choice"),
    (FactType.CHOICE, [FIRST], {"of": SETS}, "choice"),
    (FactType.CHOICE, FIRST, {}, "choice"),
    (FactType.CHOICES, [FIRST, FIRST], {"of": SETS}, "repeated"),
    (FactType.PARTY, "nobody", {}, "party"),
    (FactType.PARTY, ["hospital"], {}, "party"),
    (FactType.PARTY, "complainant", {"roles": ("respondent",)}, "party-role"),
    (FactType.PARTIES, ["hospital", "hospital"], {}, "repeated"),
    (FactType.PARTIES, ["nobody"], {}, "party"),
    (FactType.AGENT, "complainant", {}, "agent"),
    (FactType.AGENT, ["zhou"], {}, "agent"),
    (FactType.RECORD, 0, {}, "record"),
    (FactType.RECORD, 2, {}, "record"),  # itself
    (FactType.RECORD, True, {}, "record"),
    (FactType.RECORD, "1", {}, "record"),
    (FactType.CODE, "a" * 65, {}, "type"),
    (FactType.CODE, "-a", {}, "type"),
    (FactType.CODES, ["handler", "handler"], {}, "repeated"),
    (FactType.CODES, ["Handler"], {}, "type"),
    (FactType.KEY, {**KEY.jwk, "d": "x"}, {}, "key"),
    (FactType.KEY, "key", {}, "key"),
    (FactType.KID, "A" * 42 + "B", {}, "type"),
    (FactType.KID, "A" * 42, {}, "type"),
    (FactType.DIGEST, None, {}, "type"),
    (FactType.CASE, "018f2f3e7c1a7b3c9d2e0123456789ab", {}, "type"),
    (FactType.LINK, OTHER_CASE["case"], {}, "type"),
    (FactType.LINK, {"case": OTHER_CASE["case"]}, {}, "type"),
    (FactType.LINK, OTHER_CASE | {"seq": 1}, {}, "type"),
    (FactType.LINK, OTHER_CASE | {"case": "another"}, {}, "type"),
    (FactType.LINK, OTHER_CASE | {"head": "A"}, {}, "type"),
    (FactType.CHANGES, [], {}, "type"),
]


@pytest.mark.parametrize(("kind", "value", "spec"), GOOD)
def test_what_a_type_takes(kind: FactType, value: Any, spec: dict[str, Any]) -> None:
    assert codes(kind, value, **spec) == []


@pytest.mark.parametrize(("kind", "value", "spec", "code"), BAD)
def test_what_a_type_refuses(kind: FactType, value: Any, spec: dict[str, Any], code: str) -> None:
    assert codes(kind, value, **spec) == [code]


def test_every_type_is_taken_and_refused_somewhere() -> None:
    assert {kind for kind, *_ in GOOD} == {kind for kind, *_ in BAD} == set(VALUE_CHECKS)
    assert set(FactType) - set(VALUE_CHECKS) == {FactType.ROWS}


def test_an_item_is_named_by_its_place() -> None:
    fact = Fact("x", "某项", FactType.CODES, article="26")
    (defect,) = VALUE_CHECKS[FactType.CODES](SCOPE, fact, ["handler", "不"], "facts.x")
    assert (defect.field, defect.article) == ("facts.x[1]", "26")


@given(st.text(st.characters(exclude_categories=())))
def test_a_text_is_unprintable_where_one_of_its_characters_is(text: str) -> None:
    one_by_one = [c in BIDI or (c != "\n" and unicodedata.category(c) in ("Cc", "Co", "Cs", "Cn")) for c in text]
    assert unprintable(text) == any(one_by_one)


@pytest.mark.parametrize(
    "text", ["\x00", "\r", "\x7f", "\x85", "\ue000", "\ud800", "\U0010ffff", "\u0378", *sorted(BIDI)]
)
def test_characters_that_are_kept_out(text: str) -> None:
    assert unprintable(f"a{text}")
    assert unprintable(f"a\n{text}")


@pytest.mark.parametrize("text", ["", "\n", "全角　空格", "a\u00a0b", "a\u200db", "\U0001f4c1", "\U00020000"])
def test_characters_that_are_let_in(text: str) -> None:
    assert not unprintable(text)
