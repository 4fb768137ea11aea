"""A paper case in a file (补录): its acts as they were then, checked as a whole, then entered one after another.

    number, rulebook               the case's number (案号), which names the batch; the rulebook it was handled under
    [[act]]                        on = day (at = time), do = action, then = ["capacity:name"] who signed then,
                                   facts, files = { slot = "scan.pdf" }, label

`@label` in facts stands for the number of an earlier record (its label, or else its action). Keeps: nothing is entered
unless every act that is left may be entered; the same file again goes on where it was broken off, and another one for
the same case is refused. Leaves: who enters it and the asking (`cli.backfill`).
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from domain.errors import Defect, Fault
from domain.formats.act import Seen
from domain.rules.admissible import Answer, Outcome, admissible, extend
from domain.rules.case import Case, Entry
from domain.rules.defaults import filled
from domain.rules.late import THEN_SIGNERS, is_late
from domain.rules.shape import read
from ops.acts_in_toml import files_of, plain, references, resolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from domain.formats.act import Signer

LIMIT = 4 << 20


@dataclass(frozen=True, slots=True)
class PaperAct:
    """One act of then: done `on` a day (`at` a time), signed `then` by "capacity:name"; `files`: slot → file names."""

    on: str
    do: str
    then: tuple[str, ...]
    at: str | None = None
    label: str | None = None
    facts: dict[str, Any] | None = None
    files: dict[str, Any] | None = None

    @property
    def occurred(self) -> str:
        """When it happened, as it is signed now."""
        return f"{self.on}T{self.at}:00+08:00" if self.at else self.on

    @property
    def scans(self) -> tuple[tuple[str, str], ...]:
        """(slot, file name) of each scan, in order."""
        return files_of(self.files)

    def told(self, numbers: dict[str, int]) -> dict[str, Any]:
        """Its facts, with who signed then and the numbers of earlier records in place of their labels."""
        signed = [dict(zip(("capacity", "name"), text.split(":", 1), strict=True)) for text in self.then]
        return {**resolved(self.facts or {}, numbers.__getitem__), THEN_SIGNERS: signed}


@dataclass(frozen=True, slots=True)
class PaperCase:
    """A paper case as its file tells it."""

    number: str
    rulebook: str
    act: tuple[PaperAct, ...]

    def case_id(self, archive: str) -> str:
        """Its id in the archive with this register case: the same for the same number, so that entering can go on."""
        digits = list(hashlib.sha256(f"{archive}\n{self.rulebook}\n{self.number}".encode()).hexdigest()[:32])
        digits[12], digits[16] = "7", "8"  # version and variant (RFC 9562 §5.7)
        text = "".join(digits)
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


@dataclass(frozen=True, slots=True)
class Checked:
    """An act that is left to enter, its facts as they will be signed, and how it would be answered."""

    number: int
    act: PaperAct
    facts: dict[str, Any]
    outcome: Outcome


def paper_case(path: Path) -> PaperCase:
    """The paper case in a TOML file. Fault "backfill" with what is wrong."""
    with path.open("rb") as file:
        data = file.read(LIMIT + 1)
    try:
        found = read(PaperCase, plain(tomllib.loads(data.decode("utf-8"))))
    except (ValueError, Fault) as error:
        raise Fault("backfill", f"{path.name}：{error}", "请按写法改正，见 anjuan backfill --help。") from error
    labels: set[str] = set()
    for number, act in enumerate(found.act, 1):
        for label in sorted(set(references(act.facts)) - labels):
            message = f"第 {number} 个行为：此前没有“{label}”"
            raise Fault("backfill", message, "请核对 @ 之后的名称。", field=f"act[{number}]")
        if not all(":" in text for text in act.then):
            message = f"第 {number} 个行为：当时的签署人应写作 身份:姓名"
            raise Fault("backfill", message, "例如 handler:孙衡。", field=f"act[{number}].then")
        labels.add(act.label or act.do)
    return found


def checked(case: Case, paper: PaperCase, signers: Sequence[Signer], received: str) -> Iterator[Checked]:
    """Every act that `case` doesn't have yet, judged in turn as if those before it had been entered.

    Fault "backfill" if what the case has isn't how the file begins.
    """
    numbers: dict[str, int] = {}
    standing = [entry for entry in case.entries if is_late(case.rulebook, entry)]
    for number, act in enumerate(paper.act, 1):
        if number <= len(standing):
            numbers[act.label or act.do] = _same(number, act, standing[number - 1])
            continue
        spec = case.rulebook.action(act.do)
        classes = {slot.name: slot.class_.value for slot in spec.slots}
        scans = tuple({"slot": slot, "class": classes.get(slot, "party")} for slot, _ in act.scans)
        facts, seen = act.told(numbers), Seen(case.seq, case.head)
        entry = Entry(case.seq + 1, "", "", act.do, act.occurred, received, tuple(signers), seen, facts, scans)
        entry = replace(entry, facts=filled(case, spec, entry))
        yield Checked(number, act, dict(entry.facts), admissible(case, entry))
        case = extend(case, entry)
        numbers[act.label or act.do] = entry.seq


def _same(number: int, act: PaperAct, entry: Entry) -> int:
    """The number of the record that stands for `act` already."""
    if (entry.action, entry.occurred) != (act.do, act.occurred):
        message = f"第 {number} 个行为与已经入卷的第 {entry.seq} 号记录不同"
        raise Fault("backfill", message, "请用原来的文件继续；录入有误的，另作更正。", field=f"act[{number}]")
    return entry.seq


def refusals(found: Sequence[Checked]) -> tuple[Defect, ...]:
    """What keeps the batch from being entered, each with the act it is about."""
    refused = [c for c in found if c.outcome.answer is Answer.REFUSED]
    return tuple(_told(one, defect) for one in refused for defect in one.outcome.defects)


def _told(one: Checked, defect: Defect) -> Defect:
    place = f"act[{one.number}].{defect.field or ''}".rstrip(".")
    return replace(defect, message=f"第 {one.number} 个行为：{defect.message}", field=place)
