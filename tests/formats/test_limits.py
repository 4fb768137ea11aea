"""The limits are those that FORMAT.md states, each at its edge."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from domain.formats import (
    act,
    bag,
    canonical,
    evidence,
    export,
    jws,
    package,
    receipt,
    record,
    shapes,
    trust,
    withheld,
    zipform,
    zipread,
)
from domain.formats.act import Signature
from domain.formats.encoding import b64u
from domain.formats.jws import sign_compact
from domain.formats.withheld import Disclosure, disclose
from tests.formats import samples, zips
from tests.formats.test_withheld import holding, made

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.errors import Fault

    Refused = Callable[[str, Callable[[], object]], Fault]

KIB, MIB = 1024, 1024 * 1024


def test_the_limits_are_those_of_the_page() -> None:
    assert (canonical.LIMIT, canonical.DEPTH) == (4 * MIB, 32)
    assert (shapes.TEXT_OCTETS, shapes.FIRST_YEAR, shapes.LAST_YEAR) == (64 * KIB, 1990, 2199)
    assert canonical.INTEGER == shapes.INTEGER == 2**53 - 1
    assert (act.PAYLOAD_OCTETS, act.SIGNERS, act.EVIDENCE) == (MIB, 32, 1000)
    assert (act.SIGNATURE_CHARACTERS, jws.HEADER_OCTETS, jws.COMPACT_LIMIT) == (8192, KIB, 64 * KIB)
    assert (record.RECORD_OCTETS, trust.TRUST_OCTETS, evidence.VERSION_OCTETS) == (2 * MIB, MIB, KIB)
    assert (withheld.DISCLOSURE_OCTETS, withheld.DISCLOSURES, withheld.SALT_OCTETS) == (MIB, 16384, 16)
    assert (bag.MANIFEST_OCTETS, bag.INFO_OCTETS, zipread.MEMBERS, zipread.NAME_OCTETS) == (16 * MIB, KIB, 20_000, 512)


def test_a_signature_member_has_at_most_8192_characters(refused: Refused) -> None:
    assert Signature("A" * 8192, "AA").protected
    refused("encoding", lambda: Signature("A" * 8196, "AA"))


def test_a_compact_jws_has_at_most_64_kib(refused: Refused) -> None:
    refused("jws", lambda: jws.parse_compact(sign_compact(samples.ARCHIVE, "t", {"a": "x" * 50_000}), "t"))
    assert jws.parse_compact(sign_compact(samples.ARCHIVE, "t", {"a": "x" * 48_000}), "t").payload


def test_a_header_has_at_most_one_kib(refused: Refused) -> None:
    long = jws.header("t", "k" * KIB)
    fault = refused("header", lambda: jws.header_kid(long, "t"))
    assert "1024" in str(fault)
    assert jws.header_kid(jws.header("t", "k" * 900), "t") == "k" * 900


def test_a_disclosure_has_at_most_one_mib(refused: Refused) -> None:
    text = "x" * shapes.TEXT_OCTETS
    assert Disclosure(made("a", [text] * 11)).name == "a"
    fault = refused("disclosure-malformed", lambda: Disclosure(made("a", [text] * 13)))
    assert "1048576" in str(fault)
    refused(
        "disclosure-malformed",
        lambda: withheld.withhold({"a": [text] * 13}, lambda _: True, samples.salts()),
    )


def test_a_disclosed_whole_nests_as_deep_as_a_document_and_no_deeper(refused: Refused) -> None:
    def nested(depth: int) -> str:
        value: canonical.Json = 1
        for _ in range(depth):
            value = {"a": value}
        return made("a", value)

    def listed(depth: int) -> str:
        value: canonical.Json = 1
        for _ in range(depth):
            value = [value]
        return made("a", value)

    for deep in (nested, listed):
        most = deep(30)
        assert canonical.dump(disclose({"x": holding(most)}, [most]))
        most = deep(31)  # with the array around salt, name and value the disclosure itself has 32
        assert canonical.dump(disclose(holding(most), [most]))
        refused("json-depth", lambda most=most: disclose({"x": holding(most)}, [most]))


def test_the_type_of_receipts_and_exports_is_part_of_them(refused: Refused) -> None:
    payload = {**samples.record().receipt.jws.payload, "typ": "anjuan.receipt/2"}
    refused("shape", lambda: receipt.parse_receipt(sign_compact(samples.ARCHIVE, receipt.HEADER_TYP, payload)))
    claim = {**samples.claim().as_json(), "typ": "anjuan.export/2"}
    refused("shape", lambda: export.parse_export(sign_compact(samples.ARCHIVE, export.HEADER_TYP, claim)))
    assert export.parse_export(
        sign_compact(samples.ARCHIVE, export.HEADER_TYP, {**samples.claim().as_json(), "checkpoint": 1})
    )


def test_an_act_may_go_without_evidence() -> None:
    assert samples.act(evidence=(), facts={}).payload()


def test_tag_files_that_are_too_large_are_named_and_not_read() -> None:
    for name, reason in (("bag-info.txt", "bag-info"), ("bagit.txt", "bag-declaration")):
        altered = zips.changed(
            samples.small_package(),
            lambda content, name=name: [(n, b"x" * 2000 if n.endswith(name) else o) for n, o in content],
        )
        opened = package.open_package(io.BytesIO(altered))
        assert reason in {finding.reason for finding in package.bag_findings(opened)}


def test_a_member_name_has_at_most_512_octets(refused: Refused) -> None:
    def named(octets: int) -> io.BytesIO:
        return io.BytesIO(zips.built([("b/data/" + "x" * (octets - 7), b"")]))

    assert package.open_package(named(512)).base == "b"
    refused("not-a-package", lambda: package.open_package(named(513)))


def test_zip64_stands_exactly_where_it_must() -> None:
    edge = 2**32 - 1
    for size, offset, local, central in (
        (edge - 1, edge - 1, 0, 0),
        (edge, edge - 1, 20, 20),
        (edge - 1, edge, 0, 12),
        (edge, edge, 20, 28),
    ):
        member = zipform.Member(b"n", 0, size, offset)
        assert len(zipform.local_header(member)) == 30 + 1 + local
        assert len(zipform.central_header(member)) == 46 + 1 + central
    for count, size, offset, length in (
        (65534, edge - 1, edge - 1, 22),
        (65535, 0, 0, 98),
        (1, edge, 0, 98),
        (1, 0, edge, 98),
    ):
        assert len(zipform.end_records(count, size, offset)) == length


def test_the_zip64_end_is_that_of_the_application_note() -> None:
    """APPNOTE 4.3.14: the size of the rest of the record, made by, needed, disks, counts, size, offset; 4.3.15."""
    expected = (
        "504b0606 2c00000000000000 1403 2d00 00000000 00000000 0200000000000000 0200000000000000"
        "6400000000000000 0000000001000000"
        "504b0607 00000000 6400000001000000 01000000"
        "504b0506 0000 0000 0200 0200 64000000 ffffffff 0000"
    )
    assert zipform.end_records(2, 100, 1 << 32) == bytes.fromhex(expected.replace(" ", ""))


def test_a_salt_of_sixteen_octets_is_enough() -> None:
    assert Disclosure(b64u(canonical.dump([b64u(bytes(16)), "a", 1]))).value == 1
