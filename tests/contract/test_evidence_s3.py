"""The S3 vault against whoever holds the store's keys, and against the network between them."""

from __future__ import annotations

import io
import json
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import urllib3
from minio.commonconfig import COMPLIANCE, GOVERNANCE
from minio.deleteobjects import DeleteObject
from minio.error import MinioException
from minio.retention import Retention

from domain.errors import Fault
from domain.formats.encoding import digest
from storage.evidence.s3 import S3Vault
from tests.contract.conftest import CASE, Bench, ahead, in_bucket, new_name
from tests.contract.streaming import killed_put
from tests.contract.test_evidence_vault import PART, SMALL, Broken, content, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from minio import Minio

    from tests.contract.lossy import Lossy
    from tests.contract.seaweed import Seaweed
    from tests.contract.servers import S3Server

LARGE = content(2 * PART + 5, seed=7)
BYPASS = {"x-amz-bypass-governance-retention": "true"}
NO_RETENTION = b'<Retention xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></Retention>'


@pytest.fixture
def far(server: S3Server, lossy: Lossy) -> Bench:
    """The same bucket as `bucket`, behind the bad network."""
    return Bench("s3", lambda **how: S3Vault(server.place(endpoint=lossy.endpoint), **how), {})


# Against the holder of the keys: the answer's code differs from store to store, so only what is left counts.

ATTACKS: dict[str, Callable[[Minio, str, str, str], object]] = {
    "delete": lambda c, b, name, version: c.remove_object(bucket_name=b, object_name=name, version_id=version),
    "delete past governance": lambda c, b, name, version: c._execute(
        "DELETE", b, name, headers=dict(BYPASS), query_params={"versionId": version}
    ),
    "delete in bulk": lambda c, b, name, version: list(
        c.remove_objects(bucket_name=b, delete_object_list=[DeleteObject(name, version)], bypass_governance_mode=True)
    ),
    "delete without version": lambda c, b, name, _: c.remove_object(bucket_name=b, object_name=name),
    "delete the bucket": lambda c, b, *_: c.remove_bucket(bucket_name=b),
    "put over it": lambda c, b, name, _: c.put_object(
        bucket_name=b, object_name=name, data=io.BytesIO(b"forged"), length=6
    ),
    "append to it": lambda c, b, name, _: c.append_object(
        bucket_name=b, object_name=name, data=io.BytesIO(b"forged"), length=6
    ),
    "shorten retention": lambda c, b, name, version: c.set_object_retention(
        bucket_name=b, object_name=name, version_id=version, config=Retention(COMPLIANCE, ahead(minutes=1))
    ),
    "weaken retention": lambda c, b, name, version: c.set_object_retention(
        bucket_name=b, object_name=name, version_id=version, config=Retention(GOVERNANCE, ahead(days=9))
    ),
    "clear retention": lambda c, b, name, version: c._execute(
        "PUT", b, name, NO_RETENTION, dict(BYPASS), {"retention": "", "versionId": version}
    ),
}


