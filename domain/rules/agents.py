"""Agents (代理人, 第二十六条, 附件4): whom they represent, with which powers, from when until when.

Keeps: days as they were stated ("YYYY-MM-DD", which sort as they follow). Leaves: whether one may act (`mandates`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ENDED_ON = "ended_on"  # of an act that ends a mandate: the last day of it


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent, or a complainant who represents the others, as entered; `ended` and the record that says so."""

    id: str
    name: str
    parties: tuple[str, ...]
    powers: tuple[str, ...]
    from_: str | None
    until: str | None
    ended: str | None = None
    ended_by: int | None = None


def agents_of(rows: Any) -> dict[str, Agent]:
    """Agents defined by a rows fact; rows without an id are left to `facts` to complain about."""
    return {
        row["id"]: Agent(
            row["id"],
            str(row.get("name") or "不公开"),
            _texts(row.get("for")),
            _texts(row.get("powers")),
            _text(row.get("from")),
            _text(row.get("until")),
        )
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, dict) and isinstance(row.get("id"), str)
    }


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
