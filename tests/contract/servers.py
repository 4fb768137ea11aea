"""S3 servers that tests store evidence in, by what they have in common, and one that environment variables name.

Each has users of its own: `app` with what the vault needs and nothing more, `sweeper` with what sweeping needs besides,
`admin` for making buckets and for attacks. ANJUAN_TEST_S3_ENDPOINT (http or https, host, port), _BUCKET, _ACCESS_KEY
and _SECRET_KEY name a server that runs already, with a bucket made with object lock; _ADMIN_ACCESS_KEY and
_ADMIN_SECRET_KEY one of its administrators, else the first keys make the attacks too; _VERSION is what it is called in
the run's first lines. What tests put there stays locked for days.
"""

from __future__ import annotations

import io
import os
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.error import MinioException
from urllib3.exceptions import HTTPError

from storage.evidence.s3_client import S3Place

if TYPE_CHECKING:
    from collections.abc import Callable

REGION = "us-east-1"
BUCKET = "evidence"  # with object lock, in the servers that tests share
_READY = "ready"
_ENV = "ANJUAN_TEST_S3_"
_SECONDS_TO_START = 60
_SECONDS_TO_END = 3


@dataclass
class S3Server:
    """A server that answers; `keys` by user: access key and secret key."""

    kind: str
    version: str
    endpoint: str
    keys: dict[str, tuple[str, str]] = field(repr=False)
    bucket: str = BUCKET
    secure: bool = False
    region: str = REGION
    process: subprocess.Popen[bytes] | None = None
    launch: Callable[[], subprocess.Popen[bytes]] | None = None

    def client(self, user: str) -> Minio:
        access, secret = self.keys[user]
        return Minio(
            endpoint=self.endpoint,
            access_key=access,
            secret_key=secret,
            secure=self.secure,
            region=self.region,
            http_client=urllib3.PoolManager(retries=False, timeout=30),
        )

    def place(self, bucket: str | None = None, endpoint: str | None = None, user: str = "app") -> S3Place:
        access, secret = self.keys[user]
        return S3Place(
            endpoint or self.endpoint, bucket or self.bucket, access, secret, secure=self.secure, region=self.region
        )

    def versions(self, name: str) -> list[str | None]:
        """Of one object, delete markers left out, the newest first."""
        found = self.client("app").list_objects(bucket_name=self.bucket, prefix=name, include_version=True)
        return [one.version_id for one in found if not one.is_delete_marker]

    def unfinished(self, name: str) -> int:
        """How many uploads of one object in parts were begun and neither completed nor aborted."""
        return len(self.client("admin")._list_multipart_uploads(self.bucket, prefix=name).uploads)

    def kill(self) -> None:
        """End the process that was started here as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def restart(self) -> None:
        """Start it again on the same data and ports, and wait until it answers."""
        assert self.launch is not None
        self.process = self.launch()
        assert self.answers()

    def answers(self) -> bool:
        """Whether a bucket is made and takes a file in time; False as soon as the process has ended."""
        deadline, process = time.monotonic() + _SECONDS_TO_START, self.process
        client = self.client("admin")
        while process and time.monotonic() < deadline:
            with suppress(HTTPError, MinioException):
                if not client.bucket_exists(bucket_name=_READY):
                    client.make_bucket(bucket_name=_READY, object_lock=True)
                client.put_object(bucket_name=_READY, object_name=_READY, data=io.BytesIO(b"?"), length=1)
                return True
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.02)
                return False
        return False

    def stop(self) -> None:
        """End the process that was started here; its data are thrown away."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def named() -> S3Server | None:
    """The server that environment variables name, or None."""
    address = os.environ.get(f"{_ENV}ENDPOINT")
    if not address:
        return None
    url = urlsplit(address)
    app = (os.environ[f"{_ENV}ACCESS_KEY"], os.environ[f"{_ENV}SECRET_KEY"])
    admin = (os.environ.get(f"{_ENV}ADMIN_ACCESS_KEY", app[0]), os.environ.get(f"{_ENV}ADMIN_SECRET_KEY", app[1]))
    return S3Server(
        "named",
        os.environ.get(f"{_ENV}VERSION", url.netloc),
        url.netloc,
        {"app": app, "sweeper": admin, "admin": admin},
        os.environ[f"{_ENV}BUCKET"],
        url.scheme == "https",
        os.environ.get(f"{_ENV}REGION", REGION),
    )


def free_ports(count: int) -> list[int]:
    """Ports on loopback that nobody listened on a moment ago."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports
