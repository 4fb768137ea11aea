"""Facts in words: what officers read before they sign, what screens and papers show.

Derived from the rulebook and the facts as far as disclosed, and from nothing else; one Line per value, in the order
of the rulebook. What stands behind a digest is shown as 不公开, never left out in silence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from .civil import chinese, chinese_moment
from .vocabulary import FactType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .case import Case
    from .register import Register
    from .rulebook import Rulebook
    from .vocabulary import Fact

HIDDEN = "_sd"
NOTHING = "（无）"


@dataclass(frozen=True, slots=True)
class Line:
    """One label and value. `depth` 0 for a fact, 1 for a cell of a row; `path` as in the act ("facts.due")."""

    label: str
    value: str
    depth: int
    path: str
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """Names behind the ids that facts use: parties and agents (whose ids differ), officers by case, records by seq."""

    parties: Mapping[str, str] = field(default_factory=dict)
    officers: Mapping[str, str] = field(default_factory=dict)
    records: Mapping[int, str] = field(default_factory=dict)


def names_of(case: Case, register: Register) -> Names:
    """The names that the facts of `case` may use."""
    titles = {e.seq: action.title for e in case.entries if (action := case.action_of(e)) is not None}
    parties = {p.id: p.name for p in case.parties.values()} | {a.id: a.name for a in case.agents.values()}
    return Names(parties, {o.case: o.name for o in register.officers.values()}, titles)


def worded(rulebook: Rulebook, action: str, facts: Mapping[str, Any], names: Names) -> tuple[Line, ...]:
    """The facts of an act of `action` in words; unknown members are shown under their own names."""
    spec = rulebook.by_action.get(action)
    return tuple(_object(rulebook, spec.facts if spec else (), facts, names, 0, "facts"))


def _object(
    rulebook: Rulebook, specs: Sequence[Fact], value: Mapping[str, Any], names: Names, depth: int, path: str
) -> Iterator[Line]:
    known = {f.name for f in specs}
    for spec in specs:
        if value.get(spec.name) is not None:
            yield from _fact(rulebook, spec, value[spec.name], names, depth, f"{path}.{spec.name}")
    for name, member in value.items():
        if name not in known and name not in (HIDDEN, "of"):
            yield Line(name, str(member), depth, f"{path}.{name}")
    hidden = value.get(HIDDEN)
    if hidden:
        yield Line("不公开事项", f"不公开（{len(hidden)} 项）", depth, f"{path}.{HIDDEN}", withheld=True)


def _fact(rulebook: Rulebook, spec: Fact, value: Any, names: Names, depth: int, path: str) -> Iterator[Line]:
    if spec.type is FactType.ROWS and isinstance(value, list):
        yield Line(spec.title, f"{len(value)} 项" if value else NOTHING, depth, path)
        for i, row in enumerate(value):
            if isinstance(row, dict):
                yield Line(_row_title(spec, row, i, names), "", depth + 1, f"{path}[{i}]")
                yield from _object(rulebook, spec.cols, row, names, depth + 2, f"{path}[{i}]")
    elif spec.type is FactType.CHANGES and isinstance(value, dict):
        yield Line(spec.title, f"{len(value)} 项", depth, path)
        for name, member in value.items():
            yield from _changed(rulebook, name, member, names, depth + 1, f"{path}.{name}")
    else:
        yield Line(spec.title, plain(rulebook, spec, value, names), depth, path)


def _row_title(spec: Fact, row: Mapping[str, Any], i: int, names: Names) -> str:
    key = row.get("of")
    if isinstance(key, str):
        return names.parties.get(key) or names.officers.get(key) or f"第 {key} 项"
    return f"{spec.title}之{i + 1}"


def _changed(rulebook: Rulebook, name: str, value: Any, names: Names, depth: int, path: str) -> Iterator[Line]:
    found = [f for a in rulebook.actions for f in a.facts if f.name == name]
    if value is None:
        yield Line(found[0].title if found else name, "（删去）", depth, path)
    elif found:
        yield from _fact(rulebook, found[0], value, names, depth, path)
    else:
        yield Line(name, str(value), depth, path)


def plain(rulebook: Rulebook, spec: Fact, value: Any, names: Names) -> str:
    """One value as people write it: 是, 2023年3月6日, 11,800,000.00 元, a choice's label, a party's name."""
    if isinstance(value, list):
        items = [_scalar(rulebook, spec, v, names) for v in value]
        if spec.type is FactType.TEXTS:
            return "\n".join(f"{i}. {item}" for i, item in enumerate(items, 1)) or NOTHING
        return "；".join(items) or NOTHING
    return _scalar(rulebook, spec, value, names)


def _scalar(rulebook: Rulebook, spec: Fact, value: Any, names: Names) -> str:  # one line per fact type
    kind = spec.type
    if isinstance(value, bool):
        text = "是" if value else "否"
    elif kind in (FactType.CHOICE, FactType.CHOICES):
        choice = rulebook.by_choices.get(spec.of or "", {}).get(str(value))
        text = choice.label if choice else str(value)
    elif kind in (FactType.PARTY, FactType.PARTIES, FactType.AGENT):
        text = names.parties.get(str(value), str(value))
    elif kind is FactType.CASE:
        text = names.officers.get(str(value), str(value))
    elif kind is FactType.DATE:
        text = _day(str(value))
    elif kind is FactType.INSTANT:
        text = _moment(str(value))
    elif kind is FactType.MONEY:
        whole, _, cents = str(value).partition(".")
        text = f"{int(whole):,}.{cents} 元" if whole.isdigit() else str(value)
    elif kind is FactType.RECORD:
        title = names.records.get(value) if isinstance(value, int) else None
        text = f"第 {value} 号记录（{title}）" if title else f"第 {value} 号记录"
    elif kind is FactType.LINK and isinstance(value, dict):
        text = f"案件 {value.get('case', '')}，至摘要为 {value.get('head', '')} 的记录"
    elif kind is FactType.KEY and isinstance(value, dict):
        text = f"Ed25519 公钥 {value.get('x', '')}"
    elif kind in (FactType.CODE, FactType.CODES):
        capacity = rulebook.by_capacity.get(str(value))
        text = capacity.title if capacity else str(value)
    else:
        text = str(value)
    return text


def _moment(text: str) -> str:
    try:
        return chinese_moment(datetime.fromisoformat(text))
    except ValueError:
        return text


def _day(text: str) -> str:
    try:
        return chinese(date.fromisoformat(text))
    except ValueError:
        return text
