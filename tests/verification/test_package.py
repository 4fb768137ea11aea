"""A package as its archive made it, and what its form may not be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.errors import Fault
from domain.formats.canonical import dump
from domain.formats.trust import Trust
from domain.formats.verdict import CHECKS, Verdict
from tests.verification.factory import ORIGIN, Archive, archive, uuid7
from tests.verification.judging import against, places, reasons, verified

if TYPE_CHECKING:
    from domain.formats.verdict import Report

LAYERS = {"log", "witness", "time", "census"}


def checked(report: Report) -> dict[str, Verdict]:
    return {finding.check: finding.verdict for finding in report.findings}


def test_a_package_passes_every_check_under_the_trust_file(made: Archive) -> None:
    report = verified(made.package(), made.trust())
    assert report.exit_status == 0
    expected = {check: Verdict.NOT_CLAIMED if check in LAYERS else Verdict.PASSED for check in CHECKS}
    assert checked(report) == {check: v for check, v in expected.items() if check not in {"vault", "store"}}


def test_findings_stand_in_the_order_of_the_checks(made: Archive) -> None:
    order = [finding.check for finding in verified(made.package(), made.trust()).findings]
    assert order == sorted(order, key=list(CHECKS).index)


def test_without_a_trust_file_nothing_is_authentic(made: Archive) -> None:
    report = verified(made.package(), None)
    assert report.exit_status == 2
    assert [finding.reason for finding in against(report)] == ["trust-absent"]


def test_the_readable_dossier_is_said_to_be_covered_and_not_read(made: Archive) -> None:
    assert places(verified(made.package(), made.trust()), "dossier-covered") == {"data/案卷.pdf"}


def test_a_demonstration_archive_is_said_to_be_one() -> None:
    shown = archive(demonstration=True)
    report = verified(shown.package(), shown.trust())
    assert report.exit_status == 0
    assert places(report, "demonstration") == {f"data/register/{shown.own}/0001.json"}


@pytest.mark.parametrize(
    ("level", "asked"),
    [(None, set()), ("chain", set()), ("logged", {"log"}), ("witnessed", {"log", "witness"}),
     ("timestamped", {"log", "witness", "time"})],
)  # fmt: skip
def test_a_layer_that_is_asked_for_and_not_there_does_not_pass(
    made: Archive, level: str | None, asked: set[str]
) -> None:
    report = verified(made.package(), made.trust(), level)
    assert {finding.check for finding in against(report)} == asked
    assert report.exit_status == (2 if asked else 0)
    unclaimed = {f.check for f in report.findings if f.verdict is Verdict.NOT_CLAIMED}
    assert unclaimed == LAYERS - asked


def test_an_unknown_level_is_wrong_usage(made: Archive) -> None:
    with pytest.raises(Fault) as caught:
        verified(made.package(), made.trust(), "proven")
    assert caught.value.code == "require"


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip at all" * 100, b"PK\5\6" + bytes(18)])
def test_what_is_no_package_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(Fault) as caught:
        verified(data, None)
    assert caught.value.code == "not-a-package"


@pytest.mark.parametrize("checkpoint", [None, 7])
def test_the_export_and_the_proofs_speak_of_one_checkpoint(made: Archive, checkpoint: int | None) -> None:
    files = made.payload()
    if checkpoint is None:
        files["data/proofs/7.checkpoint"] = b"x"
    report = verified(made.package(files, checkpoint=checkpoint), made.trust())
    assert places(report, "export-checkpoint") == {"export.jws"}


@pytest.mark.parametrize(
    "name",
    ["data/notes.txt", "data/records/1.json", "data/records/00001.json", "data/records/0000.json",
     "data/register/x/0001.json", "data/files/readme", "data/calendar/x.json", "data/rulebook/rulebook.json"],
)  # fmt: skip
def test_a_file_that_the_format_does_not_know_is_found(made: Archive, name: str) -> None:
    report = verified(made.package({**made.payload(), name: b"{}"}), made.trust())
    assert places(report, "file-unexpected") == {name}


@pytest.mark.parametrize(
    "part", ["data/records/", "data/register/", "data/rulebook/", "data/calendar/", "data/disclosures.json",
             "data/report.json", "data/案卷.pdf"],
)  # fmt: skip
def test_what_a_package_must_hold_is_missed(made: Archive, part: str) -> None:
    files = {name: data for name, data in made.payload().items() if not name.startswith(part)}
    report = verified(made.package(files), made.trust())
    assert places(report, "mandatory-missing") == {part}
    assert report.exit_status == 1


@pytest.mark.parametrize("base", ["x", f"{uuid7(1)}-4", f"{uuid7(9)}-3", f"{uuid7(1)}-03"])
def test_the_folder_is_named_after_case_and_last_record(made: Archive, base: str) -> None:
    assert "base-name" in reasons(verified(made.package(base=base), made.trust()))


@pytest.mark.parametrize(
    ("name", "reason"), [("data/report.json", "report-malformed"), ("data/keys.json", "keys-malformed")]
)
@pytest.mark.parametrize("data", [b"", b"[]", b'{"a":1,"a":2}', b"\xff", b'{"keys":[{}]}x', b'{"keys":[7]}7'])
def test_report_and_key_set_are_read_strictly(made: Archive, name: str, reason: str, data: bytes) -> None:
    report = verified(made.package({**made.payload(), name: data}), made.trust())
    assert places(report, reason) == {name}


def test_keys_that_are_no_keys_are_found(made: Archive) -> None:
    for keys in ([7], [{"kty": "OKP"}], [{"crv": "Ed25519", "kty": "OKP", "x": "AAAA"}]):
        report = verified(made.package({**made.payload(), "data/keys.json": dump({"keys": keys})}), made.trust())
        assert places(report, "keys-malformed") == {"data/keys.json"}


def test_another_archive_is_not_the_trusted_one(made: Archive) -> None:
    other = archive("other")
    assert places(verified(made.package(), other.trust()), "trust-genesis") == {f"data/register/{made.own}/0001.json"}
    renamed = Trust(f"{ORIGIN}/x", made.trust().genesis, None, None, ())
    assert reasons(verified(made.package(), renamed)) == {"trust-origin"}


def test_an_export_dated_before_its_last_record_is_found(made: Archive) -> None:
    report = verified(made.package(exported="2023-03-06T00:00:00.000Z"), made.trust())
    assert reasons(report) >= {"export-time"}


def test_everything_over_the_limit_is_read_as_nothing(made: Archive) -> None:
    """A record or a form larger than any may be costs no memory and fits no digest."""
    files = made.payload()
    form = next(name for name in files if name.endswith("general.typ"))
    report = verified(
        made.package({**files, "data/records/0003.json": bytes(3 << 20), form: bytes(5 << 20)}), made.trust()
    )
    assert places(report, "form-digest") == {form}
    assert places(report, "record-malformed") == {"data/records/0003.json"}
