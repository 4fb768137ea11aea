"""The steps that packages and stores share, put together case by case, in order.

Leaves: how one case is judged (case_judge); what surrounds the material: bag, layout and export of a package.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..formats.verdict import Coverage
from .case_judge import CaseJudge
from .evidence import Evidence, judge_evidence
from .hashed import judge_digests, judge_files
from .layers import judge_trust
from .outcome import DIGEST, ID, NO_ID, Head, Outcome, uuid
from .scope import EVERYTHING, Scope
from .withheld import unused_disclosures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from ..formats.trust import Trust
    from ..rules.compliance import Compliance
    from .findings import Findings
    from .register_fold import Registry
    from .source import Material

    Outcomes = Callable[[CaseJudge, Sequence[str]], Iterable[Outcome]]


def in_turn(judge: CaseJudge, cases: Sequence[str]) -> Iterable[Outcome]:
    """The outcomes of `cases` in their order, one after the other."""
    return map(judge.case, cases)


@dataclass(slots=True)
class Tally:
    """How much was gone through."""

    records: int = 0
    signatures: int = 0
    shown: int = 0
    kept: int = 0
    judged: int = 0
    officers: set[str] = field(default_factory=set)
    used: dict[str, None] = field(default_factory=dict)
    forms: dict[str, int] = field(default_factory=dict)
    acts: set[bytes] = field(default_factory=set)
    known: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Lines:
    """What the store's rows and index are held against, by case, compactly: digests, act ids, numbers of actions."""

    digests: dict[str, bytes] = field(default_factory=dict)
    ids: dict[str, bytes] = field(default_factory=dict)
    numbers: dict[str, tuple[int, ...]] = field(default_factory=dict)
    actions: dict[str, int] = field(default_factory=dict)
    _same: dict[tuple[int, ...], tuple[int, ...]] = field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        """One more case. Cases of the same actions in the same order share them."""
        self.digests[outcome.case], self.ids[outcome.case] = outcome.digests, outcome.ids
        numbers = tuple(self.actions.setdefault(action, len(self.actions)) for action in outcome.actions)
        self.numbers[outcome.case] = self._same.setdefault(numbers, numbers)

    def digest(self, case: str, at: int) -> bytes:
        """The digest of the piece `at`, from 0."""
        return self.digests[case][at * DIGEST : (at + 1) * DIGEST]

    def act(self, case: str, at: int, actions: Sequence[str]) -> tuple[str, str] | None:
        """Id and action of an act, None where it could not be read; `actions` are all there are, by number."""
        found = self.ids.get(case, b"")[at * ID : (at + 1) * ID] if at >= 0 else b""
        return (uuid(found), actions[self.numbers[case][at]]) if found and found != NO_ID else None


@dataclass(frozen=True, slots=True)
class Examined:
    """What later steps build upon: the register over time; of a package, by case, the last readable record and the
    compliance if it could be judged; of a store, what its rows should be.
    """  # noqa: D205  # one list

    registry: Registry
    heads: dict[str, Head]
    compliance: dict[str, Compliance]
    lines: Lines
    coverage: Coverage


def examine(
    material: Material,
    trust: Trust | None,
    findings: Findings,
    *,
    as_of: date | None,
    scope: Scope = EVERYTHING,
    outcomes: Outcomes = in_turn,
) -> Examined:
    """Steps 3 to 13 over `material`, as far as `scope` asks for.

    `as_of` is the civil day for limits, None for each case's last record; `outcomes` gives what comes of the cases,
    in their order.
    """
    judge = CaseJudge(material, scope, as_of)
    cases = scope.drawn(material.records.keys())
    run = _Examination(judge, findings)
    run.begin(trust)
    for outcome in outcomes(judge, cases):
        run.take(outcome)
    if scope.hash_only:
        run.conclude_hashed()
    else:
        run.conclude()
    whole = scope.sample is None
    coverage = Coverage(
        cases=len(cases),
        of=len(material.records),
        hash_only=scope.hash_only,
        seed=None if whole else scope.seed,
        sampled=() if whole else cases,
    )
    return Examined(judge.registry, run.heads, run.compliance, run.lines, coverage)


