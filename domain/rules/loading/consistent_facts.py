"""Are an action's facts well said: types with what they need, sources that exist, nothing withheld that rules read?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..chronology import OWN_DAY
from ..vocabulary import FactType
from .consistent_people import agent_defects, condition_defects, demand_defects, party_roles, tells_defects
from .facts import LEVELS
from .findings import defect, fact_named, undefined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...errors import Defect
    from ..rulebook import Rulebook
    from ..vocabulary import Action, Fact

CHOOSES = (FactType.CHOICE, FactType.CHOICES)
LISTS = (FactType.TEXTS, FactType.INTS, FactType.CHOICES, FactType.PARTIES, FactType.ROWS, FactType.CODES)
SIZED = (FactType.TEXT, FactType.INT, FactType.NUMBER, *LISTS)
PAST_MOMENTS = 2  # the version since which moments may be said to be past
DAYS = (FactType.DATE, FactType.INSTANT)
NAMES_PARTIES = (FactType.PARTY, FactType.PARTIES)
PARTIES, AGENTS = "parties", "agents"
_PARTY_COLS = {"id": FactType.CODE, "role": FactType.CHOICE, "name": FactType.TEXT}
_AGENT_COLS = {
    "id": FactType.CODE,
    "name": FactType.TEXT,
    "for": FactType.PARTIES,
    "powers": FactType.CHOICES,
    "from": FactType.DATE,
    "until": FactType.DATE,
}
_COLS = {PARTIES: _PARTY_COLS, AGENTS: _AGENT_COLS}


def fact_defects(rulebook: Rulebook, action: Action) -> Iterator[Defect]:
    """Defects of the facts and papers of `action`.

    Codes: empty, of, cols, range, each-source, undefined, value, defines, roles, reserved-name, withheld, not-a-date,
    not-money, must, agent, tells.
    """
    for fact in action.facts:
        path = path_of(action, fact.name)
        yield from _fact(rulebook, action, fact, action.facts, path)
        if fact.each is not None:
            yield from _each(rulebook, action, fact, path)
        for spec, rows in ((fact, None), *((col, fact) for col in fact.cols)):
            yield from _choices(rulebook, action, spec, rows)
        if fact.defines is not None:
            yield from _defines(fact, path)
    for slot in action.slots:
        path = f"action.{action.code}.evidence.{slot.name}"
        yield from _range(path, slot.min, slot.max, low=0)
        if slot.if_ is not None:
            yield from condition_defects(rulebook, slot.if_, action.facts, f"{path}.if")


def path_of(action: Action, name: str) -> str:
    """The key of a fact in the TOML: of the word that brought it, where it wasn't written."""
    if name.startswith("ink-"):
        return f"action.{action.code}.ink.{name.removeprefix('ink-')}"
    return f"action.{action.code}.serve" if name == "recipients" else f"action.{action.code}.facts.{name}"


def _fact(rulebook: Rulebook, action: Action, fact: Fact, siblings: Sequence[Fact], path: str) -> Iterator[Defect]:
    if not fact.title.strip():
        yield defect("empty", f"{path}.title", "标题不能为空", "请填写中文标题。")
    if (fact.of is not None) != (fact.type in CHOOSES):
        yield defect("of", f"{path}.of", "单选、多选须写明选项，其他类型不写", "请核对 type 和 of。")
    elif fact.of is not None and fact.of not in rulebook.by_choices:
        yield undefined(f"{path}.of", "选项", fact.of, rulebook.by_choices)
    if bool(fact.cols) != (fact.type is FactType.ROWS):
        yield defect("cols", f"{path}.cols", "若干行（rows）须写明各列，其他类型不写", "请核对 type 和 cols。")
    if fact.min is not None or fact.max is not None:
        yield from _bounds(fact, path)
    if fact.if_ is not None:
        yield from condition_defects(rulebook, fact.if_, [s for s in siblings if s is not fact], f"{path}.if")
    if fact.derived is not None:
        outcomes = {f"deemed.{limit.missed}" for limit in rulebook.limits if limit.missed}
        outcomes |= {f"{when}.{code}" for code in rulebook.by_level for when in LEVELS}
        if fact.derived not in outcomes:
            yield undefined(f"{path}.derived", "推算项", fact.derived, sorted(outcomes))
    yield from _roles(rulebook, fact, path)
    yield from _days(rulebook, fact, siblings, path)
    yield from _total(rulebook, fact, path)
    yield from demand_defects(rulebook, fact, siblings, path)
    yield from agent_defects(rulebook, fact, siblings, path)
    yield from tells_defects(rulebook, fact, path)
    for col in fact.cols:
        at = f"{path}.cols.{col.name}"
        if col.name == "of":
            yield defect("reserved-name", at, "列名 of 由词汇表保留", "请另取名称。")
        if col.each is not None or col.where is not None or col.defines is not None or col.derived is not None:
            yield defect("each-source", at, "列不能写 each、where、defines、derived", "请写在事实上。")
        yield from _fact(rulebook, action, col, fact.cols, at)


