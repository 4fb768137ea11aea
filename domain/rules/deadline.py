"""Where one time limit of one case stands (期限的状态); how it is found: `time_limits`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from .civil import chinese, chinese_moment
from .reckoning import Unit

if TYPE_CHECKING:
    from datetime import date, datetime

    from .dates import Dated
    from .reckoning import Interval, Reckoning
    from .vocabulary import Limit


class Status(StrEnum):
    """Where a limit stands."""

    NOT_BEGUN = "not-begun"
    RUNNING = "running"
    STOPPED = "stopped"
    OVERDUE = "overdue"
    KEPT = "kept"
    MISSED = "missed"
    MOOT = "moot"
    INDETERMINATE = "indeterminate"
    ENDED = "ended"  # a period that nobody has to keep has run out, or was ended sooner


STATUS_TITLES = {
    Status.NOT_BEGUN: "未起算",
    Status.RUNNING: "进行中",
    Status.STOPPED: "停止计算",
    Status.OVERDUE: "已逾期",
    Status.KEPT: "按期",
    Status.MISSED: "逾期完成",
    Status.MOOT: "无须再办",
    Status.INDETERMINATE: "无法判定",
    Status.ENDED: "已终结",
}
UNKEPT = (Status.MISSED, Status.OVERDUE)


@dataclass(frozen=True, slots=True)
class Deadline:
    """One limit of one case, for one party or item (its key) where it has such (`of`), as of a day.

    Days are civil days; `due_at` is the moment of a limit in hours. `late` is the net days late (0: done on the next
    non-working day; None: not late); `left` the net days left, both in `unit`; `reckoning` explains day by day and is
    None while the limit has not begun or ends on a stated date. `round` is the round of the case to which it belongs;
    `mooted_by` the record that made it moot, `moot_because` what says so where it ended every limit; `asks` the action
    to be done now that it is overdue.
    """

    limit: Limit
    of: str | None
    status: Status
    start: Dated | None = None
    due: date | None = None
    provisional: bool = False
    done_at: Dated | None = None
    late: int | None = None
    left: int | None = None
    used: int | None = None
    excluded: tuple[Interval, ...] = ()
    reckoning: Reckoning | None = None
    round: int = 1
    mooted_by: int | None = None
    moot_because: str | None = None
    asks: str | None = None

    @property
    def due_at(self) -> datetime | None:
        """The moment at which a limit in hours ends."""
        return self.reckoning.due_at if self.reckoning else None

    @property
    def ends(self) -> str:
        """When it ends, as papers write it: 2023年3月6日, or 2023年3月6日11时00分."""
        if self.due_at is not None:
            return chinese_moment(self.due_at)
        return chinese(self.due) if self.due is not None else ""

    @property
    def unit(self) -> Unit:
        """In which `used`, `left` and `late` are told."""
        return self.limit.length.unit.told if self.reckoning else Unit.DAYS

    @property
    def title(self) -> str:
        """The limit's Chinese title, with the round where it isn't the first."""
        return titled(self.limit, self.round)

    @property
    def article(self) -> str:
        """The article that sets it."""
        return self.limit.article

    @property
    def done(self) -> date | None:
        """The day on which it was met, if it was."""
        return self.done_at.day if self.done_at else None


def titled(limit: Limit, number: int) -> str:
    """The limit's title in round `number`."""
    return limit.title if number == 1 else f"{limit.title}（第 {number} 轮）"
