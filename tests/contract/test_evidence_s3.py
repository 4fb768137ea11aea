"""The S3 vault against whoever holds the store's keys, and against the network between them."""

from __future__ import annotations

import io
import json
import threading
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import urllib3
from minio.commonconfig import COMPLIANCE, GOVERNANCE
from minio.deleteobjects import DeleteObject
from minio.error import MinioException
from minio.retention import Retention

from domain.formats.encoding import digest
from storage.evidence.s3 import S3Vault
from storage.evidence.s3_client import S3Place
from tests.contract.conftest import CASE, Bench, ahead, new_name
from tests.contract.lossy import Lossy
from tests.contract.seaweed import BUCKET
from tests.contract.streaming import killed_put
from tests.contract.test_evidence_vault import PART, SMALL, Broken, content, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from minio import Minio

    from tests.contract.seaweed import Seaweed

LARGE = content(2 * PART + 5, seed=7)
BYPASS = {"x-amz-bypass-governance-retention": "true"}
NO_RETENTION = b'<Retention xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></Retention>'


@pytest.fixture
def lossy(seaweed: Seaweed) -> Iterator[Lossy]:
    network = Lossy(seaweed.endpoint)
    yield network
    network.close()


@pytest.fixture
def far(seaweed: Seaweed, lossy: Lossy) -> Bench:
    """The same bucket as `bucket`, behind the bad network."""
    return Bench("s3", lambda **how: S3Vault(seaweed.place(BUCKET, lossy.endpoint), **how), {})


def versions(seaweed: Seaweed, name: str) -> list[str | None]:
    found = seaweed.client("admin").list_objects(bucket_name=BUCKET, prefix=name, include_version=True)
    return [one.version_id for one in found if not one.is_delete_marker]


def unfinished(seaweed: Seaweed, name: str) -> int:
    return len(seaweed.client("admin")._list_multipart_uploads(BUCKET, prefix=name).uploads)


# Against the holder of the keys: the answer's code differs from store to store, so only what is left counts.

ATTACKS: dict[str, Callable[[Minio, str, str], object]] = {
    "delete": lambda c, name, version: c.remove_object(bucket_name=BUCKET, object_name=name, version_id=version),
    "delete past governance": lambda c, name, version: c._execute(
        "DELETE", BUCKET, name, headers=dict(BYPASS), query_params={"versionId": version}
    ),
    "delete in bulk": lambda c, name, version: list(
        c.remove_objects(
            bucket_name=BUCKET, delete_object_list=[DeleteObject(name, version)], bypass_governance_mode=True
        )
    ),
    "delete without version": lambda c, name, _: c.remove_object(bucket_name=BUCKET, object_name=name),
    "delete the bucket": lambda c, *_: c.remove_bucket(bucket_name=BUCKET),
    "put over it": lambda c, name, _: c.put_object(
        bucket_name=BUCKET, object_name=name, data=io.BytesIO(b"forged"), length=6
    ),
    "append to it": lambda c, name, _: c.append_object(
        bucket_name=BUCKET, object_name=name, data=io.BytesIO(b"forged"), length=6
    ),
    "shorten retention": lambda c, name, version: c.set_object_retention(
        bucket_name=BUCKET, object_name=name, version_id=version, config=Retention(COMPLIANCE, ahead(minutes=1))
    ),
    "weaken retention": lambda c, name, version: c.set_object_retention(
        bucket_name=BUCKET, object_name=name, version_id=version, config=Retention(GOVERNANCE, ahead(days=9))
    ),
    "clear retention": lambda c, name, version: c._execute(
        "PUT", BUCKET, name, NO_RETENTION, dict(BYPASS), {"retention": "", "versionId": version}
    ),
}