def _choices(rulebook: Rulebook, action: Action, spec: Fact, rows: Fact | None) -> Iterator[Defect]:
    """What choices say of the act's other facts, or of the row that theirs stands for, must be there to be seen."""
    for choice in rulebook.by_choices.get(spec.of or "", {}).values() if spec.type in CHOOSES else ():
        path = f"{set_path(spec.of or '')}.{choice.code}"
        if choice.if_ is not None:
            yield from condition_defects(rulebook, choice.if_, action.facts, f"{path}.if")
        if choice.where is None:
            continue
        source, _, name = (rows.each or "" if rows is not None else "").partition(".")
        other = action if source == "facts" else rulebook.by_action.get(source)
        found = fact_named(other, name) if other is not None else None
        yield from condition_defects(rulebook, choice.where, found.cols if found is not None else (), f"{path}.where")


def set_path(code: str) -> str:
    """Where a set is written: under its own name, or in the fact it was made from."""
    action, *names = code.split(".")
    return f"action.{action}.facts.{'.cols.'.join(names)}.of" if names else f"choices.{code}"


def _roles(rulebook: Rulebook, fact: Fact, path: str) -> Iterator[Defect]:
    if fact.roles and fact.type not in (*NAMES_PARTIES, FactType.AGENT) and fact.defines != PARTIES:
        yield defect("roles", f"{path}.roles", "只有当事人项写角色", "请删去。")
    if fact.all and fact.type is not FactType.PARTIES:
        yield defect("roles", f"{path}.all", "只有多名当事人的项写 all", "请删去。")
    known = party_roles(rulebook)
    for word, roles in (("roles", fact.roles), ("all", fact.all)):
        for role in roles:
            if role not in known:
                yield undefined(
                    path if fact.name == "recipients" else f"{path}.{word}", "当事人角色", role, sorted(known)
                )


def _total(rulebook: Rulebook, fact: Fact, path: str) -> Iterator[Defect]:
    """`total` and `else-total` are words of money columns, and name money facts that all may see."""
    for word, source in (("total", fact.total), ("else-total", fact.else_total)):
        action, _, name = (source or "").partition(".")
        other = rulebook.by_action.get(action)
        found = fact_named(other, name) if other is not None else None
        if source is None:
            continue
        if found is None:
            yield undefined(f"{path}.{word}", "金额", source, rulebook.by_action)
        elif fact.type is not FactType.MONEY or found.type is not FactType.MONEY:
            yield defect("not-money", f"{path}.{word}", "只有金额对应金额", "请核对 type。")
        elif found.class_.withheld or fact.class_.withheld:
            yield defect("withheld", f"{path}.{word}", "不公开的金额不能核对合计", "请改变其密级。")


def _days(rulebook: Rulebook, fact: Fact, siblings: Sequence[Fact], path: str) -> Iterator[Defect]:
    """`past`, `since`, `before` are words for days, `lead` for days between; since version 2 `past` for moments too."""
    if fact.before is not None:
        yield from _before(fact, siblings, path)
    elif fact.lead is not None:
        yield defect("not-a-date", f"{path}.lead", "只与 before 同写", "请补上 before，或删去。")
    kinds = DAYS if rulebook.vocabulary >= PAST_MOMENTS else (FactType.DATE,)
    if fact.past and fact.type not in kinds:
        yield defect("not-a-date", f"{path}.past", "只有日期、时刻写 past", "请核对 type。")
    if fact.since is None:
        return
    if fact.type not in DAYS:
        yield defect("not-a-date", f"{path}.since", "只有日期、时刻写 since", "请核对 type。")
    elif fact.since != OWN_DAY:
        other = next((f for f in siblings if f.name == fact.since and f is not fact), None)
        if other is None:
            yield undefined(
                f"{path}.since", "同级日期", fact.since, [OWN_DAY, *(f.name for f in siblings if f.type in DAYS)]
            )
        elif other.type not in DAYS:
            yield defect("not-a-date", f"{path}.since", f"“{other.title}”不是日期", "请改写 since。")


