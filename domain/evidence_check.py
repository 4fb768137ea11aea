"""Evidence of an act against the vault: no record ever names a file that isn't safely there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .evidence_port import Attached, Attachments, EvidenceVault
    from .formats.canonical import Json
    from .rules.vocabulary import Action


def described(
    attachments: Attachments, vault: EvidenceVault, action: Action, items: Sequence[Mapping[str, Json]]
) -> tuple[dict[str, Json], ...]:
    """The evidence entries of a draft from {"object", "slot", "title"?}; class as the slot's. Fault "not-in-vault"."""
    slots = {s.name: s for s in action.slots}
    out = []
    for i, item in enumerate(items):
        attached = _attached(attachments, vault, str(item.get("object")), f"evidence[{i}]")
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
    vault: EvidenceVault, attachments: Attachments, case: str, evidence: Sequence[Mapping[str, Json]]
) -> None:
    """Hold the disclosed evidence entries of an act against what was stored. Faults "not-in-vault", "evidence"."""
    for i, item in enumerate(evidence):
        at = f"evidence[{i}]"
        attached = _attached(attachments, vault, str(item["object"]), at)
        stored = attached.stored
        told = (item["blob"], item["size"], item["version"], item.get("sha256"), item.get("length"))
        if told != (stored.blob, stored.size, stored.version, stored.sha256, stored.length):
            raise Fault("evidence", "所附文件的摘要、长度或版本与存证库不符", "请重新附上文件并起草。", field=at)
        if attached.case != case:
            raise Fault("evidence-case", "所附文件属于另一案件", "请将文件存入本案后再附。", field=at)


def _attached(attachments: Attachments, vault: EvidenceVault, name: str, at: str) -> Attached:
    attached = attachments.get(name)
    if attached is None:
        raise Fault("not-in-vault", f"存证库中没有文件 {name[:40]}", "请先用 anjuan attach 存入文件。", field=at)
    try:
        state = vault.stat(name, attached.stored.version)
    except Fault as fault:
        if fault.code == "blob-missing":
            raise Fault("not-in-vault", f"存证库中没有文件 {name[:40]}", "请重新存入文件。", field=at) from fault
        raise
    if state.size != attached.stored.size or state.blob not in (None, attached.stored.blob):
        raise Fault("evidence", "存证库中的文件与存入时不符", "请立即报告保管人员。", field=at)
    return attached
