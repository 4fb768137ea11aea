"""Attacks on a package, each found and named, whoever seals the result.

`stale` keeps the export that the archive once signed; `stranger` signs a new one with a key of their own; `archive`
is the archive itself turned against the truth, with its own key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from domain.formats.act import Seen, SignedAct
from domain.formats.canonical import dump
from domain.formats.verdict import Verdict
from tests.verification.factory import Archive, archive, calendar, moment, small_rules, uuid7
from tests.verification.judging import against, places, reasons, verified

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from domain.formats.verdict import Report

RECORDS = "data/records/"


def sealed_by(made: Archive, files: Mapping[str, bytes], whom: str, base: str | None = None) -> bytes:
    if whom == "stale":
        return made.sealed(files, made.export(made.payload()), base)
    return made.package(files, base, by=whom)


def judged(made: Archive, files: Mapping[str, bytes], whom: str) -> Report:
    """The report of a package sealed by `whom`; it never passes; the export gives away whoever isn't the archive."""
    report = verified(sealed_by(made, files, whom), made.trust())
    assert report.exit_status == 1
    export = {"stale": "export-manifest", "stranger": "export-key"}.get(whom)
    assert export is None or places(report, export) == {"export.jws"}
    return report


everyone = pytest.mark.parametrize("whom", ["stale", "stranger", "archive"])


def without(files: dict[str, bytes], name: str) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if path != name}


@everyone
@pytest.mark.parametrize("seq", [1, 2])
def test_a_removed_record_is_missed(made: Archive, whom: str, seq: int) -> None:
    name = f"{RECORDS}{seq:04}.json"
    assert places(judged(made, without(made.payload(), name), whom), "record-missing") == {name}


@everyone
def test_removing_a_record_and_renumbering_the_rest_is_found(made: Archive, whom: str) -> None:
    files = made.payload()
    files[f"{RECORDS}0002.json"] = files.pop(f"{RECORDS}0003.json")
    report = judged(made, files, whom)
    assert places(report, "chain-seq") == places(report, "chain-prev") == {f"{RECORDS}0002.json"}


@everyone
def test_swapped_records_are_found(made: Archive, whom: str) -> None:
    files = made.payload()
    second, third = f"{RECORDS}0002.json", f"{RECORDS}0003.json"
    files[second], files[third] = files[third], files[second]
    assert places(judged(made, files, whom), "chain-seq") == {second, third}


@everyone
def test_a_repeated_record_is_found(made: Archive, whom: str) -> None:
    files = made.payload()
    files[f"{RECORDS}0004.json"] = files[f"{RECORDS}0003.json"]
    report = judged(made, files, whom)
    assert places(report, "chain-repeated") == places(report, "chain-seq") == {f"{RECORDS}0004.json"}


@everyone
@pytest.mark.parametrize("at", ["0002", "0004"])
def test_a_record_moved_from_another_case_is_found(made: Archive, whom: str, at: str) -> None:
    files = made.payload()
    files[f"{RECORDS}{at}.json"] = made.records[made.officer("c")][0].data
    assert places(judged(made, files, whom), "record-case") == {f"{RECORDS}{at}.json"}


@everyone
def test_a_record_moved_into_the_register_is_found(made: Archive, whom: str) -> None:
    name = f"data/register/{made.officer('c')}/0002.json"
    report = judged(made, {**made.payload(), name: made.records[made.case][1].data}, whom)
    assert places(report, "record-case") == {name}


@pytest.mark.parametrize("whom", ["stale", "stranger"])
def test_the_last_record_cut_off_is_missed(made: Archive, whom: str) -> None:
    """Whoever is not the archive can't make the export say that there were fewer records."""
    files = without(made.payload(), f"{RECORDS}0003.json")
    whole = verified(sealed_by(made, files, whom), made.trust())
    assert places(whole, "record-missing") == {f"{RECORDS}0003.json"}
    assert places(whole, "export-head") == {"export.jws"}
    renamed = verified(sealed_by(made, files, whom, f"{made.case}-2"), made.trust())
    assert {"base-name", "export-head"} <= reasons(renamed)


def test_a_dropped_cosigner_is_found() -> None:
    """The signature alone is dropped: act, receipt and chain made anew by the archive's own key."""
    made = archive()
    chain = made.records[made.case]
    decision = chain.pop()
    for signatures in (decision.signed.signatures[:1], decision.signed.signatures[1:]):
        made.receive(made.case, SignedAct(decision.signed.payload, signatures))
        report = verified(made.package(), made.trust())
        chain.pop()
        assert places(report, "signature-missing") == {f"{RECORDS}0003.json"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda both: both[::-1], "signature-order"),
        (lambda both: (*both, both[0]), "signature-extra"),
        (lambda both: (both[0], both[0]), "signature-extra"),
    ],
)
def test_signatures_repeated_or_in_another_order_are_found(change: Callable[[Any], Any], reason: str) -> None:
    made = archive()
    decision = made.records[made.case].pop()
    made.receive(made.case, SignedAct(decision.signed.payload, change(decision.signed.signatures)))
    assert places(verified(made.package(), made.trust()), reason) == {f"{RECORDS}0003.json"}


