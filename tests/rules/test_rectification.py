"""What a rectification may put right, and signatures on paper with their refusal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.errors import Fault
from domain.rules.admissible import admissible, extend
from domain.rules.defaults import filled
from domain.rules.waivers import derived_value
from tests.rules.sample_acts import NOTIFIED, RULEBOOK, case_before, sample
from tests.rules.sampling import officer


def told(case: Any, **facts: Any) -> list[tuple[str, str | None, int | None]]:
    entry = sample(case, "rectification", **facts)
    found = admissible(case, entry).defects
    assert all(d.message and d.action == "rectification" for d in found)
    return [(d.code, d.field, d.record) for d in found]


CASE = case_before("decision")


def test_a_voided_record_is_put_right_no_more() -> None:
    case = replace(CASE, entries=(*CASE.entries[:2], replace(CASE.entries[2], voided_by=4), CASE.entries[3]))
    assert told(case, target=3) == [("voided", "facts.target", 3)]
    assert told(case, target=3, mode="voids", changes=None) == [("voided", "facts.target", 3)]


def test_the_rectification_that_voids_a_record_is_not_undone_by_it() -> None:
    entry = sample(CASE, "rectification", target=3, mode="voids", changes=None)
    case = replace(CASE, entries=(*CASE.entries[:2], replace(CASE.entries[2], voided_by=entry.seq), CASE.entries[3]))
    assert admissible(case, entry).defects == ()


def test_the_opening_record_is_corrected_and_never_voided() -> None:
    assert told(CASE, target=1, mode="voids", changes=None) == [("opening-record", "facts.target", 1)]
    assert told(CASE, target=2, mode="voids", changes=None) == []
    assert told(CASE, target=1) == []


def test_a_correction_says_what_is_to_change() -> None:
    assert told(CASE, target=1, changes=None) == [("no-change", "facts.changes", None)]
    assert told(CASE, target=1, changes={}) == [("no-change", "facts.changes", None)]
    assert told(CASE, target=1, changes=None, occurred="2023-03-02") == []
    hidden = sample(CASE, "rectification", target=1, changes=None, _sd=["x"])
    assert "no-change" not in {d.code for d in admissible(CASE, hidden).defects}


def test_what_comes_out_is_judged_behind_all_that_stood_before_it() -> None:
    acceptance = next(entry for entry in CASE.entries if entry.action == "acceptance")
    assert CASE.entries[acceptance.seq - 2].action == "intake"  # without which nothing could be accepted
    assert told(CASE, target=acceptance.seq, changes=None, occurred=acceptance.occurred) == []


def test_a_rectification_is_voided_and_never_corrected() -> None:
    case = extend(CASE, sample(CASE, "rectification"))
    assert told(case, target=5) == [("target", "facts.target", 5)]
    assert told(case, target=5, mode="voids", changes=None) == []


@pytest.mark.parametrize("target", [0, 5, 9])
def test_what_does_not_stand_before_it_is_no_target(target: int) -> None:
    assert told(CASE, target=target) == [("record", "facts.target", None)]


def test_what_comes_out_must_itself_be_in_form() -> None:
    assert told(CASE, target=1, changes={"received_on": "三月"}) == [("date", "facts.changes.received_on", 1)]
    assert told(CASE, target=1, changes={"x": 1}) == [("unknown-fact", "facts.changes.x", 1)]
    parties = list(CASE.entries[0].facts["parties"])
    assert told(CASE, target=1, changes={"parties": parties}) == []
    assert told(CASE, target=1, changes={"parties": [*parties, parties[0]]}) == [
        ("party-id", "facts.changes.parties[2].id", 1)
    ]


def test_what_the_system_computes_is_not_corrected() -> None:
    case = extend(CASE, sample(CASE, "decision"))
    assert told(case, target=5, changes={"waived": ["hospital"]}) == [("derived", "facts.changes.waived", None)]
    by_three = [("signers", "signers", None)]  # nothing else is amiss: three had to sign the decision
    assert told(case, target=5, changes={"number": "临财采决〔2023〕2号"}) == by_three


def minutes(missing: list[Any], **row: Any) -> list[tuple[str, str | None, str | None]]:
    case = case_before("cross-examination-minutes")
    entry = sample(case, "cross-examination-minutes")  # three pages; the complainant was there
    rows = [{"of": "complainant", "missing": missing, **row}]
    hosts = [{**r, "missing": [1, 2]} for r in entry.facts["ink-hosts"]]  # the last page is what counts
    facts = {**entry.facts, "ink-participants": rows, "ink-hosts": hosts}
    found = admissible(case, replace(entry, facts=facts)).defects
    assert all("江北恒信医疗器械有限公司未在第" in d.message for d in found)
    return [(d.code, d.field, d.article) for d in found]


def test_a_page_left_unsigned_needs_reason_and_witnesses() -> None:
    at = "facts.ink-participants[0]"
    both = [("unsigned", f"{at}.reason", "32"), ("unsigned", f"{at}.witnesses", "32")]
    assert minutes([]) == []
    assert minutes([2]) == both
    assert minutes([1, 3], reason="拒签") == both[1:]
    assert minutes([2], reason="拒签", witnesses=["钱某"]) == []


def test_where_the_last_page_counts_others_need_no_signature() -> None:
    case = case_before("cross-examination-minutes")
    entry = sample(case, "cross-examination-minutes")
    for page, codes in ((2, []), (3, ["unsigned", "unsigned"])):
        first, *others = entry.facts["ink-hosts"]
        rows = [{**first, "missing": [page]}, *others]
        found = admissible(case, replace(entry, facts={**entry.facts, "ink-hosts": rows})).defects
        assert [d.code for d in found] == codes
        assert all(f"{officer(0)}未在第 {page} 页" in d.message for d in found)


def test_what_stands_behind_a_digest_may_be_the_reason() -> None:
    assert minutes([2], _sd=["x"]) == []


def test_a_computed_value_of_no_known_kind_is_a_fault() -> None:
    with pytest.raises(Fault) as caught:
        derived_value(CASE, "counted.waiver", CASE.entries[0])
    assert caught.value.code == "derived"


def fill(case: Any, code: str, **facts: Any) -> dict[str, Any]:
    entry = replace(sample(case, code), facts=facts)
    return filled(case, RULEBOOK.action(code), entry)


def test_a_draft_fills_in_what_only_one_answer_fits_and_touches_nothing_given() -> None:
    case = case_before("written-answer")
    assert fill(case, "written-answer")["answers"] == 3
    assert fill(case, "written-answer", answers=1) == {"answers": 1}
    assert fill(case, "answer-notice") == {"recipients": ["hospital"]}
    assert fill(case, "answer-notice", recipients=[]) == {"recipients": []}
    assert fill(case, "decision")["waived"] == []
    assert fill(case, "decision", waived=["x"])["waived"] == ["x"]


def test_of_several_the_one_still_open_is_answered_and_of_two_open_ones_none() -> None:
    case = case_before("written-answer")
    case = extend(case, sample(case, "answer-notice"))
    assert "answers" not in fill(case, "written-answer")
    case = extend(case, sample(case, "written-answer", answers=3))
    assert fill(case, "written-answer")["answers"] == 5
    case = extend(case, sample(case, "written-answer", answers=5))
    assert "answers" not in fill(case, "written-answer")
    single = case_before("written-answer")
    single = extend(single, sample(single, "written-answer"))
    assert fill(single, "written-answer")["answers"] == 3
    assert len(single.entries) == len(NOTIFIED) + 1


def test_one_row_is_prepared_for_each_signature_on_paper() -> None:
    case = case_before("cross-examination-minutes")
    found = fill(case, "cross-examination-minutes", answers=3, present=[{"of": "hospital", "attended": True}])
    assert found["ink-participants"] == [{"of": "hospital", "missing": []}]
    assert [row["missing"] for row in found["ink-hosts"]] == [[]] * len(found["ink-hosts"])
    given = fill(case, "cross-examination-minutes", **{"ink-hosts": []})
    assert given["ink-hosts"] == []
