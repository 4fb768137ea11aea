"""What tells two versions of a rulebook apart (规则手册版本比较), line by line, for those who adopt one.

Keeps: every member that differs is told, whatever word of the vocabulary it is; the order of lists of named things
counts. Two versions without a difference have the same digest. Leaves: what a difference does to running cases.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..formats.canonical import dump
from . import shape
from .shape import member_name
from .vocabulary import If, Length, Moment, Next, Ref, Signatures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..formats.canonical import Json
    from .rulebook import Rulebook

KEYS = ("code", "name", "path")  # members by which things in a list are told apart
SECTIONS = {
    "stages": "阶段", "capacities": "身份", "choices": "选项", "actions": "行为", "windows": "窗口",
    "limits": "期限", "caps": "累计上限", "forms": "文书格式", "duties": "义务", "readings": "读法",
    "levels": "等级", "facts": "事实", "slots": "附件", "cols": "列", "ink": "纸上签字",
}  # fmt: skip
MEMBERS = {
    "id": "代号", "title": "标题", "number": "文号", "vocabulary": "词汇表版本", "calendar": "日历",
    "in_force": "施行和有效期", "heading": "案号和案由", "in_charge": "承办人", "article": "条款",
    "kind": "种类", "by": "签署人", "in_": "可作出的阶段", "then": "之后的阶段", "once": "只能一次",
    "fresh": "须见最新记录", "needs": "之前须有", "forbids": "之前不得有", "running": "须正在进行的期间",
    "kept": "须遵守的期限", "answers": "所对应的行为", "serve": "送达对象", "form": "文书格式", "volume": "卷",
    "rebinds": "变更适用版本", "rectifies": "更正或作废", "opens": "可以立案", "type": "类型",
    "optional": "可以不填", "note": "附注", "class_": "密级", "min": "最少", "max": "最多", "of": "选项",
    "each": "逐项", "label": "名称", "length": "长度", "from_": "起算", "to": "完成", "given": "以此行为为前提",
    "excludes": "不计入", "missed": "逾期的后果", "moot": "无须再办", "advisory": "仅作提示",
    "roll": "逢节假日顺延", "final": "终结", "closes": "结束", "window": "期间窗口", "text": "文字",
    "digest": "摘要", "until": "有效期至", "basis": "须写明的依据", "on": "据以判断的日期",
}  # fmt: skip
CODES = {  # which titles stand behind the codes of a member
    "in_": "stages", "then": "stages", "by": "capacities", "needs": "actions", "forbids": "actions",
    "answers": "actions", "given": "actions", "moot": "actions", "running": "windows", "excludes": "windows",
    "window": "windows", "kept": "limits",
}  # fmt: skip
WORDS = {
    "does": "作出", "reports": "登记", "main": "正卷", "sub": "副卷", "text": "文字", "texts": "多段文字",
    "date": "日期", "instant": "时刻", "int": "整数", "ints": "多个整数", "bool": "是否", "money": "金额",
    "choice": "单选", "choices": "多选", "party": "当事人", "parties": "多名当事人", "rows": "表格",
    "record": "记录号", "public": "公开", "internal": "内部", "trade-secret": "商业秘密",
    "personal": "个人隐私",
}  # fmt: skip
WORDED = ("kind", "volume", "type", "class_")
UNITS = {"workdays": "个工作日", "days": "日", "hours": "小时", "months": "个月", "years": "年"}
ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"
_SHOWN = 300  # characters of a value


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs. `where`: labels from the outside in (期限“处理期限”(decide), 长度); `path` for machines.

    `change` is added, removed, changed or moved; `before` and `after` are values in words, None where there is none.
    """

    where: tuple[str, ...]
    path: str
    change: str
    before: str | None = None
    after: str | None = None

    @property
    def words(self) -> str:
        """For people: 期限“处理期限”(decide) › 长度：30 个工作日 → 20 个工作日."""
        place = " › ".join(self.where)
        if self.change == CHANGED:
            return f"{place}：{self.before} → {self.after}"
        told = {ADDED: "增加", REMOVED: "删去", MOVED: "次序不同"}[self.change]
        value = self.after if self.change == ADDED else self.before
        return f"{told} {place}" + (f"：{value}" if value else "")

    def as_json(self) -> dict[str, Json]:
        """Members path, change, before, after, zh."""
        return {"path": self.path, "change": self.change, "before": self.before, "after": self.after, "zh": self.words}


def differences(old: Rulebook, new: Rulebook) -> tuple[Difference, ...]:
    """Everything in which `new` differs from `old`, in the order of the vocabulary and of the new version."""
    return tuple(_members(old, new, (), "", _Titles((old, new))))


class _Titles:
    """Titles of stages, capacities, actions, limits and windows, for codes in values."""

    def __init__(self, books: tuple[Rulebook, ...]) -> None:
        self._by_list = {
            name: {item.code: item.title for book in books for item in getattr(book, name)}
            for name in set(CODES.values())
        }

    def said(self, member: str, value: Any) -> str:
        """A member's value in words."""
        words = WORDS if member in WORDED else self._by_list.get(CODES.get(member, ""), {})
        return said(value, words)


