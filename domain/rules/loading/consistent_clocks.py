"""Do limits, windows, caps and validity name dates that exist and that everyone may see?"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ..dates import SERVICE_FIELDS
from ..time_limits import LIMIT_PREFIX, RECIPIENTS
from ..vocabulary import FactType, Unit
from .consistent_levels import criterion_defects, length_defects
from .consistent_people import condition_defects
from .findings import defect, fact_named, undefined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...errors import Defect
    from ..rulebook import Rulebook
    from ..vocabulary import Cap, InCharge, Limit, Ref, Window

EACH_ITEM = 2  # the version since which limits are reckoned for items, not for recipients only
ITEMS = (FactType.ROWS, FactType.TEXTS)
SAME_DAY_SINCE = MOMENTS_SINCE = 2  # the versions with which periods of the same day, and moments as dates, came
HANDED_IN = ("postmarked_on", "received_on")


def clock_defects(rulebook: Rulebook) -> Iterator[Defect]:
    """Every defect of limits, windows, caps, validity and who is in charge.

    Codes: undefined, uncited, not-a-date, -moment, -int, -bool, -text, -case, withheld, per-record, limit-cycle, cap,
    unit, vocabulary, in-charge, in-force.
    """
    for limit in rulebook.limits:
        yield from _limit(rulebook, limit, f"limit.{limit.code}")
    for window in rulebook.windows:
        yield from _window(rulebook, window, f"window.{window.code}")
    for cap in rulebook.caps:
        yield from _cap(rulebook, cap, f"cap.{cap.code}")
    yield from _in_force(rulebook)
    if rulebook.heading is not None:
        yield from _fact(rulebook, rulebook.heading.number, FactType.TEXT, "heading.number")
        yield from _fact(rulebook, rulebook.heading.title, FactType.TEXT, "heading.title")
    if rulebook.in_charge is not None:
        yield from _in_charge(rulebook, rulebook.in_charge)


def _cited(article: str, path: str) -> Iterator[Defect]:
    if not article.strip():
        yield defect("uncited", f"{path}.article", "没有写明依据的条款", "请写明条款。")


def _limit(rulebook: Rulebook, limit: Limit, path: str) -> Iterator[Defect]:
    yield from _cited(limit.article, path)
    yield from _limit_dates(rulebook, limit, path)
    if limit.each is not None:
        yield from _each(rulebook, limit.each, f"{path}.each")
    for word, names in (("given", (limit.given,) if limit.given else ()), ("moot", limit.moot)):
        for name in names:
            if name not in rulebook.by_action:
                yield undefined(f"{path}.{word}", "行为", name, rulebook.by_action)
    for action in {ref.action for ref in limit.to.refs} if limit.complete is not None else ():
        yield from _own(rulebook, action, str(limit.complete), FactType.BOOL, f"{path}.complete")
    begins = [rulebook.by_action[ref.action] for ref in limit.from_.refs if ref.action in rulebook.by_action]
    if limit.if_ is not None:
        for begun in begins:
            yield from condition_defects(rulebook, limit.if_, begun.facts, f"{path}.if")
    for name in limit.excludes:
        if name not in rulebook.by_window:
            yield undefined(f"{path}.excludes", "期间窗口", name, rulebook.by_window)


def _each(rulebook: Rulebook, source: str, path: str) -> Iterator[Defect]:
    """Recipients of a paper, or, since version 2, the items of a rows or texts fact."""
    action, _, name = source.partition(".")
    other = rulebook.by_action.get(action)
    found = fact_named(other, name) if other is not None else None
    if found is None or (name != RECIPIENTS and found.type not in ITEMS):
        yield undefined(path, "送达对象、若干行或若干文字", source, _served(rulebook))
    elif found.class_.withheld:
        yield defect("withheld", path, f"“{found.title}”不公开，不能逐项计算期间", "请改变其密级。")
    elif name != RECIPIENTS and rulebook.vocabulary < EACH_ITEM:
        message = f"词汇表第 {rulebook.vocabulary} 版只能逐个送达对象计算"
        yield defect("vocabulary", path, message, "请写明更新的版本。")


def _limit_dates(rulebook: Rulebook, limit: Limit, path: str) -> Iterator[Defect]:
    for ref in limit.from_.refs:
        if ref.action.startswith(LIMIT_PREFIX):
            yield from _other_limit(rulebook, limit, ref, f"{path}.from")
        else:
            yield from _start_or_end(rulebook, limit, ref, f"{path}.from")
    for ref in limit.to.refs:
        yield from _start_or_end(rulebook, limit, ref, f"{path}.to")
    if limit.length.unit not in (Unit.DAYS, Unit.WORKDAYS):
        for word, said in (("excludes", limit.excludes), ("length.until", limit.length.until)):
            if said:
                yield defect("unit", f"{path}.{word}", "只有按日、按工作日计算的期限写这一项", "请删去，或改用日。")
    if limit.length.n == 0 and rulebook.vocabulary < SAME_DAY_SINCE:
        yield defect("vocabulary", f"{path}.length", "词汇表第 1 版没有当日届满的期限", "请写明更新的版本。")
    if limit.length.fact is not None:
        yield from _fact(rulebook, limit.length.fact, FactType.INT, f"{path}.length.fact")
    yield from length_defects(rulebook, limit, path)
    for i, criterion in enumerate(limit.when):
        yield from criterion_defects(rulebook, criterion, f"{path}.when[{i}]", timeless=True)
    if limit.escalates is not None and limit.escalates not in rulebook.by_action:
        yield undefined(f"{path}.escalates", "行为", limit.escalates, rulebook.by_action)
    if limit.length.until is not None:
        yield from _fact(rulebook, limit.length.until, FactType.DATE, f"{path}.length.until")


def _other_limit(rulebook: Rulebook, limit: Limit, ref: Ref, path: str) -> Iterator[Defect]:
    """A limit may begin with the due day of another one, never in a circle."""
    code = ref.action.removeprefix(LIMIT_PREFIX)
    if code not in rulebook.by_limit or ref.field != "due" or ref.col is not None:
        yield undefined(
            path, "期限", f"{ref.action}.{ref.field}", [f"{LIMIT_PREFIX}{c}.due" for c in rulebook.by_limit]
        )
        return
    if (limit.length.unit is Unit.HOURS) != (rulebook.by_limit[code].length.unit is Unit.HOURS):
        yield defect("unit", path, "按时计算的期限只能与按时计算的期限相接", "请改写起算日。")
    behind, frontier = {code}, {code}
    while frontier:
        frontier = {after for c in frontier for after in _starts(rulebook, c)} - behind
        behind |= frontier
    if limit.code in behind:
        yield defect("limit-cycle", path, f"“{limit.title}”的起算日取决于它自己", "请改写起算日。")


def _starts(rulebook: Rulebook, code: str) -> Iterator[str]:
    """The limits whose due days `code` begins with."""
    for ref in rulebook.by_limit[code].from_.refs:
        after = ref.action.removeprefix(LIMIT_PREFIX)
        if ref.action.startswith(LIMIT_PREFIX) and after in rulebook.by_limit:
            yield after


def _served(rulebook: Rulebook) -> list[str]:
    return [f"{action.code}.recipients" for action in rulebook.actions if action.serve is not None]


def _window(rulebook: Rulebook, window: Window, path: str) -> Iterator[Defect]:
    yield from _cited(window.article, path)
    yield from date_defects(rulebook, window.opens, f"{path}.opens")
    yield from date_defects(rulebook, window.closes, f"{path}.closes")
    closing = rulebook.by_action.get(window.closes.action)
    if window.per_record and closing is not None and closing.answers != window.opens.action:
        problem = f"“{closing.title}”不对应“{window.opens.action}”的记录"
        yield defect("per-record", f"{path}.per-record", problem, "请在该行为写明 answers。")
    if window.complete is not None:
        yield from _own(rulebook, window.closes.action, window.complete, FactType.BOOL, f"{path}.complete")
    if window.lasts is not None:
        yield from _own(rulebook, window.opens.action, window.lasts, FactType.INT, f"{path}.lasts")


def _cap(rulebook: Rulebook, cap: Cap, path: str) -> Iterator[Defect]:
    yield from _cited(cap.article, path)
    window = rulebook.by_window.get(cap.window)
    if window is None:
        yield undefined(f"{path}.window", "期间窗口", cap.window, rulebook.by_window)
    elif window.lasts is None:
        yield defect("cap", f"{path}.window", f"“{window.title}”没有写明日数", "请在该窗口写明 lasts。")
    if cap.unit is not Unit.DAYS:
        yield defect("cap", f"{path}.max", "上限只按日计算", "请写“30 days”。")


def _in_charge(rulebook: Rulebook, charge: InCharge) -> Iterator[Defect]:
    if charge.capacity not in rulebook.by_capacity:
        yield undefined("in-charge.capacity", "身份", charge.capacity, rulebook.by_capacity)
    yield from _fact(rulebook, charge.from_, FactType.CASE, "in-charge.from")
    yield from _fact(rulebook, charge.to, FactType.CASE, "in-charge.to")
    if charge.from_.action != charge.to.action:
        yield defect("in-charge", "in-charge.to", "移交和接办应为同一行为的两项", "请改正。")


def _in_force(rulebook: Rulebook) -> Iterator[Defect]:
    law = rulebook.in_force
    for word, value in (("from", law.from_), ("until", law.until)):
        if value is not None and not _is_day(value):
            yield defect("in-force", f"in-force.{word}", f"“{value}”不是日期", "请写日期。")
    if law.until is not None and law.until < law.from_:
        yield defect("in-force", "in-force.until", "早于 from", "请核对日期。")
    if law.until is not None and (law.on is None or law.basis is None):
        yield defect("in-force", "in-force", "有失效日期的，须写明 on 和 basis", "请补上。")
    if law.on is None:
        return
    yield from date_defects(rulebook, law.on, "in-force.on")
    opening = rulebook.by_action.get(law.on.action)
    if opening is not None and not opening.opens:
        yield defect("in-force", "in-force.on", f"“{opening.title}”不是立案的行为", "请写立案行为的日期。")
    if law.basis is not None:
        yield from _own(rulebook, law.on.action, law.basis, FactType.TEXT, "in-force.basis")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def date_defects(rulebook: Rulebook, ref: Ref, path: str, *, columns: bool = False) -> Iterator[Defect]:
    """A reference to a date: of the act, of its service, of handing in, a date fact, or, for limits, a date column."""
    action = rulebook.by_action.get(ref.action)
    if action is None:
        yield undefined(path, "行为", ref.action, rulebook.by_action)
    elif ref.col is not None:
        yield from _column(rulebook, ref, path) if columns else _one_value(ref, path)
    elif ref.field == "occurred_on":
        return
    elif ref.field in SERVICE_FIELDS:
        if action.serve is None:
            yield undefined(path, "送达日期", f"{ref.action}.{ref.field}", _served(rulebook))
    elif ref.field == "handed_in_on":
        for name in HANDED_IN:
            yield from _own(rulebook, ref.action, name, FactType.DATE, path)
    elif rulebook.vocabulary < MOMENTS_SINCE or not _is_moment(rulebook, ref):
        yield from _own(rulebook, ref.action, ref.field, FactType.DATE, path)
    else:
        yield from _own(rulebook, ref.action, ref.field, FactType.INSTANT, path)


def _start_or_end(rulebook: Rulebook, limit: Limit, ref: Ref, path: str) -> Iterator[Defect]:
    """A date; of a limit in hours a fact that states the moment: hours can't be counted from a day."""
    if limit.length.unit is Unit.HOURS:
        yield from _fact(rulebook, ref, FactType.INSTANT, path)
    else:
        yield from date_defects(rulebook, ref, path, columns=True)


