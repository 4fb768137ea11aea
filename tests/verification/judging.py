"""How tests ask the verifier, and what they read in its answer."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from domain.formats.package import open_package
from domain.formats.verdict import Finding, Report, Verdict
from domain.verification import Material, verify_package
from domain.verification.examination import examine
from domain.verification.findings import Findings
from domain.verification.package_layout import material_of

if TYPE_CHECKING:
    from domain.formats.trust import Trust
    from tests.verification.factory import Archive


def verified(data: bytes, trust: Trust | None, require: str | None = None) -> Report:
    return verify_package(io.BytesIO(data), trust, require)


def material(archive: Archive) -> Material:
    """What is in the archive's package, as the verifier reads it."""
    return material_of(open_package(io.BytesIO(archive.package())), archive.case, Findings())


def examined(given: Material, trust: Trust | None) -> Report:
    """The steps that packages and stores share, alone: as if bag and export were in order."""
    findings = Findings()
    examine(given, trust, findings, as_of=None)
    return findings.report()


def against(report: Report) -> list[Finding]:
    """Everything that keeps the report from passing."""
    return [f for f in report.findings if f.verdict in (Verdict.FAILED, Verdict.INDETERMINATE)]


def reasons(report: Report, verdict: Verdict = Verdict.FAILED) -> set[str]:
    return {f.reason for f in report.findings if f.verdict is verdict}


def places(report: Report, reason: str) -> set[str]:
    """Where a reason was found."""
    return {f.where for f in report.findings if f.reason == reason}
