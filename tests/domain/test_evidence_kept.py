"""No act names a file that the vault doesn't keep as the records demand, whatever the vault says when it is told to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from domain.errors import Fault
from domain.formats.act import sign_act
from tests.domain.keeping_vault import Lying, other_version, shorter, unlocked
from tests.office import INTAKE, Office

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.evidence_port import BlobState

HANDLER = "handler:陈立"


def signed(office: Office, case: str, papers: list[dict[str, str]] | None = None) -> Callable[[], Any]:
    made = office.draft(case, "intake", INTAKE, HANDLER, evidence=papers or office.papers(case))
    signatures = [sign_act(made.payload, office.keys["陈立"])]
    return lambda: office.archive.submit(made.payload, signatures, made.disclosures)


def lying(office: Office, tale: Callable[[BlobState], BlobState] | None, *drop: str) -> Lying:
    liar = Lying(office.archive.vault, tale, *drop)
    office.archive.vault = liar  # type: ignore[assignment]  # a vault otherwise
    return liar


def refused(office: Office, code: str, call: Callable[[], Any]) -> Fault:
    before = office.archive.events.position()
    with pytest.raises(Fault) as caught:
        call()
    assert caught.value.code == code
    assert office.archive.events.position() == before
    return caught.value


def test_a_store_that_drops_retention_silently_is_found_before_anything_is_entered(office: Office) -> None:
    enter, liar = signed(office, office.archive.ids.uuid7()), lying(office, None, "extend")
    liar.lies = True
    fault = refused(office, "evidence-unlocked", enter)
    assert "应锁定至 2123-03-01" in fault.defects[0].message
    assert fault.defects[0].field == "evidence[0]"
    liar.lies = False
    assert enter().seq == 1


def test_a_store_that_has_no_retention_at_all_is_found(office: Office) -> None:
    enter, liar = signed(office, office.archive.ids.uuid7()), lying(office, unlocked)
    liar.lies = True
    assert "没有期限" in refused(office, "evidence-unlocked", enter).defects[0].message


@pytest.mark.parametrize("tale", [shorter, other_version])
def test_a_store_that_cut_off_the_file_or_has_another_version_is_found(
    office: Office, tale: Callable[[BlobState], BlobState]
) -> None:
    enter, liar = signed(office, office.archive.ids.uuid7()), lying(office, tale)
    liar.lies = True
    refused(office, "evidence", enter)


def test_a_store_that_drops_the_hold_is_found(office: Office) -> None:
    case = office.notified()
    office.custody("evidence-held", case=case, reason="litigation", basis="（2023）行初1号")
    facts = {
        "party": "hospital",
        "received_on": "2023-03-01",
        "statement": "合法。",
        "progress": "已签。",
        "answers": 3,
    }
    paper = [{"object": office.file(case, "说明.pdf", b"%PDF-1.4 answer"), "slot": "statement"}]
    made = office.draft(case, "written-answer", facts, HANDLER, evidence=paper)
    signatures = [sign_act(made.payload, office.keys["陈立"])]
    liar = lying(office, None, "hold")
    liar.lies = True
    enter = lambda: office.archive.submit(made.payload, signatures, made.disclosures)  # noqa: E731  # one line
    assert "冻结" in refused(office, "evidence-unlocked", enter).defects[0].message
    liar.lies = False
    enter()


def test_a_draft_keeps_the_files_that_it_names_until_a_day_after_its_end(office: Office) -> None:
    case, vault = office.archive.ids.uuid7(), office.archive.vault
    papers = office.papers(case)
    office.on("2122-12-01")  # long after the lock with which they came
    office.clock.set(office.clock.now() + timedelta(days=365 * 5))
    made = office.draft(case, "intake", {**INTAKE, "basis": "延续适用"}, HANDLER, evidence=papers)
    ends = {vault.stat(paper["object"], None).retain_until for paper in papers}
    assert len(ends) == 1
    end = ends.pop()
    assert end is not None
    assert f"{end - timedelta(days=1):%Y-%m-%dT%H:%M:%S}" == made.expires[:19]
