"""Faults of the store while an archive is at work: no record names a file that isn't there, and repeating goes on."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from domain.archive import Archive
from domain.errors import Fault
from domain.evidence_port import State
from domain.formats.act import sign_act
from storage.clock import SystemIds
from storage.evidence.s3 import S3Vault
from storage.evidence.sealed import SealedVault
from storage.rulebook_store import RulebookStore
from tests.contract.conftest import in_bucket
from tests.contract.test_evidence_vault import refused
from tests.office import INTAKE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from domain.evidence_port import EvidenceVault
    from tests.contract.lossy import How, Lossy
    from tests.contract.servers import S3Server
    from tests.office import Office

WHO = "handler:陈立"


def moved(office: Office, vault: EvidenceVault) -> None:
    """Let the office keep its evidence in `vault`."""
    old = office.archive
    office.archive = Archive(
        events=old.events,
        attaching=replace(old.attaching, vault=SealedVault(vault, office.content_keys)),
        withheld=old.withheld,
        keys=office.content_keys,
        rulebooks=RulebookStore(office.path),
        signer=office.key,
        clock=office.clock,
        ids=SystemIds(office.clock),
    )


def submitted(office: Office, made: Any) -> Any:
    return office.archive.submit(made.payload, [sign_act(made.payload, office.keys["陈立"])], made.disclosures)


def named(office: Office, case: str) -> list[dict[str, Any]]:
    return [dict(item) for entry in office.archive.case(case).entries for item in entry.evidence]


@pytest.mark.parametrize("how", ["after", "500"])
def test_whatever_request_fails_no_record_names_a_file_that_is_not_there(
    office: Office, server: S3Server, lossy: Lossy, how: How
) -> None:
    """Three files attached, an act drafted that names them, submitted; each step repeated until it succeeds.

    A fault while a stored file is inspected leaves it in quarantine; it is inspected again.
    """
    moved(office, S3Vault(server.place(endpoint=lossy.endpoint)))
    near = in_bucket(server).vault
    for number in range(200):
        case, told = office.archive.ids.uuid7(), []

        def insisting(step: Callable[[], Any]) -> Any:
            while True:
                try:
                    return step()
                except Fault as fault:
                    told.append(fault.code)  # noqa: B023  # called at once
                    assert told in (["vault-unreachable"], ["in-quarantine"])  # noqa: B023  # it fails once
                    for one in office.archive.attachments.of_case(case):  # noqa: B023  # called at once
                        if one.state is State.WAITING:  # what couldn't be read back for its inspection
                            office.archive.attaching.recheck(one.stored.object)
                    assert not office.archive.events.case(case)  # noqa: B023  # same; no record, so none names it

        lossy.strike(how, number)
        papers = insisting(lambda: office.papers(case))  # noqa: B023  # called at once
        made = insisting(lambda: office.draft(case, "intake", INTAKE, WHO, evidence=papers))  # noqa: B023  # same
        insisting(lambda: submitted(office, made))  # noqa: B023  # same
        lossy.calm()
        items = named(office, case)
        assert len(items) == len(papers)
        for item in items:
            assert near.digest(str(item["object"]), item["version"]) == item["blob"]
        if not told:
            break
    assert not told
    assert number >= 18  # at least five for each file, and one for each at submission


def test_a_file_that_goes_or_changes_between_draft_and_submission_is_not_named(office: Office, tmp_path: Path) -> None:
    case = office.archive.ids.uuid7()
    papers = office.papers(case)
    made = office.draft(case, "intake", INTAKE, WHO, evidence=papers)
    name = papers[0]["object"]
    (home,) = (tmp_path / "vault" / "objects").glob(f"*/{name}")
    shutil.move(home, tmp_path / "aside")
    refused("not-in-vault", lambda: submitted(office, made))
    shutil.copytree(tmp_path / "aside", home)
    (home / "bytes").chmod(0o644)
    (home / "bytes").write_bytes(b"cut")
    refused("evidence", lambda: submitted(office, made))
    assert not office.archive.events.case(case)
    shutil.rmtree(home)
    shutil.move(tmp_path / "aside", home)
    assert submitted(office, made).case == case
