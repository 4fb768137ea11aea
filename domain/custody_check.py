"""Acts of custody (冻结、延长、销毁) before they are entered: what the register's rules alone can't say.

Keeps: retention is never shortened, not by a correction either; nothing is destroyed before its time or while it is
held, and what is destroyed stays so. Leaves: who signs (register), carrying it out (`keeping`).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from .errors import Defect, Fault
from .reading import REGISTER
from .rules.custody import DESTROYED, EXTENDED, HELD, RELEASED
from .rules.retention import FOREVER, retention, years_after
from .rules.vocabulary import Class

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .reading import CaseReader
    from .rules.case import Case, Entry
    from .rules.custody import Custody, Extension


def custody_defects(reader: CaseReader, current: Case, entry: Entry, today: date) -> Iterator[Defect]:
    """Why `entry` may not be entered in `current` for the sake of custody.

    Codes: unknown-case, content-destroyed, register-case, not-held, retention-shortened, retention-too-long,
    retention-not-ended, on-hold, sha256, retention-fixed, destruction-final.
    """
    if current.rulebook.id != REGISTER:
        return
    custody = reader.register().custody
    action = current.rulebook.by_action.get(entry.action)
    if entry.action == RELEASED:
        yield from _not_held(custody, entry)
    elif entry.action in (HELD, EXTENDED, DESTROYED):
        yield from _of_case(reader, custody, entry, today)
    elif action is not None and action.rectifies:
        yield from _put_right(custody, reader.register_with(current.id, entry).custody, entry)


def still_there(reader: CaseReader, name: str) -> Case:
    """The case, for an act to be entered in it. Faults "unknown-case", "content-destroyed"."""
    case, custody = reader.case(name), reader.register().custody
    if name in custody.destroyed:
        message = f"本案内容已由档案案件第 {custody.destroyed[name].seq} 号记录销毁"
        raise Fault("content-destroyed", message, "本案不再入卷；有新的事项，请另立新案。", field="case")
    return case


def _not_held(custody: Custody, entry: Entry) -> Iterator[Defect]:
    number = entry.facts.get("answers")
    if isinstance(number, int) and custody.hold(number) is None:
        message = f"第 {number} 号记录的冻结已经解除"
        yield Defect("not-held", message, "请核对记录编号。", "14", entry.action, "facts.answers")


def _of_case(reader: CaseReader, custody: Custody, entry: Entry, today: date) -> Iterator[Defect]:
    name, at = str(entry.facts.get("case")), "facts.case"
    try:
        case = reader.case(name)
    except Fault as fault:
        yield from (Defect(d.code, d.message, d.remedy, action=entry.action, field=at) for d in fault.defects)
        return
    if case.rulebook.id == REGISTER:
        message = "登记案件永久保管，没有证据可以冻结、延长或者销毁"
        yield Defect("register-case", message, "请写明办理的案件。", "12", entry.action, at)
    elif name in custody.destroyed:
        message = f"该案内容已由第 {custody.destroyed[name].seq} 号记录销毁"
        yield Defect("content-destroyed", message, "请核对案件编号。", "16", entry.action, at)
    elif entry.action == EXTENDED:
        yield from _too_short(case, custody, entry, today)
    elif entry.action == DESTROYED:
        yield from _too_early(case, custody, entry, today)


def _too_short(case: Case, custody: Custody, entry: Entry, today: date) -> Iterator[Defect]:
    until, at = date.fromisoformat(str(entry.facts.get("until"))), "facts.until"
    kept, most = retention(case, custody, today), years_after(today, FOREVER)
    if until <= kept.end:
        why = kept.lines[0].told() if kept.lines else ""
        message = f"保管期限只能延长：该案证据现应保管至 {kept.end}，不能改为 {until}（{why}）"
        yield Defect("retention-shortened", message, "请写明较晚的日期。", "15", entry.action, at)
    elif until > most:
        message = f"至多延长至 {most}（{FOREVER} 年）；锁定之后不能缩短"
        yield Defect(
            "retention-too-long", message, "请核对年份；需要永久保管的，期满之前再延长。", "15", entry.action, at
        )


def _too_early(case: Case, custody: Custody, entry: Entry, today: date) -> Iterator[Defect]:
    kept, at = retention(case, custody, today), "facts.case"
    for hold in custody.held(case.id):
        message = f"该案证据冻结中：{hold.told()}"
        yield Defect("on-hold", message, "请在冻结的事由消失、作“解除证据冻结”之后再销毁。", "16", entry.action, at)
    if today <= kept.end:
        why = kept.lines[0].told() if kept.lines else ""
        message = f"保管期限没有届满：{why}"
        yield Defect("retention-not-ended", message, f"{kept.end} 之后才能销毁。", "16", entry.action, at)
    told, wanted = entry.facts.get("sha256") or [], open_digests(case)
    if sorted(told) != list(wanted):
        message = f"应列出该案公开摘要的全部 {len(wanted)} 份证据文件，各一次，实列 {len(told)} 份"
        yield Defect("sha256", message, "请用 anjuan vault destroy 由记录得出。", "16", entry.action, "facts.sha256")


def open_digests(case: Case) -> tuple[str, ...]:
    """The digests (hex) of a case's evidence that stand in the clear in its records, sorted, each once."""
    every = (item for entry in case.entries for item in entry.evidence)
    return tuple(sorted({str(item["sha256"]) for item in every if not Class(str(item["class"])).withheld}))


def _put_right(before: Custody, after: Custody, entry: Entry) -> Iterator[Defect]:
    """What a correction (更正、作废) may not undo."""
    at = "facts.target"
    if after.tables != before.tables:
        message = "保管期限自启用起即对案件生效，不能更正或者作废"
        yield Defect("retention-fixed", message, "请作“变更保管期限”。", "12", entry.action, at)
    if after.destroyed != before.destroyed:
        message = "销毁不能更正或者作废：内容已经无法恢复"
        yield Defect("destruction-final", message, "请核对所针对的记录。", "16", entry.action, at)
    for case, extensions in before.extensions.items():
        if _furthest(after.extensions.get(case, ())) < _furthest(extensions):
            message = f"保管期限只能延长：更正之后，案件 {case} 的期限会提前"
            yield Defect("retention-shortened", message, "请保留该记录，或改为较晚的日期。", "15", entry.action, at)


def _furthest(extensions: Iterable[Extension]) -> date:
    return max((extension.until for extension in extensions), default=date.min)
