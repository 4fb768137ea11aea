"""Rulebooks that can't be read, a register put right by rectification, and reports that stay readable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from domain.errors import Fault
from domain.formats.encoding import digest
from domain.formats.verdict import Verdict
from domain.verification import package_layout
from domain.verification.findings import SHOWN, Findings
from tests.verification.factory import Archive, calendar, moment
from tests.verification.judging import against, places, verified

if TYPE_CHECKING:
    from collections.abc import Mapping

REGISTRARS = [("a", "registrar"), ("b", "registrar")]
INTAKE = {"received_on": "2023-03-06", "contact": "张三"}
FIRST = "data/records/0001.json"


def staffed() -> Archive:
    made = Archive()
    made.found()
    made.staff()
    return made


def opened(made: Archive, **changes: Any) -> None:
    made.enter(made.case, "intake", INTAKE, [("a", "handler")], evidence=[made.evidence()], **changes)


@pytest.mark.parametrize("data", [b"{}", b"", b"[]", b'{"vocabulary":1}', b'{"vocabulary":99}', b"\xff"])
def test_a_rulebook_that_cannot_be_read_is_named(data: bytes) -> None:
    made = staffed()
    made.enter(made.own, "rulebook-adopted", {"id": "small", "digest": digest(data)}, REGISTRARS)
    opened(made, rulebook_digest=digest(data))
    name = f"data/rulebook/{digest(data)}/rulebook.json"
    files: Mapping[str, bytes] = {n: d for n, d in made.payload().items() if made.book.digest not in n} | {name: data}
    report = verified(made.package(files), made.trust())
    assert places(report, "rulebook-malformed") == {name}
    assert {f.where for f in report.findings if f.reason == "blocked" and f.check == "procedure"} == {FIRST}


def test_a_rulebook_under_a_name_that_is_not_its_own_is_found() -> None:
    made = staffed()
    made.enter(made.own, "rulebook-adopted", {"id": "other", "digest": made.book.digest}, REGISTRARS)
    opened(made, rulebook_id="other")
    report = verified(made.package(), made.trust())
    assert places(report, "rulebook-id") == {FIRST}


def test_a_voided_change_of_capacities_no_longer_counts() -> None:
    made = staffed()
    facts = {"capacities": ["handler"], "from": moment(made.step + 1)}
    changed = made.enter(made.officer("c"), "capacities-changed", facts, REGISTRARS)
    void = {"target": changed.seq, "mode": "voids", "reason": "误登"}
    made.enter(made.officer("c"), "rectification", void, REGISTRARS)
    opened(made)
    made.enter(made.case, "acceptance", {}, [("a", "handler")])
    made.enter(made.case, "decision", {}, [("a", "handler"), ("c", "head")])
    assert not against(verified(made.package(), made.trust()))


def test_an_archive_without_a_calendar_leaves_the_procedure_unjudged() -> None:
    made = Archive()
    made.found(calendars=())
    made.staff()
    opened(made)
    files = {**made.payload(calendars=()), f"data/calendar/{digest(calendar('cn-2023'))}.json": calendar("cn-2023")}
    report = verified(made.package(files), made.trust())
    assert places(report, "calendar-not-adopted")
    assert "procedure" in {f.check for f in against(report) if f.reason == "blocked"}


def test_a_thousand_findings_of_one_kind_are_counted_not_listed() -> None:
    findings = Findings()
    for seq in range(SHOWN + 7):
        findings.failed("chain", "record-missing", f"data/records/{seq:04}.json", seq=seq)
    findings.unsettled("chain", "blocked")
    report = findings.report()
    assert len(report.findings) == SHOWN + 2
    assert [f.verdict for f in report.findings if f.reason == "more"] == [Verdict.FAILED]
    assert " 7 " in next(f.zh for f in report.findings if f.reason == "more")


def test_more_text_than_any_dossier_has_is_no_package(made: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_layout, "TEXT_OCTETS", 1000)
    with pytest.raises(Fault) as caught:
        verified(made.package(), None)
    assert caught.value.code == "not-a-package"
