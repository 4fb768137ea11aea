"""What an adoption adopts, in words from the very bytes: the notices of a year table, and what they move."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING

from domain.adoption import CALENDAR, RULEBOOK
from domain.archive import receipt_moment
from domain.changes import changes, turned
from domain.formats.canonical import parse_object
from domain.reading import Turn
from domain.rules.binding import FACT
from domain.rules.calendar import calendar_from
from domain.rules.calendar_adoption import added
from domain.rules.calendar_notices import spans
from domain.rules.calendar_source import read_json
from domain.rules.differences import differences, named
from domain.rules.rulebook import Rulebook

from .console import progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from domain.changes import Change
    from domain.rules.calendar_table import Notice

    from .session import Session

SHOWN = 20  # changes listed one by one before signing


def adopted_words(
    session: Session, action: str, facts: Mapping[str, Any], brought: Mapping[str, bytes]
) -> Iterator[str]:
    """What an act of the register adopts, for people; nothing for other acts."""
    if action == CALENDAR:
        yield from _calendar(session, str(facts.get("name")), _bytes(session, str(facts.get("digest")), brought))
    elif action == RULEBOOK:
        yield from _rulebook(session, str(facts.get("id")), str(facts.get("digest")), brought)


def _rulebook(session: Session, name: str, pinned: str, brought: Mapping[str, bytes]) -> Iterator[str]:
    shelf, adopted = session.archive.rulebooks, session.register.rulebooks.get(name, ())
    new = Rulebook.parse(brought[pinned]) if pinned in brought else shelf.rulebook(pinned)
    yield named(new)
    if not adopted:
        yield f"  新的规则手册：{len(new.actions)} 种行为，{len(new.limits)} 项期限"
        return
    old = shelf.rulebook(adopted[-1])
    found = differences(old, new)
    yield f"与现行版本（摘要 {old.digest[:12]}…）的差别：{len(found)} 处；在办案件仍适用原来的版本"
    yield from (f"  {difference.words}" for difference in found)


def moved_words(session: Session, book: Rulebook, facts: Mapping[str, Any]) -> Iterator[str]:
    """What tells the version to which an act moves its case from the one it leaves."""
    new = session.archive.rulebooks.rulebook(str(facts.get(FACT)))
    yield f"改为适用 {named(new)}，与现行适用的版本的差别："
    yield from (f"  {difference.words}" for difference in differences(book, new))


def _bytes(session: Session, pinned: str, brought: Mapping[str, bytes]) -> bytes:
    return brought[pinned] if pinned in brought else session.archive.rulebooks.calendar(pinned)


def _calendar(session: Session, name: str, data: bytes) -> Iterator[str]:
    shelf, adopted = session.archive.rulebooks, session.register.calendars
    known = {table: parse_object(shelf.calendar(pinned)) for table, pinned in adopted.items()}
    new = read_json(parse_object(data))
    old = read_json(known[name]) if name in known else None
    yield f"{name}：{'新的年度' if old is None else '在已启用的安排之外增加下列通知'}"
    for notice in added(old, new):
        yield from _notice(notice)
    before, after = session.archive.calendar(), calendar_from([*{**known, name: parse_object(data)}.values()])
    now = receipt_moment(session.archive.clock.now())
    found = _counted(session, Turn(0, now, before, after, (name,)))
    yield f"入卷后将变动的期限：{len(found)} 项" if found else "没有期限因此变动。"
    yield from lines(found[:SHOWN])
    if len(found) > SHOWN:
        yield f"  ……另有 {len(found) - SHOWN} 项"


def _notice(notice: Notice) -> Iterator[str]:
    yield f"  {notice.number}（{notice.issued}）{notice.title}"
    for holiday in notice.holidays:
        yield f"    放假 {holiday.name}：{spans(holiday.days())}"
    if notice.workdays:
        yield f"    调休上班：{spans(sorted(notice.workdays))}"
    if notice.cancels:
        yield f"    取消原安排：{spans(sorted(notice.cancels))}"


def _counted(session: Session, turn: Turn) -> list[Change]:
    cases = _cases(session)
    with _bar(len(cases)) as tick:
        return list(turned(session.archive.reader, turn, cases, tick))


def changed(session: Session, *, cases: Iterable[str] | None = None, since: str = "") -> list[Change]:
    """What calendars adopted since then changed, over all cases unless some are given; a bar if it takes long."""
    chosen = _cases(session) if cases is None else list(cases)
    turns = sum(turn.received >= since for turn in session.archive.reader.turns())
    with _bar(len(chosen) * turns) as tick:
        return list(changes(session.archive.reader, chosen, since, tick))


@contextmanager
def _bar(whole: int) -> Iterator[Callable[[], None]]:
    done = count(1)
    with progress("推算期限", total=whole) as tell:
        yield lambda: tell(next(done), whole)


def _cases(session: Session) -> list[str]:
    return [case for case, _ in session.archive.events.cases()]


def lines(found: Iterable[Change]) -> Iterator[str]:
    """Each changed limit with its case."""
    for change in found:
        yield f"  {change.case.heading()[0]}  {change.words()}"
