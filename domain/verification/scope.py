"""How much is asked of a verification: everything, digests alone, or a sample of the cases; a report says which.

Keeps: what was not asked for is NOT_JUDGED, never PASSED; the same seed over the same cases draws the same sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import Fault
from ..formats.encoding import sha256

if TYPE_CHECKING:
    from collections.abc import Collection

SEED_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Scope:
    """`hash_only`: digests and chains, no signature and no rule. `sample`: so many cases, drawn by `seed`; None: all.

    Fault "scope" on a sample of no case, or without a seed.
    """

    hash_only: bool = False
    sample: int | None = None
    seed: str = ""

    def __post_init__(self) -> None:
        if self.sample is None:
            return
        if self.sample < 1:
            raise Fault("scope", "抽样数应不小于 1。", field="sample")
        if not self.seed or len(self.seed) > SEED_CHARACTERS or not self.seed.isprintable():
            raise Fault("scope", f"抽样须写明种子（不超过 {SEED_CHARACTERS} 个可显示字符）。", field="seed")

    def drawn(self, cases: Collection[str]) -> tuple[str, ...]:
        """The cases to judge, in their order: those whose digests with the seed are the lowest."""
        if self.sample is None or self.sample >= len(cases):
            return tuple(cases)
        ranked = sorted(cases, key=lambda case: sha256(f"{self.seed}\n{case}".encode()))
        chosen = set(ranked[: self.sample])
        return tuple(case for case in cases if case in chosen)


EVERYTHING = Scope()
