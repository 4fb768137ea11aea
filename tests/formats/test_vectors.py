"""The vectors that strangers test against hold, and FORMAT.md's table is the table of codes."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from domain.errors import Fault
from domain.formats import canonical
from domain.formats.act import Act, SignedAct, sign_act, signature_defects
from domain.formats.encoding import b64u, b64u_decode, digest
from domain.formats.export import ExportClaim, issue_export, parse_export
from domain.formats.keys import PrivateKey, PublicKey
from domain.formats.package import bag_findings, open_package
from domain.formats.receipt import issue, parse_receipt, receipt_verified
from domain.formats.record import make_record, parse_record
from domain.formats.verdict import Verdict
from domain.formats.withheld import disclose, withhold
from tests.formats import make_vectors, samples

if TYPE_CHECKING:
    from collections.abc import Callable

VECTORS = make_vectors.FORMATS / "vectors"


def vectors(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def named(name: str) -> Any:
    cases = vectors(name)
    return pytest.mark.parametrize("case", cases, ids=[case["desc"] for case in cases])


@named("canonical")
def test_canonical(case: dict[str, Any]) -> None:
    data = base64.b64decode(case["b64"]) if "b64" in case else case["text"].encode()
    if "canonical" in case:
        assert canonical.dump(canonical.parse(data)).decode() == case["canonical"]
        return
    with pytest.raises(Fault) as caught:
        canonical.parse(data)
    assert caught.value.code == case["refused"]


WHOLE = vectors("record")
KEYS = {name: PrivateKey.from_seed(bytes.fromhex(seed)) for name, seed in WHOLE["seeds"].items()}


def test_the_signed_act_follows_from_its_seeds() -> None:
    payload = canonical.dump(WHOLE["payload"])
    assert b64u(payload) == WHOLE["jws"]["payload"]
    signed = SignedAct(payload, (sign_act(payload, KEYS["handler"]), sign_act(payload, KEYS["reviewer"])))
    assert [{"protected": s.protected, "signature": s.signature} for s in signed.signatures] == WHOLE["jws"][
        "signatures"
    ]
    assert b64u(signed.digest) == WHOLE["act_digest"]
    known = {kid: PublicKey.from_jwk(jwk) for kid, jwk in WHOLE["jwks"].items()}
    assert all(key.kid == kid for kid, key in known.items())
    assert signature_defects(signed, known) == ()


def test_the_receipt_and_record_follow_from_the_act() -> None:
    record = parse_record(WHOLE["record"].encode())
    assert record.receipt.compact == WHOLE["receipt"]
    assert receipt_verified(record.receipt, KEYS["archive"].public)
    receipt = record.receipt
    again = issue(
        KEYS["archive"],
        case=receipt.case,
        seq=receipt.seq,
        prev=receipt.prev,
        act=b64u_decode(WHOLE["act_digest"]),
        received=receipt.received,
    )
    assert again == WHOLE["receipt"]
    assert make_record(record.signed, again).data == WHOLE["record"].encode()
    assert digest(WHOLE["record"].encode()) == record.digest == WHOLE["record_digest"]


def test_the_withheld_facts_follow_from_their_salts() -> None:
    salts = iter([b64u_decode(entry["parts"][0]) for entry in WHOLE["disclosures"]])
    names = {entry["parts"][1] for entry in WHOLE["disclosures"]}
    signed, encoded = withhold(WHOLE["clear"], lambda path: path[-1] in names, lambda: next(salts))
    assert signed == WHOLE["withheld"]
    assert list(encoded) == [entry["encoded"] for entry in WHOLE["disclosures"]]
    assert [digest(text.encode()) for text in encoded] == [entry["digest"] for entry in WHOLE["disclosures"]]
    act = Act.parse(canonical.dump(WHOLE["payload"]))
    assert {"facts": act.facts, "evidence": list(act.evidence)} == signed
    assert disclose(signed, encoded) == WHOLE["clear"]


def test_the_export_follows_from_its_claim() -> None:
    claim = {name: value for name, value in WHOLE["export"]["claim"].items() if name != "typ"}
    assert issue_export(KEYS["archive"], ExportClaim(**claim)) == WHOLE["export"]["compact"]
    assert parse_export(WHOLE["export"]["compact"])[1] == KEYS["archive"].kid


_JUDGES: dict[str, Callable[[str], object]] = {
    "record": lambda data: parse_record(data.encode()),
    "act": lambda data: Act.parse(data.encode()),
    "receipt": parse_receipt,
    "disclosures": lambda data: disclose(WHOLE["withheld"], json.loads(data)),
}


@named("refused")
def test_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Fault) as caught:
        _JUDGES[case["kind"]](case["data"])
    assert caught.value.code == case["refused"]


@named("package")
def test_package(case: dict[str, Any]) -> None:
    data = io.BytesIO(base64.b64decode(case["zip"]))
    if case["exit_status"] == 3:
        with pytest.raises(Fault) as caught:
            open_package(data)
        assert [caught.value.code] == case["failed"]
        return
    findings = list(bag_findings(open_package(data)))
    assert [finding.reason for finding in findings if finding.verdict is Verdict.FAILED] == case["failed"]
    assert bool(case["failed"]) == bool(case["exit_status"])


def test_the_script_writes_what_lies_there() -> None:
    """A difference here is a change of the format: write a new version, or mend the code."""
    assert make_vectors.canonical_cases() == vectors("canonical")
    assert make_vectors.ed25519_cases() == vectors("ed25519")
    assert make_vectors.record_case() == WHOLE
    assert make_vectors.refused_cases() == vectors("refused")
    stored = [case for case in vectors("package") if "compressed" not in case["desc"]]  # zlib's octets vary
    assert [case for case in make_vectors.package_cases() if "compressed" not in case["desc"]] == stored
    assert samples.record().digest == WHOLE["record_digest"]


def test_the_page_holds_the_table_of_codes() -> None:
    page = (make_vectors.FORMATS / "FORMAT.md").read_text(encoding="utf-8")
    assert make_vectors.BEGIN + make_vectors.reasons_table() + make_vectors.END in page


def test_the_page_lists_every_file_of_vectors() -> None:
    page = Path(make_vectors.FORMATS / "FORMAT.md").read_text(encoding="utf-8")
    assert not [path.name for path in VECTORS.iterdir() if f"`{path.name}`" not in page]
