"""May this act be entered (可否入卷)? Accepted, refused, or entered as irregular.

An action that *does* something is refused when the law forbids it; an action that *reports* what happened in the
world is entered and marked, with the article. Lateness alone never refuses. Malformed acts are always refused.
Leaves: who the signers are (`register`), signatures (`formats`), whether evidence lies in the vault (`archive`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from ..errors import Defect
from . import facts as fact_rules
from .case import Case, Entry, enter, settle
from .choosing import unfounded
from .chronology import unreal, untimely
from .civil import chinese
from .dates import date_of
from .facts import Scope, breach
from .ink import misnumbered, unsigned
from .rectification import rectification_defects
from .service import answered, service_breaches
from .signatories import too_few_signers, unfit_signers
from .time_limits import Status, reckoned
from .vocabulary import NEW, Kind
from .waivers import derived_value
from .windows import capped_days, running

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .calendar import Calendar
    from .rulebook import Rulebook
    from .time_limits import Deadline
    from .vocabulary import Ground


class Answer(StrEnum):
    """What the archive answers to an act."""

    ACCEPTED = "accepted"
    IRREGULAR = "irregular"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer with everything found; `defects` is empty only when accepted."""

    answer: Answer
    defects: tuple[Defect, ...]


def admissible(case: Case, entry: Entry) -> Outcome:
    """Judge `entry` (seq = case.seq + 1) against the case as it stands; see the module."""
    action = case.rulebook.by_action.get(entry.action)
    if action is None:
        message = f"规则手册“{case.rulebook.title}”没有“{entry.action}”这一行为"
        return Outcome(
            Answer.REFUSED, (Defect("unknown-action", message, "请从行为清单中选择。", action=entry.action),)
        )
    scope = Scope(case, entry, action)
    impossible = tuple(_impossible(scope))
    if impossible:
        return Outcome(Answer.REFUSED, impossible)
    found = tuple(unlawful(scope))
    if not found:
        return Outcome(Answer.ACCEPTED, ())
    return Outcome(Answer.REFUSED if action.kind is Kind.DOES else Answer.IRREGULAR, found)


def _judged(case: Case, entry: Entry) -> tuple[bool, tuple[Defect, ...]]:
    outcome = admissible(case, entry)
    return outcome.answer is Answer.REFUSED, outcome.defects


def replay(case_id: str, rulebook: Rulebook, calendar: Calendar, entries: Iterable[Entry]) -> Case:
    """The case as its records count now, each with what is wrong with it under today's knowledge."""
    case = Case(case_id, rulebook, calendar)
    for entry in settle(rulebook, entries):
        case = extend(case, entry)
    return case


def extend(case: Case, entry: Entry) -> Case:
    """The case with one more entry, judged."""
    defects = admissible(case, entry).defects if entry.voided_by is None else ()
    return enter(case, replace(entry, defects=defects))


def judged_in_turn(
    case_id: str, rulebook: Rulebook, calendar: Calendar, entries: Iterable[Entry]
) -> Iterator[tuple[Entry, Outcome]]:
    """Each record with the answer it deserved when it came, knowing only what stood before it."""
    case = Case(case_id, rulebook, calendar)
    so_far: list[Entry] = []
    for entry in entries:
        outcome = admissible(case, entry)
        yield entry, outcome
        so_far.append(entry)
        action = rulebook.by_action.get(entry.action)
        rectifies = action is not None and action.rectifies
        entered = replace(entry, defects=outcome.defects)
        case = replay(case_id, rulebook, calendar, so_far) if rectifies else enter(case, entered)


def _impossible(scope: Scope) -> Iterator[Defect]:
    """What no act may be, lawful or not."""
    case, action = scope.case, scope.action
    if case.stage == NEW and not action.opens:
        first = "、".join(a.title for a in case.rulebook.actions if a.opens)
        yield Defect("not-opened", f"案件尚未立案，不能作“{action.title}”", f"请先作“{first}”。", action=action.code)
        return
    if case.stage != NEW and action.in_ == (NEW,):
        yield Defect("already-open", f"案件已经立案，不能再作“{action.title}”", "请另立新案。", action=action.code)
    yield from unreal(scope)
    yield from _not_in_force(scope)
    malformed = tuple(fact_rules.malformed(scope))
    yield from malformed
    if not malformed:  # what refers to other records can only be asked of facts that are in form
        yield from misnumbered(scope)
        yield from answered(scope)
        yield from _derived(scope)
    yield from _unknown_papers(scope)
    yield from unfit_signers(scope)
    if action.rectifies and not malformed:
        yield from rectification_defects(scope, _judged)


