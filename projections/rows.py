"""What people look at, row by row: plain values that become JSON as they are; days are ISO dates.

Withheld facts never stand in a row: texts say 不公开 instead, whoever asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import RowMapping

Stored: TypeAlias = "Mapping[str, Any] | RowMapping"  # as `fold` makes it, or as it is read back


class NextDue(TypedDict):
    """The open time limit that ends first; `due_at` of one in hours; `left` and `late` in `unit`, one of them None."""

    limit: str
    title: str
    of: str | None
    of_name: str | None
    due: str
    due_at: str | None
    status: str
    provisional: bool
    left: int | None
    late: int | None
    unit: str


class Trouble(TypedDict):
    """Why a case can't be shown."""

    code: str
    message: str


class DocketRow(TypedDict):
    """One case in the list. `number` is its 案号 (the id where it has none yet); `opened_on` its first record's day.

    `n` counts the archive's cases in order of their first records: where a list goes on. `in_charge` is the name of who
    is responsible (承办人), in the words of `in_charge_title`; None where the rulebook knows no such thing.
    """

    n: int
    case: str
    number: str
    title: str
    rulebook: str
    rulebook_title: str
    stage: str
    stage_title: str
    final: bool
    complainant: str
    respondents: list[str]
    opened_on: str
    seq: int
    head: str
    irregular: int
    in_charge: str | None
    in_charge_title: str
    next_due: NextDue | None
    trouble: Trouble | None


class PartyRow(TypedDict):
    """A party (当事人) of a case."""

    id: str
    role: str
    role_title: str
    name: str


class DeadlineRow(TypedDict):
    """One time limit of one case, for one party where it has one (`of`), as of a day.

    `round` counts from 1; `mooted_by` is the record that made it moot.
    `start_at`, `due_at` and `done_at` are the moments of a limit in hours, in Asia/Shanghai. `asks`: the action to be
    done now that it is overdue, with its title.

    `status` is domain.rules.time_limits.Status; `left`, `late` and `used` in `unit`; `advisory`: the law states none.
    """

    case: str
    number: str
    limit: str
    title: str
    article: str
    note: str | None
    of: str | None
    of_name: str | None
    status: str
    status_title: str
    start: str | None
    start_at: str | None
    due: str | None
    due_at: str | None
    provisional: bool
    done: str | None
    done_at: str | None
    used: int | None
    left: int | None
    late: int | None
    unit: str
    advisory: bool
    round: int
    mooted_by: int | None
    moot_because: str | None
    asks: str | None
    asks_title: str | None


class CaseRow(DocketRow):
    """A case as a whole; `groups` counts its records by group of the timeline."""

    rulebook_number: str
    rulebook_digest: str
    parties: list[PartyRow]
    deadlines: list[DeadlineRow]
    groups: dict[str, int]


class SignerRow(TypedDict):
    """Who signed, in which capacity."""

    officer: str
    name: str
    capacity: str
    capacity_title: str


EvidenceRow = TypedDict(
    "EvidenceRow",
    {
        "object": str,
        "slot": str,
        "slot_title": str,
        "class": str,
        "title": str,
        "name": str,
        "media": str | None,
        "length": int | None,
    },
)


class IrregularRow(TypedDict):
    """What is wrong with a record that was entered nevertheless."""

    code: str
    article: str | None
    message: str
    field: str | None


class LineRow(TypedDict):
    """One fact in words (domain.rules.wording.Line)."""

    label: str
    value: str
    depth: int
    withheld: bool


class UndoneRow(TypedDict):
    """Which record set a record aside, and how (撤销、变更)."""

    by: int
    how: str


class TimelineRow(TypedDict):
    """One record. `occurred` as its signers stated it, `day` the civil day that counts now; texts as signed.

    `backfilled`: of a paper case, entered late (补录).
    """

    case: str
    seq: int
    act: str
    digest: str
    action: str
    title: str
    kind: str
    group: str
    occurred: str
    day: str
    received: str
    summary: str
    signers: list[SignerRow]
    evidence: list[EvidenceRow]
    irregular: list[IrregularRow]
    voided_by: int | None
    rectified_by: list[int]
    undone: UndoneRow | None
    backfilled: bool
    parties: list[str]
    lines: list[LineRow]


class TimelinePage(TypedDict):
    """Records in order; `next` is the cursor of the following page, None at the end."""

    rows: list[TimelineRow]
    next: int | None