@pytest.mark.parametrize("user", ["app", "admin"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_after_an_attack_the_version_is_readable_and_kept(
    seaweed: Seaweed, bucket: Bench, user: str, attack: str
) -> None:
    name, until = new_name(), ahead(days=5)
    version = bucket.put(SMALL, name, until=until).version
    assert version is not None
    with suppress(MinioException):
        ATTACKS[attack](seaweed.client(user), name, version)
    for which in (version, None):
        assert b"".join(bucket.vault.read(name, which)) == SMALL
        assert bucket.vault.stat(name, which).retain_until == until
    assert (name, version) in set(bucket.vault.objects())


@pytest.mark.parametrize("user", ["app", "admin"])
def test_a_hold_outlives_a_delete(seaweed: Seaweed, bucket: Bench, user: str) -> None:
    name = new_name()
    version = bucket.put(SMALL, name).version
    bucket.vault.hold(name, version, on=True)
    with suppress(MinioException):
        ATTACKS["delete"](seaweed.client(user), name, version or "")
    assert bucket.vault.stat(name, version).hold
    assert bucket.vault.digest(name, version) == digest(SMALL)


@pytest.mark.parametrize("attack", ["delete without version", "put over it"])
def test_a_name_that_was_covered_up_is_still_taken(seaweed: Seaweed, bucket: Bench, attack: str) -> None:
    name = new_name()
    first = bucket.put(SMALL, name)
    ATTACKS[attack](seaweed.client("admin"), name, first.version or "")
    before = versions(seaweed, name)
    assert bucket.put(SMALL, name) == first
    refused("blob-exists", lambda: bucket.put(b"forged", name))
    assert versions(seaweed, name) == before


@pytest.mark.parametrize("data", [SMALL, LARGE])
def test_who_was_first_has_the_name_also_where_the_store_lets_a_second_through(
    seaweed: Seaweed, bucket: Bench, data: bytes
) -> None:
    """While one writer's bytes still come, another stores its own; a delete marker hides them from the condition."""
    name, admin = new_name(), seaweed.client("admin")

    class Overtaken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if not versions(seaweed, name):
                bucket.put(b"first", name)
                admin.remove_object(bucket_name=BUCKET, object_name=name)
            return super().read(size)

    refused("blob-exists", lambda: bucket.put(Overtaken(data), name))
    assert len(versions(seaweed, name)) == 2
    refused("blob-exists", lambda: bucket.put(data, name))
    assert bucket.put(b"first", name).blob == bucket.vault.digest(name, None) == digest(b"first")


def test_the_servers_other_port_does_not_lead_around_the_lock(seaweed: Seaweed, bucket: Bench) -> None:
    name = new_name()
    version = bucket.put(SMALL, name).version
    with urllib3.PoolManager(retries=False) as http:
        for path in (name, f"{name}.versions", f"{name}.versions/v_{version}"):
            for method in ("DELETE", "PUT"):
                url = f"http://{seaweed.filer}/buckets/{BUCKET}/{path}?recursive=true"
                assert http.request(method, url, body=b"forged" if method == "PUT" else None).status == 401
    assert bucket.vault.digest(name, version) == digest(SMALL)


@pytest.mark.parametrize("data", [SMALL, LARGE])
def test_the_lock_is_compliance_also_for_files_in_parts(seaweed: Seaweed, bucket: Bench, data: bytes) -> None:
    name, until = new_name(), ahead(days=5)
    version = bucket.put(data, name, until=until).version
    found = seaweed.client("admin").get_object_retention(bucket_name=BUCKET, object_name=name, version_id=version)
    assert found is not None
    assert (found.mode, found.retain_until_date) == (COMPLIANCE, until)


def test_a_retention_that_the_store_lost_is_set_by_repeating(seaweed: Seaweed, bucket: Bench) -> None:
    name, until = new_name(), ahead(days=5)
    seaweed.client("admin").put_object(
        bucket_name=BUCKET, object_name=name, data=io.BytesIO(SMALL), length=len(SMALL), metadata={"case": CASE}
    )
    assert bucket.vault.stat(name, None).retain_until is None
    bucket.put(SMALL, name, until=until)
    assert bucket.vault.stat(name, None).retain_until == until


def test_governance_does_not_count_as_retention(seaweed: Seaweed, bucket: Bench) -> None:
    name = new_name()
    seaweed.client("admin").put_object(
        bucket_name=BUCKET,
        object_name=name,
        data=io.BytesIO(SMALL),
        length=len(SMALL),
        retention=Retention(GOVERNANCE, ahead(days=5)),
    )
    assert bucket.vault.stat(name, None).retain_until is None


# Opening


@pytest.mark.parametrize(("kind", "says"), [("plain", "对象锁定"), ("absent", "桶不存在"), ("x", "桶名")])
def test_a_bucket_that_cannot_keep_evidence_is_refused_with_what_to_do(seaweed: Seaweed, kind: str, says: str) -> None:
    if kind == "plain":
        seaweed.client("admin").make_bucket(bucket_name=kind)
    fault = refused("vault-unfit", lambda: S3Vault(seaweed.place(kind)))
    assert says in fault.defects[0].message
    assert fault.defects[0].remedy


def test_wrong_keys_are_refused_without_showing_them(seaweed: Seaweed) -> None:
    place = S3Place(seaweed.endpoint, BUCKET, "app", "an-open-secret", secure=False)
    fault = refused("vault-refused", lambda: S3Vault(place))
    shown = f"{place!r} {place} {json.dumps(fault.defects[0].as_json())} {fault.__cause__!r}"
    assert "an-open-secret" not in shown


# The network


def test_a_store_that_is_down_is_unreachable(seaweed: Seaweed, lossy: Lossy, far: Bench) -> None:
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
def test_a_lost_reply_is_healed_by_repeating(seaweed: Seaweed, lossy: Lossy, far: Bench, data: bytes) -> None:
    name = new_name()
    ends = b"uploadId=" if data is LARGE else b"PUT "
    method = b"POST" if data is LARGE else b"PUT"
    lossy.lose = lambda piece: piece.startswith(method) and ends in piece and name.encode() in piece
    until = ahead(days=5)
    refused("vault-unreachable", lambda: far.put(data, name, until=until))
    assert lossy.lost == 1
    kept = versions(seaweed, name)
    assert len(kept) == 1  # the store had carried it out, retention included
    assert far.vault.stat(name, kept[0]).retain_until == until
    stored = far.put(data, name)
    assert (stored.version, stored.blob) == (kept[0], digest(data))
    assert versions(seaweed, name) == kept


def test_bytes_altered_on_the_way_are_noticed(lossy: Lossy, far: Bench) -> None:
    name, data = new_name(), b"." * 5000 + b"ORIGINAL" + b"." * 5000
    lossy.alter = lambda piece: piece.replace(b"ORIGINAL", b"ORLGINAL")
    refused("blob-damaged", lambda: far.put(data, name))


def test_a_download_that_is_cut_off_is_no_end_of_file(lossy: Lossy, far: Bench) -> None:
    stored = far.put(LARGE)
    for read in (far.vault.digest, lambda *which: b"".join(far.vault.read(*which))):
        lossy.cut_after = PART
        refused("vault-unreachable", lambda: read(stored.object, stored.version))  # noqa: B023  # called at once
        assert lossy.cut_after is None
    assert far.vault.digest(stored.object, stored.version) == digest(LARGE)


# What failed uploads leave


@pytest.mark.parametrize("size", [PART + 1000, 3 * PART])
def test_failed_uploads_leave_no_parts_and_no_threads(seaweed: Seaweed, bucket: Bench, size: int) -> None:
    threads = threading.active_count()
    for _ in range(3):
        name = new_name()
        with pytest.raises(ConnectionResetError):
            bucket.put(Broken(size), name)
        refused("length", lambda: bucket.put(content(size), name, length=size + 1))  # noqa: B023  # called at once
        assert unfinished(seaweed, name) == 0
        assert versions(seaweed, name) == []
    assert threading.active_count() == threads


def test_a_writer_killed_between_parts_leaves_nothing_visible(seaweed: Seaweed, bucket: Bench) -> None:
    name = new_name()
    killed_put(bucket.args, name, after=PART + 1000)
    assert unfinished(seaweed, name) == 1  # invisible; the bucket's lifecycle rule clears it away
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
