"""The package: one form of octets, judged by bagit and unzip, and found out after any change."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import TYPE_CHECKING, BinaryIO

import bagit
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Fault
from domain.formats import bag, zipform
from domain.formats.encoding import sha256
from domain.formats.package import SourceFile, bag_findings, open_package, payload_digests, write_package
from domain.formats.verdict import Finding, Verdict
from domain.formats.zipform import Member
from domain.formats.zipread import MEMBERS
from tests.formats import samples, zips

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Refused = Callable[[str, Callable[[], object]], Fault]

GOOD = samples.package()
SMALL = samples.small_package()


def failures(data: bytes) -> list[Finding]:
    return [f for f in bag_findings(open_package(io.BytesIO(data))) if f.verdict is Verdict.FAILED]


def found(data: bytes) -> bool:
    """Whether a changed package is found out: not one bag, or a failed finding."""
    try:
        return bool(failures(data))
    except Fault as fault:
        return fault.code == "not-a-package"


def streamed(data: bytes, **said: object) -> SourceFile:
    size, digest = said.get("size", len(data)), said.get("sha256", hashlib.sha256(data).hexdigest())
    return SourceFile(size, digest, lambda: io.BytesIO(data))  # type: ignore[arg-type]  # wrong on purpose in tests


def written(payload: dict[str, bytes | SourceFile], base: str = "c-1") -> bytes:
    out = io.BytesIO()
    write_package(out, base, payload, lambda manifest: f"{manifest.hex()}.x.y")
    return out.getvalue()


def test_bagit_validates_what_we_write(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as opened:
        assert opened.testzip() is None
        opened.extractall(tmp_path)
    judged = bagit.Bag(str(tmp_path / f"{samples.CASE}-1"))
    judged.validate()
    assert judged.version_info == (1, 0)
    assert set(judged.payload_entries()) == {"data/records/0001.json", "data/案卷.pdf", "data/empty"}
    assert judged.info["Bag-Software-Agent"] == "anjuan"


def test_bagit_refuses_what_we_refuse(tmp_path: Path) -> None:
    altered = zips.changed(GOOD, lambda m: [(n, b"forged" if n.endswith(".pdf") else octets) for n, octets in m])
    assert {f.reason for f in failures(altered)} == {"bag-info", "file-digest"}
    with zipfile.ZipFile(io.BytesIO(altered)) as opened:
        opened.extractall(tmp_path)
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(tmp_path / f"{samples.CASE}-1")).validate()


def test_a_good_package_passes_both_checks() -> None:
    findings = list(bag_findings(open_package(io.BytesIO(GOOD))))
    assert [(f.check, f.verdict, f.reason) for f in findings] == [
        ("package", Verdict.PASSED, "zip-exact"),
        ("manifest", Verdict.PASSED, "bag-valid"),
    ]


def test_every_changed_octet_of_a_package_is_found() -> None:
    assert not found(SMALL)
    for place in range(len(SMALL)):
        for mask in (1, 0x80, 0xFF):
            changed = SMALL[:place] + bytes([SMALL[place] ^ mask]) + SMALL[place + 1 :]
            assert found(changed), (place, mask)


def test_every_dropped_or_doubled_octet_of_a_package_is_found() -> None:
    for place in range(len(SMALL)):
        assert found(SMALL[:place] + SMALL[place + 1 :]), place
        assert found(SMALL[:place] + SMALL[place : place + 1] + SMALL[place:]), place


def test_every_truncation_is_no_package(refused: Refused) -> None:
    for length in range(len(SMALL)):
        refused("not-a-package", lambda length=length: open_package(io.BytesIO(SMALL[:length])))


@given(st.binary(max_size=200), st.binary(max_size=60))
def test_random_octets_are_no_package(data: bytes, tail: bytes) -> None:
    end = zipform.end_records(1, len(tail), len(data))
    for octets in (data, data + tail + end):
        with pytest.raises(Fault) as caught:
            open_package(io.BytesIO(octets))
        assert caught.value.code == "not-a-package"


def test_streamed_and_given_content_make_the_same_octets() -> None:
    big = bytes(range(256)) * 20_000
    given_ = written({"data/big": big, "data/a": b"a", "data/empty": b""})
    as_stream = written({"data/empty": streamed(b""), "data/a": streamed(b"a"), "data/big": streamed(big)})
    assert given_ == as_stream
    assert not found(as_stream)
    package = open_package(io.BytesIO(as_stream))
    assert package.read("data/big", len(big)) == big
    with package.open("data/big") as file:
        assert file.read(3) == big[:3]
        assert file.read() == big[3:]


def test_a_package_can_be_written_after_other_octets() -> None:
    out = io.BytesIO(b"before")
    out.seek(6)
    write_package(out, "c-1", {"data/a": b"a", "data/b": streamed(b"b")}, lambda _: "x.y.z")
    assert out.getvalue()[6:] == written_with_signature("x.y.z")


def written_with_signature(signature: str) -> bytes:
    out = io.BytesIO()
    write_package(out, "c-1", {"data/a": b"a", "data/b": b"b"}, lambda _: signature)
    return out.getvalue()


def test_the_signature_is_over_the_manifest_in_the_package() -> None:
    package = open_package(io.BytesIO(written({"data/a": b"a"})))
    manifest = package.read("manifest-sha256.txt", 1000)
    assert manifest == f"{hashlib.sha256(b'a').hexdigest()}  data/a\n".encode()
    assert package.read("export.jws", 1000).decode() == f"{sha256(manifest).hex()}.x.y"
    assert payload_digests(package) == {"data/a": hashlib.sha256(b"a").hexdigest()}


def test_a_file_that_is_not_what_was_said_of_it_stops_the_writing(refused: Refused) -> None:
    endless = SourceFile(4, hashlib.sha256(b"abcd").hexdigest(), lambda: io.BytesIO(b"abcd" * 1_000_000))
    for source in (streamed(b"abc", size=2), streamed(b"abc", size=4), streamed(b"abc", sha256="0" * 64), endless):
        refused("source-changed", lambda source=source: written({"data/a": source}))


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["a"],
        ["data"],
        ["data/"],
        ["../data/a"],
        ["data/../a"],
        ["data//a"],
        ["/data/a"],
        ["data/a\\b"],
        ["data/a\nb"],
        ["data/a%0Ab"],
        ["data/C:a"],
        ["data/e\u0301"],
        ["data/\u202e"],
        ["data/" + "x" * 512],
        ["data/a", "data/a/b"],
        ["data/a", "bagit.txt"],
    ],
)
def test_unsafe_names_are_never_written(names: list[str], refused: Refused) -> None:
    refused("package-name", lambda: written(dict.fromkeys(names, b"")))


@pytest.mark.parametrize("base", ["", "a/b", "..", "a\\b", "/"])
def test_an_unsafe_base_is_never_written(base: str, refused: Refused) -> None:
    refused("package-name", lambda: written({"data/a": b""}, base))


def test_members_are_limited(refused: Refused) -> None:
    most = {f"data/{number}": b"" for number in range(MEMBERS - 5)}
    assert len(open_package(io.BytesIO(written(most))).names) == MEMBERS  # type: ignore[arg-type]  # invariance
    refused("package-name", lambda: written({**most, "data/x": b""}))
    content = [(f"b/data/{number:05}", b"") for number in range(MEMBERS + 1)]
    refused("not-a-package", lambda: open_package(io.BytesIO(zips.built(content))))


def test_a_large_declared_size_costs_nothing(refused: Refused) -> None:
    """Sizes that a few octets claim: nothing is allocated or read before the file is known to be that long."""
    member = Member(b"c-1/data/a", 0, 1 << 40, 0)
    body = zipform.local_header(member)
    refused("not-a-package", lambda: open_package(io.BytesIO(body + zipform.directory([member], len(body)))))
    end = zipform.END.pack(zipform.END_MAGIC, 0, 0, 1, 1, 0xFFFFFFF0, 0, 0)
    refused("not-a-package", lambda: open_package(io.BytesIO(end)))


def test_reading_is_limited(refused: Refused) -> None:
    package = open_package(io.BytesIO(GOOD))
    refused("too-large", lambda: package.read("data/records/0001.json", 10))
    refused("file-missing", lambda: package.read("data/none", 10))
    refused("file-missing", lambda: package.open("data/none"))
    assert package.read("data/empty", 0) == b""


class _Sparse(io.RawIOBase):
    """A huge file of zeros with octets at its two ends, without the disk for it."""

    def __init__(self, head: bytes, zeros: int, tail: bytes) -> None:
        self.parts, self.length, self.at = ((0, head), (len(head) + zeros, tail)), len(head) + zeros + len(tail), 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = (0, self.at, self.length)[whence] + offset
        return self.at

    def read(self, size: int = -1) -> bytes:
        left = self.length - self.at
        size = left if size < 0 else min(size, left)
        data = bytearray(size)
        for start, octets in self.parts:
            low, high = max(self.at, start), min(self.at + size, start + len(octets))
            if low < high:
                data[low - self.at : high - self.at] = octets[low - start : high - start]
        self.at += size
        return bytes(data)


@pytest.mark.parametrize("size", [(1 << 32) - 2, (1 << 32) - 1, 1 << 32, 5 << 30])
def test_files_beyond_four_gib_use_zip64_as_others_read_it(size: int) -> None:
    big = Member(b"c-1/data/big", 0, size, 0)
    head = zipform.local_header(big)
    after = Member(b"c-1/data/next", 0, 0, len(head) + size)
    tail = zipform.local_header(after)
    tail += zipform.directory([big, after], after.offset + len(tail))
    file: BinaryIO = _Sparse(head, size, tail)  # type: ignore[assignment]  # as much of a file as is needed
    package = open_package(file)
    assert package.deviation is None
    assert package.sizes == {"data/big": size, "data/next": 0}
    with zipfile.ZipFile(file) as others:
        assert [(i.file_size, i.header_offset) for i in others.infolist()] == [(size, 0), (0, after.offset)]
        assert others.read("c-1/data/next") == b""


def test_manifest_lines_are_exact() -> None:
    digest = "0" * 64
    good = bag.manifest({"data/b": digest, "data/a": digest, "data/案": digest})
    assert bag.read_manifest(good) == (dict.fromkeys(["data/a", "data/b", "data/案"], digest), None)
    lines = good.split(b"\n")
    for bad, line in (
        (good[:-1], 4),
        (good + b"\n", 5),
        (good.replace(b"  ", b" *"), 1),
        (good.replace(b"  ", b" "), 1),
        (good.replace(b"\n", b"\r\n"), 1),
        (b"\n".join([lines[1], lines[0], *lines[2:]]), 1),
        (b"\n".join([lines[0], *lines]), 2),
        (b"\xef\xbb\xbf" + good, 1),
        (good.replace("案".encode(), b"\xff"), 3),
    ):
        assert bag.read_manifest(bad)[1] == line, bad


def test_a_manifest_that_is_too_large_is_not_read() -> None:
    huge = b"0" * (bag.MANIFEST_OCTETS + 1)
    altered = zips.changed(SMALL, lambda m: [(n, huge if n.endswith("/manifest-sha256.txt") else o) for n, o in m])
    assert "manifest-form" in {f.reason for f in failures(altered)}
    assert payload_digests(open_package(io.BytesIO(altered))) == {}


def test_a_failure_names_its_file() -> None:
    altered = zips.changed(GOOD, lambda m: [(n, b"forged!!!" if n.endswith(".pdf") else o) for n, o in m])
    assert [(f.reason, f.where) for f in failures(altered)] == [("file-digest", "data/案卷.pdf")]
