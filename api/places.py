"""How evidence files may stream in, and how many at once, in one piece or in parts.

Keeps: whoever finds every place taken is told so at once and never waits in line, so that memory is bounded by the
number of places; a place is given back however its request ends.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anyio import CapacityLimiter

from domain.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = 4
STALLED = 60.0


@dataclass(frozen=True, slots=True)
class UploadRules:
    """`at_once` files stream in; a sender who is silent, or all but silent, for `stalled` seconds is given up.

    `checksums`: each part of a file that comes in parts must bring one.
    """

    at_once: int = AT_ONCE
    stalled: float = STALLED
    checksums: bool = False


class Places:
    """As many places as the rules give; asked for in the event loop alone."""

    def __init__(self, rules: UploadRules) -> None:
        self.rules = rules
        self.workers = CapacityLimiter(rules.at_once)  # a thread for each place, so none ever waits for one
        self.taken = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """A place for as long as the block lasts. Fault "uploads-full"."""
        if self.taken >= self.rules.at_once:
            raise Fault(
                "uploads-full",
                f"同时上传的文件已达上限（{self.rules.at_once} 个）",
                "没有存入任何内容，请稍后重试；已有的上传会陆续完成。",
            )
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1
