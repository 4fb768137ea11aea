"""Is a rulebook complete and consistent (规则手册的自洽)? Every defect, with its key path and code.

Keeps: what is named is defined, what is defined is used, every stage can be reached and closed, every action cites
its article and has its form. Leaves: facts to `consistent_facts`, time to `consistent_clocks`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..agents import ENDED_ON
from ..vocabulary import NEW, RESERVED_CAPACITIES, FactType, Kind
from .consistent_clocks import clock_defects
from .consistent_duties import duty_defects
from .consistent_facts import fact_defects, set_path
from .consistent_levels import level_defects, route_defects, settled_defects
from .consistent_links import link_defects
from .consistent_people import condition_defects
from .findings import defect, fact_named, undefined
from .keeping import retention_defects
from .papers import backfill_defects
from .reading import CODE
from .stages import stage_defects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ...errors import Defect
    from ..rulebook import Rulebook
    from ..vocabulary import Action, Cap, Capacity, ChoiceSet, Fact, Limit, Stage, Window

    _Titled = Stage | Capacity | Action | Window | Limit | Cap

REGISTER = "register"
VOLUMES = ("main", "sub")  # 正卷, 副卷
PAGES = ("all", "last")


def inconsistencies(rulebook: Rulebook, forms: frozenset[str]) -> Iterator[Defect]:
    """Everything wrong with `rulebook`, whose folder holds the forms `forms`.

    Codes: undefined, unused, empty, reserved-name, uncited, no-form, count, rebinds, cases, no-stage, volume, pages,
    party, after-service, exactly-one, ends, record, backfill; of `stages`, `keeping` and `consistent_*`.
    """
    yield from _head(rulebook)
    yield from _labels(rulebook)
    yield from stage_defects(rulebook)
    for action in rulebook.actions:
        yield from _action(rulebook, action, forms)
        yield from fact_defects(rulebook, action)
        yield from link_defects(action)
    for check in (clock_defects, backfill_defects, duty_defects, level_defects, retention_defects):
        yield from check(rulebook)
    yield from _unused(rulebook, forms)


def _head(rulebook: Rulebook) -> Iterator[Defect]:
    for word in ("id", "calendar"):
        if not CODE.fullmatch(getattr(rulebook, word)):
            yield defect("name", word, f"“{getattr(rulebook, word)}”写法不对", f"应符合 {CODE.pattern}。")
    for word in ("title", "number"):
        if not getattr(rulebook, word).strip():
            yield defect("empty", word, "不能为空", "请填写。")
    for word, article in (("counting", rulebook.counting), ("in-force.article", rulebook.in_force.article)):
        if article is not None and not article.strip():
            yield defect("uncited", word, "没有写明依据的条款", "请写明条款，没有的不写这一项。")


def _labels(rulebook: Rulebook) -> Iterator[Defect]:
    sections: dict[str, tuple[_Titled, ...]] = {
        "stage": rulebook.stages,
        "capacity": rulebook.capacities,
        "action": rulebook.actions,
        "window": rulebook.windows,
        "limit": rulebook.limits,
        "cap": rulebook.caps,
    }
    for section, items in sections.items():
        for item in items:
            if not item.title.strip():
                yield defect("empty", f"{section}.{item.code}.title", "标题不能为空", "请填写中文标题。")
    for capacity in rulebook.capacities:
        if capacity.code in RESERVED_CAPACITIES and rulebook.id != REGISTER:
            path = f"capacity.{capacity.code}"
            yield defect("reserved-name", path, "这一身份只属于登记规则", "请另取名称。")
    for choices in rulebook.choices:
        yield from _choices(rulebook, choices)


def _choices(rulebook: Rulebook, choices: ChoiceSet) -> Iterator[Defect]:
    path = set_path(choices.code)
    if not choices.choices:
        yield defect("empty", path, "没有选项", "请列出选项，或删去。")
    for choice in choices.choices:
        at = f"{path}.{choice.code}"
        if not choice.label.strip():
            yield defect("empty", at, "选项没有名称", "请填写。")
        for stage in choice.in_:
            if stage not in rulebook.by_stage:
                yield undefined(f"{at}.in", "阶段", stage, rulebook.by_stage)
        if choice.missed is not None and choice.missed not in rulebook.by_limit:
            yield undefined(f"{at}.missed", "期限", choice.missed, rulebook.by_limit)
        code, _, name = (choice.given or "").partition(".")
        facts = [f.name for f in rulebook.by_action[code].facts] if code in rulebook.by_action else []
        if choice.given is not None and name not in facts:
            yield undefined(f"{at}.given", "事实", choice.given, [f"{code}.{fact}" for fact in facts])
        for needed in choice.needs:
            if needed not in rulebook.by_action:
                yield undefined(f"{at}.needs", "行为", needed, rulebook.by_action)


def _action(rulebook: Rulebook, action: Action, forms: frozenset[str]) -> Iterator[Defect]:
    path = f"action.{action.code}"
    if not action.article or not all(article.strip() for article in action.article):
        yield defect("uncited", f"{path}.article", "没有写明依据的条款", "请写明条款。")
    if action.form is None:
        yield defect("no-form", f"{path}.form", "没有文书格式", "请写明 form。")
    elif action.form not in forms:
        yield undefined(f"{path}.form", "文书格式", action.form, forms)
    if action.volume not in VOLUMES:
        yield defect("volume", f"{path}.volume", f"没有“{action.volume}”这一卷", "可用：main（正卷）、sub（副卷）。")
    yield from _by(rulebook, action, path)
    yield from _rebinds(action, f"{path}.rebinds")
    yield from _moves(rulebook, action, path)
    yield from _order(rulebook, action, path)
    yield from _service(rulebook, action, path)
    yield from _own_facts(action, path)


def _by(rulebook: Rulebook, action: Action, path: str) -> Iterator[Defect]:
    yield from route_defects(rulebook, action, path)
    yield from settled_defects(rulebook, action, path)
    if not action.by or not all(action.by):
        yield defect("empty", f"{path}.by", "没有写明由谁签署", "请写明身份和人数。")
    for way in action.by:
        for need in way:
            at = f"{path}.by.{need.capacity}"
            if need.capacity not in rulebook.by_capacity:
                yield undefined(at, "身份", need.capacity, rulebook.by_capacity)
            if need.count < 1:
                yield defect("count", at, f"签署人数应至少为 1，实为 {need.count}", "请改正。")


def _rebinds(action: Action, path: str) -> Iterator[Defect]:
    """Moving a case to another version is done, by two at least, and moves it to no other stage."""
    if not action.rebinds:
        return
    if action.kind is not Kind.DOES or action.rectifies or action.then is not None or NEW in action.in_:
        problem = "变更适用版本须是 does 类的行为，不更正记录，不立案，也不改变阶段"
        yield defect("rebinds", path, problem, "请改正 kind、in，删去 then、rectifies。")
    if any(sum(need.count for need in way) <= 1 for way in action.by):  # nobody alone
        yield defect("rebinds", path, "变更适用版本至少须两人签署", "请改正 by。")


def _moves(rulebook: Rulebook, action: Action, path: str) -> Iterator[Defect]:
    if not action.in_:
        yield defect("empty", f"{path}.in", "没有写明可在哪些阶段作出", "请列出阶段，或写 any。")
    for stage in action.in_:
        if stage != NEW and stage not in rulebook.by_stage:
            yield undefined(f"{path}.in", "阶段", stage, rulebook.by_stage)
    then = action.then
    if then is None:
        if NEW in action.in_:
            yield defect("no-stage", f"{path}.then", "立案的行为没有写明之后的阶段", "请写明 then。")
        return
    targets = [then.stage] if then.stage is not None else [stage for _, stage in then.cases]
    for stage in targets:
        if stage not in rulebook.by_stage:
            yield undefined(f"{path}.then", "阶段", stage, rulebook.by_stage)
    if then.fact is None:
        return
    fact = fact_named(action, then.fact)
    if fact is None:
        yield undefined(f"{path}.then.fact", "事实", then.fact, [f.name for f in action.facts])
        return
    codes = {"true", "false"} if fact.type is FactType.BOOL else set(rulebook.by_choices.get(fact.of or "", {}))
    if fact.type not in (FactType.BOOL, FactType.CHOICE) or {case for case, _ in then.cases} != codes:
        wanted = "、".join(sorted(codes)) or "（只能是真假值或单选）"
        yield defect("cases", f"{path}.then", f"应为“{fact.title}”的每个值各写一个阶段", f"各值：{wanted}。")


def _order(rulebook: Rulebook, action: Action, path: str) -> Iterator[Defect]:
    named: dict[str, tuple[tuple[str, ...], str, Mapping[str, object]]] = {
        "needs": (action.needs, "行为", rulebook.by_action),
        "stands-for": (action.stands_for, "行为", rulebook.by_action),
        "rests-on": (tuple(ground.action for ground in action.rests_on), "行为", rulebook.by_action),
        "forbids": (action.forbids, "行为", rulebook.by_action),
        "running": (action.running, "期间窗口", rulebook.by_window),
        "kept": (action.kept, "期限", rulebook.by_limit),
        "over": (tuple(limit for _, limit in action.over), "期限", rulebook.by_limit),
        "ripe": (tuple(limit for limit, _ in action.ripe), "期限", rulebook.by_limit),
    }
    for word, (names, kind, known) in named.items():
        for name in names:
            if name not in known:
                yield undefined(f"{path}.{word}", kind, name, known)
    for stage, _ in action.over:
        if stage not in action.in_:
            yield undefined(f"{path}.over.{stage}", "本行为的阶段", stage, action.in_)
    for _, article in action.ripe:
        if not article.strip():
            yield defect("uncited", f"{path}.ripe", "没有写明依据的条款", "请写明条款。")
    yield from _anew(rulebook, action, path)
    for i, ground in enumerate(action.rests_on):
        if ground.last and not ground.whole:
            yield defect("last", f"{path}.rests-on[{i}].last", "只有写明 whole 的才写 last", "请核对。")
        for stage in ground.in_:
            if stage not in action.in_:
                yield undefined(f"{path}.rests-on[{i}].in", "本行为的阶段", stage, action.in_)
        found = rulebook.by_action.get(ground.action)
        if ground.if_ is not None and found is not None:
            yield from condition_defects(rulebook, ground.if_, found.facts, f"{path}.rests-on[{i}].if")


def _anew(rulebook: Rulebook, action: Action, path: str) -> Iterator[Defect]:
    """What begins a round, sets a record aside or makes limits moot says so by facts that are there."""
    if action.begins_round is not None:
        yield from condition_defects(rulebook, action.begins_round, action.facts, f"{path}.begins-round")
    if action.undoes is not None:
        yield from condition_defects(rulebook, action.undoes.if_, action.facts, f"{path}.undoes.if")
        fact = fact_named(action, action.undoes.record)
        if fact is None:
            yield undefined(f"{path}.undoes.record", "事实", action.undoes.record, [f.name for f in action.facts])
        elif fact.type is not FactType.RECORD or fact.class_.withheld:
            yield defect(
                "record", f"{path}.undoes.record", f"“{fact.title}”不是公开的记录号", "请写类型为 record 的事实。"
            )
    if action.moots is not None and not action.moots.strip():
        yield defect("uncited", f"{path}.moots", "没有写明依据", "请写明条款或者解释。")


def _service(rulebook: Rulebook, action: Action, path: str) -> Iterator[Defect]:
    if action.serve is not None and not (action.serve.all or action.serve.may):
        yield defect("empty", f"{path}.serve", "没有写明送达哪些当事人", "请写明角色。")
    target = rulebook.by_action.get(action.answers or "")
    if action.answers is not None and target is None:
        yield undefined(f"{path}.answers", "行为", action.answers, rulebook.by_action)
    if action.after_service and (target is None or target.serve is None):
        problem = "所对应的行为没有需要送达的文书"
        yield defect("after-service", f"{path}.after-service", problem, "请写明 answers，并在该行为写明 serve。")


def _own_facts(action: Action, path: str) -> Iterator[Defect]:
    names = [fact.name for fact in action.facts]
    if action.party is not None:
        fact = fact_named(action, action.party)
        if fact is None:
            yield undefined(f"{path}.party", "事实", action.party, names)
        elif fact.type is not FactType.PARTY or fact.class_.withheld:
            yield defect("party", f"{path}.party", f"“{fact.title}”不是公开的当事人项", "请写类型为 party 的事实。")
    if action.ends is not None:
        yield from _ends(action, action.ends, f"{path}.ends")
    for group in action.exactly_one:
        if len(set(group)) < 2:  # noqa: PLR2004  # one of at least two
            yield defect("exactly-one", f"{path}.exactly-one", "至少写两项不同的事实", "请改正。")
        for name in group:
            if name not in names:
                yield undefined(f"{path}.exactly-one", "事实", name, names)
    for ink in action.ink:
        at = f"{path}.ink.{ink.name}"
        if ink.pages not in PAGES:
            yield defect("pages", f"{at}.pages", f"没有“{ink.pages}”这一写法", "可用：all（逐页）、last（尾页）。")
        fact = fact_named(action, ink.of_pages)
        if fact is None:
            yield undefined(f"{at}.of-pages", "事实", ink.of_pages, names)
        elif fact.type is not FactType.INT or fact.class_.withheld:
            yield defect("pages", f"{at}.of-pages", f"“{fact.title}”不是公开的整数", "请写页数的事实。")


def _ends(action: Action, name: str, path: str) -> Iterator[Defect]:
    """`ends` names an agent, and the act says when: its mandatory date `ended_on`."""
    fact, day = fact_named(action, name), fact_named(action, ENDED_ON)
    if fact is None:
        yield undefined(path, "事实", name, [f.name for f in action.facts])
    elif fact.type is not FactType.AGENT or day is None or day.type is not FactType.DATE:
        yield defect("ends", path, "应为代理人项，且须有日期 ended_on", "请写类型为 agent 的事实，并补上 ended_on。")


def _sets_in(facts: Iterable[Fact]) -> Iterator[str | None]:
    for fact in facts:
        yield fact.of
        yield from _sets_in(fact.cols)


def _unused(rulebook: Rulebook, forms: frozenset[str]) -> Iterator[Defect]:
    used_sets = {name for action in rulebook.actions for name in _sets_in(action.facts)}
    used_windows = {w for limit in rulebook.limits for w in limit.excludes} | {cap.window for cap in rulebook.caps}
    used: dict[str, tuple[Mapping[str, object], set[str] | set[str | None]]] = {
        "capacity": (rulebook.by_capacity, {s.capacity for a in rulebook.actions for way in a.by for s in way}),
        "choices": (rulebook.by_choices, used_sets),
        "window": (rulebook.by_window, used_windows | {w for action in rulebook.actions for w in action.running}),
    }
    for section, (known, names) in used.items():
        for code in known:
            if code not in names:
                yield defect("unused", f"{section}.{code}", "定义了而没有用到", "请使用，或删去。")
    for path in sorted(forms - {action.form for action in rulebook.actions}):
        yield defect("unused", path, "没有行为使用这一文书格式", "请使用，或删去。")