def _members(old: Any, new: Any, where: tuple[str, ...], path: str, titles: _Titles) -> Iterator[Difference]:
    """Two dataclasses of one kind, member by member."""
    for field in fields(new):
        was, now = getattr(old, field.name), getattr(new, field.name)
        at = f"{path}.{member_name(field.name)}".lstrip(".")
        if was == now:
            continue
        if field.name in SECTIONS and isinstance(now, tuple) and all(_key(item) for item in (*was, *now)):
            yield from _listed(was, now, (where, SECTIONS[field.name]), at, titles)
        else:
            label = MEMBERS.get(field.name, member_name(field.name))
            before, after = titles.said(field.name, was), titles.said(field.name, now)
            yield Difference((*where, label), at, CHANGED, before, after)


def _listed(
    old: tuple[Any, ...], new: tuple[Any, ...], named: tuple[tuple[str, ...], str], path: str, titles: _Titles
) -> Iterator[Difference]:
    """Two lists of things that have a name each."""
    where, section = named
    before, after = {_key(item): item for item in old}, {_key(item): item for item in new}
    for key, item in before.items():
        if key not in after:
            yield Difference((*where, _title(section, item)), f"{path}.{key}", REMOVED)
    for key, item in after.items():
        at, labels = f"{path}.{key}", (*where, _title(section, item))
        if key not in before:
            yield Difference(labels, at, ADDED)
            yield from _content(item, labels, at, titles)
        elif before[key] != item:
            yield from _members(before[key], item, labels, at, titles)
    if [key for key in before if key in after] != [key for key in after if key in before]:
        yield Difference((*where, section), path, MOVED)


def _content(item: Any, where: tuple[str, ...], path: str, titles: _Titles) -> Iterator[Difference]:
    """What a thing that was added says, as far as it says more than it must."""
    for field in fields(item):
        value = getattr(item, field.name)
        if field.name in (*KEYS, "title", "label") or value in (field.default, ()):
            continue
        at = f"{path}.{member_name(field.name)}"
        if field.name in SECTIONS and isinstance(value, tuple) and all(_key(each) for each in value):
            for each in value:
                labels = (*where, _title(SECTIONS[field.name], each))
                yield Difference(labels, f"{at}.{_key(each)}", ADDED)
                yield from _content(each, labels, f"{at}.{_key(each)}", titles)
        else:
            label = MEMBERS.get(field.name, member_name(field.name))
            yield Difference((*where, label), at, ADDED, None, titles.said(field.name, value))


def _key(item: Any) -> str:
    return next((value for name in KEYS if isinstance(value := getattr(item, name, None), str)), "")


def _title(section: str, item: Any) -> str:
    title, key = getattr(item, "title", getattr(item, "label", None)), _key(item)
    return f"{section}“{title}”({key})" if isinstance(title, str) else f"{section}“{key}”"


def said(value: Any, titles: Mapping[str, str] = MappingProxyType({})) -> str:
    """A value of the vocabulary in words, `titles` for codes; what has no words of its own as its compiled JSON."""
    text = _said(value, titles)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}……"


def _said(value: Any, titles: Mapping[str, str]) -> str:  # one answer per kind of value
    if value is None or value in ((), ""):
        return "（无）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, StrEnum | str | int):
        return titles.get(str(value), str(value))
    if isinstance(value, Ref):
        return ".".join(part for part in (value.action, value.field, value.col) if part)
    if isinstance(value, Length) and value.n is not None:
        return f"{value.n} {UNITS.get(value.unit.value, value.unit.value)}"
    if isinstance(value, Moment):
        refs = "、".join(_said(ref, titles) for ref in value.refs)
        return refs if len(value.refs) == 1 else f"{value.pick.value}({refs})"
    if isinstance(value, Signatures):
        return f"{titles.get(value.capacity, value.capacity)} {value.count} 人"
    if isinstance(value, Next) and value.stage is not None:
        return titles.get(value.stage, value.stage)
    if isinstance(value, If) and not value.or_:
        return f"{value.name} = {_said(value.is_, titles)}"
    if isinstance(value, tuple) and all(isinstance(item, str) for item in value):
        return "、".join(titles.get(item, item) for item in value)
    if isinstance(value, tuple) and all(isinstance(item, tuple) for item in value) and _signed(value):
        return " 或 ".join("、".join(_said(need, titles) for need in way) for way in value)
    return dump(_bare(shape.write(value))).decode()


def _signed(ways: tuple[tuple[Any, ...], ...]) -> bool:
    return all(isinstance(need, Signatures) for way in ways for need in way)


def _bare(value: Any) -> Any:
    """A compiled value without the members that say nothing."""
    if isinstance(value, dict):
        return {name: _bare(member) for name, member in value.items() if member not in (None, False, [], "")}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def named(rulebook: Rulebook) -> str:
    """A version for people: title, number and the beginning of its digest."""
    return f"{rulebook.title}（{rulebook.number}，摘要 {rulebook.digest[:12]}…）"
