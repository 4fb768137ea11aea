"""What the cover (封面) says of a case: parties, outcome, and the days on which it was opened, concluded and filed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.rules.case import next_stage
from domain.rules.civil import chinese
from domain.rules.retention import longest
from domain.rules.vocabulary import NEW

from .data import Cover

if TYPE_CHECKING:
    from domain.rules.case import Case, Entry
    from domain.rules.register import Register

NOT_YET = "尚未结案"
NOT_FILED = "尚未立卷"


def cover_of(case: Case, register: Register) -> Cover:
    """The cover of `case`; parties by role as far as they are shown."""
    law = case.rulebook
    stage = law.by_stage.get(case.stage)
    concluded, filed = _concluded(case), _entered(case, frozenset(s.code for s in law.stages if s.final))
    outcome = law.by_stage[_stage_after(case, concluded)].title if concluded else stage.title if stage else ""
    if concluded is not None:
        outcome += f"（第 {concluded.seq} 号记录《{_title(case, concluded)}》）"
    return Cover(
        agency=register.origin,
        number=case.heading()[0],
        law=f"{law.title}（{law.number}）",
        parties=_by_role(case),
        outcome_label="处理结果" if concluded else "现阶段",
        outcome=outcome,
        opened=chinese(case.entries[0].occurred_on),
        concluded=chinese(concluded.occurred_on) if concluded else NOT_YET,
        filed=chinese(filed.occurred_on) if filed else NOT_FILED,
        retention=longest(case, register.custody),
    )


def _by_role(case: Case) -> tuple[tuple[str, str], ...]:
    """(role's label, names) in the order in which the roles first appear."""
    out: dict[str, list[str]] = {}
    for party in case.parties.values():
        out.setdefault(party.role, []).append(party.name)
    labels = {code: choice.label for choices in case.rulebook.by_choices.values() for code, choice in choices.items()}
    return tuple((labels.get(role, role), "；".join(names)) for role, names in out.items())


def _title(case: Case, entry: Entry) -> str:
    action = case.action_of(entry)
    return action.title if action else entry.action


def _settled_stages(case: Case) -> frozenset[str]:
    """Stages in which the matter itself is over: final ones, and those from which one act leads to a final one."""
    final = {stage.code for stage in case.rulebook.stages if stage.final}
    before = {s for a in case.rulebook.actions if a.then and a.then.stage in final for s in a.in_ if s != NEW}
    return frozenset(final | before)


def _concluded(case: Case) -> Entry | None:
    """The record that concluded the case (结案), None while it is open."""
    return _entered(case, _settled_stages(case))


def _entered(case: Case, stages: frozenset[str]) -> Entry | None:
    """The record with which the case came into one of `stages`, if it is still in one of them."""
    found = None
    stage = NEW
    for entry in case.entries:
        before, stage = stage, _moved(case, entry, stage)
        if stage not in stages:
            found = None
        elif before not in stages:
            found = entry
    return found


def _stage_after(case: Case, last: Entry) -> str:
    stage = NEW
    for entry in case.entries[: last.seq]:
        stage = _moved(case, entry, stage)
    return stage


def _moved(case: Case, entry: Entry, stage: str) -> str:
    """The stage after `entry`, by the rule that `domain.rules.case.enter` keeps."""
    action = case.action_of(entry)
    counts = entry.voided_by is None and not any(defect.code == "stage" for defect in entry.defects)
    return next_stage(action.then, stage, entry.facts) if action and counts else stage