@pytest.mark.parametrize("user", ["app", "admin"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_after_an_attack_the_version_is_readable_and_kept(
    server: S3Server, bucket: Bench, user: str, attack: str
) -> None:
    name, until = new_name(), ahead(days=5)
    version = bucket.put(SMALL, name, until=until).version
    assert version is not None
    with suppress(MinioException):
        ATTACKS[attack](server.client(user), server.bucket, name, version)
    for which in (version, None):
        assert b"".join(bucket.vault.read(name, which)) == SMALL
        assert bucket.vault.stat(name, which).retain_until == until
    assert (name, version) in set(bucket.vault.objects())


@pytest.mark.parametrize("user", ["app", "admin"])
def test_a_hold_outlives_a_delete(server: S3Server, bucket: Bench, user: str) -> None:
    name = new_name()
    version = bucket.put(SMALL, name).version
    bucket.vault.hold(name, version, on=True)
    with suppress(MinioException):
        ATTACKS["delete"](server.client(user), server.bucket, name, version or "")
    assert bucket.vault.stat(name, version).hold
    assert bucket.vault.digest(name, version) == digest(SMALL)


@pytest.mark.parametrize("attack", ["delete without version", "put over it"])
def test_a_name_that_was_covered_up_is_still_taken(server: S3Server, bucket: Bench, attack: str) -> None:
    name = new_name()
    first = bucket.put(SMALL, name)
    ATTACKS[attack](server.client("admin"), server.bucket, name, first.version or "")
    before = server.versions(name)
    assert bucket.put(SMALL, name) == first
    refused("blob-exists", lambda: bucket.put(b"forged", name))
    assert server.versions(name) == before


@pytest.mark.parametrize("data", [SMALL, LARGE])
def test_who_was_first_has_the_name_also_where_the_store_lets_a_second_through(
    server: S3Server, bucket: Bench, data: bytes
) -> None:
    """While one writer's bytes still come, another stores its own; a delete marker hides them from the condition."""
    name, admin = new_name(), server.client("admin")

    class Overtaken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if not server.versions(name):
                bucket.put(b"first", name)
                admin.remove_object(bucket_name=server.bucket, object_name=name)
            return super().read(size)

    refused("blob-exists", lambda: bucket.put(Overtaken(data), name))
    assert len(server.versions(name)) == 2
    refused("blob-exists", lambda: bucket.put(data, name))
    assert bucket.put(b"first", name).blob == bucket.vault.digest(name, None) == digest(b"first")


def test_the_servers_other_port_does_not_lead_around_the_lock(seaweed: Seaweed) -> None:
    """SeaweedFS alone has one."""
    bucket, name = in_bucket(seaweed), new_name()
    version = bucket.put(SMALL, name).version
    with urllib3.PoolManager(retries=False) as http:
        for path in (name, f"{name}.versions", f"{name}.versions/v_{version}"):
            for method in ("DELETE", "PUT"):
                url = f"http://{seaweed.filer}/buckets/{seaweed.bucket}/{path}?recursive=true"
                assert http.request(method, url, body=b"forged" if method == "PUT" else None).status == 401
    assert bucket.vault.digest(name, version) == digest(SMALL)


@pytest.mark.parametrize("data", [SMALL, LARGE])
def test_the_lock_is_compliance_also_for_files_in_parts(server: S3Server, bucket: Bench, data: bytes) -> None:
    name, until = new_name(), ahead(days=5)
    version = bucket.put(data, name, until=until).version
    found = server.client("admin").get_object_retention(bucket_name=server.bucket, object_name=name, version_id=version)
    assert found is not None
    assert (found.mode, found.retain_until_date) == (COMPLIANCE, until)


def test_a_retention_that_the_store_lost_is_set_by_repeating(server: S3Server, bucket: Bench) -> None:
    name, until = new_name(), ahead(days=5)
    server.client("admin").put_object(
        bucket_name=server.bucket, object_name=name, data=io.BytesIO(SMALL), length=len(SMALL), metadata={"case": CASE}
    )
    assert bucket.vault.stat(name, None).retain_until is None
    bucket.put(SMALL, name, until=until)
    assert bucket.vault.stat(name, None).retain_until == until


def test_governance_does_not_count_as_retention(server: S3Server, bucket: Bench) -> None:
    name = new_name()
    server.client("admin").put_object(
        bucket_name=server.bucket,
        object_name=name,
        data=io.BytesIO(SMALL),
        length=len(SMALL),
        retention=Retention(GOVERNANCE, ahead(days=5)),
    )
    assert bucket.vault.stat(name, None).retain_until is None


# Opening


@pytest.mark.parametrize(("kind", "says"), [("plain", "对象锁定"), ("absent", "桶不存在"), ("x", "桶名")])
def test_a_bucket_that_cannot_keep_evidence_is_refused_with_what_to_do(server: S3Server, kind: str, says: str) -> None:
    if kind == "plain":
        with suppress(MinioException):  # from an earlier run
            server.client("admin").make_bucket(bucket_name=kind)
    fault = refused("vault-unfit", lambda: S3Vault(server.place(kind, user="admin")))
    assert says in fault.defects[0].message
    assert fault.defects[0].remedy


def test_wrong_keys_are_refused_without_showing_them(server: S3Server) -> None:
    wrong = "an-open-secret"
    place = replace(server.place(), secret_key=wrong)
    fault = refused("vault-refused", lambda: S3Vault(place))
    shown = f"{place!r} {place} {json.dumps(fault.defects[0].as_json())} {fault.__cause__!r}"
    assert wrong not in shown


# The network


def test_a_store_that_is_down_is_unreachable(server: S3Server, lossy: Lossy, far: Bench) -> None:
    stored = far.put(SMALL)
    name, vault = stored.object, far.vault
    lossy.close()
    calls: list[Callable[[], object]] = [
        lambda: far.put(SMALL),
        lambda: vault.stat(name, stored.version),
        lambda: vault.read(name, stored.version),
        lambda: vault.digest(name, stored.version),
        lambda: vault.extend(name, stored.version, ahead(days=9)),
        lambda: vault.hold(name, stored.version, on=True),
        lambda: list(vault.objects()),
        far.reopen,
    ]
    for call in calls:
        assert refused("vault-unreachable", call).defects[0].remedy


@pytest.mark.parametrize("data", [SMALL, LARGE])
def test_a_lost_reply_is_healed_by_repeating(server: S3Server, lossy: Lossy, far: Bench, data: bytes) -> None:
    name = new_name()
    ends = b"uploadId=" if data is LARGE else b"PUT "
    method = b"POST" if data is LARGE else b"PUT"
    lossy.strike("after", lambda piece: piece.startswith(method) and ends in piece and name.encode() in piece)
    until = ahead(days=5)
    refused("vault-unreachable", lambda: far.put(data, name, until=until))
    assert lossy.struck == 1
    kept = server.versions(name)
    assert len(kept) == 1  # the store had carried it out, retention included
    assert far.vault.stat(name, kept[0]).retain_until == until
    stored = far.put(data, name)
    assert (stored.version, stored.blob) == (kept[0], digest(data))
    assert server.versions(name) == kept


@pytest.mark.parametrize("before", [b"." * 5000, bytes(PART)])
def test_bytes_altered_on_the_way_are_noticed(lossy: Lossy, far: Bench, before: bytes) -> None:
    name, data = new_name(), before + b"ORIGINAL" + b"." * 5000
    lossy.alter = lambda piece: piece.replace(b"ORIGINAL", b"ORLGINAL")
    with pytest.raises(Fault) as caught:
        far.put(data, name)
    # Who checks what arrives refuses it; where wrong bytes were taken, reading them back shows it.
    assert caught.value.code == ("blob-damaged" if far.lies_there(name) else "vault-refused")
    lossy.alter = lambda piece: piece
    assert far.put(data, name if not far.lies_there(name) else new_name()).blob == digest(data)


def test_the_checksum_that_the_store_keeps_is_told_for_a_file_in_one_piece(bucket: Bench) -> None:
    small, large = bucket.put(SMALL), bucket.put(LARGE)
    assert bucket.vault.stat(small.object, small.version).blob == digest(SMALL)
    assert bucket.vault.stat(large.object, large.version).blob is None


def test_a_download_that_is_cut_off_is_no_end_of_file(lossy: Lossy, far: Bench) -> None:
    stored = far.put(LARGE)
    for read in (far.vault.digest, lambda *which: b"".join(far.vault.read(*which))):
        lossy.cut_after = PART
        refused("vault-unreachable", lambda: read(stored.object, stored.version))  # noqa: B023  # called at once
        assert lossy.cut_after is None
    assert far.vault.digest(stored.object, stored.version) == digest(LARGE)


# What failed uploads leave


@pytest.mark.parametrize("size", [PART + 1000, 3 * PART])
def test_failed_uploads_leave_no_parts_and_no_threads(server: S3Server, bucket: Bench, size: int) -> None:
    threads = threading.active_count()
    for _ in range(3):
        name = new_name()
        with pytest.raises(ConnectionResetError):
            bucket.put(Broken(size), name)
        refused("length", lambda: bucket.put(content(size), name, length=size + 1))  # noqa: B023  # called at once
        assert server.unfinished(name) == 0
        assert server.versions(name) == []
    assert threading.active_count() == threads


def test_a_writer_killed_between_parts_leaves_nothing_visible(server: S3Server, bucket: Bench) -> None:
    name = new_name()
    killed_put(bucket.args, name, after=PART + 1000)
    assert server.unfinished(name) == 1  # invisible; the bucket's lifecycle rule clears it away
    assert not bucket.lies_there(name)
    refused("blob-missing", lambda: bucket.vault.stat(name, None))
    assert bucket.put(LARGE, name).blob == digest(LARGE)


def test_an_extension_is_not_undone_by_an_earlier_one(bucket: Bench) -> None:
    name, until = new_name(), ahead(days=20)
    version = bucket.put(SMALL, name, until=until).version
    other = bucket.reopen()
    other.extend(name, version, until + timedelta(days=9))
    refused("retention-shortened", lambda: bucket.vault.extend(name, version, until + timedelta(days=1)))
    assert other.stat(name, version).retain_until == until + timedelta(days=9)
