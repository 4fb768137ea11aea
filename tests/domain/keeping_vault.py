"""Vaults that don't do as they are told: one that says yes and does nothing, one that is away for a while."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from domain.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.evidence_port import BlobState, EvidenceVault


class Lying:
    """A real vault whose `stat` is told otherwise by `tale`, and which forgets what it is told to `drop`."""

    def __init__(self, vault: EvidenceVault, tale: Callable[[BlobState], BlobState] | None = None, *drop: str) -> None:
        self._vault, self._tale, self._drop = vault, tale, drop
        self.lies = False

    def stat(self, object: str, version: str | None) -> BlobState:  # noqa: A002  # the port's word
        """As the vault, or as the tale has it."""
        state = self._vault.stat(object, version)
        return self._tale(state) if self._tale and self.lies else state

    def __getattr__(self, name: str) -> Any:
        if name in self._drop and self.lies:
            return lambda *_: None
        return getattr(self._vault, name)


class Away:
    """A real vault that answers nothing more after `left` calls that change something."""

    def __init__(self, vault: EvidenceVault, left: int) -> None:
        self._vault, self.left = vault, left

    def __getattr__(self, name: str) -> Any:
        if name not in ("extend", "hold"):
            return getattr(self._vault, name)
        if self.left <= 0:
            raise Fault("vault-unreachable", "存证库没有应答", "请稍后再试。")
        self.left -= 1
        return getattr(self._vault, name)


def shorter(state: BlobState) -> BlobState:
    """Cut off."""
    return replace(state, size=state.size - 1)


def other_version(state: BlobState) -> BlobState:
    """Another version than the one that was stored."""
    return replace(state, version="another")


def unlocked(state: BlobState) -> BlobState:
    """Without retention."""
    return replace(state, retain_until=None)
