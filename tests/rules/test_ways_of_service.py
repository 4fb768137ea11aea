"""送达方式 (第四十一条第二款): what each way asks for is missed by name, and which day counts for what."""

from __future__ import annotations

from typing import Any

import pytest

from domain.rules.admissible import Answer
from domain.rules.service_table import Service, Standing, service_table
from tests.rules.acting import AGENCY, after, done, entered, judged, told
from tests.rules.sample_acts import AGENT, DAY, WAYS, delivered, sample

HANDLING = ("intake", "acceptance")
NOTIFIED = after(*HANDLING, "answer-notice")
BY_NOTICE = {**delivered("announcement"), "published_on": DAY, "sent_on": DAY}


def served(row: dict[str, Any], on: str = DAY) -> Any:
    return judged(NOTIFIED, "service", on, deliveries=[row])


@pytest.mark.parametrize("way", WAYS)
def test_a_service_that_tells_all_that_its_way_asks_for_is_in_order(way: str) -> None:
    assert served(delivered(way)).answer is Answer.ACCEPTED


@pytest.mark.parametrize(("way", "missing"), [(way, name) for way in WAYS for name in WAYS[way] if WAYS[way][name]])
def test_what_a_way_asks_for_is_missed_by_name(way: str, missing: str) -> None:
    if missing in ("way", "attested"):  # without these nothing tells which others are asked for
        return
    outcome = served(delivered(way, **{missing: None}))
    assert outcome.answer is Answer.IRREGULAR
    assert ("absent", "41", f"facts.deliveries[0].{missing}") in {(d.code, d.article, d.field) for d in outcome.defects}


def test_the_message_says_which_way_asks_for_it() -> None:
    (defect,) = served(delivered("retention", refusal=None)).defects
    assert defect.message == "留置送达：缺少“拒收的事由”"
    (defect,) = served(delivered("electronic", consent=None)).defects
    assert defect.message == "电子送达：缺少“同意电子送达的凭据”"


def test_what_another_way_asks_for_has_no_place() -> None:
    row = delivered("electronic") | {"refusal": "拒收"}
    assert [(d.code, d.field) for d in served(row).defects] == [("not-asked", "facts.deliveries[0].refusal")]


def test_consent_comes_before_the_sending() -> None:
    row = delivered("electronic", sent_on="2023-03-07", served_on="2023-03-07")
    assert served({**row, "consented_on": "2023-03-07"}, "2023-03-07").answer is Answer.ACCEPTED
    outcome = served({**row, "consented_on": "2023-03-08"}, "2023-03-08")
    assert outcome.answer is Answer.IRREGULAR  # unlawful, not impossible
    assert [(d.code, d.article, d.field) for d in outcome.defects] == [
        ("too-soon", "41", "facts.deliveries[0].sent_on")
    ]


@pytest.mark.parametrize(("on", "found"), [("2023-04-04", {("too-soon", "41")}), ("2023-04-05", set())])
def test_service_by_public_notice_is_complete_when_its_period_is_over(on: str, found: set[Any]) -> None:
    assert told(served({**BY_NOTICE, "served_on": on}, on)) == found  # published on 6 March, for 30 days


def test_a_longer_period_takes_longer() -> None:
    row = {**BY_NOTICE, "served_on": "2023-05-04", "period": 60}
    assert told(served(row, "2023-05-04")) == {("too-soon", "41")}
    assert told(served({**row, "served_on": "2023-05-05"}, "2023-05-05")) == set()


def test_an_agent_receives_for_its_own_party_with_that_power_within_its_term() -> None:
    agents = [
        {"id": name, **AGENT, "for": ["hospital"], "powers": [name], "until": DAY} for name in ("receive", "state")
    ]
    case = done(done(NOTIFIED, "agent-appointed", agents=agents), "party-added", parties=[AGENCY])
    case = done(case, "answer-notice", recipients=["hospital", "agency"])

    def by(agent: str, on: str = DAY, **changes: Any) -> set[Any]:
        row = {
            "recipient": "hospital",
            "way": "direct",
            "sent_on": DAY,
            "served_on": on,
            "proof": "回证",
            "agent": agent,
        }
        return told(judged(case, "service", on, deliveries=[{**row, **changes}]))

    assert by("receive") == set()
    assert by("state") == {("power", "41")}
    assert by("receive", "2023-03-07") == {("mandate", "41")}  # the day in the row counts
    assert by("receive", recipient="agency") == {("mandate", "41")}


