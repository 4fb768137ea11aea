"""Evidence in a bucket with object lock: MinIO AIStor, SeaweedFS, RustFS, Ceph, whatever passes the contract suite.

Keeps: an object is created once (`If-None-Match: *`), with an explicit COMPLIANCE retention in the same request; after
that its size, retention and every byte are read back per version before anything is answered. A stream of unknown
length goes up in 16 MiB parts, one after the other; a part upload that fails is aborted, and nothing becomes visible.

Leaves: what the store does with expired versions, its disks and clocks, and uploads cut off by a killed process (the
bucket's lifecycle rule AbortIncompleteMultipartUpload; they hold no visible object).
"""
# ruff: noqa: A002  # `object` is the port's word

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, BinaryIO, cast

from minio.commonconfig import COMPLIANCE
from minio.retention import Retention

from domain.errors import Fault
from domain.formats.encoding import b64u
from storage.evidence import faults
from storage.evidence.incoming import (
    MAX_SIZE,
    Incoming,
    SourceBroke,
    checked_end,
    checked_name,
    span,
    whole_seconds,
)
from storage.evidence.s3_bucket import CASE, SET_UP, Bucket
from storage.evidence.s3_client import ANSWER_WITHIN, CONNECT_WITHIN, NameTaken, S3Place, answers, creating

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from domain.evidence_port import BlobState, StoredBlob

_PART = 16 << 20
_ATTEMPTS = 3
_NOT_SENT = "存入后读回的内容与送入的不一致"


class S3Vault:
    """An EvidenceVault in one bucket, looked at when opened; files of more than `max_size` bytes are refused.

    `connect_within` and `answer_within`: seconds until a store that says nothing counts as unreachable. Faults on
    opening: `vault-unfit` (no such bucket, or without object lock or versioning, with what to do), `vault-unreachable`,
    `vault-refused`. Every method's contract: domain.evidence_port. `BlobState.blob` is the store's own checksum: None
    for a file in parts, since S3 wants metadata before the first byte, when the digest of a stream isn't known.
    """

    def __init__(
        self,
        place: S3Place,
        *,
        max_size: int = MAX_SIZE,
        connect_within: float = CONNECT_WITHIN,
        answer_within: float = ANSWER_WITHIN,
    ) -> None:
        self._place, self._max_size = place, max_size
        self._bucket = Bucket(place, connect_within=connect_within, answer_within=answer_within)
        self._client = self._bucket.client

    def put(
        self, object: str, source: BinaryIO, *, length: int | None, retain_until: datetime, case: str
    ) -> StoredBlob:
        """Store once; a name that is taken is answered by what lies there, after re-reading it."""
        checked_name(object)
        checked_name(case, "case")
        end = checked_end(retain_until)
        incoming = Incoming(source, length=length, limit=self._max_size)
        try:
            with answers(self._place):
                return self._stored(object, incoming, end, case)
        except SourceBroke as broke:
            raise broke.cause from None

    def stat(self, object: str, version: str | None) -> BlobState:
        """One HEAD request; without `version`, of the version that was stored first."""
        return self._bucket.state(object, self._bucket.which(object, version))

    def read(self, object: str, version: str | None, *, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Chunks of at most 1 MiB over one ranged GET, which is sent with the first chunk."""
        which = self._bucket.which(object, version)
        return self._bucket.chunks(object, which, offset, span(self._bucket.state(object, which).size, offset, length))

    def digest(self, object: str, version: str | None) -> str:
        """Fetches the whole object."""
        which = self._bucket.which(object, version)
        return self._reread(object, which, self._bucket.state(object, which).size)

    def extend(self, object: str, version: str | None, retain_until: datetime) -> None:
        """Set a later end and read it back."""
        end, which = whole_seconds(retain_until), self._bucket.which(object, version)
        with self._client.turn(object):
            now = self._bucket.state(object, which).retain_until
            if now is not None and end < now:
                raise faults.shortened(now, end)
            if end != now:
                self._retain(object, which, checked_end(end))

    def hold(self, object: str, version: str | None, on: bool) -> None:
        """Set or lift the hold and read it back."""
        which = self._bucket.which(object, version)
        change = self._client.enable_object_legal_hold if on else self._client.disable_object_legal_hold
        with self._client.turn(object):
            if self._bucket.state(object, which).hold == on:
                return
            with answers(self._place):
                change(bucket_name=self._place.bucket, object_name=object, version_id=which)
            if self._bucket.state(object, which).hold != on:
                raise faults.refused(str(self._place), "冻结状态设置后读回的不一致")

    def objects(self) -> Iterator[tuple[str, str | None]]:
        """Every version in the bucket, also what a stranger has put there; delete markers are no objects."""
        return self._bucket.listed("")

    def _stored(self, object: str, incoming: Incoming, end: datetime, case: str) -> StoredBlob:
        mine = None if self._bucket.first(object) else self._upload(object, incoming, end, case)
        incoming.drain()
        # Whoever lies there first has the name: also where a store let two writers through at the same moment.
        version = self._bucket.first(object)
        if version is None:
            raise faults.unreachable(str(self._place))
        state = self._bucket.state(object, version)
        said = (state.size, state.case, state.blob or incoming.blob)
        if said != (incoming.size, case, incoming.blob) or self._reread(object, version, state.size) != incoming.blob:
            raise faults.damaged(object, _NOT_SENT) if version == mine else faults.taken(object)
        if state.retain_until is None or state.retain_until < end:
            with self._client.turn(object):
                self._retain(object, version, end)
        return incoming.stored(object, version)

    def _reread(self, object: str, version: str, size: int) -> str:
        digest = hashlib.sha256()
        for chunk in self._bucket.chunks(object, version, 0, size):
            digest.update(chunk)
        return b64u(digest.digest())

    def _upload(self, object: str, incoming: Incoming, end: datetime, case: str) -> str | None:
        """The version id of what was created, None if the name is taken by now."""
        # Length -1 always: a declared one makes the client stop there, and a longer stream would be cut off in silence.
        try:
            with creating():
                result = self._client.put_object(
                    bucket_name=self._place.bucket,
                    object_name=object,
                    data=cast("BinaryIO", incoming),
                    length=-1,
                    part_size=_PART,
                    num_parallel_uploads=1,
                    metadata={CASE: case},
                    retention=Retention(COMPLIANCE, end),
                )
        except NameTaken:
            return None
        if not result.version_id:
            raise faults.unfit(str(self._place), "存入后没有给出版本号", SET_UP)
        return result.version_id

    def _retain(self, object: str, version: str, end: datetime) -> None:
        """Set and read back; again if another process set an earlier end meanwhile and the store let it."""
        refusal: Fault | None = None
        for _ in range(_ATTEMPTS):
            try:
                with answers(self._place):
                    self._client.set_object_retention(
                        bucket_name=self._place.bucket,
                        object_name=object,
                        config=Retention(COMPLIANCE, end),
                        version_id=version,
                    )
            except Fault as fault:
                refusal = fault
            now = self._bucket.state(object, version).retain_until
            if now == end:
                return
            if now is not None and now > end:
                raise faults.shortened(now, end) from refusal
        raise refusal or faults.refused(str(self._place), "保管期限设置后读回的不一致")
