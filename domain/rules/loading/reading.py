"""Reading values of a rulebook's TOML strictly, each with its key path ("action.intake.facts.copies").

Keeps: a value of another type than the word takes is a Fault "shape" that names the path; nothing is converted.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from ...errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CODE = re.compile(r"[a-z][a-z0-9-]{0,39}")  # stages, capacities, sets, actions, windows, limits, caps, slots
FACT = re.compile(r"[a-z][a-z0-9_]{0,39}")  # facts and columns: references join them to an action with a dot
CHOICE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")  # codes of a set, roles among them


def wrong(path: str, expected: str, value: Any) -> Fault:
    """The Fault "shape": another kind of value stands at `path`."""
    came = str(value)[:60]
    return Fault("shape", f"{path}：应为{expected}，实为“{came}”", "请按规则手册词汇表改正。", field=path)


def unknown(path: str) -> Fault:
    """The Fault "unknown-word": the vocabulary has no such word there."""
    return Fault("unknown-word", f"{path}：词汇表中没有这个词", "请改用词汇表中的词。", field=path)


def table(value: Any, path: str) -> dict[str, Any]:
    """`value` as a table."""
    if not isinstance(value, dict):
        raise wrong(path, "表", value)
    return value


def text(value: Any, path: str) -> str:
    """`value` as text."""
    if not isinstance(value, str):
        raise wrong(path, "文字", value)
    return value


def texts(value: Any, path: str) -> list[str]:
    """`value` as a list of texts."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise wrong(path, "文字列表", value)
    return value


def only(value: dict[str, Any], words: Iterable[str], path: str) -> None:
    """Fault "unknown-word" for the first key of `value` that isn't among `words`."""
    allowed = set(words)
    for word in value:
        if word not in allowed:
            raise unknown(f"{path}.{word}".lstrip("."))


def named(pattern: re.Pattern[str], name: str, path: str) -> str:
    """`name`, if it is written as names of its kind are; Fault "name" otherwise."""
    if not pattern.fullmatch(name):
        message = f"{path}：名称“{name[:60]}”写法不对"
        raise Fault("name", message, f"应符合 {pattern.pattern}。", field=path)
    return name


def plain(value: Any, path: str = "") -> Any:
    """A TOML value as JSON: dates become ISO 8601 text; times and floats are refused (Fault "shape")."""
    if isinstance(value, dict):
        return {key: plain(member, f"{path}.{key}".lstrip(".")) for key, member in value.items()}
    if isinstance(value, list):
        return [plain(item, f"{path}[{i}]") for i, item in enumerate(value)]
    if isinstance(value, float | datetime | time):
        raise wrong(path, "文字、整数、真假值、日期、列表或表", value)
    return value.isoformat() if isinstance(value, date) else value


@contextmanager
def in_file(file: str) -> Iterator[None]:
    """Say in which file a Fault was found: its field becomes "file:path"."""
    try:
        yield
    except Fault as fault:
        first = fault.defects[0]
        field = f"{file}:{first.field or ''}"
        raise Fault(first.code, f"{file}：{first.message}", first.remedy, field=field) from fault
