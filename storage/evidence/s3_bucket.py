"""One bucket with object lock, as the vault and the sweep see it: opened and looked at, listed, looked into, read."""
# ruff: noqa: A002  # `object` is the port's word

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from minio.commonconfig import COMPLIANCE, ENABLED
from minio.error import S3Error

from domain.errors import Fault
from domain.evidence_port import BlobState
from storage.evidence import faults
from storage.evidence.incoming import CHUNK, checked_name
from storage.evidence.s3_client import CHECKSUM, S3Place, answers, connect, is_missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CASE = "case"
SET_UP = "请建立启用对象锁定（object lock）和版本控制的桶，例如 mc mb --with-lock；已有的桶不能补开时请另建。"


# SHA-256 in base64; that of an object in parts is a digest of digests ("…=-3"), which says nothing here.
_WHOLE = re.compile(r"([A-Za-z0-9+/]{43})=")
_URL_SAFE = str.maketrans("+/", "-_")


@dataclass(frozen=True, slots=True)
class Look:
    """What the store says of one version, and when: `at` is the store's own clock, None if it doesn't say.

    `locked_until` is the end of any retention, also one that isn't COMPLIANCE and that `state` doesn't count.
    """

    state: BlobState
    locked_until: datetime | None
    at: datetime | None


class Bucket:
    """A bucket of `place`, looked at when opened. Faults `vault-unfit`, `vault-unreachable`, `vault-refused`.

    `connect_within` and `answer_within`: seconds until a silent store counts as unreachable.
    """

    def __init__(self, place: S3Place, *, connect_within: float, answer_within: float) -> None:
        self.place = place
        try:
            self.client = connect(place, connect_within, answer_within)
            self._check()
        except ValueError as error:
            raise faults.unfit(str(place), f"地址或桶名不符（{error}）", "请改正配置中的地址和桶名。") from error

    def which(self, object: str, version: str | None) -> str:
        """`version`, or the one stored first, whatever was put over it since. Faults `object-name`, `blob-missing`."""
        checked_name(object)
        found = version or self.first(object)
        if found is None:
            raise faults.missing(object, version)
        return found

    def first(self, object: str) -> str | None:
        """The version stored first under just this name, also one that a delete marker hides from `If-None-Match`."""
        versions = [version for name, version in self.listed(object) if name == object]
        return versions[-1] if versions else None  # S3 lists the newest first (ListObjectVersions)

    def listed(self, prefix: str) -> Iterator[tuple[str, str | None]]:
        """Every version whose name begins so; delete markers are no objects."""
        with answers(self.place):
            for found in self.client.list_objects(
                bucket_name=self.place.bucket, prefix=prefix, recursive=True, include_version=True
            ):
                if not found.is_delete_marker:
                    yield found.object_name or "", found.version_id

    def state(self, object: str, version: str) -> BlobState:
        """The state of one version, by HEAD. Retention that isn't COMPLIANCE counts as none. Fault `blob-missing`."""
        return self.look(object, version).state

    def look(self, object: str, version: str) -> Look:
        """The same with the store's clock. A checksum is the store's own, of an object that came in one piece."""
        with answers(self.place):
            try:
                found = self.client.stat_object(
                    bucket_name=self.place.bucket,
                    object_name=object,
                    version_id=version,
                    extra_headers={"x-amz-checksum-mode": "ENABLED"},
                )
            except S3Error as error:
                if is_missing(error):
                    raise faults.missing(object, version) from error
                raise
        head: Mapping[str, str] = found.metadata or {}
        try:
            text = head.get("x-amz-object-lock-retain-until-date")
            until = datetime.fromisoformat(text).astimezone(UTC) if text else None
            at = parsedate_to_datetime(head["date"]) if "date" in head else None
        except ValueError as error:
            raise faults.refused(str(self.place), "答复中的时间无法解读") from error
        noted = _WHOLE.fullmatch(head.get(CHECKSUM, ""))
        state = BlobState(
            size=found.size or 0,
            version=found.version_id,
            retain_until=until if head.get("x-amz-object-lock-mode") == COMPLIANCE else None,
            hold=head.get("x-amz-object-lock-legal-hold") == "ON",
            blob=noted[1].translate(_URL_SAFE) if noted else None,
            case=head.get(f"x-amz-meta-{CASE}"),
        )
        return Look(state, until, at)

    def chunks(self, object: str, version: str, offset: int, length: int) -> Iterator[bytes]:
        """`length` bytes from `offset` in chunks of at most 1 MiB, over one ranged GET, sent with the first chunk."""
        if length == 0:  # the client takes 0 for "to the end"
            return
        with answers(self.place):
            response = self.client.get_object(
                bucket_name=self.place.bucket, object_name=object, version_id=version, offset=offset, length=length
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

    def _check(self) -> None:
        bucket, where = self.place.bucket, str(self.place)
        try:
            with answers(self.place):
                if not self.client.bucket_exists(bucket_name=bucket):
                    raise faults.unfit(where, "桶不存在", SET_UP)
                self.client.get_object_lock_config(bucket_name=bucket)
                versioning = self.client.get_bucket_versioning(bucket_name=bucket).status
        except Fault as fault:
            if isinstance(fault.__cause__, S3Error) and fault.__cause__.code == "ObjectLockConfigurationNotFoundError":
                raise faults.unfit(where, "桶没有启用对象锁定", SET_UP) from fault
            raise
        if versioning != ENABLED:
            raise faults.unfit(where, "桶没有启用版本控制", SET_UP)