def _not_in_force(scope: Scope) -> Iterator[Defect]:
    law, action = scope.case.rulebook.in_force, scope.action
    if law.on is None or law.on.action != action.code or scope.case.stage != NEW:
        return
    found = date_of(scope.case, scope.entry, law.on.field)
    if found is None:
        return
    day = found.day.isoformat()
    if day < law.from_:
        message = f"{scope.case.rulebook.number}自 {law.from_} 起施行，{day} 收到的事项不能适用"
        yield Defect(
            "not-in-force", message, "请适用当时有效的规定（R36）。", "43", action.code, f"facts.{law.on.field}"
        )
    elif law.until and day > law.until and law.basis and not scope.entry.facts.get(law.basis):
        message = f"{scope.case.rulebook.number}有效期至 {law.until}，{day} 收到的事项适用本办法须写明依据"
        yield Defect("not-in-force", message, "请填写适用依据（R20）。", "43", action.code, f"facts.{law.basis}")


def _derived(scope: Scope) -> Iterator[Defect]:
    for fact in scope.action.facts:
        if fact.derived is None:
            continue
        given, computed = (
            scope.entry.facts.get(fact.name),
            derived_value(scope.case, fact.derived, scope.entry.occurred_on),
        )
        if (given or []) != computed:
            message = f"“{fact.title}”由系统推算，应为 {computed}，实为 {given}"
            yield Defect("derived", message, "请重新起草。", fact.article, scope.action.code, f"facts.{fact.name}")


def _unknown_papers(scope: Scope) -> Iterator[Defect]:
    slots = {s.name: s for s in scope.action.slots}
    counts: dict[str, int] = {}
    for i, item in enumerate(scope.entry.evidence):
        name = str(item.get("slot"))
        counts[name] = counts.get(name, 0) + 1
        if name not in slots:
            message = f"“{scope.action.title}”没有“{name}”这一类附件"
            options = "、".join(f"{s.name}({s.title})" for s in slots.values()) or "（无）"
            yield Defect("slot", message, f"可附：{options}", action=scope.action.code, field=f"evidence[{i}].slot")
        elif counts[name] > slots[name].max:
            message = f"“{slots[name].title}”至多 {slots[name].max} 件"
            yield Defect("too-many", message, "请减少附件。", action=scope.action.code, field=f"evidence[{i}].slot")
        if name in slots and item.get("class") != slots[name].class_.value:
            message = f"“{slots[name].title}”的密级应为 {slots[name].class_.value}，实为 {str(item.get('class'))[:20]}"
            yield Defect("class", message, "请重新起草。", action=scope.action.code, field=f"evidence[{i}].class")


def unlawful(scope: Scope) -> Iterator[Defect]:
    """What the law forbids or misses in this act: refuses what does, marks what reports."""
    yield from _order(scope)
    yield from _grounds(scope)
    yield from untimely(scope)
    yield from _windows(scope)
    yield from _limits(scope)
    yield from _ripe(scope)
    yield from unfounded(scope)
    yield from too_few_signers(scope)
    yield from service_breaches(scope)
    yield from fact_rules.missing(scope)
    yield from unsigned(scope)


def _order(scope: Scope) -> Iterator[Defect]:
    case, action = scope.case, scope.action
    if case.stage not in action.in_:
        now = case.rulebook.by_stage[case.stage].title if case.stage in case.rulebook.by_stage else "未立案"
        stages = "、".join(case.rulebook.by_stage[s].title for s in action.in_ if s in case.rulebook.by_stage)
        message = f"“{action.title}”只能在“{stages}”阶段作出，本案现处于“{now}”阶段"
        yield breach(scope, "stage", message, "请先完成前一阶段的行为。")
    done = case.valid(action.code)
    if action.once and done:
        message = f"“{action.title}”只能作出一次，本案第 {done[0].seq} 号记录已于 {done[0].occurred_on} 作出"
        remedy = f"如该记录有误，请对第 {done[0].seq} 号记录作“更正”。"
        yield breach(scope, "once", message, remedy, record=done[0].seq)
    for code in action.forbids:
        for entry in case.valid(code)[:1]:
            title = case.rulebook.action(code).title
            message = f"已有“{title}”（第 {entry.seq} 号记录），不能再作“{action.title}”"
            yield breach(scope, "forbids", message, "请核对案件进程。", record=entry.seq)