class _Examination:
    """One run over one material."""

    def __init__(self, judge: CaseJudge, findings: Findings) -> None:
        self._judge, self._material, self._findings = judge, judge.material, findings
        self._tally, self._evidence = Tally(), Evidence()
        self.lines, self.heads, self.compliance = Lines(), dict[str, Head](), dict[str, "Compliance"]()

    def begin(self, trust: Trust | None) -> None:
        """What holds of the whole, and the register cases."""
        judge = self._judge
        self._findings.absorb(judge.general)
        if not judge.scope.hash_only:
            judge_trust(trust, judge.registry, self._findings)
        self._use(Outcome("", used=tuple(judge.pinned.used)))
        for outcome in judge.register:
            self.take(outcome)

    def take(self, outcome: Outcome) -> None:
        """One more case."""
        tally = self._tally
        self._use(outcome)
        self._judge_repeated(outcome)
        self._findings.absorb(outcome.findings)
        tally.records, tally.signatures = tally.records + outcome.records, tally.signatures + outcome.signatures
        tally.shown, tally.kept = tally.shown + outcome.shown, tally.kept + outcome.kept
        tally.judged += outcome.judged
        tally.officers.update(outcome.officers)
        tally.known.update(outcome.known)
        self._evidence.add(outcome.evidence)
        if not self._material.exact:
            self.lines.add(outcome)
            return
        if outcome.head is not None:
            self.heads[outcome.case] = outcome.head
        if outcome.complied is not None:
            self.compliance[outcome.case] = outcome.complied

    def _use(self, outcome: Outcome) -> None:
        """What was found of rulebooks and calendars is told once, where the first case uses them."""
        pinned = self._judge.pinned
        for used in outcome.used:
            if used not in self._tally.used:
                self._tally.used[used] = None
                told = outcome.told.get(used) or pinned.told(used)
                if told is not None:
                    self._findings.absorb(told)
                self._tally.forms[used] = outcome.forms.get(used) or pinned.forms.get(used, 0)

    def _judge_repeated(self, outcome: Outcome) -> None:
        """An act stands once in the whole; that it stands twice in one case has been told there."""
        own: set[bytes] = set()
        for at in range(outcome.pieces):
            act = outcome.ids[at * ID : (at + 1) * ID]
            if act == NO_ID or act in own:
                continue
            own.add(act)
            if act in self._tally.acts:
                self._findings.failed("chain", "chain-repeated", outcome.place(at), "id", id=uuid(act))
        self._tally.acts |= own

    def conclude(self) -> None:
        """What only all cases together can show, and the checks that nothing speaks against."""
        findings, tally, judge = self._findings, self._tally, self._judge
        self._judge_completeness()
        judge.pinned.used = {}
        judge.pinned.judge_unneeded(tally.used.keys(), findings)
        self._use(Outcome("", used=tuple(judge.pinned.used)))
        unused_disclosures(self._material, tally.known, findings)
        judge_evidence(self._evidence, self._material, findings)
        findings.passed("records", "records-valid", count=tally.records)
        findings.passed("chain", "chain-valid", count=tally.records)
        findings.passed("register", "register-valid", count=len(judge.register))
        findings.passed("forms", "forms-valid", count=sum(tally.forms.values()))
        findings.passed("disclosures", "disclosures-valid", shown=tally.shown, hidden=tally.kept)
        if not judge.registry.founded:
            for check in ("signatures", "receipts", "authority"):
                findings.blocked(check)
            return
        if judge.registry.final.demonstration and judge.registry.genesis:
            findings.noted("register", "demonstration", judge.registry.genesis.where, "facts.demonstration")
        findings.passed("signatures", "signatures-valid", count=tally.signatures)
        findings.passed("receipts", "receipts-valid", count=tally.records)
        findings.passed("authority", "authority-valid")
        findings.passed("rulebook", "rulebook-valid")
        findings.passed("calendar", "calendar-valid", count=len(judge.registry.calendars()))
        findings.passed("procedure", "procedure-replayed", count=tally.judged)

    def conclude_hashed(self) -> None:
        """What digests alone can show of the whole."""
        findings = self._findings
        findings.passed("records", "digests-valid", count=self._tally.records)
        findings.passed("chain", "chain-valid", count=self._tally.records)
        judge_digests(self._material, findings)
        judge_files(self._material, findings)
        if self._material.vault is not None:
            judge_evidence(self._evidence, self._material, findings, certain=False)

    def _judge_completeness(self) -> None:
        """The archive's register case and those of all who sign are there; a package holds no others."""
        archive, material = self._judge.registry.final.archive, self._material
        needed = self._tally.officers | ({archive} if archive else set())
        for case in sorted(needed - set(material.register)):
            self._findings.failed("register", "register-missing", material.place(case, 1), case=case)
        if material.exact and archive:
            for case in sorted(set(material.register) - needed):
                where = material.place(case, 1)
                self._findings.failed("register", "register-unneeded", where, case=case)
