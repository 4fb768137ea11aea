"""Log, witnesses and census of a package: what passes, and every way in which they may be wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from domain.formats.census import CensusLine
from domain.formats.encoding import digest
from domain.formats.keys import PrivateKey
from domain.formats.note import KeyType, NoteKey
from domain.formats.verdict import Verdict
from domain.verification.proofs import CENSUS, CENSUS_PROOF, census_place
from tests.verification.factory import ORIGIN, Archive, archive
from tests.verification.judging import against, places, reasons, verified
from tests.verification.logged import LOG, POLICY, Log, trust

if TYPE_CHECKING:
    from domain.formats.verdict import Report

FIRST = "data/proofs/records/0001.tlog-proof"
SECOND = "data/proofs/records/0002.tlog-proof"


@pytest.fixture(scope="module")
def made() -> Archive:
    return archive()


def checks(report: Report, verdict: Verdict) -> set[str]:
    return {finding.check for finding in report.findings if finding.verdict is verdict}


def found(made: Archive, files: dict[str, bytes], **more: int) -> set[str]:
    """The reasons of failure of a package with these proofs."""
    report = verified(Log(made).package(files, **more), trust(made))
    assert report.exit_status == 1
    return reasons(report)


def test_a_logged_package_passes_with_its_census(made: Archive) -> None:
    report = verified(Log(made).package(), trust(made))
    assert report.exit_status == 0
    assert {"log", "census"} <= checks(report, Verdict.PASSED)
    assert checks(report, Verdict.NOT_CLAIMED) == {"witness", "time"}
    assert verified(Log(made).package(), trust(made), "logged").exit_status == 0


def test_without_a_key_for_the_log_nothing_is_settled(made: Archive) -> None:
    report = verified(Log(made).package(), trust(made, log=None))
    assert {finding.reason for finding in against(report)} == {"log-key-unknown"}


def test_another_key_than_the_trusted_one_is_found(made: Archive) -> None:
    other = PrivateKey.from_seed(b"o" * 32)
    key = NoteKey(ORIGIN, KeyType.ED25519, other.public.raw)
    report = verified(Log(made, key=key, signer=other).package(), trust(made))
    assert reasons(report) == {"log-signature"}


def test_a_forged_signature_under_the_right_key_s_name_is_found(made: Archive) -> None:
    report = verified(Log(made, signer=PrivateKey.from_seed(b"o" * 32)).package(), trust(made))
    assert reasons(report) == {"log-signature"}


def test_the_log_of_another_archive_is_found(made: Archive) -> None:
    key = replace(LOG, name="other.example.test")
    report = verified(Log(made, key=key).package(), trust(made, log=key.vkey))
    assert "log-key-wrong" in reasons(report)


def test_a_trusted_key_that_is_none_is_found(made: Archive) -> None:
    for vkey in ("nonsense", NoteKey(ORIGIN, KeyType.COSIGNATURE, LOG.raw).vkey):
        assert reasons(verified(Log(made).package(), trust(made, log=vkey))) == {"log-key-wrong"}


def test_every_record_needs_its_own_proof(made: Archive) -> None:
    files = Log(made).files()
    for name in [name for name in files if name.endswith(".tlog-proof") and "census" not in name]:
        without = {other: data for other, data in files.items() if other != name}
        report = verified(Log(made).package(without), trust(made))
        assert places(report, "log-proof-missing") == {name}
    assert found(made, {**files, FIRST: files[SECOND]}) == {"log-proof-wrong"}


def test_a_proof_that_is_none_is_found(made: Archive) -> None:
    files = Log(made).files()
    for data in (b"", b"c2sp.org/tlog-proof@v1\n", files[FIRST] + b"\n", files[FIRST].replace(b"index ", b"index 0")):
        assert found(made, {**files, FIRST: data}) == {"log-proof-malformed", "log-proof-missing"}


def test_all_proofs_stand_under_one_checkpoint(made: Archive) -> None:
    files, other = Log(made).files(), Log(made, cosigners=("审计",)).files()
    assert found(made, {**files, SECOND: other[SECOND]}) == {"log-checkpoint-differs", "log-proof-missing"}
    assert "log-checkpoint-differs" in found(made, files, checkpoint=7)


def test_a_log_with_another_order_is_found(made: Archive) -> None:
    order = list(made.order)
    mine = [i for i, record in enumerate(order) if record.case == made.case]
    order[mine[0]], order[mine[1]] = order[mine[1]], order[mine[0]]
    log = Log(made, order=order)
    report = verified(log.package(), trust(made))
    assert reasons(report) == {"log-order"}
    assert places(report, "log-order") == {SECOND}


def test_proof_files_of_nothing_enclosed_are_found(made: Archive) -> None:
    files = Log(made).files()
    for name in (
        "data/proofs/records/0099.tlog-proof",
        "data/proofs/notes.txt",
        "data/proofs/records/1.tlog-proof",
        "data/proofs/census/x.json",
        f"data/proofs/census/{made.case[:-1]}0.json",
    ):
        assert "file-unexpected" in found(made, {**files, name: files[FIRST]})


def test_checkpoints_with_time_stamps_are_not_judged_yet_and_do_not_pass(made: Archive) -> None:
    files = Log(made).files() | {"data/proofs/7.tst": b"x"}
    report = verified(Log(made).package(files), trust(made))
    assert {finding.reason for finding in against(report)} == {"layer-unjudged"}


# Witnesses


@pytest.mark.parametrize("level", [None, "witnessed"])
@pytest.mark.parametrize("cosigners", [(), ("审计",), ("审计", "监察")])
def test_a_quorum_of_witnesses_counts(made: Archive, cosigners: tuple[str, ...], level: str | None) -> None:
    report = verified(Log(made, cosigners=cosigners).package(), trust(made, witnesses=POLICY), level)
    enough = len(cosigners) == 2
    assert ("witness" in checks(report, Verdict.PASSED)) == enough
    assert report.exit_status == (0 if enough or level is None else 2)


def test_a_wrong_cosignature_is_found(made: Archive) -> None:
    log = Log(made, cosigners=("审计", "监察"))
    line = log.note.lines[1]
    bent = replace(line, signature=line.signature[:-1] + bytes([line.signature[-1] ^ 1]))
    log.note = replace(log.note, lines=(log.note.lines[0], bent, log.note.lines[2]))
    assert reasons(verified(log.package(), trust(made, witnesses=POLICY))) == {"witness-signature"}
    assert verified(log.package(), trust(made)).exit_status == 0  # nobody who asks for these witnesses


def test_a_policy_that_cannot_be_read_settles_nothing(made: Archive) -> None:
    report = verified(Log(made).package(), trust(made, witnesses="quorum all\n"))
    assert {finding.reason for finding in against(report)} == {"witness-policy"}


def test_a_policy_without_witnesses_claims_nothing(made: Archive) -> None:
    report = verified(Log(made).package(), trust(made, witnesses="quorum none\n"), "witnessed")
    assert {finding.check for finding in against(report)} == {"witness"}


# Census


def lines(made: Archive) -> list[CensusLine]:
    return [CensusLine(case, len(made.records[case]), made.records[case][-1].digest) for case in sorted(made.records)]


def changed(made: Archive, **how: object) -> list[CensusLine]:
    return [replace(line, **how) if line.case == made.case else line for line in lines(made)]  # type: ignore[arg-type]  # members


def test_a_package_without_a_census_claims_none(made: Archive) -> None:
    files = {name: data for name, data in Log(made).files().items() if "census" not in name}
    report = verified(Log(made).package(files), trust(made))
    assert report.exit_status == 0
    assert "census" in checks(report, Verdict.NOT_CLAIMED)


def test_a_tail_that_was_cut_off_is_found(made: Archive) -> None:
    longer = changed(made, seq=len(made.records[made.case]) + 2, head=digest(b"a later record"))
    report = verified(Log(made, lines=longer).package(), trust(made))
    assert places(report, "census-tail") == {census_place(made.case)}


def test_a_case_that_went_on_since_the_census_passes(made: Archive) -> None:
    chain = made.records[made.case]
    earlier = changed(made, seq=len(chain) - 1, head=chain[-2].digest)
    assert verified(Log(made, lines=earlier).package(), trust(made)).exit_status == 0


def test_another_record_than_the_census_commits_to_is_found(made: Archive) -> None:
    report = verified(Log(made, lines=changed(made, head=digest(b"another"))).package(), trust(made))
    assert reasons(report) == {"census-head"}


def test_every_enclosed_case_needs_its_path(made: Archive) -> None:
    files = Log(made).files()
    for name in [name for name in files if name.startswith("data/proofs/census/") and "document" not in name]:
        without = {other: data for other, data in files.items() if other != name}
        report = verified(Log(made).package(without), trust(made))
        assert places(report, "census-path-missing") == {name}
    own, other = census_place(made.case), census_place(made.own)
    assert found(made, {**files, own: files[other]}) == {"census-path"}
    assert found(made, {**files, own: b"{}"}) == {"census-malformed"}


def test_a_census_that_is_not_in_the_log_is_found(made: Archive) -> None:
    files, log = Log(made).files(), Log(made)
    without = {name: data for name, data in files.items() if name != CENSUS_PROOF}
    assert found(made, without) == {"census-unlogged"}
    assert found(made, {**files, CENSUS_PROOF: files[FIRST]}) == {"census-unlogged"}
    elsewhere = replace(log.census, size=log.census.size - 1)
    assert found(made, {**files, CENSUS: elsewhere.dump()}) == {"census-unlogged"}
    assert "census-malformed" in found(made, {**files, CENSUS: b"{}"})
    foreign = replace(log.census, origin="other.example.test")
    assert "census-malformed" in found(made, {**files, CENSUS: foreign.dump()})


def test_a_flipped_bit_anywhere_in_the_proofs_never_passes(made: Archive) -> None:
    log = Log(made)
    files = log.files()
    for name, data in files.items():
        for at in range(0, len(data), max(1, len(data) // 12)):
            bent = bytearray(data)
            bent[at] ^= 1
            report = verified(log.package({**files, name: bytes(bent)}), trust(made))
            assert report.exit_status == 1, (name, at)
