"""Signatures of an act against the keys that may sign it: those of the register, and those the act itself enrols."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .formats.act import signature_defects
from .formats.keys import PublicKey

if TYPE_CHECKING:
    from .errors import Defect
    from .formats.act import SignedAct
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