def test_a_signature_over_other_bytes_is_found() -> None:
    made = archive()
    decision = made.records[made.case].pop()
    other = made.enter(made.case, "decision", {}, [("a", "handler"), ("c", "head")], id=uuid7(0x999))
    made.records[made.case].pop()
    made.receive(made.case, SignedAct(other.signed.payload, decision.signed.signatures))
    report = verified(made.package(), made.trust())
    assert [(f.where, f.field) for f in against(report) if f.reason == "bad-signature"] == [
        (f"{RECORDS}0003.json", "signatures[0]"),
        (f"{RECORDS}0003.json", "signatures[1]"),
    ]


@pytest.mark.parametrize("by", ["root", "a", "stranger"])
def test_a_receipt_counts_under_the_archive_key_alone(by: str) -> None:
    made = archive()
    last = made.records[made.case].pop()
    made.receive(made.case, last.signed, by)
    assert places(verified(made.package(), made.trust()), "receipt-key") == {f"{RECORDS}0003.json"}


@pytest.mark.parametrize("by", ["root", "a", "stranger"])
def test_an_export_counts_under_the_archive_key_alone(made: Archive, by: str) -> None:
    report = verified(made.package(by=by), made.trust())
    assert reasons(report) == {"export-key"}


@everyone
def test_an_exchanged_readable_dossier_is_found_unless_the_archive_itself_vouches(made: Archive, whom: str) -> None:
    files = {**made.payload(), "data/案卷.pdf": b"%PDF-1.7 another outcome\n"}
    if whom == "archive":  # the text of the dossier is not read: the records prevail, and the report says so
        report = verified(made.package(files), made.trust())
        assert places(report, "dossier-covered") == {"data/案卷.pdf"}
    else:
        report = judged(made, files, whom)
        assert places(report, "blocked") >= {"data/案卷.pdf"}


def test_an_exchanged_dossier_with_the_manifests_as_they_were_is_named(made: Archive) -> None:
    whole = made.package()
    at = whole.index(made.payload()["data/案卷.pdf"])
    report = verified(whole[:at] + b"%PDF-1.8" + whole[at + 8 :], made.trust())
    assert places(report, "file-digest") == {"data/案卷.pdf"}


@everyone
def test_an_exchanged_calendar_is_found(made: Archive, whom: str) -> None:
    """Under the old name its bytes don't fit; under its own name the archive never adopted it."""
    files = made.payload()
    name = next(path for path in files if path.startswith("data/calendar/"))
    assert places(judged(made, {**files, name: calendar("cn-2022")}, whom), "calendar-digest") == {name}
    other = archive(calendars=["cn-2022"])
    stray = next(path for path in other.payload(calendars=("cn-2022",)) if path.startswith("data/calendar/"))
    report = judged(made, {**without(files, name), stray: calendar("cn-2022")}, whom)
    assert places(report, "calendar-missing") == {name}
    assert places(report, "calendar-not-adopted") == {stray}


@everyone
def test_an_exchanged_form_is_found(made: Archive, whom: str) -> None:
    name = f"data/rulebook/{small_rules().digest}/forms/paper.typ"
    files = made.payload()
    assert places(judged(made, {**files, name: b"#let paper = [other]"}, whom), "form-digest") == {name}
    assert places(judged(made, without(files, name), whom), "form-missing") == {name}
    extra = f"data/rulebook/{small_rules().digest}/forms/more.typ"
    assert places(judged(made, {**files, extra: b""}, whom), "form-unneeded") == {extra}


@everyone
def test_an_exchanged_rulebook_is_found(made: Archive, whom: str) -> None:
    files, other = made.payload(), small_rules("更宽的规则")
    name = f"data/rulebook/{small_rules().digest}/rulebook.json"
    assert places(judged(made, {**files, name: other.data}, whom), "rulebook-digest") == {name}
    stray = f"data/rulebook/{other.digest}/rulebook.json"
    assert places(judged(made, {**files, stray: other.data}, whom), "rulebook-unneeded") == {stray}
    report = judged(made, without(files, name), whom)
    assert places(report, "rulebook-missing") == {f"{RECORDS}0001.json"}


