"""A case as the fold of its records: what counts, what was put right, where it stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.errors import Defect
from domain.rules.admissible import extend, judged_in_turn, replay
from domain.rules.case import Case, Entry, corrected, enter, next_stage, parties_of, settle
from domain.rules.vocabulary import Next
from tests.rules.calendars import cn
from tests.rules.sample_acts import RULEBOOK, case_before, sample


def rectified(case: Case, target: int, mode: str = "voids", **facts: Any) -> Entry:
    return sample(case, "rectification", target=target, mode=mode, changes=facts.pop("changes", None), **facts)


def again(case: Case) -> Case:
    """The same records, folded from the beginning."""
    raw = [replace(e, voided_by=None, rectified_by=(), defects=()) for e in case.entries]
    return replay(case.id, case.rulebook, case.calendar, raw)


def test_a_case_goes_by_its_number_and_title_and_without_them_by_its_id_and_rulebook() -> None:
    empty = Case("018f", RULEBOOK, cn())
    assert empty.heading() == ("018f", RULEBOOK.title)
    assert Case("018f", replace(RULEBOOK, heading=None), cn()).heading() == ("018f", RULEBOOK.title)
    opened = extend(empty, sample(empty, "intake", number="临财采投〔2023〕1号", project="CT 采购"))
    assert opened.heading() == ("临财采投〔2023〕1号", "CT 采购")
    unnamed = extend(empty, sample(empty, "intake", number="", project="CT 采购"))
    assert unnamed.heading() == ("018f", "CT 采购")


def test_the_latest_record_that_says_it_gives_the_heading() -> None:
    case = case_before("acceptance")
    twice = replace(
        case, entries=(*case.entries, replace(case.entries[0], seq=2, facts={"number": "二", "project": 1}))
    )
    assert twice.heading() == ("二", case.entries[0].facts["project"])


def test_an_empty_case_has_neither_number_nor_head_nor_records() -> None:
    empty = Case("c", RULEBOOK, cn())
    assert (empty.seq, empty.head, empty.entry(0), empty.entry(1), empty.entry(-1)) == (0, None, None, None, None)
    case = case_before("decision")
    assert (case.seq, case.head) == (len(case.entries), case.entries[-1].digest)
    assert [case.entry(n) for n in (1, case.seq)] == [case.entries[0], case.entries[-1]]
    assert case.entry(case.seq + 1) is None


def test_a_growing_case_finds_its_records_as_one_read_from_the_beginning() -> None:
    case = case_before("filing")
    case = replay(case.id, RULEBOOK, case.calendar, (*case.entries, rectified(case, 4)))
    fresh = Case(case.id, RULEBOOK, case.calendar, case.entries, case.stage)
    assert case.by_action == fresh.by_action
    assert list(case.by_action) == list(fresh.by_action)
    assert case.valid("service") == ()
    assert [e.seq for e in case.valid("rectification")] == [case.seq]


def test_parties_stand_in_the_order_of_the_law_whoever_came_first() -> None:
    case = case_before("party-added")
    case = extend(case, sample(case, "party-added"))
    assert list(case.parties) == ["complainant", "hospital", "winner"]
    voided = again(replace(case, entries=(*case.entries, rectified(case, 3))))
    assert list(voided.parties) == ["complainant", "hospital"]


def test_a_party_whose_name_is_kept_back_still_is_one() -> None:
    rows: list[Any] = [{"id": "a", "_sd": ["x"]}, {"role": "related"}, "b", {"id": 1}]
    (party,) = parties_of(rows).values()
    assert (party.id, party.role, party.name) == ("a", "", "不公开")
    assert parties_of({"id": "a"}) == {}


def test_a_voided_record_moves_nothing_and_names_what_voided_it() -> None:
    case = case_before("answer-notice")
    case = again(replace(case, entries=(*case.entries, rectified(case, 2))))
    assert [e.voided_by for e in case.entries] == [None, 3, None]
    assert (case.stage, case.valid("acceptance")) == ("review", ())
    assert case.entries[1].defects == ()


def test_a_rectification_may_be_voided_by_a_later_one_and_then_counts_no_more() -> None:
    case = case_before("answer-notice")
    for target in (2, 3):
        case = replace(case, entries=(*case.entries, replace(rectified(case, target), seq=case.seq + 1)))
    assert [e.voided_by for e in settle(RULEBOOK, case.entries)] == [None, None, 4, None]
    change = replace(rectified(case, 1, "corrects", changes={"lot": "B包"}), seq=5)
    settled = settle(RULEBOOK, (*case.entries, change, replace(rectified(case, 5), seq=6)))
    assert settled[0].facts.get("lot") is None
    assert settled[0].rectified_by == ()


@pytest.mark.parametrize("target", [0, 3, 4, -1, "1", None])
def test_a_rectification_puts_only_earlier_records_right(target: Any) -> None:
    case = case_before("answer-notice")
    for mode in ("voids", "corrects"):
        entry = rectified(case, 1, mode, changes={"lot": "B包"})
        entry = replace(entry, facts={**entry.facts, "target": target})
        assert settle(RULEBOOK, (*case.entries, entry)) == (*case.entries, entry)


def test_only_rectifications_put_anything_right() -> None:
    case = case_before("answer-notice")
    entry = sample(case, "answer-notice")
    for mode in ("voids", "corrects"):
        odd = replace(entry, facts={**entry.facts, "target": 1, "mode": mode, "changes": {"lot": "B包"}})
        assert settle(RULEBOOK, (*case.entries, odd)) == (*case.entries, odd)
        unknown = replace(odd, action="no-such-action")
        assert settle(RULEBOOK, (*case.entries, unknown)) == (*case.entries, unknown)


def test_a_correction_replaces_removes_and_redates_and_later_ones_win() -> None:
    case = case_before("acceptance")
    first = replace(rectified(case, 1, "corrects", changes={"lot": "A包", "basis": "某文件", "budget": None}), seq=2)
    second = replace(rectified(case, 1, "corrects", changes={"lot": "B包"}, occurred="2023-03-02"), seq=3)
    given = replace(case.entries[0], facts={**case.entries[0].facts, "budget": "1.00"})
    settled = settle(RULEBOOK, (given, first, second))[0]
    assert {name: settled.facts.get(name) for name in ("lot", "basis", "budget")} == {
        "lot": "B包",
        "basis": "某文件",
        "budget": None,
    }
    assert "budget" not in settled.facts
    assert (settled.occurred, settled.rectified_by) == ("2023-03-02", (2, 3))
    assert corrected(given, first).occurred == given.occurred


@pytest.mark.parametrize(
    ("then", "facts", "after"),
    [
        (None, {}, "here"),
        (Next(stage="there"), {}, "there"),
        (Next(), {}, "here"),
        (Next(fact="f", cases=(("true", "yes"), ("false", "no"))), {"f": True}, "yes"),
        (Next(fact="f", cases=(("true", "yes"), ("false", "no"))), {"f": False}, "no"),
        (Next(fact="f", cases=(("accept", "yes"),)), {"f": "accept"}, "yes"),
        (Next(fact="f", cases=(("accept", "yes"),)), {"f": "refuse"}, "here"),
        (Next(fact="f", cases=(("1", "yes"),)), {"f": 1}, "yes"),
        (Next(fact="f", cases=(("true", "yes"),)), {}, "here"),
    ],
)
def test_the_stage_after_an_action(then: Next | None, facts: dict[str, Any], after: str) -> None:
    assert next_stage(then, "here", facts) == after


def test_a_record_entered_in_the_wrong_stage_or_of_no_known_action_moves_nothing() -> None:
    case = case_before("acceptance")
    entry = sample(case, "acceptance")
    assert enter(case, entry).stage == "handling"
    assert enter(case, replace(entry, defects=(Defect("once", "x"),))).stage == "handling"
    assert enter(case, replace(entry, defects=(Defect("once", "x"), Defect("stage", "x")))).stage == "review"
    assert enter(case, replace(entry, voided_by=9)).stage == "review"
    assert enter(case, replace(entry, action="no-such-action")).stage == "review"


def test_in_turn_each_record_is_judged_by_what_stood_before_it() -> None:
    case = case_before("answer-notice")
    case = replace(case, entries=(*case.entries, rectified(case, 2)))
    case = replace(case, entries=(*case.entries, replace(sample(case_before("answer-notice"), "answer-notice"), seq=4)))
    raw = [replace(e, defects=()) for e in case.entries]
    told = [[d.code for d in outcome.defects] for _, outcome in judged_in_turn("c", RULEBOOK, case.calendar, raw)]
    assert told == [[], [], [], ["stage"]]  # the acceptance was lawful until it was voided
    folded = replay("c", RULEBOOK, case.calendar, raw)
    assert [[d.code for d in e.defects] for e in folded.entries] == told
