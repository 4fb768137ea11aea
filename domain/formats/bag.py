"""The bag inside a package: BagIt 1.0 (RFC 8493) with fixed tag files and exact manifests (FORMAT.md §8).

Keeps: every file is listed once, in order, in lower-case hexadecimal, and has the listed digest; nothing else is there.
Leaves: who vouches for the manifest (export.jws), and what the files mean.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from itertools import zip_longest
from typing import TYPE_CHECKING

from .verdict import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .package import Package

BAGIT, INFO, EXPORT = "bagit.txt", "bag-info.txt", "export.jws"
MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
TAGGED = (INFO, BAGIT, EXPORT, MANIFEST)  # sorted bytewise, as the tag manifest lists them
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST_OCTETS = 16 << 20
INFO_OCTETS = 1024
CHUNK = 1 << 20
_LINE = re.compile("([0-9a-f]{64})  ([^\x00-\x1f\x7f]+)")


def bag_info(octets: int, files: int) -> bytes:
    """bag-info.txt for a payload of `files` files with `octets` octets together (RFC 8493 §2.2.2, Payload-Oxum)."""
    return f"Bag-Software-Agent: anjuan\nPayload-Oxum: {octets}.{files}\n".encode()


def manifest(digests: Mapping[str, str]) -> bytes:
    """Manifest octets for hexadecimal digests by path relative to the bag."""
    names = sorted(digests, key=str.encode)
    return "".join(f"{digests[name]}  {name}\n" for name in names).encode()


def read_manifest(data: bytes) -> tuple[dict[str, str], int | None]:
    """Digests by path, and the number of the first line that isn't exactly as `manifest` writes, or None."""
    digests: dict[str, str] = {}
    for line in data.decode("utf-8", "replace").split("\n"):
        match = _LINE.fullmatch(line)
        if match:
            digests.setdefault(match[2], match[1])
    pairs = zip_longest(data.split(b"\n"), manifest(digests).split(b"\n"))
    return digests, next((number for number, (is_, should) in enumerate(pairs, 1) if is_ != should), None)


def bag_findings(package: Package) -> Iterator[Finding]:
    """Checks "package" and "manifest": form of the zip, tag files, manifests, and every file's digest.

    Reads every file once. Deviations are FAILED findings with the file as `where`; a clean bag gives one PASSED
    finding for each of the two checks. `manifest` names in a finding are relative to the bag.
    """
    if package.deviation is None:
        count = len(package.names)
        yield Finding.of("package", Verdict.PASSED, "zip-exact", count=count)
    else:
        yield _failed(package.deviation, "", check="package")
    failures = 0
    for finding in _manifest_failures(package):
        failures += 1
        yield finding
    if not failures:
        yield Finding.of("manifest", Verdict.PASSED, "bag-valid", count=len(package.names))


def _manifest_failures(package: Package) -> Iterator[Finding]:
    tags: dict[str, str] = {}
    payload: dict[str, str] = {}
    for name, wanted in ((TAG_MANIFEST, tags), (MANIFEST, payload)):
        if name not in package.sizes:
            yield _failed("manifest-missing", name, name=name)
            continue
        if package.sizes[name] > MANIFEST_OCTETS:
            yield _failed("manifest-form", name, name=name, line=1)
            continue
        found, line = read_manifest(package.read(name, MANIFEST_OCTETS))
        wanted.update(found)
        if line is not None:
            yield _failed("manifest-form", name, name=name, line=line)
    yield from _tag_failures(package)
    listed = {**{n: d for n, d in tags.items() if n in TAGGED}, **{n: d for n, d in payload.items() if _is_payload(n)}}
    yield from _misplaced(tags, payload)
    yield from _file_failures(package, listed)


def _tag_failures(package: Package) -> Iterator[Finding]:
    if _small(package, BAGIT) != DECLARATION:
        yield _failed("bag-declaration", BAGIT)
    sizes = [size for name, size in package.sizes.items() if _is_payload(name)]
    if _small(package, INFO) != bag_info(sum(sizes), len(sizes)):
        yield _failed("bag-info", INFO)


def _misplaced(tags: Mapping[str, str], payload: Mapping[str, str]) -> Iterator[Finding]:
    """Lines that stand in the wrong manifest, or that name what a bag can't hold."""
    for name in sorted(set(tags) - set(TAGGED)):
        yield _failed("file-unexpected", name)
    for name in sorted(payload):
        if not _is_payload(name):
            yield _failed("file-unexpected", name)


def _file_failures(package: Package, listed: Mapping[str, str]) -> Iterator[Finding]:
    for name in sorted(listed.keys() - package.sizes.keys()):
        yield _failed("file-missing", name)
    for name in package.names:
        if not _is_payload(name) and name not in TAGGED and name != TAG_MANIFEST:
            yield _failed("file-unexpected", name)
            continue
        digest, checksum = _summed(package, name)
        if name != TAG_MANIFEST and name not in listed:
            yield _failed("file-unlisted", name)
        elif name != TAG_MANIFEST and listed[name] != digest:
            yield _failed("file-digest", name)
        elif checksum != package.checksums[name]:
            yield _failed("file-checksum", name)


def _summed(package: Package, name: str) -> tuple[str, int]:
    """SHA-256 in hexadecimal and CRC-32 of a file, read in chunks."""
    running, checksum = hashlib.sha256(), 0
    with package.open(name) as file:
        while chunk := file.read(CHUNK):
            running.update(chunk)
            checksum = zlib.crc32(chunk, checksum)
    return running.hexdigest(), checksum


def _small(package: Package, name: str) -> bytes | None:
    if package.sizes.get(name, INFO_OCTETS + 1) > INFO_OCTETS:
        return None
    return package.read(name, INFO_OCTETS)


def _is_payload(name: str) -> bool:
    return name.startswith("data/")


def _failed(reason: str, where: str, *, check: str = "manifest", **values: object) -> Finding:
    return Finding.of(check, Verdict.FAILED, reason, where, None, **values)
