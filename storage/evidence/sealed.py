"""Evidence enciphered at rest: a vault around another vault, with one key per object from the secret of its case.

    object as stored    C2SP chunked encryption, Cobblestone-256 (storage.evidence.chunked), no header of ours
    key                 `anjuan.key/1 blob <case> <object>` from the case's secret (storage.case_keys)
    context             `anjuan.blob/1 <case> <object>` in ASCII

Keeps: the inner vault gets no octet in clear; one pass in bounded memory hashes the plaintext, enciphers it, and lets
the inner vault hash the ciphertext; no octet is given that wasn't authenticated for just this case and object; auditing
(`digest`, `stat`, `objects`), retention and holds need no key. An object whose case's secret was destroyed can't be
read, nor anything stored for that case.
Leaves: where the bytes lie and how long (the inner vault). The length of a file shows in the length of its ciphertext.
"""
# ruff: noqa: A002  # `object` is the port's word

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO, cast

from cryptography.cobblestone import Cobblestone256Encryptor

from domain.errors import Fault
from storage.case_keys import derived
from storage.evidence import faults
from storage.evidence.chunked import Opened, Unauthentic
from storage.evidence.incoming import CHUNK, MAX_SIZE, Incoming, SourceBroke, checked_end, checked_name, span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from domain.evidence_port import BlobState, EvidenceVault, StoredBlob
    from storage.case_keys import CaseKeys


class SealedVault:
    """An EvidenceVault that enciphers what `inner` stores; files of more than `max_size` bytes are refused.

    `inner` must take a little more (`chunked.stored_length`). Every method's contract: domain.evidence_port; `read` may
    raise the Faults of `keys` too.
    """

    def __init__(self, inner: EvidenceVault, keys: CaseKeys, *, max_size: int = MAX_SIZE) -> None:
        self._inner, self._keys, self._max_size = inner, keys, max_size

    def put(
        self, object: str, source: BinaryIO, *, length: int | None, retain_until: datetime, case: str
    ) -> StoredBlob:
        """Encipher and store once; under a name that is taken, what lies there is opened and compared."""
        checked_name(object)
        checked_name(case, "case")
        end = checked_end(retain_until)
        incoming = Incoming(source, length=length, limit=self._max_size)
        secret = self._keys.secret(case, make=True)
        if secret is None:
            raise _destroyed(case)
        sealing = cast("BinaryIO", _Sealing(incoming, *_keyed(secret, case, object)))
        try:
            try:
                stored = self._inner.put(object, sealing, length=None, retain_until=end, case=case)
            except Fault as fault:
                if fault.code != "blob-exists":
                    raise
                return self._same(object, incoming, end, case)
        except SourceBroke as broke:
            raise broke.cause from None
        return replace(stored, sha256=incoming.sha256, length=incoming.size)

    def stat(self, object: str, version: str | None) -> BlobState:
        """Of the ciphertext."""
        return self._inner.stat(object, version)

    def read(self, object: str, version: str | None, *, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Chunks of at most 1 MiB; `blob-damaged` is raised by the call where key, case or length don't fit."""
        return self._opened(object, self._inner.stat(object, version), offset, length)

    def digest(self, object: str, version: str | None) -> str:
        """Of the ciphertext."""
        return self._inner.digest(object, version)

    def extend(self, object: str, version: str | None, retain_until: datetime) -> None:
        """As the inner vault does."""
        self._inner.extend(object, version, retain_until)

    def hold(self, object: str, version: str | None, on: bool) -> None:
        """As the inner vault does."""
        self._inner.hold(object, version, on)

    def objects(self) -> Iterator[tuple[str, str | None]]:
        """As the inner vault does."""
        return self._inner.objects()

    def _opened(self, object: str, state: BlobState, offset: int, length: int | None) -> Iterator[bytes]:
        span(0, offset, length)  # negative numbers, before anything is fetched
        if state.case is None:
            raise faults.damaged(object, "没有记下所属的案件")
        secret = self._keys.needed(state.case)
        if secret is None:
            raise _destroyed(state.case)

        def fetch(at: int, count: int) -> Iterator[bytes]:
            return self._inner.read(object, state.version, offset=at, length=count)

        try:
            opened = Opened(fetch, state.size, *_keyed(secret, state.case, object))
        except Unauthentic as error:
            raise faults.damaged(object, str(error)) from error
        return _told(object, opened.read(offset, span(opened.length, offset, length)))

    def _same(self, object: str, incoming: Incoming, end: datetime, case: str) -> StoredBlob:
        """The answer for what lies there, if it is the same plaintext for the same case. Fault `blob-exists`."""
        incoming.drain()
        state = self._inner.stat(object, None)
        if state.case != case:
            raise faults.taken(object)
        plain = hashlib.sha256()
        for chunk in self._opened(object, state, 0, None):
            plain.update(chunk)
        if plain.hexdigest() != incoming.sha256:
            raise faults.taken(object)
        blob = self._inner.digest(object, state.version)
        if state.blob not in (None, blob):
            raise faults.damaged(object, "内容与存入时记下的摘要不一致")
        if state.retain_until is None or state.retain_until < end:
            self._lengthen(object, state.version, end)
        return replace(incoming.stored(object, state.version), blob=blob, size=state.size)

    def _lengthen(self, object: str, version: str | None, end: datetime) -> None:
        try:
            self._inner.extend(object, version, end)
        except Fault as fault:
            if fault.code != "retention-shortened":  # another call asked for more meanwhile
                raise


class _Sealing:
    """What `incoming` gives, enciphered, as a source for the inner vault."""

    def __init__(self, incoming: Incoming, key: bytes, context: bytes) -> None:
        self._incoming, self._encryptor = incoming, Cobblestone256Encryptor(key, context)
        self._rest, self._ended = memoryview(b""), False

    def read(self, size: int) -> bytes:
        """At most `size` bytes, none only at the end."""
        while not self._rest and not self._ended:
            plain = self._incoming.read(CHUNK)
            made = self._encryptor.update(plain)
            if len(plain) < CHUNK:
                made += self._encryptor.finalize()
                self._ended = True
            self._rest = memoryview(made)
        given = bytes(self._rest[:size])
        self._rest = self._rest[size:]
        return given


def _keyed(secret: bytes, case: str, object: str) -> tuple[bytes, bytes]:
    """Key and context of an object."""
    return derived(secret, "blob", case, object), f"anjuan.blob/1 {case} {object}".encode("ascii")


def _told(object: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from chunks
    except Unauthentic as error:
        raise faults.damaged(object, str(error)) from error


def _destroyed(case: str) -> Fault:
    return Fault(
        "content-destroyed",
        f"案件 {case} 的内容密钥已依法销毁，证据内容不能再读取或存入。",
        "记录、签名和摘要仍可核验；销毁的依据见档案库登记中的销毁记录。",
    )
