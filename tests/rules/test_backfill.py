"""A paper case entered late as a whole (补录): acts of then are reported now, whatever they did (第三十八条, R42)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from domain.formats.act import Signer
from domain.rules.admissible import Answer, Outcome, admissible, extend
from domain.rules.deadline import Status
from domain.rules.time_limits import deadlines
from tests.rules.acting import after, done, entered, judged, told
from tests.rules.sample_acts import case_before, sample
from tests.rules.sampling import ENTERED_BY

if TYPE_CHECKING:
    from domain.rules.case import Case, Entry

NOW = "2026-05-11T02:00:00.000Z"
THEN = {"handler": "孙衡", "reviewer": "赵敏", "head": "钱立", "investigator": "孙衡", "host": "孙衡"}
SCAN = ({"slot": "original", "class": "party"},)


def paper(case: Case, code: str, on: str, *signed: str, **changes: Any) -> Entry:
    """An act of then, as it is entered now; `signed`: in which capacities it was signed then."""
    who = signed or tuple(c.capacity for c in case.rulebook.action(code).by[0] for _ in range(c.count))
    rows = [{"capacity": c, "name": THEN[c] + str(who[:i].count(c) or "")} for i, c in enumerate(who)]
    found = sample(case, code, on, then_signers=rows, **changes)
    return replace(found, received=NOW, evidence=(*found.evidence, *SCAN))


def told_of(case: Case, entry: Entry) -> tuple[Answer, set[str]]:
    outcome: Outcome = admissible(case, entry)
    return outcome.answer, {defect.code for defect in outcome.defects}


def entered_late(case: Case, *acts: tuple[Any, ...], **changes: Any) -> Case:
    for code, on, *signed in acts:
        case = extend(case, paper(case, code, on, *signed, **changes))
        assert case.entries[-1].defects == (), case.entries[-1].defects
    return case


EMPTY = case_before("intake")
OPENED = entered_late(EMPTY, ("intake", "2023-03-06"))
HANDLED = entered_late(OPENED, ("acceptance", "2023-03-07"))
CLOSED = done(HANDLED, "backfill-closed", "2026-05-11")


def test_acts_of_then_keep_their_own_days_and_the_day_of_entering_beside_them() -> None:
    first = OPENED.entries[0]
    assert (first.occurred_on, first.received) == (date(2023, 3, 6), NOW)
    review = next(d for d in deadlines(HANDLED, date(2026, 5, 11)) if d.limit.code == "review")
    assert (review.status, review.done) == (Status.KEPT, date(2023, 3, 7))


def test_a_paper_suspension_ordered_for_over_thirty_days_is_entered_as_irregular() -> None:
    answer, codes = told_of(HANDLED, paper(HANDLED, "suspension", "2023-03-08", days=45))
    assert (answer, codes) == (Answer.IRREGULAR, {"cap"})
    now = after("intake", "acceptance")
    assert told(judged(now, "suspension", days=45)) == {("cap", "36")}
    assert judged(now, "suspension", days=45).answer is Answer.REFUSED


def test_what_was_done_unlawfully_then_is_entered_and_marked_never_refused() -> None:
    answer, codes = told_of(OPENED, paper(OPENED, "decision", "2023-03-20"))
    assert (answer, codes) == (Answer.IRREGULAR, {"stage", "needs"})


def test_who_signed_then_is_counted_not_who_enters_it() -> None:
    one = paper(HANDLED, "suspension", "2023-03-08", "handler")
    assert told_of(HANDLED, one) == (Answer.IRREGULAR, {"signers"})
    assert told_of(HANDLED, paper(HANDLED, "suspension", "2023-03-08", "handler", "head"))[1] == set()


def test_an_act_of_then_needs_its_signers_and_a_scan() -> None:
    whole = paper(OPENED, "acceptance", "2023-03-07")
    assert told_of(OPENED, replace(whole, evidence=())) == (Answer.IRREGULAR, {"absent"})
    bare = {name: value for name, value in whole.facts.items() if name != "then_signers"}
    assert told_of(OPENED, replace(whole, facts=bare)) == (Answer.IRREGULAR, {"absent", "signers"})


def test_signatures_on_paper_are_of_those_who_signed_then() -> None:
    notice = paper(HANDLED, "investigation-notice", "2023-03-08", at="2023-03-09T09:00:00+08:00")
    case = extend(HANDLED, notice)
    served = {"paper": 3, "deliveries": sample(case, "service", "2023-03-08").facts["deliveries"]}
    case = extend(case, paper(case, "service", "2023-03-08", **served))
    minutes = paper(case, "investigation-minutes", "2023-03-09", "investigator", "investigator")
    assert [row["of"] for row in minutes.facts["ink-investigators"]] == ["孙衡", "孙衡1"]
    alone = paper(case, "investigation-minutes", "2023-03-09", "investigator")
    assert told_of(case, alone) == (Answer.IRREGULAR, {"signers"})


@pytest.mark.parametrize("code", ["acceptance", "review-conclusion"])
def test_while_the_paper_case_is_being_entered_nothing_of_now_is(code: str) -> None:
    outcome = judged(OPENED, code, "2026-05-11")
    assert outcome.answer is Answer.REFUSED
    assert "entering" in {d.code for d in outcome.defects}


def test_afterwards_the_case_goes_on_as_any_other_and_nothing_of_then_is_entered() -> None:
    assert done(CLOSED, "answer-notice", "2026-05-12").entries[-1].defects == ()
    late = paper(CLOSED, "answer-notice", "2023-03-08")
    assert told_of(CLOSED, late) == (Answer.REFUSED, {"not-entering"})


def test_an_ordinary_case_takes_no_act_of_then() -> None:
    case = after("intake")
    answer, codes = told_of(case, paper(case, "acceptance", "2023-03-07"))
    assert (answer, codes) == (Answer.REFUSED, {"not-entering"})
    assert told_of(case, replace(sample(case, "backfill-closed"), received=NOW))[1] >= {"not-entering"}


def test_the_closing_says_how_far_the_batch_goes() -> None:
    facts = CLOSED.entries[-1].facts
    assert facts == {"first_record": 1, "last_record": 2, "last_digest": HANDLED.head, "records": 2}
    for name, wrong in (("last_record", 1), ("last_digest", "A" * 43), ("records", 3)):
        outcome = judged(HANDLED, "backfill-closed", "2026-05-11", **{name: wrong})
        assert (outcome.answer, {(d.code, d.field) for d in outcome.defects}) == (
            Answer.REFUSED,
            {("batch", f"facts.{name}")},
        )


def test_acts_of_now_name_no_signers_of_then_and_acts_of_then_no_signers_of_now() -> None:
    case = after("intake")
    named = replace(sample(case, "acceptance"), facts={"then_signers": [{"capacity": "handler", "name": "孙衡"}]})
    assert told_of(case, named) == (Answer.REFUSED, {"not-asked"})
    mixed = paper(OPENED, "acceptance", "2023-03-07")
    both = (*ENTERED_BY, Signer("00000000-0000-7000-8000-000000000000", "kid-0", "handler"))
    assert told_of(OPENED, replace(mixed, signers=both)) == (Answer.REFUSED, {"capacity"})
    odd = replace(mixed, facts={"then_signers": [{"capacity": "usher", "name": "孙衡"}]})
    assert "value" in told_of(OPENED, odd)[1]


def test_what_was_entered_wrongly_is_corrected_even_while_the_batch_is_open() -> None:
    changes = {"target": 1, "mode": "corrects", "reason": "录入有误。", "changes": {"lot": "B包"}}
    correction = replace(sample(OPENED, "rectification", "2026-05-11", **changes), received=NOW)
    assert told_of(OPENED, correction) == (Answer.ACCEPTED, set())
    assert entered(OPENED, correction).entries[0].facts["lot"] == "B包"
    late = extend(HANDLED, paper(HANDLED, "suspension", "2023-03-08", days=45))
    longer = {"target": 3, "mode": "corrects", "reason": "录入有误。", "changes": {"days": 40}}
    assert told_of(late, replace(sample(late, "rectification", "2026-05-11", **longer), received=NOW))[1] == set()


def test_the_closing_is_not_voided() -> None:
    voiding = replace(sample(CLOSED, "rectification", "2026-05-12", target=3, mode="voids", changes=None), received=NOW)
    assert told_of(CLOSED, replace(voiding, received="2026-05-12T02:00:00.000Z")) == (
        Answer.REFUSED,
        {"opening-record"},
    )
