"""Step 17, log and witnesses: every enclosed record stands in the log under one signed checkpoint (FORMAT.md §4).

Stops: a record that only this package knows; an archive that shows one order here and another there, as far as
witnesses saw the checkpoint. Leaves: whether the log was the same for others (monitors), and time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Fault
from ..formats.checkpoint import judged
from ..formats.encoding import sha256
from ..formats.note import KeyType, NoteKey
from ..formats.policy import Policy
from .proofs import holds, proof_place

if TYPE_CHECKING:
    from ..formats.checkpoint import Checkpoint
    from ..formats.trust import Trust
    from .findings import Findings
    from .proofs import Proofs
    from .register_fold import Registry
    from .source import Material

WHERE = "data/proofs"


def judge_log(
    proofs: Proofs,
    material: Material,
    claimed: int | None,
    trust: Trust | None,
    registry: Registry,
    findings: Findings,
) -> None:
    """The checkpoint, then each record. `claimed` is the size that export.jws names."""
    checkpoint = _checkpoint(proofs)
    if checkpoint is None:
        findings.failed("log", "log-proof-missing", WHERE)
        return
    if claimed != checkpoint.size:
        findings.failed("log", "log-checkpoint-differs", WHERE, "checkpoint")
    _judge_key(checkpoint, proofs, trust, registry, findings)
    count = 0
    for cases in (material.records, material.register):
        for case in cases:
            last = -1
            for piece in cases[case]:
                where = proof_place(piece.where)
                proof = proofs.proofs.get(where)
                if proof is None:
                    findings.failed("log", "log-proof-missing", where)
                elif not holds(proof, sha256(piece.data)):
                    findings.failed("log", "log-proof-wrong", where)
                else:
                    if proof.index <= last:
                        findings.failed("log", "log-order", where, "index")
                    last = proof.index
                count += 1
    findings.passed("log", "log-valid", count=count, size=checkpoint.size)


def judge_witnesses(proofs: Proofs, asked: bool, trust: Trust | None, registry: Registry, findings: Findings) -> None:
    """Whether enough witnesses cosigned; the policy is the trust file's, else the one that the genesis names."""
    checkpoint, text = _checkpoint(proofs), _policy(trust, registry)
    if checkpoint is None or proofs.note is None or text is None:
        _short(asked, findings)
        return
    try:
        policy = Policy.parse(text)
    except Fault as fault:
        findings.unsettled("witness", "witness-policy", WHERE, detail=str(fault))
        return
    try:
        there = [line.key for line in judged(checkpoint, proofs.note, policy.keys)]
    except Fault as fault:
        findings.failed("witness", "witness-signature", WHERE, detail=str(fault))
        return
    if policy.keys and policy.met(there):
        findings.passed("witness", "witness-quorum", count=len(set(there)))
    else:
        _short(asked, findings)


def _short(asked: bool, findings: Findings) -> None:
    if asked:
        findings.unsettled("witness", "layer-absent", WHERE, layer="witness")
    else:
        findings.unclaimed("witness", "witness-not-claimed")


def _checkpoint(proofs: Proofs) -> Checkpoint | None:
    return next(iter(proofs.proofs.values())).checkpoint if proofs.proofs else None


def _judge_key(
    checkpoint: Checkpoint, proofs: Proofs, trust: Trust | None, registry: Registry, findings: Findings
) -> None:
    vkey = trust.log if trust and trust.log else _said(registry, "log")
    if vkey is None:
        findings.unsettled("log", "log-key-unknown", WHERE)
        return
    try:
        key = NoteKey.parse(vkey)
    except Fault as fault:
        findings.failed("log", "log-key-wrong", WHERE, detail=str(fault))
        return
    if key.type is not KeyType.ED25519 or key.name != checkpoint.origin or key.name != registry.final.origin:
        findings.failed("log", "log-key-wrong", WHERE, detail="日志密钥的名称或类型与检查点、档案名称不符")
        return
    try:
        signed = proofs.note is not None and bool(judged(checkpoint, proofs.note, [key]))
    except Fault:
        signed = False
    if not signed:
        findings.failed("log", "log-signature", WHERE)


def _policy(trust: Trust | None, registry: Registry) -> str | None:
    return trust.witnesses if trust and trust.witnesses else _said(registry, "witnesses")


def _said(registry: Registry, name: str) -> str | None:
    """What the archive's first record says of its log or its witnesses."""
    value = registry.genesis.entry.facts.get(name) if registry.genesis else None
    return value if isinstance(value, str) else None
