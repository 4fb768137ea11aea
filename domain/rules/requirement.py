"""One requirement (要求) that the law makes of a case, and where it stands: shapes only, made by `compliance`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from ..errors import Defect
    from .deadline import Deadline


class Subject(StrEnum):
    """What a requirement is about."""

    LIMIT = "limit"  # 期限
    CAP = "cap"  # 累计日数
    DUTY = "duty"  # 义务
    RECORD = "record"  # 记录


class State(StrEnum):
    """Where a requirement stands."""

    KEPT = "kept"  # 按期；已履行
    MISSED = "missed"  # 逾期完成；未履行
    IRREGULAR = "irregular"  # 不合规定 (a record)
    RUNNING = "running"  # 期限内；待履行
    OVERDUE = "overdue"  # 已逾期，尚未完成
    STOPPED = "stopped"  # 停止计算
    DISPUTED = "disputed"  # 读法不同，结果不同 (R22)
    INDETERMINATE = "indeterminate"  # 不能判定
    MOOT = "moot"  # 无须再办
    ENDED = "ended"  # 已期满或者终结 (a period that nobody has to keep)
    NOT_APPLICABLE = "not-applicable"  # 不适用


FAILING = frozenset({State.MISSED, State.OVERDUE, State.IRREGULAR})
UNSETTLED = frozenset({State.INDETERMINATE, State.DISPUTED})


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Days that a limit leaves out (不计入期间): those in (sent, returned], with the records that say so.

    `returned` None: it has not come back; `closing` then too.
    """

    window: str
    title: str
    sent: date
    returned: date | None
    opening: int
    closing: int | None


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement and where it stands.

    `code` of the limit, cap or duty, or of what is wrong with the `record`; `of` the party concerned, where there is
    one. `binding`: not keeping it breaks the law of procedure; what only warns, or has an effect of its own for a
    party (deemed waiver), isn't. `under`: the same limit by each reading, where there are two. `told` says more, in
    Chinese and in English; empty where the dates say it all.
    """

    subject: Subject
    code: str
    title: str
    article: str
    state: State
    of: str | None = None
    record: int | None = None
    binding: bool = True
    deadline: Deadline | None = None
    exclusions: tuple[Exclusion, ...] = ()
    readings: tuple[str, ...] = ()
    reading: str | None = None
    under: tuple[Requirement, ...] = ()
    told: tuple[str, str] = ("", "")
    defect: Defect | None = None

    @property
    def round(self) -> int:
        """The round of the case (轮次) to which a limit belongs."""
        return self.deadline.round if self.deadline is not None else 1

    @property
    def provisional(self) -> bool:
        """Whether it rests on a holiday table that isn't out (R34)."""
        own = self.deadline is not None and self.deadline.provisional
        return own or any(way.provisional for way in self.under)
