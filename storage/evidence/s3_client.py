"""The `minio` client as evidence needs it: writes that never replace, time limits, no silent repeats, our Faults.

Keeps: a put or the completion of a multipart upload carries `If-None-Match: *` (RFC 9110 §13.1.2), so a request that
was carried out and sent again can't store a second version. A put in one piece carries its SHA-256 too, which the store
holds against what arrives, and keeps; parts are held against the signature's digest, or against Content-MD5 under TLS.
Pinned to minio 7.2.20, whose `put_object` has no argument for the first header.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

import urllib3
from minio import Minio
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError
from urllib3.exceptions import HTTPError

from domain.formats.encoding import b64, sha256
from storage.evidence import faults
from storage.evidence.whole_answers import whole_answers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.errors import Fault

CONNECT_WITHIN = 5.0  # seconds
ANSWER_WITHIN = 120.0
CHECKSUM = "x-amz-checksum-sha256"
_CONNECTIONS = 16
_TAKEN = (409, 412)
_NO_ROOM = 507  # RFC 4918 §11.5
_FULL = {"XMinioStorageFull", "QuotaExceeded", "InsufficientStorage"}
_SKEW = timedelta(minutes=10)  # stores take signatures that are up to 15 minutes off
_ALTERED = {"BadDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch"}
_TURNS = 64


@dataclass(frozen=True, slots=True)
class S3Place:
    """Where the bucket is: `endpoint` as host:port without scheme, and who asks; `secure` is TLS."""

    endpoint: str
    bucket: str
    access_key: str
    secret_key: str = field(repr=False)
    secure: bool = True
    region: str = "us-east-1"

    def __str__(self) -> str:
        return f"{self.endpoint}/{self.bucket}"


class NameTaken(Exception):  # noqa: N818  # an answer, not an error: look at what is there
    """The store refused a write because something lies under the name already, or is just being put there."""


class WriteOnceClient(Minio):
    """A Minio client that only creates objects. Its `put_object` raises S3Error 412 (409 in a race) on a taken name.

    Within this process it completes one write per name at a time: SeaweedFS 4.48 checks the condition of a multipart
    completion first and acts on it later, so two at once would both succeed.
    """

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self._turns = tuple(Lock() for _ in range(_TURNS))

    def turn(self, name: str) -> Lock:
        """The lock to hold while something is looked at and then changed under `name`."""
        return self._turns[hash(name) % _TURNS]

    def _execute(
        self,
        method: str,
        bucket_name: str | None = None,
        object_name: str | None = None,
        body: bytes | None = None,
        headers: Any = None,
        query_params: Any = None,
        preload_content: bool = True,
        no_body_trace: bool = False,
    ) -> Any:
        query = set(query_params or {})
        creates = object_name and ((method == "PUT" and not query) or (method == "POST" and query == {"uploadId"}))
        if creates:
            headers = {**(headers or {}), "If-None-Match": "*"}
            if method == "PUT":
                headers[CHECKSUM] = b64(sha256(body or b""))
        with self.turn(object_name or "") if creates else nullcontext():
            return super()._execute(
                method,
                bucket_name=bucket_name,
                object_name=object_name,
                body=body,
                headers=headers,
                query_params=query_params,
                preload_content=preload_content,
                no_body_trace=no_body_trace,
            )


def connect(place: S3Place, connect_within: float, answer_within: float) -> WriteOnceClient:
    """A client for `place`; safe to share between threads. TLS trusts the system's certificates (SSL_CERT_FILE).

    `connect_within`, `answer_within`: seconds until a store that takes no connection, or is silent, raises.
    """
    return WriteOnceClient(
        endpoint=place.endpoint,
        access_key=place.access_key,
        secret_key=place.secret_key,
        secure=place.secure,
        region=place.region,
        http_client=whole_answers(
            maxsize=_CONNECTIONS,
            retries=False,
            timeout=urllib3.Timeout(connect=connect_within, read=answer_within),
        ),
    )


@contextmanager
def answers(place: S3Place) -> Iterator[None]:
    """Turn what the client raises into Faults: no answer and 5xx leave the outcome unknown, the rest is a refusal."""
    try:
        yield
    except HTTPError as error:
        raise faults.unreachable(str(place)) from error
    except MinioException as error:
        raise _fault(place, error) from error
    except (ParseError, UnicodeDecodeError) as error:
        raise faults.refused(str(place), "答复无法解读") from error


@contextmanager
def creating() -> Iterator[None]:
    """Raise NameTaken where the store refused a conditional write for its condition."""
    try:
        yield
    except MinioException as error:
        if _status(error) in _TAKEN:
            raise NameTaken from error
        raise


def is_missing(error: S3Error) -> bool:
    """Whether the store says that there is no such object or version."""
    return error.code in {"NoSuchKey", "NoSuchVersion"}


def _fault(place: S3Place, error: MinioException) -> Fault:
    status, where = _status(error), str(place)
    what = str(error.code) if isinstance(error, S3Error) else type(error).__name__
    if status == _NO_ROOM or what in _FULL:
        return faults.full(where, what)
    if status >= 500:  # noqa: PLR2004  # RFC 9110 §15.6
        return faults.unreachable(where, f"应答了错误（HTTP {status} {what}）")
    if what in _ALTERED:
        return faults.altered(where, what)
    ahead = _ahead(error)
    return faults.skewed(where, ahead) if abs(ahead) > _SKEW else faults.refused(where, f"HTTP {status} {what}")


def _ahead(error: MinioException) -> timedelta:
    """By how much the store's clock is ahead of ours, as far as its answer tells."""
    date = error.response.headers.get("date") if isinstance(error, S3Error) else None
    try:
        return parsedate_to_datetime(date) - datetime.now(UTC) if date else timedelta(0)
    except ValueError:
        return timedelta(0)  # it is a refusal of another kind, and told as that


def _status(error: MinioException) -> int:
    if isinstance(error, S3Error):
        return int(error.response.status)
    if isinstance(error, ServerError):
        return int(error.status_code)
    return int(error._code) if isinstance(error, InvalidResponseError) else 0  # noqa: SLF001  # no public member
