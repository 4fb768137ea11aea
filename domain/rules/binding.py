"""Which version of its rulebook binds a case when (R20): the one it was opened by, until an act moves it to another.

Keeps: what was done is judged for ever by the version that bound it then; an act that `rebinds` is itself done under
the version that it leaves. Time limits are those of the version that binds the case now.
Leaves: whether the archive had adopted a version (register; whoever fills `Books`).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..errors import Defect
from .civil import civil_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .case import Case, Entry
    from .facts import Scope
    from .rulebook import Rulebook

    Books = Mapping[str, Rulebook]  # by digest: what a case could be moved to

NO_BOOKS: Books = MappingProxyType({})
FACT = "version"  # of an act that rebinds: the digest of the version that binds from then on


@dataclass(frozen=True, slots=True)
class Binding:
    """A version that binds a case from record `first` to record `last` (None: still); `reason`: why it came to.

    `received` is the receipt of the record that moved the case to it, None for the version it was opened by.
    """

    book: Rulebook
    first: int
    last: int | None
    reason: str | None = None
    received: str | None = None

    @property
    def words(self) -> str:
        """Which records it binds, since when and why, for people."""
        span = f"第 {self.first} 号起的记录" if self.last is None else f"第 {self.first} 至 {self.last} 号记录"
        since = f"（{civil_day(self.received)} 变更：{self.reason or '未写明理由'}）" if self.received else ""
        return f"{span}适用“{self.book.title}”摘要 {self.book.digest[:12]}… 的版本{since}"


def successor(book: Rulebook, entry: Entry, books: Books) -> Rulebook | None:
    """The version to which `entry`, done under `book`, moves its case; None if it moves it nowhere."""
    action = book.by_action.get(entry.action)
    if action is None or not action.rebinds or not entry.stands:
        return None
    pinned = entry.facts.get(FACT)
    found = books.get(pinned) if isinstance(pinned, str) and pinned != book.digest else None
    return found if found is not None and found.id == book.id else None


def bound(book: Rulebook, entries: Iterable[Entry], books: Books) -> Iterator[Rulebook]:
    """The version that binds each of `entries`, the first of which is the case's first record, opened by `book`."""
    for entry in entries:
        yield book
        book = successor(book, entry, books) or book


def in_force(book: Rulebook, entries: Iterable[Entry], books: Books) -> Rulebook:
    """The version that binds a case after `entries`; as `bound`."""
    for entry in entries:
        book = successor(book, entry, books) or book
    return book


def bindings(case: Case) -> tuple[Binding, ...]:
    """The versions that have bound a case, in order; the last is in force."""
    out: list[Binding] = []
    mover: Entry | None = None
    for last, book in (*case.earlier, (None, case.rulebook)):
        reason = mover.facts.get("reason") if mover is not None else None
        out.append(
            Binding(
                book,
                mover.seq + 1 if mover is not None else 1,
                last,
                reason if isinstance(reason, str) else None,
                mover.received if mover is not None else None,
            )
        )
        mover = case.entry(last) if last is not None else None
    return tuple(out)


def told(case: Case) -> tuple[str, ...]:
    """Which version applied when, for people; nothing for a case that was never moved."""
    found = bindings(case)
    return tuple(binding.words for binding in found) if len(found) > 1 else ()


def unadopted(entry: Entry) -> Defect:
    """The refusal to move a case to a version that the archive has not adopted."""
    message = f"摘要为 {str(entry.facts.get(FACT))[:12]}… 的规则手册版本未经本档案库启用"
    remedy = "请先由两名登记员启用（anjuan rulebook adopt），已启用的版本见 anjuan rulebook list。"
    return Defect("not-adopted", message, remedy, action=entry.action, field=f"facts.{FACT}")


def rebinding_defects(scope: Scope) -> Iterator[Defect]:
    """Why this act can't move its case: no such version adopted, another rulebook, or no place in it for the case."""
    case, code, field = scope.case, scope.action.code, f"facts.{FACT}"
    pinned = scope.entry.facts.get(FACT)
    if not isinstance(pinned, str):
        return  # missing: told by the article that asks for it
    book = case.books.get(pinned)
    if book is None:
        yield unadopted(scope.entry)
    elif book.id != case.rulebook.id:
        message = f"所写版本属于另一规则手册“{book.title}”，本案适用“{case.rulebook.title}”"
        yield Defect("other-rulebook", message, "请写明本规则手册的另一版本。", action=code, field=field)
    elif book.digest == case.rulebook.digest:
        yield Defect("no-change", "本案现在就适用这一版本", "请核对摘要。", action=code, field=field)
    elif case.stage not in book.by_stage:
        stage = case.rulebook.by_stage[case.stage].title if case.stage in case.rulebook.by_stage else case.stage
        message = f"所写版本没有本案现处的阶段“{stage}”"
        yield Defect("stage-missing", message, "请先完成本阶段，或选择保留该阶段的版本。", action=code, field=field)
