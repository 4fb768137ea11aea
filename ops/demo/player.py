"""Playing scenarios: every act is drafted, signed by its officers' own keys and submitted, like anybody's.

Keeps: nothing goes past `Archive.draft` and `Archive.submit`; an act's id follows from its scenario and number, so an
act that stands already is never entered twice, however often and wherever the playing was broken off.
Leaves: what should hold afterwards ([[expect]]), that is for whoever plays.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from domain.errors import Defect, Fault
from domain.formats.act import Signer, sign_act
from domain.formats.record import parse_record
from domain.rules.admissible import Answer
from ops.acts_in_toml import references, resolved

from .papers import made
from .scenario import ARCHIVE, PaperSpec
from .versions import version

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from domain.archive import Archive, Draft
    from domain.formats.canonical import Json
    from domain.formats.keys import Signing
    from domain.formats.record import Record
    from domain.ports import Stored
    from storage.clock import ScenarioClock

    from .scenario import ActSpec, Scenario

ATTEMPTS = 16  # how often the very same act may be broken off between its withheld facts and its record
_NO_PAPER = "本件是“{title}”一案的演示材料：{name}。所涉当事人均为虚构。"


@dataclass(frozen=True, slots=True)
class Played:
    """What came of one act: the record, None where it was refused; what was found; whether it stood already."""

    act: ActSpec
    record: Record | None
    answer: Answer
    defects: tuple[Defect, ...]
    stood: bool = False


@dataclass
class Play:
    """One scenario being played into `archive`, whose clock is `clock`; `keys` are the officers' keys by name.

    `before` is the play of the scenario that it comes after, if it does.
    """

    scenario: Scenario
    archive: Archive
    clock: ScenarioClock
    keys: Mapping[str, Signing]
    make: Callable[[PaperSpec], bytes] = made
    numbers: dict[str, int] = field(default_factory=dict)
    before: Play | None = None

    @property
    def case(self) -> str:
        """The id of the scenario's case."""
        return derived_id(self.scenario.acts[0].moment, self.scenario.name, "case")

    def enter(self, number: int) -> Played:
        """Play act `number` (from 0). Fault "scenario" if the archive answers otherwise than the scenario says."""
        act = self.scenario.acts[number]
        stored = self._standing(number)
        if stored is not None:
            self.numbers[act.label or act.do] = stored.seq
            return Played(act, parse_record(stored.data), act.expect, (), stood=True)
        self.clock.set(act.moment)
        found = self._entered(number, act)
        _compare(self.scenario, number, found)
        if found.record is not None:
            self.numbers[act.label or act.do] = found.record.seq
        return found

    def _ids(self, number: int) -> list[str]:
        moment = self.scenario.acts[number].moment
        return [derived_id(moment, self.scenario.name, number, attempt) for attempt in range(ATTEMPTS)]

    def _standing(self, number: int) -> Stored | None:
        found = (self.archive.events.find_act(act_id) for act_id in self._ids(number))
        return next((stored for stored in found if stored is not None), None)

    def _entered(self, number: int, act: ActSpec) -> Played:
        facts, evidence = self.resolved(act.facts or {}), self._attached(act)
        try:
            signers = self._signers(act)
            for act_id in self._ids(number):
                draft = self._draft(act, act_id, facts, evidence, signers)
                record = self._submitted(act, draft)
                if record is not None:
                    return Played(act, record, draft.outcome.answer, draft.outcome.defects)
        except Fault as fault:
            return Played(act, None, Answer.REFUSED, fault.defects)
        raise Fault("scenario", f"情景 {self.scenario.name} 第 {number + 1} 个行为屡次中断", "请重新开始演示。")

    def _draft(
        self, act: ActSpec, act_id: str, facts: Mapping[str, Json], evidence: list[dict[str, Json]], who: list[Signer]
    ) -> Draft:
        case = self.case if act.register is None else self._register(act.register)
        new = act.register is None and not self.archive.events.case(case)
        return self.archive.draft(
            case=case,
            rulebook=self.scenario.rulebook if new else None,
            action=act.do,
            facts=facts,
            evidence=evidence,
            occurred=act.occurred,
            signers=who,
            act_id=act_id,
            brought=self._brought(act),
        )

    def _submitted(self, act: ActSpec, draft: Draft) -> Record | None:
        """The record; None if withheld facts of an earlier attempt, which never became a record, stand in the way."""
        signatures = [sign_act(draft.payload, self.keys[_name(text)]) for text in act.by]
        try:
            return self.archive.submit(draft.payload, signatures, draft.disclosures, self._brought(act))
        except Fault as fault:
            if fault.code != "withheld-exists":
                raise
            return None

    def _signers(self, act: ActSpec) -> list[Signer]:
        names = [(text.partition(":")[0], _name(text)) for text in act.by]
        return [Signer(self._officer(name), self.keys[name].kid, capacity) for capacity, name in names]

    def _officer(self, name: str) -> str:
        found = [o.case for o in self.archive.register().officers.values() if o.name == name]
        if len(found) != 1:
            raise Fault("scenario", f"情景 {self.scenario.name}：人员“{name}”没有登记或者重名", "请先登记。")
        return found[0]

    def _register(self, name: str) -> str:
        home = self.archive.register().archive
        return home if name == ARCHIVE and home is not None else self._officer(name)

    def _brought(self, act: ActSpec) -> Mapping[str, bytes]:
        """What an act adopts: the version of the rulebook that its facts name."""
        named = set(references(act.facts)) if act.register == ARCHIVE else set()
        found = [version(self.scenario.rulebook, spec) for spec in self.scenario.versions if spec.label in named]
        return {pinned: data for _, brought in found for pinned, data in brought.items()}

    def _attached(self, act: ActSpec) -> list[dict[str, Json]]:
        specs = {spec.file: spec for spec in self.scenario.papers}
        out: list[dict[str, Json]] = []
        for slot, name in act.papers:
            text = _NO_PAPER.format(title=self.scenario.title, name=PurePath(name).stem)
            spec = specs.get(name) or PaperSpec(name, text=text)
            stored = self.archive.attaching.attach(case=self.case, source=io.BytesIO(self.make(spec)), name=name).stored
            out.append({"object": stored.object, "slot": slot, "title": spec.title or PurePath(name).stem})
        return out

    def resolved(self, value: Any) -> Any:
        """A value of the scenario with what its `@` references stand for."""
        return resolved(value, self._meaning)

    def _meaning(self, label: str) -> Any:
        if label == "case":
            return self.case
        spec = next((spec for spec in self.scenario.versions if spec.label == label), None)
        if spec is not None:
            return version(self.scenario.rulebook, spec)[0].digest
        if self.before is not None and label == self.before.scenario.name:
            return self.before.case
        return self.numbers[label] if label in self.numbers else self._officer(label)


