"""The steps that packages and stores share, in order, case by case.

Leaves: what surrounds the material: bag, layout and export of a package, rows of a store.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .compliance_check import judge_compliance
from .evidence import Evidence, judge_evidence
from .layers import judge_trust
from .linked_check import Said, judge_links, links_in
from .procedure import judge_procedure
from .register_fold import Registry, registry
from .rules_pinned import Pinned
from .signing import Signing, judge_signing
from .strand import Strand, strand
from .withheld import unused_disclosures, viewed

if TYPE_CHECKING:
    from datetime import date

    from ..formats.trust import Trust
    from ..rules.compliance import Compliance
    from .findings import Findings
    from .source import Material, Piece
    from .withheld import Viewed


@dataclass(slots=True)
class Tally:
    """How much was gone through."""

    records: int = 0
    signatures: int = 0
    shown: int = 0
    kept: int = 0
    judged: int = 0
    officers: set[str] = field(default_factory=set)
    actions: dict[str, tuple[str, str]] = field(default_factory=dict)  # act id and action by "case/seq"


@dataclass(frozen=True, slots=True)
class Examined:
    """What later steps build upon: the register over time, by case the last readable record, and by "case/seq" the
    id and the action of every readable act; of a package, the compliance of each case that could be judged.
    """  # noqa: D205  # one list

    registry: Registry
    heads: dict[str, Viewed]
    acts: dict[str, tuple[str, str]]
    compliance: dict[str, Compliance]


def examine(material: Material, trust: Trust | None, findings: Findings, *, as_of: date | None) -> Examined:
    """Steps 3 to 13 over `material`. `as_of` is the civil day for limits, None for each case's last record."""
    return _Examination(material, findings, as_of).run(trust)


class _Examination:
    """One run over one material."""

    def __init__(self, material: Material, findings: Findings, as_of: date | None) -> None:
        self._material, self._findings, self._as_of = material, findings, as_of
        self._acts: dict[str, str] = {}
        self._tally, self._evidence = Tally(), Evidence()
        self._pinned = Pinned(material, findings)
        self._registry, self._signing = Registry(), Signing.under(Registry())
        self._heads: dict[str, Viewed] = {}
        self._compliance: dict[str, Compliance] = {}
        self._said: list[Said] = []

    def run(self, trust: Trust | None) -> Examined:
        """Register cases first: they say under what all others are judged."""
        material, findings = self._material, self._findings
        strands = {case: self._strand(case, material.register[case]) for case in material.register}
        views = {case: viewed(found, material, findings) for case, found in strands.items()}
        self._registry = registry(views, self._pinned.rulebook, findings)
        self._signing = Signing.under(self._registry)
        judge_trust(trust, self._registry, findings)
        self._pinned.judge_calendars(self._registry)
        for case, found in strands.items():
            self._judge(found, views[case])
        for case in material.records:
            found = self._strand(case, material.records[case])
            self._judge(found, viewed(found, material, findings))
        self._conclude(views)
        return Examined(self._registry, self._heads, self._tally.actions, self._compliance)

    def _strand(self, case: str, pieces: tuple[Piece, ...]) -> Strand:
        return strand(case, pieces, self._material.place, self._acts, self._findings)

    def _judge(self, found: Strand, views: tuple[Viewed, ...]) -> None:
        """Steps 7 to 13 for one case."""
        if not views:
            return
        self._heads[found.case] = views[-1]
        for one in views:
            self._count(one)
            self._evidence.add(one)
            if self._registry.founded:
                judge_signing(one, self._signing, self._findings)
        fits = self._pinned.judge_case(views, self._registry)
        book = self._pinned.rulebook(views[0])
        if not (found.whole and fits and book and self._registry.founded):
            self._findings.blocked("procedure", views[0].where)
            return
        judged = judge_procedure(views, book, self._pinned, self._registry, self._findings)
        self._tally.judged += judged
        self._said += links_in(views, book)
        if book.limits and judged == len(views):
            complied = judge_compliance(
                views, book, self._pinned, self._registry, self._findings, self._as_of, fully=self._material.exact
            )
            if complied is not None:
                self._compliance[views[0].record.case] = complied

    def _count(self, one: Viewed) -> None:
        tally = self._tally
        tally.records += 1
        tally.signatures += len(one.record.signed.signatures)
        tally.shown, tally.kept = tally.shown + one.shown, tally.kept + one.kept
        tally.officers.update(signer.officer for signer in one.record.act.signers)
        tally.actions[f"{one.record.case}/{one.record.seq}"] = one.record.act.id, one.record.act.action

    def _conclude(self, register: dict[str, tuple[Viewed, ...]]) -> None:
        findings, tally = self._findings, self._tally
        self._judge_completeness()
        self._pinned.judge_unneeded()
        unused_disclosures(self._material, tally.actions.keys(), findings)
        judge_evidence(self._evidence, self._material, findings)
        findings.passed("records", "records-valid", count=tally.records)
        findings.passed("chain", "chain-valid", count=tally.records)
        findings.passed("register", "register-valid", count=len(register))
        findings.passed("forms", "forms-valid", count=self._pinned.forms)
        findings.passed("disclosures", "disclosures-valid", shown=tally.shown, hidden=tally.kept)
        if not self._registry.founded:
            for check in ("signatures", "receipts", "authority"):
                findings.blocked(check)
            return
        if self._registry.final.demonstration and self._registry.genesis:
            findings.noted("register", "demonstration", self._registry.genesis.where, "facts.demonstration")
        findings.passed("signatures", "signatures-valid", count=tally.signatures)
        findings.passed("receipts", "receipts-valid", count=tally.records)
        findings.passed("authority", "authority-valid")
        findings.passed("rulebook", "rulebook-valid")
        findings.passed("calendar", "calendar-valid", count=len(self._registry.calendars()))
        judge_links(self._said, self._material, self._pinned, self._registry, findings)
        findings.passed("procedure", "procedure-replayed", count=tally.judged)

    def _judge_completeness(self) -> None:
        """The archive's register case and those of all who sign are there; a package holds no others."""
        archive = self._registry.final.archive
        needed = self._tally.officers | ({archive} if archive else set())
        for case in sorted(needed - set(self._material.register)):
            self._findings.failed("register", "register-missing", self._material.place(case, 1), case=case)
        if self._material.exact and archive:
            for case in sorted(set(self._material.register) - needed):
                where = self._material.place(case, 1)
                self._findings.failed("register", "register-unneeded", where, case=case)
