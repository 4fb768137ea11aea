"""Sealing an act: confidential members go behind digests before anything is signed (第四十二条)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import Fault
from .formats.act import Act
from .formats.withheld import SD, withhold
from .rules.confidential import secret, unprotected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .formats.canonical import Json
    from .rules.case import Case, Entry
    from .rules.vocabulary import Action


def sealed(case: Case, spec: Action, entry: Entry, salt: Callable[[], bytes]) -> tuple[Act, tuple[str, ...]]:
    """The act of `entry` with its confidential members behind digests, and their disclosures."""
    whole: dict[str, Json] = {"facts": dict(entry.facts), "evidence": [dict(e) for e in entry.evidence]}
    shut, disclosures = withhold(whole, _judge(case, spec, entry.facts, entry.evidence), salt)
    act = Act(
        id=entry.act,
        case=case.id,
        seen=entry.seen,
        signers=entry.signers,
        rulebook_id=case.rulebook.id,
        rulebook_digest=case.rulebook.digest,
        action=entry.action,
        occurred=entry.occurred,
        facts=shut["facts"],  # type: ignore[arg-type]  # withhold keeps the shape
        evidence=tuple(shut["evidence"]),  # type: ignore[arg-type]  # same
    )
    return act, disclosures


def refuse_unprotected(
    case: Case, spec: Action, act: Act, facts: Mapping[str, Any], evidence: Sequence[Mapping[str, Any]]
) -> None:
    """Refuse an act that carries in the clear what its rulebook withholds. Fault "unprotected"."""
    judge = _judge(case, spec, facts, evidence)
    for path in unprotected({"facts": act.facts, "evidence": list(act.evidence)}, judge):
        raise Fault("unprotected", "不公开事项以明文出现在待签内容中", "请重新起草。", field=".".join(path))


def hidden(value: Any) -> bool:
    """Whether anything in `value` stands behind a digest."""
    if isinstance(value, dict):
        return SD in value or any(hidden(v) for v in value.values())
    return isinstance(value, list) and any(hidden(v) for v in value)


def _judge(
    case: Case, spec: Action, facts: Mapping[str, Any], evidence: Sequence[Mapping[str, Any]]
) -> Callable[[tuple[str, ...]], bool]:
    target = case.entry(facts.get("target") or 0) if spec.rectifies else None
    return secret(spec, evidence, case.action_of(target) if target else None)
