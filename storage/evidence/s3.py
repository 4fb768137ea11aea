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
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, cast

from minio.commonconfig import COMPLIANCE, ENABLED
from minio.error import S3Error
from minio.retention import Retention

from domain.errors import Fault
from domain.evidence_port import BlobState, StoredBlob
from domain.formats.encoding import b64u
from storage.evidence import faults
from storage.evidence.incoming import (
    CHUNK,
    MAX_SIZE,
    Incoming,
    SourceBroke,
    checked_end,
    checked_name,
    span,
    whole_seconds,
)
from storage.evidence.s3_client import NameTaken, S3Place, answers, connect, creating, is_missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PART = 16 << 20
_CASE = "case"
_ATTEMPTS = 3
_NOT_SENT = "存入后读回的内容与送入的不一致"
_SET_UP = "请建立启用对象锁定（object lock）和版本控制的桶，例如 mc mb --with-lock；已有的桶不能补开时请另建。"


class S3Vault:
    """An EvidenceVault in one bucket, looked at when opened; files of more than `max_size` bytes are refused.

    Faults on opening: `vault-unfit` (no such bucket, or without object lock or versioning, with what to do),
    `vault-unreachable`, `vault-refused`. Every method's contract: domain.evidence_port. `BlobState.blob` is None: S3
    wants metadata before the first byte, when the digest of a stream isn't known.
    """

    def __init__(self, place: S3Place, *, max_size: int = MAX_SIZE) -> None:
        self._place, self._max_size = place, max_size
        try:
            self._client = connect(place)
            self._check_bucket()
        except ValueError as error:
            raise faults.unfit(str(place), f"地址或桶名不符（{error}）", "请改正配置中的地址和桶名。") from error

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
        return self._look(object, self._which(object, version))

    def read(self, object: str, version: str | None, *, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Chunks of at most 1 MiB over one ranged GET, which is sent with the first chunk."""
        which = self._which(object, version)
        return self._chunks(object, which, offset, span(self._look(object, which).size, offset, length))

    def digest(self, object: str, version: str | None) -> str:
        """Fetches the whole object."""
        digest = hashlib.sha256()
        for chunk in self.read(object, version):
            digest.update(chunk)
        return b64u(digest.digest())

    def extend(self, object: str, version: str | None, retain_until: datetime) -> None:
        """Set a later end and read it back."""
        end, which = whole_seconds(retain_until), self._which(object, version)
        with self._client.turn(object):
            now = self._look(object, which).retain_until
            if now is not None and end < now:
                raise faults.shortened(now, end)
            if end != now:
                self._retain(object, which, checked_end(end))

    def hold(self, object: str, version: str | None, on: bool) -> None:
        """Set or lift the hold and read it back."""
        which = self._which(object, version)
        change = self._client.enable_object_legal_hold if on else self._client.disable_object_legal_hold
        with self._client.turn(object):
            if self._look(object, which).hold == on:
                return
            with answers(self._place):
                change(bucket_name=self._place.bucket, object_name=object, version_id=which)
            if self._look(object, which).hold != on:
                raise faults.refused(str(self._place), "冻结状态设置后读回的不一致")

    def objects(self) -> Iterator[tuple[str, str | None]]:
        """Every version in the bucket, also what a stranger has put there; delete markers are no objects."""
        return self._listed("")

    def _check_bucket(self) -> None:
        bucket, where = self._place.bucket, str(self._place)
        try:
            with answers(self._place):
                if not self._client.bucket_exists(bucket_name=bucket):
                    raise faults.unfit(where, "桶不存在", _SET_UP)
                self._client.get_object_lock_config(bucket_name=bucket)
                versioning = self._client.get_bucket_versioning(bucket_name=bucket).status
        except Fault as fault:
            if isinstance(fault.__cause__, S3Error) and fault.__cause__.code == "ObjectLockConfigurationNotFoundError":
                raise faults.unfit(where, "桶没有启用对象锁定", _SET_UP) from fault
            raise
        if versioning != ENABLED:
            raise faults.unfit(where, "桶没有启用版本控制", _SET_UP)

    def _stored(self, object: str, incoming: Incoming, end: datetime, case: str) -> StoredBlob:
        mine = None if self._first(object) else self._upload(object, incoming, end, case)
        incoming.drain()
        # Whoever lies there first has the name: also where a store let two writers through at the same moment.
        version = self._first(object)
        if version is None:
            raise faults.unreachable(str(self._place))
        state = self._look(object, version)
        if (state.size, state.case) != (incoming.size, case) or self.digest(object, version) != incoming.blob:
            raise faults.damaged(object, _NOT_SENT) if version == mine else faults.taken(object)
        if state.retain_until is None or state.retain_until < end:
            with self._client.turn(object):
                self._retain(object, version, end)
        return incoming.stored(object, version)

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
                    metadata={_CASE: case},
                    retention=Retention(COMPLIANCE, end),
                )
        except NameTaken:
            return None
        if not result.version_id:
            raise faults.unfit(str(self._place), "存入后没有给出版本号", _SET_UP)
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
            now = self._look(object, version).retain_until
            if now == end:
                return
            if now is not None and now > end:
                raise faults.shortened(now, end) from refusal
        raise refusal or faults.refused(str(self._place), "保管期限设置后读回的不一致")

    def _which(self, object: str, version: str | None) -> str:
        """`version`, or the one stored first, whatever was put over it since. Faults `object-name`, `blob-missing`."""
        checked_name(object)
        found = version or self._first(object)
        if found is None:
            raise faults.missing(object, version)
        return found

    def _look(self, object: str, version: str) -> BlobState:
        """The state of one version, by HEAD. Retention that isn't COMPLIANCE counts as none."""
        with answers(self._place):
            try:
                found = self._client.stat_object(bucket_name=self._place.bucket, object_name=object, version_id=version)
            except S3Error as error:
                if is_missing(error):
                    raise faults.missing(object, version) from error
                raise
        head = cast("Mapping[str, str]", found.metadata)
        until = head.get("x-amz-object-lock-retain-until-date")
        locked = head.get("x-amz-object-lock-mode") == COMPLIANCE and until
        return BlobState(
            size=found.size or 0,
            version=found.version_id,
            retain_until=datetime.fromisoformat(until).astimezone(UTC) if locked and until else None,
            hold=head.get("x-amz-object-lock-legal-hold") == "ON",
            blob=None,
            case=head.get(f"x-amz-meta-{_CASE}"),
        )

    def _chunks(self, object: str, version: str, offset: int, length: int) -> Iterator[bytes]:
        if length == 0:  # the client takes 0 for "to the end"
            return
        with answers(self._place):
            response = self._client.get_object(
                bucket_name=self._place.bucket, object_name=object, version_id=version, offset=offset, length=length
            )
            try:
                for chunk in response.stream(CHUNK, decode_content=False):
                    length -= len(chunk)
                    yield chunk
            finally:
                response.close()
                response.release_conn()
        if length:
            raise faults.damaged(object, "读到的字节数与所报大小不一致")

    def _first(self, object: str) -> str | None:
        """The version stored first under just this name, also one that a delete marker hides from `If-None-Match`."""
        versions = [version for name, version in self._listed(object) if name == object]
        return versions[-1] if versions else None  # S3 lists the newest first (ListObjectVersions)

    def _listed(self, prefix: str) -> Iterator[tuple[str, str | None]]:
        with answers(self._place):
            for found in self._client.list_objects(
                bucket_name=self._place.bucket, prefix=prefix, recursive=True, include_version=True
            ):
                if not found.is_delete_marker:
                    yield found.object_name or "", found.version_id