def _before(fact: Fact, siblings: Sequence[Fact], path: str) -> Iterator[Defect]:
    dates = [s.name for s in siblings if s.type is FactType.DATE and s is not fact]
    numbers = [s.name for s in siblings if s.type is FactType.INT]
    if fact.type is not FactType.DATE:
        yield defect("not-a-date", f"{path}.before", "只有日期写 before", "请核对 type。")
    elif fact.before not in dates:
        yield undefined(f"{path}.before", "同级日期", fact.before, dates)
    if fact.lead is not None and fact.lead not in numbers:
        yield undefined(f"{path}.lead", "同级整数", fact.lead, numbers)


def _bounds(fact: Fact, path: str) -> Iterator[Defect]:
    if fact.type not in SIZED:
        yield defect("range", path, f"类型 {fact.type.value} 没有大小", "请删去 min、max。")
    else:
        yield from _range(path, fact.min, fact.max, low=None if fact.type is FactType.INT else 0)


def _range(path: str, least: int | None, most: int | None, *, low: int | None) -> Iterator[Defect]:
    if least is not None and most is not None and least > most:
        yield defect("range", path, f"min {least} 大于 max {most}", "请改正。")
    if low is not None and any(bound is not None and bound < low for bound in (least, most)):
        yield defect("range", path, f"min、max 不能小于 {low}", "请改正。")


def _each(rulebook: Rulebook, action: Action, fact: Fact, path: str) -> Iterator[Defect]:
    at = f"{path}.each"
    if fact.type is not FactType.ROWS:
        yield defect("each-source", at, "只有若干行（rows）写 each", "请核对 type。")
        return
    source, _, name = (fact.each or "").partition(".")
    other = action if source == "facts" else rulebook.by_action.get(source)
    found = fact_named(other, name) if other is not None else None
    if source == "signers":
        capacities = [s.capacity for way in action.by for s in way]
        if name not in capacities:
            yield undefined(at, "签署身份", name, capacities)
    elif other is None:
        yield undefined(at, "行为", source, rulebook.by_action)
    else:
        yield from _source(found, name, [f.name for f in other.facts], at)
    if fact.where is not None:
        yield from condition_defects(rulebook, fact.where, found.cols if found else (), f"{path}.where")


def _source(found: Fact | None, name: str, known: Sequence[str], at: str) -> Iterator[Defect]:
    if found is None:
        yield undefined(at, "事实", name, known)
    elif found.type not in (FactType.ROWS, FactType.TEXTS) and found.name != "recipients":
        yield defect("each-source", at, f"“{found.title}”不是若干行、若干文字或送达对象", "请改写来源。")
    elif found.class_.withheld:
        yield defect("withheld", at, f"“{found.title}”不公开，不能逐项对应", "请改变其密级。")


def _defines(fact: Fact, path: str) -> Iterator[Defect]:
    if fact.defines not in _COLS or fact.type is not FactType.ROWS:
        yield defect("defines", f"{path}.defines", "只能由若干行（rows）定义 parties 或者 agents", "请改正。")
        return
    columns, who = {col.name: col for col in fact.cols}, "当事人" if fact.defines == PARTIES else "代理人"
    for name, kind in _COLS[fact.defines].items():
        col = columns.get(name)
        if col is None or col.type is not kind:
            yield defect("defines", f"{path}.cols.{name}", f"{who}须有 {kind.value} 类型的 {name} 列", "请补上。")
        elif (col.class_.withheld and name != "name") or fact.class_.withheld:
            yield defect("withheld", f"{path}.cols.{name}", f"{who}除姓名、名称外的这些列不能不公开", "请改变其密级。")
