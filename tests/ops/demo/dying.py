"""A process that dies while a record is being entered."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.archive import Archive


class Crash(BaseException):
    """The process dies here; nobody catches it."""


@contextmanager
def dying(archive: Archive, where: str, after: int) -> Iterator[None]:
    """`archive` dies at the append of record number `after`: `before` it, or with its answer `lost`."""
    append, left = archive.events.append, [after]

    def dies(record: Any) -> int:
        left[0] -= 1
        if left[0] == 0 and where == "before":
            raise Crash
        position = append(record)
        if left[0] == 0:
            raise Crash
        return position

    archive.events.append = dies  # type: ignore[method-assign]  # for this one archive only
    yield
    archive.events.append = append  # type: ignore[method-assign]  # as it was