def _is_moment(rulebook: Rulebook, ref: Ref) -> bool:
    fact = fact_named(rulebook.by_action[ref.action], ref.field)
    return fact is not None and fact.type is FactType.INSTANT


def _one_value(ref: Ref, path: str) -> Iterator[Defect]:
    yield undefined(path, "单独的值", f"{ref.action}.{ref.field}.{ref.col}", (f"{ref.action}.{ref.field}",))


def _column(rulebook: Rulebook, ref: Ref, path: str) -> Iterator[Defect]:
    rows = fact_named(rulebook.by_action[ref.action], ref.field)
    col = next((c for c in rows.cols if c.name == ref.col), None) if rows is not None else None
    if rows is None or col is None:
        known = [f"{ref.field}.{c.name}" for c in rows.cols] if rows is not None else []
        yield undefined(path, "列", f"{ref.action}.{ref.field}.{ref.col}", known)
    elif col.type is not FactType.DATE:
        yield defect("not-a-date", path, f"“{col.title}”的类型应为 date，实为 {col.type.value}", "请改正。")
    elif rows.class_.withheld or col.class_.withheld:
        yield defect("withheld", path, f"“{col.title}”不公开，不能用于计算期间", "请改变其密级。")


def _fact(rulebook: Rulebook, ref: Ref, kind: FactType, path: str) -> Iterator[Defect]:
    if ref.action not in rulebook.by_action:
        yield undefined(path, "行为", ref.action, rulebook.by_action)
    elif ref.col is not None:
        yield from _one_value(ref, path)
    yield from _own(rulebook, ref.action, ref.field, kind, path)


_CODES = {
    FactType.INSTANT: "not-a-moment",
    FactType.DATE: "not-a-date",
    FactType.INT: "not-an-int",
    FactType.BOOL: "not-a-bool",
    FactType.TEXT: "not-a-text",
    FactType.CASE: "not-a-case",
}


def _own(rulebook: Rulebook, code: str, name: str, kind: FactType, path: str) -> Iterator[Defect]:
    """The fact `name` of the action `code` must be of `kind` and visible; an unknown action is told elsewhere."""
    action = rulebook.by_action.get(code)
    if action is None:
        return
    fact = fact_named(action, name)
    if fact is None:
        yield undefined(path, "事实", f"{code}.{name}", [f.name for f in action.facts])
    elif fact.type is not kind:
        yield defect(_CODES[kind], path, f"“{fact.title}”的类型应为 {kind.value}，实为 {fact.type.value}", "请改正。")
    elif fact.class_.withheld:
        yield defect("withheld", path, f"“{fact.title}”不公开，不能用于计算期间或者适用", "请改变其密级。")
