"""What uploads cost the server in memory, in a process of its own: less than 100 MiB each, however large the files."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx2
import pytest

from storage.home import BucketPlace, DirectoryPlace
from tests.contract.servers import BUCKET, REGION
from tests.real_files import VIDEO
from tests.uploading import founded, process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.home import Place

MIB = 1 << 20
SIZE = 120  # MiB of one file: more than it may cost
EACH = 100 * MIB
BLOCK = bytes(range(256)) * (MIB // 256)


def stream() -> Iterator[bytes]:
    yield VIDEO
    yield from (BLOCK for _ in range(SIZE))


@pytest.mark.parametrize("at_once", [1, 4])
@pytest.mark.parametrize("kind", ["directory", "bucket"])
def test_each_upload_costs_less_than_a_hundred_mib(
    tmp_path: Path, kind: str, at_once: int, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    place: Place = DirectoryPlace()
    if kind == "bucket":
        store = request.getfixturevalue("seaweed").place(BUCKET)
        monkeypatch.setenv("ACCESS", store.access_key)
        monkeypatch.setenv("SECRET", store.secret_key)
        place = BucketPlace(store.endpoint, BUCKET, "ACCESS", "SECRET", REGION, secure=False)
    token = founded(tmp_path / "home", place)
    with process(tmp_path / "home", token, "--uploads", str(at_once)) as served:
        headers = {"Authorization": f"Bearer {token}"}
        with httpx2.Client(base_url=served.url, headers=headers, timeout=120) as http:
            case = http.post("/v1/cases", json={"rulebook": "lu-cai-cai-2018-72"}).json()["case"]
            path = f"/v1/cases/{case}/evidence"
            assert http.post(path, params={"name": "first.pdf"}, content=b"%PDF-1.4").status_code == 201
            before = served.forget_peak()

            def upload(number: int) -> int:
                return http.post(path, params={"name": f"{number}.mp4"}, content=stream()).status_code

            with ThreadPoolExecutor(at_once) as pool:
                assert list(pool.map(upload, range(at_once))) == [201] * at_once
        grown = served.memory("VmHWM") - before
    assert grown < at_once * EACH, f"{grown / MIB:.0f} MiB"
