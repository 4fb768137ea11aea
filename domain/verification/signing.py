"""Steps 7 to 9: signatures, receipts, authority of the records of a case.

Keeps: an act counts only under keys of the officers it names, as the register stood when the archive received it; a
receipt only under a key of the archive. A key that was ever revoked is judged by the last word on it: acts from the
moment on fail, earlier ones can't be placed in time by the archive's word alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..errors import Defect
from ..formats.act import signature_defects
from ..formats.receipt import receipt_verified
from ..rules.register import unauthorised
from .findings import UNJUDGEABLE
from .register_fold import received

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ..formats.keys import PublicKey
    from ..rules.register import EnrolledKey, Register
    from .findings import Findings
    from .register_fold import Registry
    from .withheld import Viewed

# codes of `unauthorised` → reasons
_REASONS = {
    "unknown-key": "unknown-key",
    "root-retired": "root-retired",
    "self": "key-not-of-officer",
    "not-enrolled": "not-enrolled",
    "wrong-key": "key-not-of-officer",
    "revoked": "key-revoked",
    "not-yet": "key-not-yet",
    "no-capacity": "capacity-missing",
    "recused": "recused",
    "deputy-period": "deputy-period",
    "deputy-capacity": "capacity-missing",
    "deputy-self": "capacity-missing",
    "key-taken": "key-taken",
    "key-fixed": "key-fixed",
}


@dataclass(frozen=True, slots=True)
class Signing:
    """What signatures are held against: the register over time, and every key that may ever have signed."""

    registry: Registry
    keys: Mapping[str, PublicKey]

    @classmethod
    def under(cls, registry: Registry) -> Signing:
        """Against `registry`."""
        return cls(registry, registry.final.keys())


def judge_signing(viewed: Viewed, signing: Signing, findings: Findings) -> None:
    """Signatures, receipt and authority of one record."""
    for defect in signature_defects(viewed.record.signed, signing.keys):
        say = findings.unsettled if defect.code == "alg" else findings.failed
        say("signatures", defect.code, viewed.where, defect.field)
    _judge_receipt(viewed, signing.registry, findings)
    _judge_authority(viewed, signing.registry, findings)


def _judge_receipt(viewed: Viewed, registry: Registry, findings: Findings) -> None:
    receipt = viewed.record.receipt
    enrolled = registry.final.archive_keys.get(receipt.kid)
    if enrolled is None:
        findings.failed("receipts", "receipt-key", viewed.where, "receipt.kid")
    elif not receipt_verified(receipt, enrolled.key):
        findings.failed("receipts", "receipt-signature", viewed.where, "receipt")
    else:
        judge_key_time("receipts", enrolled, received(viewed), viewed.where, "receipt.kid", findings)


def judge_key_time(check: str, key: EnrolledKey, moment: datetime, where: str, field: str, findings: Findings) -> None:
    """Whether `key` counts at `moment`, by the last word on it (FORMAT.md §7)."""
    if moment < key.since:
        findings.failed(check, "key-not-yet", where, field)
    elif key.not_trusted_from is not None and moment >= key.not_trusted_from:
        findings.failed(check, "key-revoked", where, field)
    elif key.not_trusted_from is not None:
        findings.unsettled(check, "key-time-unplaced", where, field)


def _judge_authority(viewed: Viewed, registry: Registry, findings: Findings) -> None:
    record = viewed.record
    before = registry.before.get((record.case, record.seq))
    states = registry.at(received(viewed)) if before is None else (before,)
    defects = min((_defects(viewed, state) for state in states), key=len)
    for defect in defects:
        _report(viewed, defect, findings)
    if not any(defect.code == "revoked" for defect in defects):
        _judge_revocations(viewed, registry, findings)


def _defects(viewed: Viewed, state: Register) -> tuple[Defect, ...]:
    act = replace(viewed.record.act, facts=dict(viewed.entry.facts))
    try:
        return tuple(unauthorised(state, act, received(viewed)))
    except UNJUDGEABLE as error:
        return (Defect("unjudged", str(error) or type(error).__name__, field="signers"),)


def _report(viewed: Viewed, defect: Defect, findings: Findings) -> None:
    signers, field = viewed.record.act.signers, defect.field or "signers"
    index = field.removeprefix("signers[").partition("]")[0]
    signer = signers[int(index)] if index.isdigit() and int(index) < len(signers) else signers[0]
    reason = _REASONS.get(defect.code)
    if reason is None:
        findings.failed("authority", "authority-unjudged", viewed.where, field, detail=defect.message)
    else:
        findings.failed("authority", reason, viewed.where, field, capacity=signer.capacity)


def _judge_revocations(viewed: Viewed, registry: Registry, findings: Findings) -> None:
    """What was revoked later, with effect from a moment before or after this record."""
    moment = received(viewed)
    for index, signer in enumerate(viewed.record.act.signers):
        officer = registry.final.officers.get(signer.officer)
        key = officer.keys.get(signer.kid) if officer else None
        if key is not None and key.not_trusted_from is not None:
            judge_key_time("authority", key, moment, viewed.where, f"signers[{index}].kid", findings)
