"""Signatures of an act: by the keys that may sign it (the register's, and those the act itself enrols), and upon the
case as it stands.
"""  # noqa: D205  # one sentence

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import Defect
from .formats.act import signature_defects
from .formats.keys import PublicKey
from .rules.binding import FACT, unadopted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .formats.act import Act, SignedAct
    from .rules.case import Case, Entry
    from .rules.register import Register


def signing_keys(signed: SignedAct, register: Register) -> tuple[Defect, ...]:
    """Defects of the signatures: exactly the signers named, in order, each valid (formats.md section 2).

    A genesis is signed by the root key it names; an officer's enrolment also by the key it enrols.
    """
    keys = register.keys()
    facts = signed.act.facts
    named = {"genesis": "root", "key-enrolled": "key"}.get(signed.act.action)
    if named and signed.act.rulebook_id == "register" and named in facts:
        key = PublicKey.from_jwk(facts[named])
        keys.setdefault(key.kid, key)
    return signature_defects(signed, keys)


def unfit(case: Case, act: Act) -> Iterator[Defect]:
    """Whether what the signers had before them is this case, by its rules, and whether it must be fresh."""
    if (act.rulebook_id, act.rulebook_digest) != (case.rulebook.id, case.rulebook.digest):
        yield Defect("rulebook", "所依规则手册与本案不同", "请重新起草。", field="rulebook")
    seen = case.entry(act.seen.seq)
    if act.seen.seq > case.seq or (seen.digest if seen else None) != act.seen.head:
        yield Defect("seen", "签署人所见与本案记录不符", "请重新起草。", field="seen")
    elif case.rulebook.action(act.action).fresh and act.seen.seq != case.seq:
        message = f"起草后本案又有 {case.seq - act.seen.seq} 条新记录，此行为须在看到最新记录后签署"
        yield Defect("stale", message, "请重新起草并签署。", action=act.action, field="seen")


def withdrawn(case: Case, entry: Entry, register: Register) -> Iterator[Defect]:
    """Whether an act moves its case to a version whose adoption no longer counts."""
    action = case.rulebook.by_action.get(entry.action)
    if (
        action is not None
        and action.rebinds
        and entry.facts.get(FACT) not in register.rulebooks.get(case.rulebook.id, ())
    ):
        yield unadopted(entry)
