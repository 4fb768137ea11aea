"""Are conditions, demands (`must`), party roles and agents of a rulebook's facts well said?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..vocabulary import FactType
from .findings import defect, undefined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...errors import Defect
    from ..rulebook import Rulebook
    from ..vocabulary import Fact, If, Must

ROW_KEY = "of"  # what a row that is one of `each` stands for


def party_roles(rulebook: Rulebook) -> set[str]:
    """Codes of every role that a party of a case can have."""
    columns = (
        c for a in rulebook.actions for f in a.facts if f.defines == "parties" for c in f.cols if c.name == "role"
    )
    return {code for column in columns for code in rulebook.by_choices.get(column.of or "", {})}


def condition_defects(rulebook: Rulebook, condition: If, siblings: Sequence[Fact], path: str) -> Iterator[Defect]:
    """What is wrong with a condition on one of `siblings`. Codes: undefined, withheld, value."""
    found = next((fact for fact in siblings if fact.name == condition.name), None)
    if found is None:
        yield undefined(path, "同级事实", condition.name, [fact.name for fact in siblings])
        return
    if found.class_.withheld:
        yield defect("withheld", path, f"“{found.title}”不公开，不能作为条件", "请改变其密级。")
    codes = rulebook.by_choices.get(found.of or "", {}) if found.type is FactType.CHOICE else {}
    for value in (condition.is_, *condition.or_):
        right = isinstance(value, bool) if found.type is FactType.BOOL else value in codes
        if not right:
            problem = f"“{found.title}”没有“{value}”这一值"
            yield defect("value", path, problem, "条件只能是真假值，或者单选中的各项。")


def demand_defects(rulebook: Rulebook, fact: Fact, siblings: Sequence[Fact], path: str) -> Iterator[Defect]:
    """What is wrong with what the law wants of a fact. Codes: uncited, must, undefined, withheld, value."""
    for i, must in enumerate(fact.must):
        at = f"{path}.must[{i}]"
        if not must.article.strip():
            yield defect("uncited", f"{at}.article", "没有写明依据的条款", "请写明条款。")
        if must.if_ is not None:
            yield from condition_defects(rulebook, must.if_, [s for s in siblings if s is not fact], f"{at}.if")
        yield from _fits(fact, must, at)
        codes, roles = rulebook.by_choices.get(fact.of or "", {}), sorted(party_roles(rulebook))
        for word, named in (("all", must.all), ("any", must.any)):
            for code in named:
                if code not in codes:
                    yield undefined(f"{at}.{word}", "选项", code, codes)
        for role in must.per:
            if role not in roles:
                yield undefined(f"{at}.per", "当事人角色", role, roles)
        numbers = [s.name for s in siblings if s.type is FactType.INT and s is not fact]
        if must.least is not None and must.least not in numbers:
            yield undefined(f"{at}.least", "同级整数", must.least, numbers)


def tells_defects(rulebook: Rulebook, fact: Fact, path: str) -> Iterator[Defect]:
    """`tells` is a word of choices that all may see, and names an action. Codes: tells, undefined."""
    if fact.tells is None:
        return
    if fact.type is not FactType.CHOICES or fact.class_.withheld:
        yield defect("tells", f"{path}.tells", "只有公开的多选写 tells", "请核对 type。")
    if fact.tells not in rulebook.by_action:
        yield undefined(f"{path}.tells", "行为", fact.tells, rulebook.by_action)


def _fits(fact: Fact, must: Must, path: str) -> Iterator[Defect]:
    """Codes are asked of choices, numbers of an int, and nothing but a yes of a bool."""
    codes, numbers = bool(must.all or must.any), bool(must.per or must.least or must.item_of)
    if fact.type in (FactType.CHOICE, FactType.CHOICES):
        right = codes and not numbers
    elif fact.type is FactType.INT:
        right = numbers and not codes
    else:
        right = fact.type is FactType.BOOL and not codes and not numbers
    if not right or fact.class_.withheld:
        problem = f"“{fact.title}”不能这样要求"
        yield defect("must", path, problem, "单选、多选写 all、any，整数写 per、least、item-of，真假值不写；均须公开。")


def agent_defects(rulebook: Rulebook, fact: Fact, siblings: Sequence[Fact], path: str) -> Iterator[Defect]:
    """What is wrong with an agent of a fact: `for` names a party beside it, `power` a power that agents can have."""
    if fact.type is not FactType.AGENT:
        for word, said in (("for", fact.for_), ("power", fact.power)):
            if said is not None:
                yield defect("agent", f"{path}.{word}", "只有代理人项写 for、power", "请核对 type。")
        return
    if not rulebook.agent_facts:
        yield defect("agent", path, "没有行为登记代理人", '请有事实写明 defines = "agents"。')
    parties = [s.name for s in siblings if s.type is FactType.PARTY]
    if fact.for_ is not None and fact.for_ not in (*parties, ROW_KEY):
        yield undefined(f"{path}.for", "同级当事人", fact.for_, parties)
    if fact.power is not None and fact.power not in (powers := _powers(rulebook)):
        yield undefined(f"{path}.power", "代理权限", fact.power, sorted(powers))


def _powers(rulebook: Rulebook) -> set[str]:
    rows = (f for a in rulebook.actions for f in a.facts if (a.code, f.name) in rulebook.agent_facts)
    sets = {col.of for row in rows for col in row.cols if col.name == "powers"}
    return {code for name in sets for code in rulebook.by_choices.get(name or "", {})}