def test_a_case_signed_anew_with_fresh_keys_fails_under_the_trust_file(made: Archive) -> None:
    forged = archive("forger").package()
    report = verified(forged, made.trust())
    assert reasons(report) == {"trust-genesis"}
    assert report.exit_status == 1
    without_trust = verified(forged, None)
    assert [(f.check, f.verdict) for f in against(without_trust)] == [("trust", Verdict.INDETERMINATE)]
    assert without_trust.exit_status == 2


def test_a_forged_case_beside_the_true_register_is_found(made: Archive) -> None:
    """The forger keeps the archive's register, so that the trust file fits, and signs the case with fresh keys."""
    forger = archive("forger")
    files = {**made.payload(), **{n: d for n, d in forger.payload().items() if n.startswith(RECORDS)}}
    report = verified(made.sealed(files, forger.export(files)), made.trust())
    everywhere = {f"{RECORDS}{seq:04}.json" for seq in (1, 2, 3)}
    for reason in ("unknown-key", "key-not-of-officer", "receipt-key"):
        assert places(report, reason) == everywhere
    assert places(report, "export-key") == {"export.jws"}


@everyone
def test_evidence_taken_out_or_put_in_is_found(made: Archive, whom: str) -> None:
    files = made.payload()
    name = next(path for path in files if path.startswith("data/files/"))
    gone = verified(sealed_by(made, without(files, name), whom), made.trust())
    assert places(gone, "evidence-missing") == {f"{RECORDS}0001.json"}
    assert gone.exit_status == (2 if whom == "archive" else 1)
    stray = "data/files/" + "ab" * 32
    assert places(judged(made, {**files, stray: b"?"}, whom), "evidence-unnamed") == {stray}


@everyone
@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        ({f"{uuid7(1)}/1": ["WyJhIl0"]}, "disclosure-malformed"),
        ({f"{uuid7(1)}/1": []}, "disclosures-malformed"),
        ({f"{uuid7(1)}/1": "WyJhIl0"}, "disclosures-malformed"),
        ({f"{uuid7(1)}/1": ["b", "a"]}, "disclosures-malformed"),
        ({f"{uuid7(1)}/9": ["WyJhIl0"]}, "disclosure-unmatched"),
        ({"elsewhere": ["WyJhIl0"]}, "disclosure-unmatched"),
    ],
)
def test_disclosures_that_fit_nothing_are_found(made: Archive, whom: str, shown: Any, reason: str) -> None:
    name = "data/disclosures.json"
    assert places(judged(made, {**made.payload(), name: dump(shown)}, whom), reason) == {name}


def test_a_disclosure_of_another_record_is_found(made: Archive) -> None:
    [(key, shown)] = made.disclosures.items()
    moved = dump({key.replace("/1", "/2"): list(shown)})
    report = verified(made.package({**made.payload(), "data/disclosures.json": moved}), made.trust())
    assert places(report, "disclosure-unmatched") == {"data/disclosures.json"}


def test_a_second_past_is_found(made: Archive) -> None:
    """Its signers saw another second record than the one that the archive shows now."""
    forked = archive()
    other = archive()
    other.records[other.case].pop()
    other.records[other.case].pop()
    seen = other.enter(other.case, "acceptance", {}, [("a", "handler")], occurred="2023-03-07")
    assert seen.digest != made.records[made.case][1].digest
    forked.enter(forked.case, "destruction", {"sha256": []}, [("c", "head")], seen=Seen(2, seen.digest))
    assert places(verified(forked.package(), forked.trust()), "chain-seen") == {f"{RECORDS}0004.json"}


def test_time_running_back_is_found() -> None:
    made = archive()
    made.step -= 5
    made.enter(made.case, "destruction", {"sha256": []}, [("c", "head")])
    assert moment(made.step) < made.records[made.case][-2].receipt.received
    assert places(verified(made.package(), made.trust()), "chain-received") == {f"{RECORDS}0004.json"}


@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_a_register_case_left_out_is_missed(made: Archive, name: str) -> None:
    place = f"data/register/{made.officer(name)}/0001.json"
    report = verified(made.package(without(made.payload(), place)), made.trust())
    assert places(report, "register-missing") == {place}
    assert report.exit_status == 1


def test_a_register_case_that_has_nothing_to_do_with_this_one_is_found(made: Archive) -> None:
    more = archive()
    more.enrol("d", ["handler"], [("a", "registrar"), ("b", "registrar")])
    report = verified(more.package(more.payload(everyone=True)), more.trust())
    assert places(report, "register-unneeded") == {f"data/register/{more.officer('d')}/0001.json"}