def _grounds(scope: Scope) -> Iterator[Defect]:
    """Records that must stand before, and what they must say where the law makes the act rest upon it."""
    case, action = scope.case, scope.action
    for code in (*action.needs, *(g.action for g in action.rests_on if not g.in_ or case.stage in g.in_)):
        if not case.valid(code):
            title = case.rulebook.action(code).title
            yield breach(scope, "needs", f"“{action.title}”之前须有“{title}”，本案没有", f"请先作“{title}”。")
    for ground in action.rests_on:
        found = case.valid(ground.action)
        if found and (not ground.in_ or case.stage in ground.in_):
            yield from _unsaid(scope, ground, found)


def _unsaid(scope: Scope, ground: Ground, found: tuple[Entry, ...]) -> Iterator[Defect]:
    action, on, last = scope.action, scope.case.rulebook.action(ground.action), found[-1]
    if ground.if_ is not None and not fact_rules.applies(ground.if_, last.facts):
        spec = next(f for f in on.facts if f.name == ground.if_.name)
        message = f"“{action.title}”之前的“{on.title}”（第 {last.seq} 号记录），“{spec.title}”与之不符"
        yield breach(scope, "needs", message, "请核对该号记录，或先另作一次。", record=last.seq)
    for entry in found if ground.whole else ():
        for lack in (d for d in entry.defects if d.code == "absent"):
            message = f"“{on.title}”（第 {entry.seq} 号记录）不完整：{lack.message}，不能作“{action.title}”"
            yield breach(scope, "not-whole", message, "请先补正；录入遗漏的，请更正该号记录。", record=entry.seq)


def _windows(scope: Scope) -> Iterator[Defect]:
    case, action, day = scope.case, scope.action, scope.entry.occurred_on
    for code in action.running:
        window = case.rulebook.by_window[code]
        if not running(case, window, day):
            message = f"“{action.title}”须有正在进行的“{window.title}”，{day} 没有"
            remedy = "请核对是否已经期满或者解除；尚未登记送达的，先登记送达，没有发出的，作废。"
            yield breach(scope, "not-running", message, remedy)
    for cap in case.rulebook.caps:
        window = case.rulebook.by_window[cap.window]
        asked = scope.entry.facts.get(window.lasts or "")
        if window.opens.action == action.code and isinstance(asked, int):
            used = capped_days(case, cap)
            if used + asked > cap.max:
                over = used + asked - cap.max
                message = f"“{window.title}”合计最多 {cap.max} 日，已用 {used} 日，本次 {asked} 日，超出 {over} 日"
                remedy = f"本次至多可定 {max(0, cap.max - used)} 日。"
                yield replace(breach(scope, "cap", message, remedy, f"facts.{window.lasts}"), article=cap.article)


def _limits(scope: Scope) -> Iterator[Defect]:
    case, action, day = scope.case, scope.action, scope.entry.occurred_on
    for code in action.kept:
        for deadline in reckoned(case, case.rulebook.by_limit[code], day):
            if deadline.status is Status.MISSED:
                message = f"“{deadline.title}”至 {deadline.due} 届满，{deadline.done} 才完成，不能作“{action.title}”"
                yield replace(breach(scope, "not-kept", message, "请按逾期的规定处理。"), article=deadline.article)
    for stage, code in action.over:
        if case.stage != stage:
            continue
        for deadline in reckoned(case, case.rulebook.by_limit[code], day):
            if deadline.due is None or day <= deadline.due:
                message = f"“{deadline.title}”{_not_over(deadline)}，不能作“{action.title}”"
                yield replace(breach(scope, "not-over", message, "请待期限届满。"), article=deadline.article)


def _not_over(deadline: Deadline) -> str:
    if deadline.due is not None:
        return f"至{chinese(deadline.due)}尚未届满"
    return "自送达之后才起算" if deadline.start is None else "没有可以届满的日期（送达时所定日期已过，或者停止计算）"


def _ripe(scope: Scope) -> Iterator[Defect]:
    """Limits that must have been met, or have run out, before what this act brings; reckoned with it."""
    case, entry = scope.case, scope.entry
    if not scope.action.ripe:
        return
    handed_in = date_of(case, entry, "handed_in_on")
    day = handed_in.day if handed_in else entry.occurred_on
    for code, article in scope.action.ripe:
        for deadline in reckoned(enter(case, entry), case.rulebook.by_limit[code], day):
            met = deadline.done is not None and deadline.done <= day
            if deadline.due is not None and not met and day <= deadline.due:
                message = f"“{deadline.title}”至{chinese(deadline.due)}届满，{chinese(day)}为时过早"
                yield replace(breach(scope, "not-ripe", message, "如实登记，依法处理。"), article=article)
