"""Are levels, criteria, routes and lengths by a choice well said: facts that exist, of a type to be held against?"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from ..vocabulary import FactType
from .facts import LEVELS
from .findings import defect, fact_named, undefined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...errors import Defect
    from ..rulebook import Rulebook
    from ..vocabulary import Action, Criterion, Fact, Grade, Level, Limit

NUMBERS = (FactType.INT, FactType.MONEY, FactType.NUMBER)
CHOOSES = (FactType.CHOICE, FactType.CHOICES)


def level_defects(rulebook: Rulebook) -> Iterator[Defect]:
    """Codes: empty, uncited, otherwise, unused, criterion, undefined, withheld, value."""
    for level in rulebook.levels:
        yield from _level(rulebook, level, f"level.{level.code}")


def _level(rulebook: Rulebook, level: Level, path: str) -> Iterator[Defect]:
    if not level.title.strip():
        yield defect("empty", f"{path}.title", "标题不能为空", "请填写中文标题。")
    if not level.article.strip():
        yield defect("uncited", f"{path}.article", "没有写明依据的条款", "请写明条款。")
    if not level.grades:
        yield defect("empty", f"{path}.grades", "没有写明各级", "请按先后写明各级。")
    for i, grade in enumerate(level.grades):
        at, last = f"{path}.grades.{grade.code}", i + 1 == len(level.grades)
        if last == bool(grade.all or grade.any):
            problem = "最后一级不能写条件" if last else "没有写明条件"
            yield defect("otherwise", at, problem, "前面各级写 all 或者 any；最后一级是其余情形，不写。")
        yield from _grade(rulebook, grade, at)
    stated = {fact.derived for action in rulebook.actions for fact in action.facts}
    if not {f"{when}.{level.code}" for when in LEVELS} & stated:
        yield defect("unused", path, "定义了而没有用到", f"请有事实写 derived = “level.{level.code}”，或删去。")


def _grade(rulebook: Rulebook, grade: Grade, path: str) -> Iterator[Defect]:
    for word, criteria in (("all", grade.all), ("any", grade.any)):
        for i, criterion in enumerate(criteria):
            yield from criterion_defects(rulebook, criterion, f"{path}.{word}[{i}]")


def criterion_defects(
    rulebook: Rulebook, criterion: Criterion, path: str, *, timeless: bool = False
) -> Iterator[Defect]:
    """What is wrong with a criterion; `timeless`: one that may not ask for a limit."""
    said = [criterion.is_ is not None, criterion.min is not None or criterion.max is not None]
    said += [bool(criterion.has), bool(criterion.lacks)]
    asked = [(word, getattr(criterion, word)) for word in ("missed", "lapsed")]
    timed = [(word, code) for word, code in asked if code is not None]
    if timed:
        if len(timed) > 1 or criterion.fact is not None or any(said) or timeless:
            yield defect("criterion", path, "missed、lapsed 不与其他条件同写，也不能用来限定期限", "请分开写。")
        for word, code in timed:
            if code not in rulebook.by_limit:
                yield undefined(f"{path}.{word}", "期限", code, rulebook.by_limit)
        return
    if criterion.fact is None or sum(said) != 1:
        yield defect("criterion", path, "应写明 fact，和 is、min/max、has、lacks 之一", "请改正。")
        return
    found = _fact(rulebook, criterion.fact)
    if found is None:
        yield undefined(f"{path}.fact", "事实", criterion.fact, rulebook.by_action)
    elif any(fact.class_.withheld for fact in found):
        yield defect("withheld", f"{path}.fact", f"“{found[-1].title}”不公开，不能作为条件", "请改变其密级。")
    elif not _fits(rulebook, criterion, found[-1]):
        problem = f"“{found[-1].title}”的类型是 {found[-1].type.value}，不能这样比较"
        yield defect("value", path, problem, "is 用于真假值和单选，min、max 用于数，has、lacks 用于选项。")


def _fact(rulebook: Rulebook, named: str) -> tuple[Fact, ...] | None:
    """The fact that a criterion names, behind it the column if it names one; None if there is no such."""
    code, _, path = named.partition(".")
    name, _, column = path.partition(".")
    action = rulebook.by_action.get(code)
    fact = fact_named(action, name) if action is not None else None
    if fact is None or not column:
        return None if fact is None else (fact,)
    col = next((c for c in fact.cols if c.name == column), None)
    return None if col is None else (fact, col)


def _fits(rulebook: Rulebook, criterion: Criterion, fact: Fact) -> bool:
    codes = rulebook.by_choices.get(fact.of or "", {})
    if criterion.has or criterion.lacks:
        return fact.type in CHOOSES and {*criterion.has, *criterion.lacks} <= set(codes)
    if criterion.is_ is not None:
        is_bool = isinstance(criterion.is_, bool)
        return fact.type is FactType.BOOL if is_bool else fact.type is FactType.CHOICE and criterion.is_ in codes
    bounds = [bound for bound in (criterion.min, criterion.max) if bound is not None]
    return fact.type in NUMBERS and all(map(_is_number, bounds))


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def length_defects(rulebook: Rulebook, limit: Limit, path: str) -> Iterator[Defect]:
    """A length that goes by a choice: one number for codes of that choice, nothing else beside it."""
    length = limit.length
    if length.by is None and not length.cases:
        return
    other = [word for word in ("n", "fact", "until") if getattr(length, word) is not None]
    if length.by is None or not length.cases or other:
        yield defect("length", f"{path}.length", "by 和 cases 应同写，不与别的长度同写", "请改正。")
        return
    action = rulebook.by_action.get(length.by.action)
    fact = fact_named(action, length.by.field) if action is not None else None
    if fact is None or length.by.col is not None:
        yield undefined(f"{path}.length.by", "事实", f"{length.by.action}.{length.by.field}", rulebook.by_action)
        return
    if fact.class_.withheld:
        yield defect("withheld", f"{path}.length.by", f"“{fact.title}”不公开，不能决定期限", "请改变其密级。")
    codes = rulebook.by_choices.get(fact.of or "", {}) if fact.type is FactType.CHOICE else {}
    for code, number in length.cases:
        if code not in codes:
            yield undefined(f"{path}.length.cases.{code}", "选项", code, codes)
        elif number < 1:
            yield defect("length", f"{path}.length.cases.{code}", "期限长度应至少为 1", "请改正。")


def route_defects(rulebook: Rulebook, action: Action, path: str) -> Iterator[Defect]:
    """Who signs by a fact of the act: each of its values once."""
    if action.route is None:
        return
    fact = fact_named(action, action.route.fact)
    if fact is None:
        yield undefined(f"{path}.by.fact", "事实", action.route.fact, [f.name for f in action.facts])
        return
    codes = {"true", "false"} if fact.type is FactType.BOOL else set(rulebook.by_choices.get(fact.of or "", {}))
    if fact.type not in (FactType.BOOL, FactType.CHOICE) or {case for case, _ in action.route.cases} != codes:
        wanted = "、".join(sorted(codes)) or "（只能是真假值或单选）"
        yield defect("cases", f"{path}.by", f"应为“{fact.title}”的每个值各写由谁签署", f"各值：{wanted}。")
    if fact.class_.withheld:
        yield defect("withheld", f"{path}.by.fact", f"“{fact.title}”不公开，不能决定由谁签署", "请改变其密级。")


def settled_defects(rulebook: Rulebook, action: Action, path: str) -> Iterator[Defect]:
    """What must have been dealt with, and the action that does so by answering it."""
    for code, answering in action.settled:
        at = f"{path}.settled.{code}"
        other = rulebook.by_action.get(answering)
        if code not in rulebook.by_action:
            yield undefined(at, "行为", code, rulebook.by_action)
        elif other is None:
            yield undefined(at, "行为", answering, rulebook.by_action)
        elif other.answers != code:
            yield defect("settled", at, f"“{other.title}”不对应“{code}”的记录", "请在该行为写明 answers。")
