"""What a case says of a linked one, verified: beside it, without it, and against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from domain.formats.encoding import digest
from domain.formats.verdict import Verdict
from domain.verification import Blob, store_material, verify_store
from storage import rulebooks
from tests.domain.test_linking import SAID, challenged, complaint
from tests.office import Office

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from domain.formats.verdict import Finding

HANDLER = "handler:陈立"


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Office]:
    """An archive elsewhere."""
    (tmp_path / "other").mkdir()
    made = Office(tmp_path / "other")
    yield made
    made.close()


def links(office: Office, cases: dict[str, Office], case: str) -> list[tuple[Verdict, str, str | None]]:
    """What verification finds about links in `case`, where `cases` lie in these archives beside the office's own."""
    books = {book.digest: book.data for book in rulebooks.installed().values()}
    known = [found for found, _ in office.archive.events.cases()]
    material = store_material(
        cases=dict.fromkeys([*known, *cases]),
        read=lambda found: tuple(cases.get(found, office).archive.events.case(found)),
        rows=lambda: (),
        withheld=lambda found, act: cases.get(found, office).archive.withheld.get(found, act),
        rulebooks=books,
        forms={},
        calendars={digest(data): data for data in rulebooks.calendars().values()},
        vault=lambda _name, _version: Blob(0, ""),
    )
    report = verify_store(material, office.archive.trust())
    return [told(f) for f in report.findings if f.reason.startswith("link-") and f.where == f"{case}/1"]


def told(finding: Finding) -> tuple[Verdict, str, str | None]:
    return finding.verdict, finding.reason, finding.field


def entered(office: Office, **facts: Any) -> str:
    case = office.archive.ids.uuid7()
    office.do(case, "intake", complaint(**facts), HANDLER, evidence=office.papers(case))
    return case


def test_a_linked_case_beside_it_that_tells_the_same_is_no_finding(office: Office) -> None:
    case = entered(office, challenge_case={"case": challenged(office)})
    assert links(office, {}, case) == []


def test_a_linked_case_that_is_not_at_hand_is_said_to_be_elsewhere(office: Office, other: Office) -> None:
    link = {"case": challenged(other), "head": "A" * 43}
    case = entered(office, challenge_case=link, **SAID)
    assert links(office, {}, case) == [(Verdict.PASSED, "link-elsewhere", "facts.challenge_case")]
    assert links(office, {link["case"]: other}, case) == [(Verdict.FAILED, "link-wrong", "facts.challenge_case.head")]


def test_what_the_linked_case_does_not_tell_is_found_once_both_are_there(office: Office, other: Office) -> None:
    challenge = challenged(other)
    link = {"case": challenge, "head": other.archive.case(challenge).head}
    stated = SAID | {"challenged_on": "2023-01-31", "challenge_matters": ["另一事项"]}
    case = entered(office, challenge_case=link, **stated)
    assert links(office, {challenge: other}, case) == [
        (Verdict.FAILED, "link-wrong", "facts.challenge_matters"),
        (Verdict.FAILED, "link-wrong", "facts.challenged_on"),
    ]


def test_a_case_of_another_procedure_is_found(office: Office, other: Office) -> None:
    complained = other.opened()
    link = {"case": complained, "head": other.archive.case(complained).head}
    case = entered(office, challenge_case=link, **SAID)
    assert links(office, {complained: other}, case) == [(Verdict.FAILED, "link-wrong", "facts.challenge_case.case")]


def test_what_counts_is_the_link_as_corrected(office: Office, other: Office) -> None:
    challenge = challenged(other)
    link = {"case": challenge, "head": "A" * 43}
    case = entered(office, challenge_case=link, **SAID, challenge_matters=["另一事项"])
    right = {"challenge_case": link | {"head": other.archive.case(challenge).head}}
    right |= {"challenge_matters": other.archive.case(challenge).entries[0].facts["matters"]}
    right["challenge_matters"] = [row["matter"] for row in right["challenge_matters"]]
    how = {"target": 1, "mode": "corrects", "reason": "录入有误。", "changes": right}
    office.do(case, "rectification", how, HANDLER, "reviewer:李敏")
    assert links(office, {challenge: other}, case) == []
