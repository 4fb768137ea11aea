"""更正和作废: what could not have been done cannot come about by correction, and several are not undone by two."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.formats.act import Signer
from domain.rules.admissible import Answer, admissible
from tests.rules.acting import after, entered, judged, told
from tests.rules.sample_acts import DAY, NOTIFIED, sample

HANDLER, REVIEWER, HEAD = (Signer(f"officer-{c}", f"kid-{c}", c) for c in ("handler", "reviewer", "head"))


def corrected(case, target: int, signers=None, **facts):
    act = sample(case, "rectification", target=target, **{"changes": None, **facts})
    return admissible(case, replace(act, signers=signers or act.signers))


@pytest.mark.parametrize(
    ("name", "article"), [("remedies", "35(四)"), ("findings", "35(三)"), ("parties", "35(一)"), ("recipients", "35")]
)
def test_a_decision_is_not_corrected_into_one_that_lacks_what_the_law_asks_for(name, article) -> None:
    case = after(*NOTIFIED, "decision")
    outcome = corrected(case, 5, (HANDLER, REVIEWER, HEAD), changes={name: None})
    assert outcome.answer is Answer.REFUSED
    assert ("absent", article, f"facts.changes.{name}") in {(d.code, d.article, d.field) for d in outcome.defects}


def test_a_decision_is_changed_and_voided_only_by_all_who_had_to_sign_it() -> None:
    case = after(*NOTIFIED, "decision")
    for facts in ({"changes": {"number": "临财采决〔2023〕2号"}}, {"mode": "voids"}):
        assert told(corrected(case, 5, **facts)) == {("signers", "38")}
        assert corrected(case, 5, (HANDLER, REVIEWER, HEAD), **facts).answer is Answer.ACCEPTED


def test_a_report_is_put_right_by_two_whoever_reported_it() -> None:
    case = after("intake", "acceptance", "investigation-notice", "service", "investigation-minutes")
    assert corrected(case, 5, changes={"pages": 3}).answer is Answer.ACCEPTED


def test_a_suspension_is_not_corrected_beyond_thirty_days_in_all() -> None:
    case = after("intake", "acceptance", "suspension", "service")
    case = entered(case, sample(case, "suspension", days=10))
    three = (HANDLER, REVIEWER, HEAD)
    assert told(corrected(case, 5, three, changes={"days": 11})) == {("cap", "36")}
    assert corrected(case, 5, three, changes={"days": 9}).answer is Answer.ACCEPTED


def test_an_acceptance_is_not_dated_back_before_the_complaint_came_in() -> None:
    case = after("intake", "acceptance")
    assert told(corrected(case, 2, occurred="2023-02-28")) == {("too-early", "27(四)")}
    assert corrected(case, 2, occurred="2023-03-02").answer is Answer.ACCEPTED


def test_a_complaint_is_not_corrected_out_of_the_time_in_which_the_rules_are_in_force() -> None:
    case = after("intake")
    for day in ("2018-12-31", "2024-01-02"):  # R36, R20
        outcome = corrected(case, 1, changes={"received_on": day})
        assert ("not-in-force", "43") in told(outcome)


def test_what_came_in_short_is_put_right_as_short_and_then_shown_so() -> None:
    case = after("intake")
    assert corrected(case, 1, changes={"laws": None}).answer is Answer.ACCEPTED
    shown = entered(case, sample(case, "rectification", target=1, changes={"laws": None}))
    assert {(d.code, d.article) for d in shown.entries[0].defects} == {("absent", "26(四)")}


def test_nothing_is_corrected_into_the_future() -> None:
    case = after("intake")
    act = sample(case, "rectification", changes={"received_on": "2023-03-08"})
    outcome = admissible(case, replace(act, received="2023-03-07T02:00:00.000Z"))
    assert ("future", "facts.changes.received_on") in {(d.code, d.field) for d in outcome.defects}


def test_an_act_that_stood_on_what_was_voided_is_marked_and_may_be_done_again() -> None:
    case = after("intake", "acceptance", "answer-notice")
    case = entered(case, sample(case, "rectification", target=2, mode="voids", changes=None))
    assert (case.stage, [d.code for d in case.entries[2].defects]) == ("review", ["stage"])
    assert judged(case, "acceptance", "2023-03-07").answer is Answer.ACCEPTED
    assert judged(case, "answer-notice", DAY).answer is Answer.REFUSED


def test_a_marked_act_may_still_be_corrected_in_something_else() -> None:
    case = after("intake", "acceptance", "answer-notice")
    case = entered(case, sample(case, "rectification", target=2, mode="voids", changes=None))
    assert corrected(case, 3, changes={"copies": 2}).answer is Answer.ACCEPTED
