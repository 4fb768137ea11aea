"""What would come of an act (假设推算), in words and as JSON: one telling for command line, API and pages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from domain.rules.admissible import Answer
from domain.rules.citing import cited
from domain.rules.compliance_words import UNITS
from domain.rules.deadline import STATUS_TITLES, Status
from domain.rules.reckoning import Unit
from domain.rules.sources import named
from domain.rules.vocabulary import Kind

if TYPE_CHECKING:
    from domain.errors import Defect
    from domain.rules.case import Case
    from domain.rules.deadline import Deadline
    from domain.rules.what_if import Capped, Moved, WhatIf


def as_json(found: WhatIf, case: Case) -> dict[str, Any]:
    """All members always present; days ISO, `zh` in words; `later` calendar days, negative if earlier."""
    supposed, book = found.supposed, case.rulebook
    return {
        "action": supposed.action,
        "title": book.action(supposed.action).title,
        "on": supposed.on.isoformat(),
        "at": supposed.at.isoformat() if supposed.at else None,
        "days": supposed.days,
        "closes": [{"action": code, "title": book.action(code).title} for code in found.closes],
        "zh": premise(found, case),
        "answer": found.outcome.answer.value,
        "answer_zh": answer(found, case),
        "defects": [{**defect.as_json(), "zh": reason(defect)} for defect in found.outcome.defects],
        "lacking_zh": to_fill_in(found) if found.lacking else "",
        "lacking": [defect.as_json() for defect in found.lacking],
        "effect_zh": effect(found),
        "moved": [_moved_json(moved, case) for moved in found.moved],
        "caps": [_capped_json(capped) for capped in found.capped],
    }


def _moved_json(moved: Moved, case: Case) -> dict[str, Any]:
    limit = moved.after.limit
    return {
        "limit": limit.code,
        "title": moved.after.title,
        "article": limit.article,
        "round": moved.after.round,
        "of": moved.after.of,
        "name": name(moved.after, case),
        "advisory": limit.advisory,
        "given": moved.given,
        "before": _place(moved.before),
        "after": _place(moved.after),
        "later": moved.later,
        "zh": shift(moved, case),
    }


def _place(d: Deadline) -> dict[str, Any]:
    return {
        "status": d.status.value,
        "start": d.start.day.isoformat() if d.start else None,
        "due": d.due.isoformat() if d.due else None,
        "done": d.done.isoformat() if d.done else None,
        "left": d.left,
        "due_at": d.due_at.isoformat() if d.due_at else None,
        "unit": d.unit.value,
        "provisional": d.provisional,
        "zh": stands(d),
    }


def _capped_json(capped: Capped) -> dict[str, Any]:
    return {
        "cap": capped.cap.code,
        "title": capped.cap.title,
        "article": capped.cap.article,
        "max": capped.cap.max,
        "used": capped.used,
        "left": capped.left,
        "days": capped.days,
        "last": capped.last.isoformat() if capped.last else None,
        "left_after": capped.left_after,
        "outlasted_by": [
            {"limit": d.limit.code, "title": d.title, "of": d.of, "due": d.due.isoformat() if d.due else None}
            for d in capped.outlasted_by
        ],
        "zh": cap_words(capped),
    }


def premise(found: WhatIf, case: Case) -> str:
    """What is supposed: 假设 2023-03-06 作“补正通知”，7 日后（2023-03-13）有“补正材料”。"""
    supposed = found.supposed
    action = case.rulebook.action(supposed.action)
    on = f"{supposed.at:%Y-%m-%d %H:%M}" if supposed.at else supposed.on
    text = f"假设 {on} {'作' if action.kind is Kind.DOES else '有'}“{action.title}”"
    if found.closes and supposed.days is not None:
        titles = "、".join(f"“{case.rulebook.action(code).title}”" for code in found.closes)
        text += f"，{supposed.days} 日后（{supposed.on + timedelta(supposed.days)}）有{titles}"
    return f"{text}，文书当日送达。" if found.recipients else f"{text}。"


def answer(found: WhatIf, case: Case) -> str:
    """Whether the act could be entered."""
    does = case.rulebook.action(found.supposed.action).kind is Kind.DOES
    if found.outcome.answer is Answer.ACCEPTED:
        return "可以作出。" if does else "可以登记。"
    if found.outcome.answer is Answer.IRREGULAR:
        return "可以登记，但要标明不合规定。"
    return "不能作出。" if does else "不能登记。"


def effect(found: WhatIf) -> str:
    """What the list of limits that move is headed by."""
    if not found.moved:
        return "没有期限因此变化。"
    return "假如仍然入卷，期限变化：" if found.outcome.answer is Answer.REFUSED else "期限变化："


def reason(defect: Defect) -> str:
    """A defect with its article and what to do."""
    article = f"（{cited(defect.article)}）" if defect.article else ""
    return f"{defect.message.rstrip('。')}{article}。{defect.remedy}"


def to_fill_in(found: WhatIf) -> str:
    """What the real act needs besides."""
    return f"办理时还要补全：{'；'.join(d.message.removeprefix('缺少').rstrip('。') for d in found.lacking)}。"


def name(d: Deadline, case: Case) -> str | None:
    """Whose limit it is: a party's name, or the number of the item."""
    return named(d.of, {party.id: party.name for party in case.parties.values()})


