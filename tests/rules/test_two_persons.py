"""两人以上 (第三十一条, 第三十二条, R16): two are two persons; who won't sign is told with witnesses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.formats.act import Signer
from domain.rules.admissible import Answer, admissible
from tests.rules.acting import after, told
from tests.rules.sample_acts import sample

HELD = {
    "investigation-minutes": ("investigator", "31", "investigation-notice"),
    "cross-examination-minutes": ("host", "32", "cross-examination-notice"),
}


def minutes(code: str, *officers: tuple[str, str], **changes):
    capacity, _, notice = HELD[code]
    case = after("intake", "acceptance", notice, "service")
    signers = tuple(Signer(officer, kid, capacity) for officer, kid in officers)
    act = sample(case, code, **changes)
    if officers:
        act = replace(
            act,
            signers=signers,
            facts={k: v for k, v in act.facts.items() if k not in ("ink-investigators", "ink-hosts")},
        )
        ink = "ink-investigators" if capacity == "investigator" else "ink-hosts"
        act = replace(act, facts={**act.facts, ink: [{"of": officer, "missing": []} for officer in dict(officers)]})
    return admissible(case, act)


@pytest.mark.parametrize("code", HELD)
def test_what_one_did_is_entered_as_irregular(code) -> None:
    outcome = minutes(code, ("chen", "key-1"))
    assert (outcome.answer, told(outcome)) == (Answer.IRREGULAR, {("signers", HELD[code][1])})


@pytest.mark.parametrize("code", HELD)
def test_one_person_with_two_keys_is_not_two(code) -> None:
    outcome = minutes(code, ("chen", "key-1"), ("chen", "key-2"))
    assert outcome.answer is Answer.REFUSED
    assert "signs-twice" in {code for code, _ in told(outcome)}


@pytest.mark.parametrize("code", HELD)
def test_three_are_two_or_more(code) -> None:
    assert minutes(code, ("chen", "1"), ("li", "2"), ("wang", "3")).answer is Answer.ACCEPTED


def test_a_refusal_to_sign_is_told_with_its_reason_and_witnesses_and_the_signature_stays_empty() -> None:
    row = {"of": "complainant", "missing": [2]}
    refused = {"reason": "认为记录不全", "witnesses": ["周海"]}
    assert told(minutes("cross-examination-minutes", **{"ink-participants": [row]})) == {("unsigned", "32")}
    whole = minutes("cross-examination-minutes", **{"ink-participants": [{**row, **refused}]})
    assert whole.answer is Answer.ACCEPTED


@pytest.mark.parametrize("page", [0, 4])
def test_a_page_that_is_not_there_cannot_be_left_unsigned(page) -> None:
    row = {"of": "complainant", "missing": [page], "reason": "拒签", "witnesses": ["周海"]}
    outcome = minutes("cross-examination-minutes", **{"ink-participants": [row]})  # three pages
    assert (outcome.answer, {d.code for d in outcome.defects}) == (Answer.REFUSED, {"range"})


def test_who_did_not_attend_signs_nothing() -> None:
    row = {"of": "hospital", "missing": []}
    outcome = minutes("cross-examination-minutes", **{"ink-participants": [{"of": "complainant", "missing": []}, row]})
    assert {d.code for d in outcome.defects} == {"row-key"}
