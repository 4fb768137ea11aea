"""Evidence of an act against the vault: no record ever names a file that isn't safely there."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from .errors import Fault
from .evidence_port import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from .evidence_port import Attached, Attachments, BlobState, EvidenceVault
    from .formats.canonical import Json
    from .keeping import Demand
    from .rules.vocabulary import Action

AFTER_DRAFT = timedelta(days=1)  # how long a file stays locked after the draft that names it has expired


def described(
    attachments: Attachments,
    vault: EvidenceVault,
    action: Action,
    items: Sequence[Mapping[str, Json]],
    expires: datetime,
) -> tuple[dict[str, Json], ...]:
    """The evidence entries of a draft from {"object", "slot", "title"?}; class as the slot's. Fault "not-in-vault".

    No file is let go before the draft that names it has expired: its lock is lengthened to a day later at least.
    """
    slots = {s.name: s for s in action.slots}
    out = []
    for i, item in enumerate(items):
        attached, state = _attached(attachments, vault, str(item.get("object")), f"evidence[{i}]")
        _lengthen(vault, attached, state, expires + AFTER_DRAFT)
        slot = slots.get(str(item.get("slot")))
        stored = attached.stored
        entry: dict[str, Json] = {
            "object": stored.object,
            "blob": stored.blob,
            "size": stored.size,
            "version": stored.version,
            "class": slot.class_.value if slot else "party",
            "slot": str(item.get("slot")),
            "sha256": stored.sha256,
            "length": stored.length,
            "media": attached.media,
            "name": attached.name,
        }
        entry["title"] = str(item.get("title") or (slot.title if slot else attached.name))
        out.append(entry)
    return tuple(out)


def checked_evidence(
    vault: EvidenceVault,
    attachments: Attachments,
    case: str,
    evidence: Sequence[Mapping[str, Json]],
    demand: Demand,
) -> None:
    """Hold the disclosed evidence entries of an act against what was stored, and the vault to what is demanded of it.

    Retention is lengthened and the hold set where that is missing, and then everything is read again: stores have said
    yes and dropped it. Faults "not-in-vault", "evidence", "evidence-case", "evidence-unlocked", those of the vault.
    """
    for i, item in enumerate(evidence):
        at = f"evidence[{i}]"
        attached, state = _attached(attachments, vault, str(item["object"]), at)
        stored = attached.stored
        told = (item["blob"], item["size"], item["version"], item.get("sha256"), item.get("length"))
        if told != (stored.blob, stored.size, stored.version, stored.sha256, stored.length):
            raise Fault("evidence", "所附文件的摘要、长度或版本与存证库不符", "请重新附上文件并起草。", field=at)
        if attached.case != case:
            raise Fault("evidence-case", "所附文件属于另一案件", "请将文件存入本案后再附。", field=at)
        _lengthen(vault, attached, state, demand.until)
        if demand.held and not state.hold:
            vault.hold(stored.object, stored.version, True)
        _refuse_unlocked(attached, vault.stat(stored.object, stored.version), demand, at)


def _lengthen(vault: EvidenceVault, attached: Attached, state: BlobState, until: datetime) -> None:
    if state.retain_until is None or state.retain_until < until:
        vault.extend(attached.stored.object, attached.stored.version, until)


def _refuse_unlocked(attached: Attached, state: BlobState, demand: Demand, at: str) -> None:
    """Fault "evidence-unlocked", "evidence": the vault doesn't keep the file as the records demand."""
    _refuse_other(attached, state, at)
    remedy = "没有入卷。请存证库管理人员查明为何没有锁定，之后原样重新提交。"
    if state.retain_until is None or state.retain_until < demand.until:
        there = f"存证库读回的是 {state.retain_until:%Y-%m-%d}" if state.retain_until else "存证库读回的是没有期限"
        message = f"“{attached.name}”应锁定至 {demand.until:%Y-%m-%d}，{there}"
        raise Fault("evidence-unlocked", message, remedy, field=at)
    if demand.held and not state.hold:
        message = f"本案证据正在冻结，“{attached.name}”没有冻结成功"
        raise Fault("evidence-unlocked", message, remedy, field=at)


def refuse_unadmitted(attached: Attached, at: str) -> None:
    """Fault "in-quarantine" for a file that waits to be checked or was refused, with the reason and what to do."""
    if attached.state is State.WAITING:
        remedy = "请稍后用 anjuan vault recheck 重新检查，通过后再办理。"
        raise Fault("in-quarantine", f"“{attached.name}”尚在隔离待查：{attached.reason}", remedy, field=at)
    if attached.state is State.REFUSED:
        remedy = "请按所述原因处理后另行存入。"
        raise Fault("in-quarantine", f"“{attached.name}”已被拒收：{attached.reason}", remedy, field=at)


def _attached(attachments: Attachments, vault: EvidenceVault, name: str, at: str) -> tuple[Attached, BlobState]:
    attached = attachments.get(name)
    if attached is None:
        raise Fault("not-in-vault", f"存证库中没有文件 {name[:40]}", "请先用 anjuan attach 存入文件。", field=at)
    refuse_unadmitted(attached, at)
    try:
        state = vault.stat(name, attached.stored.version)
    except Fault as fault:
        if fault.code == "blob-missing":
            raise Fault("not-in-vault", f"存证库中没有文件 {name[:40]}", "请重新存入文件。", field=at) from fault
        raise
    _refuse_other(attached, state, at)
    return attached, state


def _refuse_other(attached: Attached, state: BlobState, at: str) -> None:
    stored = attached.stored
    notes = (state.blob in (None, stored.blob), state.case in (None, attached.case))
    if (state.size, state.version) != (stored.size, stored.version) or not all(notes):
        raise Fault("evidence", "存证库中的文件与存入时不符", "请立即报告保管人员。", field=at)