def rows(case: Any) -> list[Service]:
    return list(service_table(case))


def test_the_table_has_every_paper_and_recipient_and_how_far_it_came() -> None:
    case = done(done(after(*HANDLING), "party-added", parties=[AGENCY]), "answer-notice")
    assert [(row.paper, row.recipient, row.standing) for row in rows(case)] == [
        (4, "hospital", Standing.UNSENT),
        (4, "agency", Standing.UNSENT),
    ]
    post = {"recipient": "agency", "way": "post", "sent_on": DAY}
    case = done(case, "service", deliveries=[post])
    case = done(
        case,
        "service",
        "2023-03-08",
        deliveries=[delivered("electronic"), {**post, "served_on": "2023-03-08", "proof": "回执"}],
    )
    hospital, agency = rows(case)
    assert (hospital.standing, hospital.way_title, hospital.seqs) == (Standing.SERVED, "电子送达", (6,))
    assert (agency.standing, str(agency.sent and agency.sent.day), str(agency.served and agency.served.day)) == (
        Standing.SERVED,
        DAY,
        "2023-03-08",
    )
    assert (agency.proof, agency.seqs, agency.named) == ("回执", (5, 6), True)


def test_the_table_tells_which_day_each_limit_looks_at() -> None:
    """第二十九条: 发送 within eight days, five days from 收到; 第三十六条: a suspension runs from service."""
    case = done(NOTIFIED, "suspension")
    by_paper = {row.action: {(verb.code, verb.day) for verb in row.verbs} for row in rows(case)}
    assert {("limit.answer-notice", Standing.SENT), ("limit.answer", Standing.SERVED)} <= by_paper["answer-notice"]
    assert ("window.suspension", Standing.SERVED) in by_paper["suspension"]


def test_the_refusal_is_tested_by_service_and_the_correction_by_sending() -> None:
    case = done(done(after("intake"), "review-conclusion"), "refusal")
    assert {(verb.code, verb.day) for row in rows(case) for verb in row.verbs} == {("limit.refusal", Standing.SERVED)}
    verbs = {(v.code, v.day) for row in rows(after("intake", "correction-notice")) for v in row.verbs}
    assert ("limit.correction-notice", Standing.SENT) in verbs  # R27


def test_the_way_is_that_of_what_served_it() -> None:
    back = {"recipient": "hospital", "way": "post", "sent_on": DAY, "note": "退回"}
    case = done(NOTIFIED, "service", deliveries=[back])
    assert [(row.way, row.standing) for row in rows(case)] == [("post", Standing.SENT)]
    case = done(case, "service", deliveries=[delivered("retention")])
    case = done(case, "service", deliveries=[back])
    assert [(row.way, row.standing, row.seqs) for row in rows(case)] == [("retention", Standing.SERVED, (4, 5, 6))]


def test_what_was_amiss_stands_with_its_own_recipient() -> None:
    case = done(done(after(*HANDLING), "party-added", parties=[AGENCY]), "answer-notice")
    lacking = delivered("retention", refusal=None) | {"recipient": "agency"}
    case = entered(case, sample(case, "service", deliveries=[delivered("electronic"), lacking]))
    hospital, agency = rows(case)
    assert (hospital.amiss, [d.field for d in agency.amiss]) == ((), ["facts.deliveries[1].refusal"])


def test_one_whom_the_paper_does_not_name_is_shown_as_such_and_a_voided_service_is_not() -> None:
    astray = {"recipient": "complainant", "way": "direct", "sent_on": DAY, "served_on": DAY, "proof": "回证"}
    case = entered(NOTIFIED, sample(NOTIFIED, "service", deliveries=[astray]))
    assert [(row.recipient, row.named) for row in rows(case)] == [("hospital", True), ("complainant", False)]
    case = entered(case, sample(case, "rectification", target=4, mode="voids", changes=None))
    assert [row.recipient for row in rows(case)] == ["hospital"]
    case = entered(case, sample(case, "rectification", target=3, mode="voids", changes=None))
    assert rows(case) == []
