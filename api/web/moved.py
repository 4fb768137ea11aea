"""What adopted calendars moved, as lines at the time limits concerned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.changes import changes
from domain.rules.civil import civil_day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.context import Server
    from projections.rows import DeadlineRow


def with_changes(server: Server, case: str, limits: Iterable[DeadlineRow]) -> list[Any]:
    """The limits of a case, each with `changes`: what adopted calendars made of it, in words, the latest first."""
    told: dict[tuple[str, str | None], list[str]] = {}
    for found in changes(server.archive.reader, [case]):
        basis = f"，依据 {'、'.join(found.moved.notices)}" if found.moved.notices else ""
        line = f"{civil_day(found.turn.received)} 启用日历后：{found.moved.words}{basis}"
        told.setdefault((found.moved.after.limit.code, found.moved.after.of), []).append(line)
    return [{**row, "changes": told.get((row["limit"], row["of"]), ())} for row in limits]
