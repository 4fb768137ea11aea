"""Shapes of the rows that API version 1 gives; a test holds them against those of the read models."""

from __future__ import annotations

from pydantic import Field

from .models import Given, UndoneItem


class DueItem(Given):
    """The open time limit that ends first; `left` and `late` in `unit` (workdays, days)."""

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


class TroubleItem(Given):
    """Why a case, or its time limits, can't be shown."""

    code: str
    message: str


class DocketItem(Given):
    """One case in the list; `n` counts the archive's cases."""

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
    next_due: DueItem | None
    trouble: TroubleItem | None


class DocketPage(Given):
    """Cases that are not closed; `next` is the cursor of the following page, None at the end."""

    rows: list[DocketItem]
    total: int
    next: int | None


class CasePage(Given):
    """Cases; `next` is the cursor of the following page, None at the end."""

    rows: list[DocketItem]
    total: int
    next: int | None


class PartyItem(Given):
    """A party (当事人)."""

    id: str
    role: str
    role_title: str
    name: str


class StepItem(Given):
    """One day of a reckoning."""

    day: str
    n: int | None
    why: str
    provisional: bool
    note: str


class NoticeItem(Given):
    """A notice that arranged days of a reckoning; in force from `since` until `until`, when the notice `by` came."""

    number: str
    title: str
    since: str
    until: str | None
    by: str | None
    days: list[str]


class DeadlineItem(Given):
    """One time limit of one case, for one party where it has one; `steps` and `notices` where asked for."""

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
    steps: list[StepItem] | None = None
    notices: list[NoticeItem] | None = None


class AsOfItem(Given):
    """From where a case is looked at: `as_of` and `by` as asked for, the civil `day`, and `told` in words."""

    as_of: str
    by: str
    day: str
    told: str


class CalendarItem(Given):
    """An adopted year table: by register record `record`, from `since` until record `by` took its place at `until`."""

    name: str
    digest: str
    record: int
    since: str
    until: str | None
    by: int | None


class CalendarList(Given):
    """Year tables in the order in which they were adopted."""

    rows: list[CalendarItem]


class DueAt(Given):
    """A due date; None while the clock stands still."""

    due: str | None
    provisional: bool


class ChangeItem(Given):
    """A time limit that an adopted calendar moved or made certain; `notices` are those new to it."""

    case: str
    number: str
    limit: str
    title: str
    of: str | None
    of_name: str | None
    before: DueAt
    after: DueAt
    notices: list[str]
    tables: list[str]
    record: int
    adopted: str


class ChangePage(Given):
    """Changed time limits; `next` is the cursor of the following page of cases, None at the end."""

    rows: list[ChangeItem]
    next: int | None


class DeadlinePage(Given):
    """Time limits; `next` is the cursor of the following page, None at the end. `as_of` where one was asked for."""

    rows: list[DeadlineItem]
    next: int | None = None
    as_of: AsOfItem | None = None


class ActionItem(Given):
    """What may be done in the case's stage; `does`: it takes effect by being signed here."""

    action: str
    title: str
    article: list[str]
    does: bool


class CaseView(DocketItem):
    """A case as it stands, or stood (`as_of`); `discloses`: withheld facts are shown to the asker."""

    as_of: AsOfItem | None
    rulebook_number: str
    rulebook_digest: str
    parties: list[PartyItem]
    deadlines: list[DeadlineItem]
    groups: dict[str, int]
    discloses: bool
    actions: list[ActionItem]


class SignerItemView(Given):
    """Who signed, in which capacity."""

    officer: str
    name: str
    capacity: str
    capacity_title: str


class PaperItem(Given):
    """A file; name and title are 不公开 where its class is withheld from the asker."""

    object: str
    slot: str
    slot_title: str
    class_: str = Field(alias="class")
    title: str
    name: str
    media: str | None
    length: int | None


class IrregularItem(Given):
    """What is wrong with a record that was entered nevertheless."""

    code: str
    article: str | None
    message: str
    field: str | None


class LineItem(Given):
    """One fact in words."""

    label: str
    value: str
    depth: int
    withheld: bool


class RecordItem(Given):
    """One record on the timeline."""

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
    signers: list[SignerItemView]
    evidence: list[PaperItem]
    irregular: list[IrregularItem]
    voided_by: int | None
    rectified_by: list[int]
    undone: UndoneItem | None
    backfilled: bool
    parties: list[str]
    lines: list[LineItem]


class TimelineView(Given):
    """Records in order; `next` is the cursor of the following page, None at the end."""

    rows: list[RecordItem]
    next: int | None
    as_of: AsOfItem | None