def derived_id(moment: datetime, *parts: str | int) -> str:
    """A UUID version 7 (RFC 9562 §5.7) that follows from its parts: its time is `moment`, the rest their digest."""
    seed = hashlib.sha256("\n".join(map(str, parts)).encode()).digest()
    value = int(moment.timestamp() * 1000) << 80 | int.from_bytes(seed[:10])
    value = value & ~(0xF << 76) | 0x7 << 76  # version
    value = value & ~(0x3 << 62) | 0x2 << 62  # variant
    digits = f"{value:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def in_order_of_time(plays: Sequence[Play], until: datetime | None = None) -> list[tuple[Play, int]]:
    """The acts of several scenarios as they would reach one archive; those later than `until` are left for later.

    Acts that are refused are left out: they leave no trace, and once later acts stand they can't be tried again.
    """
    acts = [
        (act.moment, order, number, play)
        for order, play in enumerate(plays)
        for number, act in enumerate(play.scenario.acts)
        if act.expect is not Answer.REFUSED and (until is None or act.moment <= until)
    ]
    return [(play, number) for _, _, number, play in sorted(acts, key=lambda found: found[:3])]


def _name(signer: str) -> str:
    return signer.partition(":")[2]


def _compare(scenario: Scenario, number: int, found: Played) -> None:
    """Fault "scenario" unless the archive answered as the scenario says."""
    act, codes = found.act, {d.code for d in found.defects}
    wanted = [d for d in found.defects if _fits(act, d)]
    if found.answer is act.expect and (act.code is None or wanted):
        return
    told = "；".join(f"{d.code} {d.message}" for d in found.defects) or "没有缺陷"
    message = (
        f"情景 {scenario.name} 第 {number + 1} 个行为（{act.do}）应为 {act.expect}（{act.code}），实为 {found.answer}"
    )
    raise Fault("scenario", f"{message}（{'、'.join(sorted(codes))}）：{told}", "请核对情景或者规则。")


def _fits(act: ActSpec, defect: Defect) -> bool:
    asked = ((act.code, defect.code), (act.article, defect.article), (act.field, defect.field))
    return all(want is None or want == came for want, came in asked)
