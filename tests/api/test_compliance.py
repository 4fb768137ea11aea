"""Compliance through the API and as a page: the same answer, without what is withheld."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from domain.rules.compliance import compliance
from domain.rules.compliance_json import as_json
from tests.api.test_pages import Reader, looked

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from tests.api.conftest import Desk
    from tests.office import Office


def late(office: Office) -> str:
    """A case accepted three working days after the review's end."""
    case = office.opened()
    office.on("2023-03-13")
    office.do(case, "acceptance", {}, "handler:陈立")
    return case


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def test_the_api_gives_what_the_rules_come_to(office: Office, handler: Desk) -> None:
    case = late(office)
    found = handler.get(f"/v1/cases/{case}/compliance").json()
    whole = compliance(office.archive.case(case), office.clock.now().date())
    assert found == {"case": case, **as_json(whole)}
    review = next(r for r in found["requirements"] if r["code"] == "review")
    assert (found["conclusion"], review["zh"], review["late"]) == ("failed", "逾期 3 个工作日", 3)


def test_the_past_is_told_as_it_was(office: Office, handler: Desk) -> None:
    case = late(office)
    found = handler.get(f"/v1/cases/{case}/compliance?as_of=2023-03-06").json()
    review = next(r for r in found["requirements"] if r["code"] == "review")
    assert (found["conclusion"], found["day"], review["state"]) == ("kept", "2023-03-06", "running")
    assert handler.get("/v1/cases/none/compliance").status_code == 404


def test_a_page_tells_each_requirement_with_its_days(office: Office, anyone: TestClient) -> None:
    case = late(office)
    html = looked(anyone, f"/cases/{case}/compliance")
    text = plain(html)
    for words in ("违反法定程序", "审查期限", "逾期 3 个工作日", "8/5 个工作日", "2023-03-08", "第 5 个工作日", "R3"):
        assert words in text, words
    assert not Reader(html).inline
    then = plain(looked(anyone, f"/cases/{case}/compliance?as_of=2023-03-06"))
    assert "符合法定程序" in then
    assert "截至2023年3月6日" in then


def test_a_limit_s_page_says_how_the_law_is_read(office: Office, anyone: TestClient) -> None:
    case = late(office)
    assert "审查至多五个工作日" in looked(anyone, f"/cases/{case}/deadlines/review")


def test_the_case_page_leads_to_it(office: Office, anyone: TestClient) -> None:
    case = late(office)
    assert f"/cases/{case}/compliance" in Reader(looked(anyone, f"/cases/{case}")).addresses


def test_the_page_judges_by_all_and_shows_nothing_withheld(office: Office, anyone: TestClient) -> None:
    case = late(office)
    text = plain(looked(anyone, f"/cases/{case}/compliance"))
    assert "第 1 号记录有不公开事项" in text
    for party in office.archive.case(case).entries[0].facts["parties"]:
        for name in ("address", "phone", "contact"):
            assert party[name] not in text
