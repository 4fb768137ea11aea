"""The port of key-encryption keys: what wraps the secrets of cases, and nothing else."""

from __future__ import annotations

from typing import Protocol


class KeyEncryption(Protocol):
    """One key that encrypts small secrets. What it wraps is bound to a context and opens under no other.

    Nothing is asked of a token or a server before the first `wrap` or `unwrap`. Both may raise Fault `key-missing` (no
    such key there), `key-unfit` (it can't be used for this), `key-locked` (PIN refused, token or server sealed),
    `key-unreachable`, `key-refused`, `key-credentials` (the environment lacks the PIN or token), `key-extra` (a Python
    package is missing); no message holds a secret. Safe in threads.
    """

    @property
    def id(self) -> str:
        """Which key this is: stands beside everything that it wrapped, never changes, and is no secret."""
        ...

    def wrap(self, data: bytes, context: bytes) -> bytes:
        """`data` enciphered and bound to `context`; different each time."""
        ...

    def unwrap(self, data: bytes, context: bytes) -> bytes:
        """What was wrapped with the same context. Fault `key-wrong`: another key or context, or altered."""
        ...

    def close(self) -> None:
        """Give up what is held open; nothing may be asked afterwards."""
        ...
