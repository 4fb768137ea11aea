"""What the archive says of a case as of a moment: by the records, the calendars and the officers that it then had."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from domain.errors import Fault
from domain.rules.moments import By
from domain.rules.time_limits import reckoned
from tests.projections.history import adopt_calendar

if TYPE_CHECKING:
    from domain.rules.case import Case
    from domain.rules.deadline import Deadline
    from tests.office import Office

HANDLER, REVIEWER = "handler:陈立", "reviewer:李敏"


def decide(case: Case, today: str) -> Deadline:
    (found,) = reckoned(case, case.rulebook.by_limit["decide"], date.fromisoformat(today))
    return found


def refused(office: Office, case: str, text: str, by: By = By.RECEIVED) -> str:
    with pytest.raises(Fault) as caught:
        office.archive.as_of(case, text, by)
    return caught.value.code


def test_what_was_known_when_it_was_decided(office: Office) -> None:
    """Decided on 1 March; the receipt of the complaint was put right a week later."""
    case = office.decided()
    office.on("2023-03-08")
    wrong = {"target": 1, "mode": "corrects", "reason": "录入有误", "changes": {"received_on": "2023-02-28"}}
    office.do(case, "rectification", wrong, HANDLER, REVIEWER)
    past = office.archive.as_of(case, "before-5")
    assert (past.case.seq, past.case.stage, past.at.day) == (4, "handling", date(2023, 3, 1))
    assert decide(past.case, "2023-03-01").due == date(2023, 4, 13)
    assert decide(office.archive.case(case), "2023-03-08").due == date(2023, 4, 12)
    assert office.archive.as_of(case, "2023-03-08").case == office.archive.case(case)
    assert decide(office.archive.as_of(case, "2023-03-01", By.OCCURRED).case, "2023-03-01").due == date(2023, 4, 12)


def test_only_calendars_adopted_by_then_count(office: Office) -> None:
    """7 March 2023 is made a holiday by a table that the archive adopts on the ninth."""
    case = office.accepted()
    office.on("2023-03-09")
    adopt_calendar(office)
    assert decide(office.archive.case(case), "2023-03-09").due == date(2023, 4, 14)
    assert decide(office.archive.as_of(case, "2023-03-08").case, "2023-03-08").due == date(2023, 4, 13)
    assert decide(office.archive.as_of(case, "2023-03-09").case, "2023-03-09").due == date(2023, 4, 14)
    issued = office.archive.as_of(case, "2023-03-05", By.OCCURRED).case  # the notice is of that day
    assert decide(issued, "2023-03-05").due == date(2023, 4, 14)
    assert decide(office.archive.as_of(case, "2023-03-04", By.OCCURRED).case, "2023-03-04").due == date(2023, 4, 13)


def test_only_officers_enrolled_by_then_are_known(office: Office) -> None:
    case = office.opened()
    office.on("2023-03-02")
    facts = {"capacities": ["handler"], "from": "2023-03-02T00:00:00+08:00"}
    office.do(office.officers["王强"], "capacities-changed", facts, "registrar:陈立", "registrar:李敏")
    held = [
        register.officers[office.officers["王强"]].capacities(office.clock.now())
        for register in (office.archive.as_of(case, "2023-03-01").register, office.archive.register())
    ]
    assert held == [{"head", "investigator"}, {"handler"}]


def test_a_moment_that_has_not_come_or_had_no_record_is_refused(office: Office) -> None:
    case = office.opened()
    assert refused(office, case, "2023-03-02") == "as-of"
    assert refused(office, case, "2023-02-28") == "nothing-yet"
    assert refused(office, case, "before-1") == "nothing-yet"
    assert refused(office, case, "before-2") == "unknown-record"
    assert refused(office, case, "2017-01-01", By.OCCURRED) == "nothing-yet"
    assert refused(office, "none", "2023-03-01") == "unknown-case"
