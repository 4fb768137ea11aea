"""Facts held against their specification: what is malformed, what is missing, and what digests leave open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from domain.rules.facts import Scope, malformed, missing
from domain.rules.sources import keys_of
from domain.rules.vocabulary import Action, Fact, FactType, If, Kind, Signatures, Slot
from tests.rules.sample_acts import RULEBOOK, case_before, sample
from tests.rules.sampling import officer

if TYPE_CHECKING:
    from domain.rules.case import Case, Entry

CASE = case_before("acceptance")
ENTRY = sample(CASE, "acceptance")


def scope(facts: dict[str, Any], *specs: Fact, case: Case = CASE, entry: Entry = ENTRY, **action: Any) -> Scope:
    """An act of an action with these facts, in a case with two parties."""
    made = Action("a", "某行为", ("26",), Kind.DOES, ((Signatures("handler", 1),),), ("review",), facts=specs, **action)
    return Scope(case, replace(entry, facts=facts, seq=case.seq + 1), made)


def wrongs(facts: dict[str, Any], *specs: Fact, **more: Any) -> list[tuple[str, str | None]]:
    return [(d.code, d.field) for d in malformed(scope(facts, *specs, **more))]


def absents(facts: dict[str, Any], *specs: Fact, **more: Any) -> list[tuple[str | None, str | None]]:
    found = list(missing(scope(facts, *specs, **more)))
    assert all(d.code == "absent" for d in found)
    return [(d.field, d.article) for d in found]


TEXT = Fact("t", "文字", FactType.TEXT)
ROWS = Fact("r", "若干行", FactType.ROWS, max=2, cols=(TEXT, Fact("n", "数", FactType.INT, optional=True)))
PARTIES = Fact(
    "p",
    "当事人",
    FactType.ROWS,
    defines="parties",
    roles=("related",),
    cols=(Fact("id", "代号", FactType.CODE), Fact("role", "身份", FactType.TEXT), Fact("name", "名称", FactType.TEXT)),
)
EACH = Fact("e", "逐项", FactType.ROWS, each="intake.parties", cols=(Fact("n", "数", FactType.INT),))


def test_an_unknown_member_is_named_at_any_depth() -> None:
    facts = {"t": "甲", "x": 1, "r": [{"t": "乙"}, {"t": "丙", "y": None}]}
    assert wrongs(facts, TEXT, ROWS) == [("unknown-fact", "facts.x"), ("unknown-fact", "facts.r[1].y")]


def test_a_digest_is_no_member_and_null_is_no_value() -> None:
    assert wrongs({"_sd": ["x"], "t": None, "r": [{"_sd": ["y"]}]}, TEXT, ROWS) == []


def test_rows_are_a_list_of_objects_up_to_their_most() -> None:
    row = {"t": "甲"}
    assert wrongs({"r": [row, row]}, ROWS) == []
    assert wrongs({"r": [row, row, row]}, ROWS) == [("too-many", "facts.r")]
    assert wrongs({"r": [row] * 1_001}, replace(ROWS, max=None)) == []
    for value in ("甲", {"t": "甲"}, [row, "甲"]):
        assert wrongs({"r": value}, ROWS) == [("type", "facts.r")]


def test_a_fact_is_asked_for_only_under_its_condition() -> None:
    choice = Fact("c", "选择", FactType.BOOL)
    then = Fact("d", "日期", FactType.DATE, if_=If("c", is_=True), article="27")
    assert wrongs({"c": True, "d": "2023-03-06"}, choice, then) == []
    assert wrongs({"c": False, "d": "2023-03-06"}, choice, then) == [("not-asked", "facts.d")]
    assert absents({"c": True}, choice, then) == [("facts.d", "27")]
    assert absents({"c": False}, choice, then) == []


def test_exactly_one_of_several_is_given() -> None:
    one, two = replace(TEXT, name="one"), replace(TEXT, name="two", article="27(三)")
    group = (("one", "two"),)
    assert wrongs({"one": "甲"}, one, two, exactly_one=group) == []
    assert wrongs({"one": "甲", "two": None}, one, two, exactly_one=group) == []
    assert wrongs({"one": "甲", "two": "乙"}, one, two, exactly_one=group) == [("exactly-one", "facts.two")]
    assert absents({"two": "乙"}, one, two, exactly_one=group) == []
    assert absents({}, one, two, exactly_one=group) == [("facts.one", "27(三)")]
    assert absents({"_sd": ["x"]}, one, two, exactly_one=group) == []
    (defect,) = missing(scope({}, one, two, exactly_one=group))
    assert "“文字、文字”" in defect.message


def test_alternatives_are_those_of_the_act_not_of_its_rows() -> None:
    rows = Fact("r", "若干行", FactType.ROWS, cols=(replace(TEXT, name="one"),))
    one, two = replace(TEXT, name="one"), replace(TEXT, name="two")
    found = absents({"two": "乙", "r": [{"x": 1}]}, one, two, rows, exactly_one=(("one", "two"),))
    assert found == [("facts.r[0].one", "26")]


def test_parties_get_an_id_of_their_own() -> None:
    good = {"id": "winner", "role": "related", "name": "甲"}
    assert wrongs({"p": [good]}, PARTIES) == []
    assert wrongs({"p": [{**good, "id": "a" * 40}]}, PARTIES) == []
    for wrong in (None, 1, "-a", "甲", "a" * 41, ""):
        assert ("party-id", "facts.p[0].id") in wrongs({"p": [{**good, "id": wrong}]}, PARTIES)
    assert wrongs({"p": [good, good]}, PARTIES) == [("party-id", "facts.p[1].id")]
    assert wrongs({"p": [{**good, "id": "hospital"}]}, PARTIES) == [("party-id", "facts.p[0].id")]


def test_a_party_keeps_its_id_when_its_own_record_is_corrected() -> None:
    inner = scope({"p": [{"id": "hospital", "role": "related", "name": "甲"}]}, PARTIES)
    earlier = replace(inner, entry=replace(inner.entry, seq=1))
    assert [d.code for d in malformed(inner)] == ["party-id"]
    assert list(malformed(earlier)) == []


def test_the_parties_needed_are_told_unless_a_row_keeps_its_role_back() -> None:
    row = {"id": "a", "role": "respondent", "name": "甲"}
    assert absents({"p": [{**row, "role": "related"}]}, PARTIES) == []
    assert absents({"p": [row]}, replace(PARTIES, article="26(一)")) == [("facts.p", "26(一)")]
    hidden = {"id": "b", "name": "乙", "_sd": ["x"]}
    assert absents({"p": [row, hidden]}, PARTIES) == []
    assert absents({"p": [row, {"id": "b", "role": "related", "name": "乙", "_sd": ["x"]}]}, PARTIES) == []


def test_each_row_stands_for_one_item_once() -> None:
    good = [{"of": "complainant", "n": 1}, {"of": "hospital", "n": 2}]
    assert (wrongs({"e": good}, EACH), absents({"e": good}, EACH)) == ([], [])
    assert wrongs({"e": [*good, {"of": "hospital", "n": 3}]}, EACH) == [("row-key", "facts.e[2].of")]
    for of in ("nobody", None, 1):
        assert wrongs({"e": [{"of": of, "n": 1, "x": 2}]}, EACH) == [("row-key", "facts.e[0].of")]
    assert wrongs({"e": [{"of": "nobody", "n": 1}, {"of": "hospital", "n": "x"}]}, EACH) == [
        ("row-key", "facts.e[0].of"),
        ("type", "facts.e[1].n"),
    ]
    assert absents({"e": good[1:]}, replace(EACH, article="35")) == [("facts.e.complainant", "35")]


def test_rows_for_no_item_are_not_asked_for() -> None:
    nothing = replace(EACH, each="refusal.grounds")
    assert absents({}, nothing) == []
    assert absents({}, EACH) == [("facts.e", "26")]
    assert absents({"e": []}, nothing) == []
    assert wrongs({"e": [{"of": "1", "n": 1}]}, nothing) == [("row-key", "facts.e[0].of")]


def test_what_is_kept_back_can_neither_be_missing_nor_out_of_place() -> None:
    hidden = replace(CASE.entries[0], facts={"_sd": ["x"]})
    case = replace(CASE, entries=(hidden,))
    assert keys_of(scope({}, EACH, case=case), EACH) is None
    assert absents({}, EACH, case=case) == []
    assert wrongs({"e": [{"of": "anybody", "n": 1}]}, EACH, case=case) == []
    assert absents({"_sd": ["x"]}, TEXT) == []


def test_the_fewest_of_a_list_and_of_the_papers_are_told() -> None:
    listed = Fact("l", "各项", FactType.TEXTS, min=2, article="26(三)")
    assert absents({"l": ["甲"]}, listed) == [("facts.l", "26(三)")]
    assert absents({"l": ["甲", "乙"]}, listed) == []
    slot = Slot("proof", "证明材料", min=2, article="26(二)")
    for count, told in ((1, [("evidence.proof", "26(二)")]), (2, []), (3, [])):
        evidence = tuple({"slot": "proof"} for _ in range(count))
        assert absents({}, slots=(slot,), entry=replace(ENTRY, evidence=evidence)) == told
    assert absents({}, slots=(slot,), entry=replace(ENTRY, evidence=({"slot": "other"},) * 2)) != []


@pytest.mark.parametrize("value", [None, "", []])
def test_an_empty_value_is_none_and_an_optional_one_may_be(value: Any) -> None:
    assert absents({"t": value}, TEXT) == [("facts.t", "26")]
    assert absents({"t": value}, replace(TEXT, optional=True)) == []
    assert absents({"t": 0}, TEXT) == []


def test_the_items_that_rows_stand_for() -> None:
    case = case_before("decision")
    entry = replace(sample(case, "decision"), facts={"l": ["甲", "乙"], "r": [{"a": True}, {"of": "x", "a": False}]})
    here = Scope(case, entry, RULEBOOK.action("decision"))

    def keys(each: str, where: If | None = None) -> tuple[str, ...] | None:
        return keys_of(here, Fact("e", "逐项", FactType.ROWS, each=each, where=where))

    assert keys("signers.handler") == (officer(0),)
    assert keys("signers.nobody") == ()
    assert keys("facts.l") == ("1", "2")
    assert keys("facts.none") == ()
    assert keys("facts.r") == ("1", "x")
    assert keys("facts.r", If("a", is_=True)) == ("1",)
    assert keys("intake.matters") == ("1", "2")
    assert keys("intake.parties") == ("complainant", "hospital")
    assert keys("answer-notice.recipients") == ("hospital",)
    assert keys("refusal.recipients") == ()


def test_rows_of_an_answer_stand_for_what_it_answers() -> None:
    case = case_before("cross-examination-minutes")
    entry = sample(case, "cross-examination-minutes")
    here = Scope(case, entry, RULEBOOK.action("cross-examination-minutes"))
    spec = next(f for f in here.action.facts if f.name == "present")
    assert keys_of(here, spec) == ("complainant", "hospital")
    without = {name: value for name, value in entry.facts.items() if name != "answers"}
    assert keys_of(replace(here, entry=replace(entry, facts=without)), spec) is None
    assert keys_of(replace(here, entry=replace(entry, facts={**without, "answers": 1})), spec) == ()
