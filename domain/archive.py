"""The archive: draft, submit, read. The one service behind API and command line; it speaks only through the ports.

Keeps: nothing is stored unless every signature, authority, rule and evidence file has been checked again at the
moment of entry; the same act twice gives the same record; a withheld fact is never in the clear in signed bytes.
Leaves: who may see what (api), views (projections), the dossier (projections.dossier).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from .adoption import ADOPTING, Adopting, adopting
from .custody_check import custody_defects, still_there
from .errors import Defect, Fault
from .evidence_check import checked_evidence, described
from .formats import shapes
from .formats.act import Act, Seen, SignedAct
from .formats.receipt import issue
from .formats.record import Record, make_record, parse_record
from .formats.trust import Trust
from .formats.withheld import facts_view
from .keeping import Keeping
from .linking import link_defects, with_linked
from .reading import CaseReader, Past
from .rules.admissible import Answer, Outcome, admissible
from .rules.case import Case, Entry, enter
from .rules.civil import civil_day
from .rules.defaults import filled
from .rules.moments import By
from .rules.register import Register, unauthorised
from .sealing import hidden, refuse_unprotected, sealed
from .signing import signing_keys, unfit, withdrawn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .attaching import Attaching
    from .evidence_port import ContentKeys
    from .formats.act import Signature, Signer
    from .formats.canonical import Json
    from .formats.keys import Signing
    from .ports import Clock, EventStore, Ids, Rulebooks, WithheldFacts
    from .rules.calendar import Calendar
    from .rules.rulebook import Rulebook

DRAFT_LIFE = timedelta(days=7)
ATTEMPTS = 5  # how often a record is numbered anew when another came first
REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Draft:
    """An act ready to be signed: its exact bytes, what they keep back, and what `admissible` says of it now."""

    payload: bytes
    disclosures: tuple[str, ...]
    outcome: Outcome
    expires: str

    @property
    def act(self) -> Act:
        """The act, parsed."""
        return Act.parse(self.payload)


class Archive:
    """See the module. Thread-safe as far as its ports are; several processes may share one store."""

    def __init__(
        self,
        *,
        events: EventStore,
        attaching: Attaching,
        withheld: WithheldFacts,
        keys: ContentKeys,
        rulebooks: Rulebooks,
        signer: Signing,
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Put the service together from its ports; `signer` holds the archive's own key."""
        self.events, self.withheld, self.attaching = events, withheld, attaching
        self.vault, self.attachments = attaching.vault, attaching.attachments
        self.keys, self.rulebooks, self.signer, self.clock, self.ids = keys, rulebooks, signer, clock, ids
        self.reader = CaseReader(events, withheld, rulebooks)
        self.keeping = Keeping(self.reader, self.vault, keys, clock)

    def register(self) -> Register:
        """Who may act, as of the last record."""
        return self.reader.register()

    def calendar(self) -> Calendar:
        """The working-day calendar of the adopted tables."""
        return self.reader.calendar()

    def rulebook(self, name: str) -> Rulebook:
        """The version of a rulebook by which cases are opened now. Faults "unknown-rulebook", "not-adopted"."""
        return self.reader.rulebook(name)

    def case(self, case: str) -> Case:
        """The case as it stands, withheld facts disclosed. Fault "unknown-case"."""
        return self.reader.case(case)

    def as_of(self, case: str, text: str, by: By = By.RECEIVED) -> Past:
        """The case and the register as of `text` (`rules.moments.standpoint`), not later than today.

        Faults "unknown-case", "nothing-yet" (it had no record), "as-of", "unknown-record", "calendar-empty".
        """
        past = self.reader.as_of(case, text, by)
        if past.at.day > civil_day(receipt_moment(self.clock.now())):
            raise Fault("as-of", f"{past.at.day} 尚未到来", "请选择今天或者过去的日期。", field="as_of")
        return past

    def records(self, case: str) -> tuple[Record, ...]:
        """The records of a case in order. Fault "unknown-case"."""
        return self.reader.records(case)

    def disclosures(self, record: Record) -> tuple[str, ...]:
        """The disclosures kept for a record's act; empty where there are none or they were destroyed."""
        return self.withheld.get(record.case, record.act.id)

    def trust(self) -> Trust:
        """What an outsider needs to trust this archive's packages (formats.md section 9). Fault before genesis."""
        register = self.register()
        if register.archive is None:
            raise Fault("no-genesis", "本档案库尚未建档", "请先运行 anjuan init。")
        genesis = self.records(register.archive)[0]
        return Trust(origin=register.origin, genesis=genesis.digest, log=None, witnesses=None, tsa=())

    def draft(
        self,
        *,
        case: str,
        action: str,
        facts: Mapping[str, Json],
        signers: Sequence[Signer],
        rulebook: str | None = None,
        evidence: Sequence[Mapping[str, Json]] = (),
        occurred: str | None = None,
        act_id: str | None = None,
        brought: Mapping[str, bytes] = MappingProxyType({}),
    ) -> Draft:
        """The exact bytes to sign for this action now; Fault with every defect if it would be refused.

        `rulebook` (id) opens a new case. `evidence` items are {"object", "slot"} with optional "title"; `occurred`
        is a date or an RFC 3339 time, now if left open; `brought` as for `submit`, nothing of it is kept.
        """
        now = self.clock.now()
        current = self._case_for(case, rulebook)
        spec = current.rulebook.action(action)
        entry = Entry(
            seq=current.seq + 1,
            digest="",
            act=act_id or self.ids.uuid7(),
            action=action,
            occurred=now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            if occurred is None
            else shapes.occurred(occurred, "occurred"),
            received=receipt_moment(now),
            signers=tuple(signers),
            seen=Seen(current.seq, current.head),
            facts=with_linked(self.reader, spec, facts),
            evidence=described(self.attachments, self.vault, spec, evidence, now + DRAFT_LIFE),
        )
        entry = replace(entry, facts=filled(current, spec, entry))
        outcome = _judged(current, entry)
        self._refuse_unfounded(current, entry)
        self._adopting(current, entry, brought)
        act, disclosures = sealed(current, spec, entry, self.ids.salt)
        _refuse(tuple(unauthorised(self.register(), _open_act(act, entry), now)))
        return Draft(act.payload(), disclosures, outcome, receipt_moment(now + DRAFT_LIFE))

    def submit(
        self,
        payload: bytes,
        signatures: Sequence[Signature],
        disclosures: Sequence[str] = (),
        brought: Mapping[str, bytes] = MappingProxyType({}),
    ) -> Record:
        """Enter a signed act: verify everything, add the receipt, commit. The same act again gives the same record.

        `brought`: by digest, the year table or rulebook with its forms that the act adopts, unless kept already.
        Faults: everything `draft` refuses, "act-conflict" (the id stands with other bytes), "stale" (a `fresh` action
        whose signers had not seen the last record), the codes of signatures and authority, and "not-carried-out": it
        is entered, but the vault or the keys have not done yet what it asks of them.
        """
        signed = SignedAct(payload, tuple(signatures))
        known = self.events.find_act(signed.act.id)
        if known is not None:
            return self.keeping.carried_out(_same(parse_record(known.data), signed))
        facts, evidence = facts_view(signed.act, disclosures)
        if hidden(facts) or hidden(list(evidence)):
            raise Fault("disclosures-missing", "有不公开事项没有随附原文", "请连同起草时给出的披露一并提交。")
        for _ in range(ATTEMPTS):
            try:
                record = self._record(signed, facts, evidence, brought)
                self.withheld.put(record.case, record.act.id, tuple(disclosures)) if disclosures else None
                self.events.append(record)
            except Fault as fault:
                # The same act may have been entered meanwhile by another call, and only therefore be refused here.
                if (known := self.events.find_act(signed.act.id)) is not None:
                    return self.keeping.carried_out(_same(parse_record(known.data), signed))
                if fault.code != "seq-taken":
                    raise
            else:
                return self.keeping.carried_out(record)
        raise Fault("busy", "本案同时有其他记录入卷，未能完成", "请稍后原样重新提交。")

    def _record(
        self,
        signed: SignedAct,
        facts: dict[str, Json],
        evidence: tuple[dict[str, Json], ...],
        brought: Mapping[str, bytes],
    ) -> Record:
        act, now, register = signed.act, self.clock.now(), self.register()
        _refuse(signing_keys(signed, register))
        _refuse(tuple(unauthorised(register, act, now)))
        current = self._case_for(act.case, act.rulebook_id)
        _refuse(tuple(unfit(current, act)))
        spec = current.rulebook.action(act.action)
        entry = Entry(
            seq=current.seq + 1,
            digest="",
            act=act.id,
            action=act.action,
            occurred=act.occurred,
            received=receipt_moment(now),
            signers=act.signers,
            seen=act.seen,
            facts=facts,
            evidence=evidence,
        )
        _judged(current, entry)
        self._refuse_unfounded(current, entry)
        refuse_unprotected(current, spec, act, facts, evidence)
        checked_evidence(self.vault, self.attachments, act.case, evidence, self.keeping.demand(enter(current, entry)))
        if (adopts := self._adopting(current, entry, brought)) is not None:
            adopts.keep(self.rulebooks)
        last = current.entries[-1].received if current.entries else None
        moment = max(receipt_moment(now), last or "")
        compact = issue(
            self.signer, case=act.case, seq=entry.seq, prev=current.head, act=signed.digest, received=moment
        )
        return make_record(signed, compact)

    def _refuse_unfounded(self, current: Case, entry: Entry) -> None:
        """Refuse what rests upon a register or a case that says otherwise."""
        found = (*withdrawn(current, entry, self.register()), *link_defects(self.reader, current, entry))
        _refuse((*found, *custody_defects(self.reader, current, entry, self.keeping.today)))

    def _adopting(self, current: Case, entry: Entry, brought: Mapping[str, bytes]) -> Adopting | None:
        """What an act of the register would adopt, checked; None for every other act."""
        if current.rulebook.id != REGISTER or entry.action not in ADOPTING:
            return None
        after = self.reader.register_with(current.id, entry)
        return adopting(self.register(), after, entry, brought, self.rulebooks)

    def _case_for(self, case: str, rulebook: str | None) -> Case:
        """The case, or the empty one that `rulebook` would open."""
        try:
            return still_there(self.reader, case)
        except Fault as fault:
            if fault.code != "unknown-case" or rulebook is None:
                raise
        return self.reader.opening(case, rulebook)


def _judged(case: Case, entry: Entry) -> Outcome:
    outcome = admissible(case, entry)
    if outcome.answer is Answer.REFUSED:
        raise Fault.of(outcome.defects)
    return outcome


def _refuse(defects: tuple[Defect, ...]) -> None:
    if defects:
        raise Fault.of(defects)


def _same(record: Record, signed: SignedAct) -> Record:
    if record.signed.payload == signed.payload and record.signed.signatures == signed.signatures:
        return record
    raise Fault("act-conflict", "该行为编号已经入卷，内容或签名不同", "请重新起草，使用新的编号。", field="id")


def _open_act(act: Act, entry: Entry) -> Act:
    return replace(act, facts=dict(entry.facts))


def receipt_moment(moment: datetime) -> str:
    """A moment as receipts and exports carry it: UTC with milliseconds."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
