"""Memory at 1, 4 and 16 uploads at once, and how soon one too many is told: `python -m ops.bench.uploads`.

From a checkout with the test dependencies: a server process of its own as `anjuan serve` starts it, plain uploads and
uploads in parts, into a directory and into a bucket on the test suite's own server. Aim: under 100 MiB each, 503
within a second.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import socket
import tempfile
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import urllib3
from rich.console import Console
from rich.table import Table

from storage.home import BucketPlace, DirectoryPlace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.home import Place

MIB = 1 << 20
SIZE = 64  # MiB of each file
PART = 8
AT_ONCE = (1, 4, 16)
TUS = {"Tus-Resumable": "1.0.0"}
VIDEO = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41"  # a type that is admitted
BLOCK = VIDEO + os.urandom(MIB - len(VIDEO))


def main(folder: Path) -> None:
    """Measure everything, print one table."""
    server = importlib.import_module("tests.contract.seaweed").start(folder / "weed")
    table = Table(title=f"uploads of {SIZE} MiB at once, one server process", title_justify="left")
    for column in ("", "at once", "MiB grown", "MiB each", "MiB/s", "ms to 503"):
        table.add_column(column, justify="right" if column else "left")
    try:
        server.client("admin").make_bucket(bucket_name="evidence", object_lock=True)
        store = server.place()
        os.environ.update(BENCH_ACCESS=store.access_key, BENCH_SECRET=store.secret_key)
        bucket = BucketPlace(store.endpoint, store.bucket, "BENCH_ACCESS", "BENCH_SECRET", store.region, secure=False)
        for kind, place in (("directory", DirectoryPlace()), ("bucket", bucket)):
            for how in ("whole", "in parts"):
                for at_once in AT_ONCE:
                    table.add_row(f"{kind}, {how}", str(at_once), *_measured(folder, place, how, at_once))
    finally:
        server.stop()
    Console().print(table)


def _measured(folder: Path, place: Place, how: str, at_once: int) -> list[str]:
    """Memory grown, the same for each, speed, and the time to the refusal of one too many."""
    serving = importlib.import_module("tests.uploading")
    with tempfile.TemporaryDirectory(dir=folder) as home:
        token = serving.founded(Path(home) / "home", place)
        with serving.process(Path(home) / "home", token, "--uploads", str(at_once)) as served:
            client = _Client(served.url, token)
            client.upload("whole", 1)
            before, begun = served.forget_peak(), time.perf_counter()
            with ThreadPoolExecutor(at_once) as pool:
                list(pool.map(lambda _: client.upload(how, SIZE), range(at_once)))
            took, grown = time.perf_counter() - begun, (served.memory("VmHWM") - before) / MIB
            refused = client.refused(at_once)
    speed = at_once * SIZE / took
    return [f"{grown:.0f}", f"{grown / at_once:.0f}", f"{speed:.0f}", f"{refused * 1000:.0f}"]


class _Client:
    def __init__(self, url: str, token: str) -> None:
        self.url, self.headers = url, {"Authorization": f"Bearer {token}"}
        self.pool = urllib3.PoolManager(maxsize=2 * max(AT_ONCE), retries=False, headers=self.headers)
        self.case = self.pool.request("POST", f"{url}/v1/cases", json={"rulebook": "lu-cai-cai-2018-72"}).json()["case"]

    def upload(self, how: str, size: int) -> None:
        """One file of `size` MiB."""
        if how == "whole":
            headers = {**self.headers, "Content-Length": str(size * MIB)}
            self._ask("POST", f"/v1/cases/{self.case}/evidence?name=a.mp4", 201, headers, (BLOCK for _ in range(size)))
            return
        about = {**self.headers, **TUS, "Upload-Length": str(size * MIB), "Upload-Metadata": "filename YS5tcDQ="}
        where = self._ask("POST", f"/v1/cases/{self.case}/uploads", 201, about).headers["Location"]
        part = BLOCK * PART
        checksum = b64encode(hashlib.sha256(part).digest()).decode()
        for offset in range(0, size * MIB, len(part)):
            told = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
            self._ask(
                "PATCH", where, 204, {**self.headers, **TUS, **told, "Upload-Checksum": f"sha256 {checksum}"}, part
            )

    def refused(self, at_once: int) -> float:
        """Seconds to the 503 of one too many, while `at_once` callers hold every place."""
        where = urlsplit(self.url)
        with ExitStack() as stack:
            for _ in range(at_once):
                caller = stack.enter_context(socket.create_connection((str(where.hostname), where.port or 80)))
                head = f"POST /v1/cases/{self.case}/evidence?name=a.mp4 HTTP/1.1\r\nHost: {where.netloc}\r\n"
                head += "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
                caller.sendall(f"{head}Content-Length: {MIB}\r\n\r\nbegun".encode())
            time.sleep(1)  # until the server has heard them all
            begun = time.perf_counter()
            self._ask("POST", f"/v1/cases/{self.case}/evidence?name=a.mp4", 503, self.headers, b"x")
            return time.perf_counter() - begun

    def _ask(
        self,
        method: str,
        path: str,
        expected: int,
        headers: dict[str, str],
        body: bytes | Iterator[bytes] | None = None,
    ) -> Any:
        came: Any = self.pool.request(method, self.url + path, headers=headers, body=body)
        if came.status != expected:
            raise RuntimeError(f"{method}: HTTP {came.status} {came.data[:300]!r}")
        return came


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as made:
        main(Path(made))
