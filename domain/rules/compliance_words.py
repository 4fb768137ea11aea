"""What a requirement comes to, in Chinese and in English: 逾期 3 个工作日；按读法 A 逾期 4 个工作日，按读法 B 按期."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from .compliance import Conclusion
from .reckoning import Unit
from .requirement import FAILING, State, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .deadline import Deadline
    from .requirement import Requirement

Pair = tuple[str, str]  # in Chinese, in English

CONCLUSIONS: Mapping[Conclusion, Pair] = MappingProxyType(
    {
        Conclusion.KEPT: ("符合法定程序", "procedure was kept"),
        Conclusion.FAILED: ("违反法定程序", "procedure was not kept"),
        Conclusion.INDETERMINATE: ("尚不能判定是否符合法定程序", "whether procedure was kept can't be told"),
    }
)
SUBJECTS: Mapping[Subject, Pair] = MappingProxyType(
    {
        Subject.LIMIT: ("期限", "time limit"),
        Subject.CAP: ("累计日数", "cap"),
        Subject.DUTY: ("义务", "duty"),
        Subject.RECORD: ("记录", "record"),
    }
)
STATES: Mapping[State, Pair] = MappingProxyType(
    {
        State.KEPT: ("符合", "kept"),
        State.MISSED: ("未符合", "missed"),
        State.IRREGULAR: ("不合规定", "irregular"),
        State.RUNNING: ("期限内或者待履行", "running"),
        State.OVERDUE: ("已逾期", "overdue"),
        State.STOPPED: ("停止计算", "stopped"),
        State.DISPUTED: ("因读法而异", "differs by reading"),
        State.INDETERMINATE: ("不能判定", "indeterminate"),
        State.MOOT: ("无须再办", "moot"),
        State.ENDED: ("已终结", "ended"),
        State.NOT_APPLICABLE: ("不适用", "not applicable"),
    }
)
UNITS: Mapping[Unit, Pair] = MappingProxyType(
    {Unit.WORKDAYS: ("个工作日", "working day(s)"), Unit.DAYS: ("日", "day(s)"), Unit.HOURS: ("小时", "hour(s)")}
)
_DUTIES: Mapping[State, Pair] = MappingProxyType(
    {
        **STATES,
        State.KEPT: ("已履行", "kept"),
        State.MISSED: ("未履行", "missed"),
        State.RUNNING: ("待履行", "still to be done"),
    }
)
_RECORDS: Mapping[State, Pair] = MappingProxyType(
    {**STATES, State.MOOT: ("已依法处理", "dealt with"), State.RUNNING: ("待处理", "to be dealt with")}
)
_CAPS: Mapping[State, Pair] = MappingProxyType(
    {**STATES, State.KEPT: ("未超过", "kept"), State.MISSED: ("已超过", "exceeded")}
)


def said(found: Requirement) -> Pair:
    """Where a requirement stands, in one sentence without its final stop."""
    if found.under:
        zh = "，".join(f"按读法 {way.reading} {said(way)[0]}" for way in found.under)
        en = ", ".join(f"{said(way)[1]} under {way.reading}" for way in found.under)
        return zh, en
    if found.deadline is not None and not found.told[0]:
        zh, en = _of_limit(found.state, found.deadline)
    else:
        words = {Subject.DUTY: _DUTIES, Subject.CAP: _CAPS, Subject.RECORD: _RECORDS}.get(found.subject, STATES)[
            found.state
        ]
        zh, en = (f"{word}：{more}" if more else word for word, more in zip(words, found.told, strict=True))
    if found.provisional:
        zh, en = f"{zh}（暂定）", f"{en} (provisional)"
    return (zh + _weight(found)[0], en + _weight(found)[1]) if found.state in FAILING else (zh, en)


def _weight(found: Requirement) -> Pair:
    """What is said of a limit that breaks no law of procedure when it isn't kept."""
    if found.binding or found.deadline is None:
        return "", ""
    if found.deadline.limit.missed is None:
        return "（仅作提示）", " (advisory)"
    return "（当事人的期限，依规定承担后果）", " (a party's limit, with its own consequence)"


def _of_limit(state: State, deadline: Deadline) -> Pair:
    zh_unit, en_unit = UNITS[deadline.unit]
    late, left = deadline.late, deadline.left
    if state is State.KEPT:
        return "按期", "kept"
    if state is State.MISSED:
        after = "，在期限届满之后的非工作日完成" if late == 0 else ""
        return f"逾期 {late} {zh_unit}{after}", f"missed by {late} {en_unit}"
    if state is State.OVERDUE:
        return f"已逾期 {late} {zh_unit}，尚未完成", f"overdue by {late} {en_unit}"
    if state is State.RUNNING:
        return f"期限内，余 {left} {zh_unit}", f"running, {left} {en_unit} left"
    if state is State.STOPPED:
        strict = deadline.reckoning.strict_due if deadline.reckoning else None  # beside it, as R29 asks
        zh, en = (f"（不扣除的，至 {strict} 届满）", f" ({strict} were nothing excluded)") if strict else ("", "")
        return f"停止计算，余 {left} {zh_unit}{zh}", f"stopped, {left} {en_unit} left{en}"
    if state is State.NOT_APPLICABLE:
        return "不适用（尚未起算）", "not applicable (has not begun)"
    return STATES[state]


def by_reading(found: Requirement, tell: Callable[[Requirement], str]) -> str:
    """What `tell` says of a limit; where there are two readings, of each, by name: "A 2023-04-23；B 2023-04-26"."""
    return "；".join(f"{way.reading} {tell(way)}" for way in found.under) if found.under else tell(found)


def last_day(found: Requirement) -> str:
    """The day on which a limit ends, or the moment of it where it is in hours; empty where there is none."""
    deadline = found.deadline
    if deadline is not None and deadline.due_at is not None:
        return f"{deadline.due_at:%Y-%m-%d %H:%M}"
    return deadline.due.isoformat() if deadline is not None and deadline.due is not None else ""


def days_used(found: Requirement) -> Pair:
    """Days used of the days there are: "6/5 个工作日"; empty where a limit counts none."""
    deadline = found.deadline
    if deadline is None or deadline.used is None:
        return "", ""
    zh, en = UNITS[deadline.unit]
    reckoning = deadline.reckoning
    length = f"/{reckoning.length}" if reckoning and reckoning.unit is deadline.unit else ""
    return f"{deadline.used}{length} {zh}", f"{deadline.used}{length} {en}"
