"""礼品供应的用户投诉: levels at the threshold, hours near midnight, who answers, what a missed limit triggers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from domain.rules.admissible import Answer, Outcome, admissible, extend
from domain.rules.civil import SHANGHAI
from domain.rules.compliance import compliance
from domain.rules.deadline import Deadline, Status
from domain.rules.time_limits import reckoned
from tests.rules.gift_acts import GIFT, at
from tests.rules.mine_acts import GRADED as MINE
from tests.rules.sampling import DAY

if TYPE_CHECKING:
    from domain.rules.case import Case

NEXT = "2023-03-07"


def opened(**changes: Any) -> Case:
    case = GIFT.case_before("complaint")
    return extend(case, GIFT.sample(case, "complaint", **changes))


def after(case: Case, *codes: str, on: str = DAY) -> Case:
    for code in codes:
        case = extend(case, GIFT.sample(case, code, on))
        assert case.entries[-1].defects == (), case.entries[-1].defects
    return case


def limit(case: Case, code: str, now: str) -> Deadline:
    moment = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)
    (found,) = reckoned(case, GIFT.rulebook.by_limit[code], moment.date(), moment)
    return found


def signed(case: Case, code: str, *capacities: str, on: str = DAY, **changes: Any) -> Outcome:
    entry = GIFT.sample(case, code, on, **changes)
    given = tuple(replace(entry.signers[0], officer=f"o{n}", capacity=c) for n, c in enumerate(capacities))
    return admissible(case, replace(entry, signers=given))


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({"amount": "1999.99"}, "ordinary"),
        ({"amount": "2000.00"}, "serious"),
        ({"amount": "0.00"}, "ordinary"),
        ({"exposed": True}, "serious"),
        ({"sued": True}, "serious"),
        ({"collective": True}, "serious"),
    ],
)
def test_the_level_at_intake(changes, level) -> None:
    assert opened(**changes).entries[0].facts["level"] == level


def test_a_complaint_entered_the_day_after_it_came_still_begins_as_what_it_was() -> None:
    case = GIFT.case_before("complaint")
    entry = GIFT.sample(case, "complaint", NEXT, came_at=at("23:50"))
    assert entry.facts["level"] == "ordinary"
    assert admissible(case, entry).defects == ()
    assert GIFT.sample(extend(case, entry), "escalation", NEXT).facts["level"] == "serious"


@pytest.mark.parametrize(
    ("came", "due"),
    [
        ("09:20", "2023-03-06 11:00"),
        ("22:59", "2023-03-07 00:00"),
        ("23:00", "2023-03-07 01:00"),
        ("00:00", "2023-03-06 02:00"),
    ],
)
def test_one_hour_to_contact_the_user(came, due) -> None:
    found = limit(opened(came_at=at(came)), "contact", f"{DAY} 08:00")
    assert f"{found.due_at:%Y-%m-%d %H:%M}" == due
    assert found.due == date.fromisoformat(due[:10])


@pytest.mark.parametrize(("amount", "due"), [("1999.99", "2023-03-06 12:00"), ("2000.00", "2023-03-07 11:00")])
def test_the_department_has_an_hour_or_a_day_by_the_level(amount, due) -> None:
    case = after(opened(amount=amount), "allocation")
    assert f"{limit(case, 'department-plan', f'{DAY} 10:10').due_at:%Y-%m-%d %H:%M}" == due


def test_an_ordinary_complaint_is_answered_the_same_day_whatever_the_hour() -> None:
    case = opened(came_at=at("23:59"))
    assert limit(case, "reply", f"{DAY} 23:59").status is Status.RUNNING
    overdue = limit(case, "reply", f"{NEXT} 00:00")
    assert (overdue.status, overdue.asks) == (Status.OVERDUE, "escalation")
    assert limit(opened(amount="2000.00"), "reply", f"{NEXT} 00:00").status is Status.NOT_BEGUN


def test_what_was_not_answered_that_day_is_serious_from_midnight_on() -> None:
    case = after(opened(), "contact", "allocation", "department-plan")
    assert signed(case, "reply", "desk").answer is Answer.ACCEPTED
    late = {"on": NEXT, "replied_at": at("09:00", NEXT)}
    assert [d.code for d in signed(case, "reply", "desk", **late).defects] == ["signers"]
    for higher in ("manager", "director"):
        assert signed(case, "reply", "desk", higher, **late).answer is Answer.ACCEPTED


def test_escalation_asked_for_is_done_once_it_is_entered() -> None:
    case = after(opened(), "escalation", on=NEXT)
    assert limit(case, "reply", f"{NEXT} 12:00").asks is None


@pytest.mark.parametrize(
    ("ground", "on", "found"),
    [
        ("overdue", DAY, {"unfounded"}),
        ("overdue", NEXT, set()),
        ("serious", DAY, {"unfounded"}),
        ("serious", NEXT, set()),
        ("unaccepted", DAY, {"unfounded"}),
        ("no-solution", DAY, set()),
    ],
)
def test_the_ground_of_escalation_has_to_be_borne_out(ground, on, found) -> None:
    case = opened()
    entry = GIFT.sample(case, "escalation", on, ground=ground, handed_at=at("11:30", on))
    assert {d.code for d in admissible(case, entry).defects} == found


def test_the_user_who_declines_goes_to_the_inside_panel_first() -> None:
    case = after(opened(), "contact", "allocation", "department-plan", "reply", "user-response:no")
    assert [d.code for d in signed(case, "outside-notice", "manager").defects] == ["needs"]
    case = after(case, "escalation:unaccepted", "inside-panel", "escalated-reply", "user-response:no")
    assert signed(case, "outside-notice", "manager").answer is Answer.ACCEPTED


def test_what_the_panel_did_not_approve_is_no_reply() -> None:
    case = after(opened(), "escalation")
    panel = GIFT.sample(case, "inside-panel", approved=False)
    case = extend(case, panel)
    assert [d.code for d in admissible(case, GIFT.sample(case, "escalated-reply")).defects] == ["needs"]


@pytest.mark.parametrize(
    ("amount", "enough"), [("300.00", ("supervisor", "manager")), ("2000.00", ("supervisor", "manager", "director"))]
)
def test_who_closes_a_case_goes_by_its_level(amount, enough) -> None:
    case = opened(amount=amount)
    case = after(case, "contact", "allocation", "department-plan", "reply", "user-response", "carrying-out")
    case = after(case, "return-visit", "written-notice")
    assert signed(case, "prevention", *enough).answer is Answer.ACCEPTED
    assert [d.code for d in signed(case, "prevention", *enough[:-1]).defects] == ["signers"]


def test_hours_of_an_answer_count_from_the_escalation() -> None:
    case = after(opened(), "escalation", "inside-panel")
    found = limit(case, "escalated-reply", f"{NEXT} 11:30")
    assert (f"{found.due_at:%H:%M}", found.left, found.used) == ("12:00", 0, 23)
    assert found.ends == "2023年3月7日12时00分"


def test_a_later_reply_than_the_moment_is_late_by_minutes() -> None:
    case = after(opened(), "escalation", "inside-panel")
    late = GIFT.sample(case, "escalated-reply", NEXT, replied_at=f"{NEXT}T12:00:01+08:00")
    found = limit(extend(case, late), "escalated-reply", f"{NEXT} 13:00")
    assert (found.status, found.late) == (Status.MISSED, 0)


def test_compliance_knows_the_hour_where_it_is_told() -> None:
    case = opened(came_at=at("21:30"))
    for now, state in (("22:59", "running"), ("23:00", "running"), ("23:01", "overdue")):
        moment = datetime.fromisoformat(f"{DAY} {now}").replace(tzinfo=SHANGHAI)
        found = {r.code: r.state.value for r in compliance(case, moment.date(), moment).requirements}
        assert found["contact"] == state, now
    assert {r.code: r.state.value for r in compliance(case, date(2023, 3, 6)).requirements}["contact"] == "overdue"


def test_a_period_that_lapses_is_no_requirement_that_fails() -> None:
    case = MINE.case_before("revocation")
    states = {r.code: r.state.value for r in compliance(case, date(2027, 1, 4)).requirements}
    assert (states["validity"], states["publicity"]) == ("ended", "ended")