def stands(d: Deadline) -> str:
    """Where a limit stands: 进行中，至 2023-04-13 届满."""
    words = STATUS_TITLES[d.status]
    if d.status is Status.STOPPED and d.left is not None:
        return f"{words}，余 {d.left} {UNITS[d.unit][0]}"
    if d.due is not None and d.status in (Status.RUNNING, Status.OVERDUE, Status.KEPT, Status.MISSED):
        until = f"{d.due_at:%Y-%m-%d %H:%M}" if d.due_at else d.due
        return f"{words}，至 {until} 届满{'（暂定）' if d.provisional else ''}"
    return words


def shift(moved: Moved, case: Case) -> str:
    """By how much a last day moves: 延后 5 个工作日."""
    before, after = moved.before.due, moved.after.due
    text = ""
    if before is not None and after is not None and before != after:
        first, last = min(before, after), max(before, after)
        workdays = moved.after.unit is Unit.WORKDAYS
        days = case.calendar.count(first, last) if workdays else (last - first).days
        unit = UNITS[Unit.WORKDAYS if workdays else Unit.DAYS][0]
        text = f"{'延后' if after > before else '提前'} {days} {unit}"
    given = f"以“{case.rulebook.action(moved.given).title}”为前提" if moved.given else ""
    return "，".join(part for part in (text, given) if part)


def cap_words(capped: Capped) -> list[str]:
    """What is left under a cap, until when the span lasts, and what outlasts it (R4)."""
    cap = capped.cap
    last = f"，至 {capped.last} 届满" if capped.last else ""
    out = [
        f"{cap.title}最多 {cap.max} 日，已用 {capped.used} 日，尚余 {capped.left} 日。",
        f"此次 {capped.days} 日{last}，届满日是节假日的不顺延；此后尚余 {capped.left_after} 日。",
    ]
    for d in capped.outlasted_by:
        until = f"至 {d.due} 才届满" if d.due else "停止计算，尚无届满日"
        out.append(f"提示：此次届满时，“{d.title}”{until}；在此之前未另行决定的，届满后自行失效。")
    return out


def lines(found: WhatIf, case: Case) -> list[str]:
    """The whole in lines of text."""
    out = [premise(found, case), answer(found, case)]
    out += [f"  · {reason(defect)}" for defect in found.outcome.defects]
    out += [to_fill_in(found)] if found.lacking else []
    out.append(effect(found))
    for moved in found.moved:
        whose = f"（{name(moved.after, case)}）" if moved.after.of else ""
        how = shift(moved, case)
        title = f"{moved.after.title}{whose}  {cited(moved.after.article)}"
        out.append(f"  {title}  {stands(moved.before)} → {stands(moved.after)}{f'  {how}' if how else ''}")
    out += [line for capped in found.capped for line in cap_words(capped)]
    return out
