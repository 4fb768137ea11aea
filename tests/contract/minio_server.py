"""A real MinIO server for the tests, as `make minio` built it, on a free loopback port: an outside tool under the AGPL.

Users by policy: `app` may do what the vault needs (store, read, list, set retention and hold) and can't delete at all;
`sweeper` may delete versions besides, but not past governance; `admin` is the server's root.
"""

from __future__ import annotations

import os
import secrets
import subprocess
from pathlib import Path
from typing import Any

import urllib3
from minio.credentials import StaticProvider
from minio.minioadmin import MinioAdmin

from tests.contract.servers import BUCKET, REGION, S3Server, free_ports

BINARY = Path(__file__).parents[2] / "var" / "bin" / "minio"
ABSENT = "MinIO 未编译：没有 var/bin/minio（在装有 Go 的机器上运行 make minio）"
_ON_BUCKET = ["GetBucketLocation", "GetBucketObjectLockConfiguration", "GetBucketVersioning"]
_ON_BUCKET += ["ListBucket", "ListBucketVersions", "ListBucketMultipartUploads"]
_ON_OBJECTS = ["PutObject", "GetObject", "GetObjectVersion", "AbortMultipartUpload", "ListMultipartUploadParts"]
_ON_OBJECTS += ["GetObjectRetention", "PutObjectRetention", "GetObjectLegalHold", "PutObjectLegalHold"]
_SWEEPING = [*_ON_OBJECTS, "DeleteObject", "DeleteObjectVersion"]


def version() -> str | None:
    """The version that was built, None if there is none."""
    noted = BINARY.with_name("minio.version")
    return noted.read_text().strip() if BINARY.exists() and noted.exists() else None


def start(folder: Path) -> S3Server:
    """A server that answers, with its users; up to three attempts, for a free port may be taken meanwhile."""
    for attempt in range(3):
        server = _launch(folder / str(attempt))
        if server.answers():
            _add_users(server)
            return server
        server.stop()
    raise RuntimeError(f"minio did not start; see {folder}/*/minio.log")


def _launch(folder: Path) -> S3Server:
    (folder / "data").mkdir(parents=True)
    endpoint = f"127.0.0.1:{free_ports(1)[0]}"
    keys = {user: (user, secrets.token_hex(16)) for user in ("app", "sweeper", "admin")}
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GOMEMLIMIT": "512MiB"}
    environment |= {"MINIO_ROOT_USER": keys["admin"][0], "MINIO_ROOT_PASSWORD": keys["admin"][1]}
    environment |= {"MINIO_BROWSER": "off", "MINIO_UPDATE": "off", "MINIO_REGION": REGION}
    command = [str(BINARY), "server", f"--address={endpoint}", f"--certs-dir={folder / 'certs'}", str(folder / "data")]

    def launch() -> subprocess.Popen[bytes]:
        with (folder / "minio.log").open("ab") as log:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, env=environment
            )

    return S3Server("minio", version() or "", endpoint, keys, process=launch(), launch=launch)


def _add_users(server: S3Server) -> None:
    access, secret = server.keys["admin"]
    admin = MinioAdmin(
        endpoint=server.endpoint,
        credentials=StaticProvider(access, secret),
        region=REGION,
        secure=False,
        http_client=urllib3.PoolManager(retries=False, timeout=30),
    )
    for user, on_objects in (("app", _ON_OBJECTS), ("sweeper", _SWEEPING)):
        admin.user_add(*server.keys[user])
        admin.policy_add(user, policy=_policy(on_objects))
        admin.attach_policy([user], user)


def _policy(on_objects: list[str]) -> dict[str, Any]:
    rights = (("", _ON_BUCKET), ("/*", on_objects))
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": [f"s3:{action}" for action in actions],
                "Resource": [f"arn:aws:s3:::{BUCKET}{what}"],
            }
            for what, actions in rights
        ],
    }
