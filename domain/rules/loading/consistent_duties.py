"""Do duties ask what can be answered, and is every reading explained and relied upon?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..duties import choices_of
from .consistent_clocks import date_defects
from .consistent_people import condition_defects
from .findings import defect, fact_named, undefined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...errors import Defect
    from ..rulebook import Rulebook
    from ..vocabulary import Action, Duty, Limit

# The codes of what the law forbids or misses in a record (`admissible.unlawful`): what a duty can be broken by.
BREACHES = (
    *("absent", "amiss", "cap", "forbids", "mandate", "needs", "not-addressed", "not-kept", "not-over", "not-ripe"),
    *("not-running", "not-served-before", "not-whole", "once", "power", "recipient", "short", "signers", "stage"),
    *("too-early", "too-soon", "total", "unfounded", "unsigned", "untold"),
)
PARTS = ("facts", "evidence", "signers")  # where a defect may stand


def duty_defects(rulebook: Rulebook) -> Iterator[Defect]:
    """Codes: undefined, empty, uncited, not-choices, unserved, instead-of, unused; those of conditions and dates."""
    for duty in rulebook.duties:
        yield from _duty(rulebook, duty, f"duty.{duty.code}")
    for action in rulebook.actions:
        yield from _cures(rulebook, action, f"action.{action.code}.cured-by")
    for limit in rulebook.limits:
        yield from _beside(rulebook, limit, f"limit.{limit.code}")
    yield from _readings(rulebook)


def _duty(rulebook: Rulebook, duty: Duty, path: str) -> Iterator[Defect]:
    if not duty.title.strip():
        yield defect("empty", f"{path}.title", "标题不能为空", "请填写中文标题。")
    if not duty.article.strip():
        yield defect("uncited", f"{path}.article", "没有写明依据的条款", "请写明条款。")
    asked = (duty.broken_by, duty.says, duty.covers, duty.sent, duty.served, duty.followed_by)
    if not any(asked):
        yield defect("empty", path, "没有写明要求什么", "请写明 broken-by、says、covers、sent、served 或 followed-by。")
    for word, names in (("given", duty.given), ("followed-by", duty.followed_by)):
        for name in names:
            if name not in rulebook.by_action:
                yield undefined(f"{path}.{word}", "行为", name, rulebook.by_action)
    for code in duty.broken_by:
        if code not in BREACHES:
            yield undefined(f"{path}.broken-by", "不合规定的代码", code, BREACHES)
    if duty.by is not None:
        yield from date_defects(rulebook, duty.by, f"{path}.by")
    action = rulebook.by_action.get(duty.of)
    if action is None:
        yield undefined(f"{path}.of", "行为", duty.of, rulebook.by_action)
    else:
        yield from _of(rulebook, duty, action, path)


def _of(rulebook: Rulebook, duty: Duty, action: Action, path: str) -> Iterator[Defect]:
    for word, condition in (("if", duty.if_), ("says", duty.says)):
        if condition is not None:
            yield from condition_defects(rulebook, condition, action.facts, f"{path}.{word}")
    for member in duty.at:
        if not _there(action, member):
            yield undefined(f"{path}.at", "项目", member, [f"facts.{fact.name}" for fact in action.facts])
    if duty.covers is not None and not choices_of(action, duty.covers):
        problem = f"“{action.title}”没有可以逐项选择的“{duty.covers}”"
        yield defect("not-choices", f"{path}.covers", problem, "请写多选的事实，或者“行.列”。")
    for word, roles in (("sent", duty.sent), ("served", duty.served)):
        known = (*action.serve.all, *action.serve.may) if action.serve is not None else ()
        for role in roles:
            if role not in known:
                yield undefined(f"{path}.{word}", "送达对象", role, known)


def _cures(rulebook: Rulebook, action: Action, path: str) -> Iterator[Defect]:
    for code, cures in action.cured_by:
        if code not in BREACHES:
            yield undefined(f"{path}.{code}", "不合规定的代码", code, BREACHES)
        if not cures:
            yield defect("empty", f"{path}.{code}", "没有写明由何种行为处理", "请列出行为。")
        for name in cures:
            if name not in rulebook.by_action:
                yield undefined(f"{path}.{code}", "行为", name, rulebook.by_action)


def _there(action: Action, member: str) -> bool:
    part, _, rest = member.partition(".")
    if part not in PARTS:
        return False
    if part == "evidence":
        return any(slot.name == rest for slot in action.slots)
    name, _, column = rest.partition(".")
    fact = fact_named(action, name)
    return part == "signers" or (fact is not None and (not column or any(c.name == column for c in fact.cols)))


def _beside(rulebook: Rulebook, limit: Limit, path: str) -> Iterator[Defect]:
    if limit.instead_of is None:
        return
    other = rulebook.by_limit.get(limit.instead_of)
    if other is None:
        yield undefined(f"{path}.instead-of", "期限", limit.instead_of, rulebook.by_limit)
    elif other is limit or other.instead_of is not None or not limit.reading or not other.reading:
        problem = "两个期限须各有读法的名称（reading），其一为主"
        yield defect("instead-of", f"{path}.instead-of", problem, "请在两个期限写明 reading。")
    elif other.reading == limit.reading or other.each != limit.each:
        yield defect("instead-of", f"{path}.instead-of", "两个读法的名称或者当事人不能对应", "请改正。")


def _readings(rulebook: Rulebook) -> Iterator[Defect]:
    beside = {limit.instead_of for limit in rulebook.limits}
    for limit in rulebook.limits:
        if limit.reading is not None and not limit.instead_of and limit.code not in beside:
            yield defect("unused", f"limit.{limit.code}.reading", "没有另一读法与之并列", "请写明 instead-of，或删去。")
    named = {("limit", limit.code): limit.readings for limit in rulebook.limits}
    named |= {("duty", duty.code): duty.readings for duty in rulebook.duties}
    for (section, code), readings in named.items():
        for reading in readings:
            if reading not in rulebook.by_reading:
                yield undefined(f"{section}.{code}.readings", "解释", reading, rulebook.by_reading)
    for code, found in rulebook.by_reading.items():
        if not found.text.strip():
            yield defect("empty", f"reading.{code}", "没有写明怎样解释", "请写一句话。")
        if not any(code in readings for readings in named.values()):
            yield defect("unused", f"reading.{code}", "没有期限或者义务依据这一解释", "请使用，或删去。")
