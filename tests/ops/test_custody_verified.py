"""An archive that held, released, extended and destroyed verifies, and a forged act of custody doesn't."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.custody_check import open_digests
from domain.errors import Fault
from domain.evidence_port import StoredBlob
from ops.verifying import verify_home
from tests.ops import vaults

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.ops.vaults import Archived


@pytest.fixture
def archived(tmp_path: Path) -> Iterator[Archived]:
    with vaults.in_directory(tmp_path, retention="10-years") as made:
        yield made


def test_acts_of_custody_verify_as_every_act_of_the_register(archived: Archived) -> None:
    office, (one, _) = archived.office, archived.cases
    hold = office.custody("evidence-held", case=one, reason="litigation", basis="（2023）行初1号")
    office.custody("evidence-released", answers=hold.seq, reason="已经审结")
    office.custody("retention-extended", case=one, until="2070-01-01", reason="重要")
    office.custody("retention-changed", retention="30-years", reason="本级规定")
    report = verify_home(archived.path, office.archive.trust(), None)
    assert [f for f in report.findings if f.verdict.name == "FAILED"] == []
    assert report.exit_status == 0


def test_what_was_destroyed_is_said_to_be_and_everything_else_still_verifies(archived: Archived) -> None:
    office = archived.office
    case = office.filed(procurement_ended_on="2023-02-01")
    named = [
        StoredBlob(**{k: item[k] for k in ("object", "blob", "size", "version", "sha256", "length")})
        for item in office.archive.case(case).entries[0].evidence
    ]
    office.on("2053-03-02")
    office.custody("destruction", case=case, sha256=list(open_digests(office.archive.case(case))), reason="期满")
    report = verify_home(archived.path, office.archive.trust(), None)
    assert [f for f in report.findings if f.verdict.name == "FAILED"] == []
    assert sum(f.reason == "evidence-destroyed" for f in report.findings) == len(
        open_digests(office.archive.case(case))
    )
    for stored in named:
        with pytest.raises(Fault) as gone:
            office.archive.vault.read(stored.object, stored.version)
        assert gone.value.code == "content-destroyed"
    raw = archived.vault
    assert all(raw.digest(stored.object, stored.version) == stored.blob for stored in named)
