"""Reading and writing frozen dataclasses as JSON values, strictly.

Keeps: an unknown, missing or ill-typed member is a Fault that names its path. Leaves: meaning; `rulebook` checks that.
Member names: `_` is written `-`, a trailing `_` is dropped (`in_` is "in").
"""

from __future__ import annotations

import types
from contextlib import suppress
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from ..errors import Fault

if TYPE_CHECKING:
    from ..formats.canonical import Json

T = TypeVar("T")


def member_name(name: str) -> str:
    """The JSON and TOML name of a dataclass member."""
    return name.rstrip("_").replace("_", "-")


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


@cache
def _members(cls: type) -> dict[str, Field[Any]]:
    return {member_name(f.name): f for f in fields(cls)}


def read(cls: type[T], value: Json, path: str = "") -> T:
    """The dataclass `cls` from a JSON object; Fault("shape") names the path of what is wrong."""
    return cast("T", _read(cls, value, path))


def write(value: Any) -> Json:
    """The JSON value of a dataclass; members that equal their default are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        out: dict[str, Json] = {}
        for f in fields(value):
            member = getattr(value, f.name)
            if f.default is not MISSING and member == f.default:
                continue
            out[member_name(f.name)] = write(member)
        return out
    if isinstance(value, tuple | list):
        return [write(v) for v in value]
    if isinstance(value, StrEnum):
        return value.value
    return cast("Json", value)


def _wrong(path: str, expected: str, value: Any) -> Fault:
    came = repr(str(value)[:60])
    return Fault("shape", f"{path or '(根)'}：应为{expected}，实为 {came}", "请按规则手册词汇表改正。", field=path)


def _read(kind: Any, value: Any, path: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _read_union(get_args(kind), value, path)
    if origin is tuple:
        return _read_tuple(get_args(kind), value, path)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        if isinstance(value, str):
            with suppress(ValueError):
                return kind(value)
        raise _wrong(path, "、".join(k.value for k in kind) + " 之一", value)
    if isinstance(kind, type) and is_dataclass(kind):
        return _read_dataclass(kind, value, path)
    if kind is bool:
        if not isinstance(value, bool):
            raise _wrong(path, "真假值", value)
        return value
    if kind in (int, str) and (not isinstance(value, kind) or isinstance(value, bool)):
        raise _wrong(path, "整数" if kind is int else "文字", value)
    return value


def _read_union(kinds: tuple[Any, ...], value: Any, path: str) -> Any:
    if value is None and type(None) in kinds:
        return None
    rest = [k for k in kinds if k is not type(None)]
    if len(rest) > 1:
        for kind in rest:
            if isinstance(value, kind) and not (kind is not bool and isinstance(value, bool)):
                return value
        raise _wrong(path, "或".join(k.__name__ for k in rest), value)
    return _read(rest[0], value, path)


def _read_tuple(args: tuple[Any, ...], value: Any, path: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise _wrong(path, "列表", value)
    if len(args) == 2 and args[1] is Ellipsis:  # noqa: PLR2004  # tuple[X, ...]
        return tuple(_read(args[0], v, f"{path}[{i}]") for i, v in enumerate(value))
    if len(args) != len(value):
        raise _wrong(path, f"{len(args)} 项的列表", value)
    return tuple(_read(k, v, f"{path}[{i}]") for i, (k, v) in enumerate(zip(args, value, strict=True)))


def _read_dataclass(cls: type, value: Any, path: str) -> Any:
    if not isinstance(value, dict):
        raise _wrong(path, "对象", value)
    members = _members(cls)
    for name in value:
        if name not in members:
            unknown = f"{path}.{name}".lstrip(".")
            raise Fault("unknown-word", f"{unknown}：词汇表中没有这个词", "请改用词汇表中的词。", field=unknown)
    hints = _hints(cls)
    out: dict[str, Any] = {}
    for name, f in members.items():
        if name in value:
            out[f.name] = _read(hints[f.name], value[name], f"{path}.{name}".lstrip("."))
        elif f.default is MISSING:
            missing = f"{path}.{name}".lstrip(".")
            raise Fault("missing-word", f"{missing}：缺少", "请补上这一项。", field=missing)
    return cls(**out)
