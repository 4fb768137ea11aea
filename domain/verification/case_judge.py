"""One case judged by itself, under the register as a whole: steps 3, 4 and 7 to 13 of a verification.

Keeps: an answer depends on nothing but the material; two judges of the same material answer alike.
Leaves: what only all cases together can show (examination).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..formats.encoding import sha256
from .compliance_check import judge_compliance
from .evidence import evidence_of
from .findings import Findings
from .hashed import hashed_case
from .linked_check import judge_links, links_in
from .outcome import NO_ID, Head, Outcome
from .procedure import judge_procedure
from .register_fold import Registry, registry
from .rules_pinned import Pinned
from .signing import Signing, judge_signing
from .strand import Strand, strand
from .withheld import viewed

if TYPE_CHECKING:
    from datetime import date

    from .scope import Scope
    from .source import Material
    from .withheld import Viewed


@dataclass(slots=True)
class CaseJudge:
    """Judges the cases of one material; `general` is what was found of the register as a whole.

    `basis` is a digest of what every answer rests on beside the case itself: register, rules, what was asked.
    """

    material: Material
    scope: Scope
    as_of: date | None
    general: Findings = field(default_factory=Findings)
    registry: Registry = field(default_factory=Registry)
    pinned: Pinned = field(init=False)
    register: tuple[Outcome, ...] = ()
    views: dict[str, tuple[Viewed, ...]] = field(default_factory=dict)
    _signing: Signing = field(init=False)
    _strands: dict[str, tuple[Strand, Outcome]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Register cases first: they say under what all others are judged."""
        self.pinned, self._signing = Pinned(self.material), Signing.under(self.registry)
        if self.scope.hash_only:
            self.register = tuple(hashed_case(case, self.material, register=True) for case in self.material.register)
            return
        for case in self.material.register:
            self._strands[case] = found, outcome = self._strand(case, register=True)
            self.views[case] = viewed(found, self.material, outcome.findings)
        self.registry = registry(self.views, self.pinned.rulebook, self.general)
        self._signing = Signing.under(self.registry)
        self.pinned.judge_calendars(self.registry, self.general)
        general_use = tuple(self.pinned.used)
        self.register = tuple(self._judge(*self._strands[case], self.views[case]) for case in self.views)
        self.pinned.used = dict.fromkeys(general_use)

    @property
    def basis(self) -> str:
        """As hexadecimal."""
        material, scope = self.material, self.scope
        parts = [f"{scope.hash_only} {scope.sample} {scope.seed}".encode(), str(self.as_of).encode()]
        parts += [outcome.case.encode() + outcome.digests for outcome in self.register]
        parts += [sha256(data) for _, data in sorted(material.rulebooks.items())]
        parts += [sha256(data) for _, data in sorted(material.calendars.items())]
        parts += [sha256(data) for _, form in sorted(material.forms.items()) for _, data in sorted(form.items())]
        return sha256(b"".join(sha256(part) for part in parts)).hex()

    def case(self, case: str) -> Outcome:
        """Judge a case that is no register case."""
        if self.scope.hash_only:
            return hashed_case(case, self.material, register=False)
        self.pinned.used = {}
        found, outcome = self._strand(case, register=False)
        return self._judge(found, outcome, viewed(found, self.material, outcome.findings))

    def _strand(self, case: str, *, register: bool) -> tuple[Strand, Outcome]:
        outcome = Outcome(case)
        pieces = (self.material.register if register else self.material.records)[case]
        found = strand(case, pieces, self.material.place, {}, outcome.findings)
        by_place = {placed.piece.seq: placed.record for placed in found.placed}
        outcome.digests = b"".join(sha256(piece.data) for piece in pieces)
        acts = [record.act if (record := by_place.get(piece.seq)) else None for piece in pieces]
        outcome.ids = b"".join(bytes.fromhex(act.id.replace("-", "")) if act else NO_ID for act in acts)
        outcome.actions = tuple(act.action if act else "" for act in acts)
        outcome.places = tuple(piece.where for piece in pieces) if self.material.exact else ()
        return found, outcome

    def _judge(self, found: Strand, outcome: Outcome, views: tuple[Viewed, ...]) -> Outcome:
        """Steps 7 to 13 for one case."""
        if views:
            self._weigh(found, outcome, views)
        outcome.used = tuple(self.pinned.used)
        outcome.told = {used: told for used in outcome.used if (told := self.pinned.told(used)) is not None}
        outcome.forms = {used: self.pinned.forms[used] for used in outcome.used if used in self.pinned.forms}
        return outcome

    def _weigh(self, found: Strand, outcome: Outcome, views: tuple[Viewed, ...]) -> None:
        findings = outcome.findings
        _count(outcome, views)
        if self.material.exact:
            outcome.known = tuple(f"{one.record.case}/{one.record.seq}" for one in views)
            last = views[-1].record
            outcome.head = Head(last.case, last.seq, last.digest, last.receipt.received)
        outcome.evidence = evidence_of(views, self.material, findings)
        if self.registry.founded:
            for one in views:
                judge_signing(one, self._signing, findings)
        fits = self.pinned.judge_case(views, self.registry, findings)
        book = self.pinned.rulebook(views[0])
        if not (found.whole and fits and book and self.registry.founded):
            findings.blocked("procedure", views[0].where)
            return
        outcome.judged = judge_procedure(views, book, self.pinned, self.registry, findings)
        if book.limits and outcome.judged == len(views):
            fully = self.material.exact
            outcome.complied = judge_compliance(
                views, book, self.pinned, self.registry, findings, self.as_of, fully=fully
            )
        judge_links(list(links_in(views, book)), self.material, self.pinned, self.registry, findings)


def _count(outcome: Outcome, views: tuple[Viewed, ...]) -> None:
    outcome.records = len(views)
    for one in views:
        outcome.signatures += len(one.record.signed.signatures)
        outcome.shown, outcome.kept = outcome.shown + one.shown, outcome.kept + one.kept
    outcome.officers = tuple(dict.fromkeys(s.officer for one in views for s in one.record.act.signers))
