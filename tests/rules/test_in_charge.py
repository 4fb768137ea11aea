"""Who is responsible for a case: a handover says by whom, wherever somebody is."""

from __future__ import annotations

from dataclasses import replace

from domain.rules.admissible import Answer, admissible
from domain.rules.in_charge import in_charge
from tests.rules.sample_acts import case_before, sample


def test_a_handover_that_does_not_say_by_whom_is_refused_where_somebody_is_responsible() -> None:
    case = case_before("handover")
    whole = sample(case, "handover")
    assert in_charge(case) == whole.facts["from"]
    assert admissible(case, whole).defects == ()
    told = {name: value for name, value in whole.facts.items() if name != "from"}
    outcome = admissible(case, replace(whole, facts=told))
    assert outcome.answer is Answer.REFUSED
    assert [(d.code, d.article, d.field) for d in outcome.defects] == [("absent", "38", "facts.from")]
