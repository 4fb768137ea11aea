"""Writes domain/formats/vectors and FORMAT.md's reason table. Run by hand after the format itself has changed:

    .venv/bin/python -m tests.formats.make_vectors

The vectors are what strangers test against: a difference in them is a difference of the format, not a refresh.
"""

from __future__ import annotations

import base64
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from domain.errors import Fault
from domain.formats import act, canonical, package, receipt, record, withheld
from domain.formats.encoding import b64u, b64u_decode
from domain.formats.export import issue_export
from domain.formats.verdict import REASONS, Verdict

from . import naive_ed25519 as ed
from . import samples

FORMATS = Path(act.__file__).parent
BEGIN = "<!-- reasons: generated from the table of codes, held equal by a test -->\n"
END = "<!-- /reasons -->\n"


def reasons_table() -> str:
    lines = ["| code | 中文 | English |\n", "|---|---|---|\n"]
    return "".join([*lines, *(f"| `{code}` | {zh} | {en} |\n" for code, (zh, en) in REASONS.items())])


def canonical_cases() -> list[dict[str, Any]]:
    texts: list[tuple[str, str | bytes]] = [
        ("members are sorted, white space goes", ' {"b": 1,\n"a": [true, false, null]} '),
        ("escapes become characters, LF stays an escape", r'"\u6848\u5377\/\n"'),
        ("integers at the edge", "[9007199254740991, -9007199254740991, 0]"),
        ("characters beyond the basic plane", r'{"x":"\ud840\udd64"}'),
        ("depth 32", "[" * 32 + "]" * 32),
        ("depth 33", "[" * 33 + "]" * 33),
        ("a name twice", '{"a":1,"a":1}'),
        ("a name twice, once escaped", r'{"a":1,"\u0061":1}'),
        ("a float", "[1.0]"),
        ("an exponent", "[1e2]"),
        ("minus zero", "[-0]"),
        ("NaN", "[NaN]"),
        ("an integer beyond 2^53-1", "9007199254740992"),
        ("a leading zero", "[01]"),
        ("a lone surrogate", r'"\ud800"'),
        ("not NFC", '"e\u0301"'),
        ("a tab as escape", r'"\t"'),
        ("NUL as escape", r'"\u0000"'),
        ("DEL", '"\x7f"'),
        ("a C1 control", '"\x85"'),
        ("a name outside ASCII", '{"案":1}'),
        ("something after the value", "{} {}"),
        ("a byte order mark", b"\xef\xbb\xbf{}"),
        ("not UTF-8", b'"\xff"'),
        ("an overlong encoding", b'"\xc0\xaf"'),
        ("a surrogate in UTF-8", b'"\xed\xa0\x80"'),
        ("nothing", ""),
    ]
    cases = []
    for desc, text in texts:
        data = text if isinstance(text, bytes) else text.encode()
        case: dict[str, Any] = {"desc": desc}
        case |= {"text": text} if isinstance(text, str) else {"b64": base64.b64encode(text).decode()}
        try:
            case["canonical"] = canonical.dump(canonical.parse(data)).decode()
        except Fault as fault:
            case["refused"] = fault.code
        cases.append(case)
    return cases


def _found(make: Any, wanted: Any) -> tuple[bytes, bytes]:
    """The first numbered message whose signature has the wanted challenge modulo 8."""
    for number in range(1000):
        message = f"message {number}".encode()
        signature, k = make(message)
        if wanted(k % 8):
            return message, signature
    raise AssertionError


def ed25519_cases() -> list[dict[str, Any]]:
    seed = bytes(range(32))
    a = ed.scalar(seed)
    key_point = ed.times(a, ed.B)
    key = ed.encode(key_point)
    small = ed.torsion()
    r = 987654321

    def signed(r_bytes: bytes, a_bytes: bytes, scalar: int, nonce: int) -> Any:
        def make(message: bytes) -> tuple[bytes, int]:
            k = ed.challenge(r_bytes, a_bytes, message)
            return r_bytes + ((nonce + k * scalar) % ed.L).to_bytes(32, "little"), k

        return make

    r_point = ed.encode(ed.times(r, ed.B))
    cases: list[dict[str, Any]] = []

    def case(desc: str, public: bytes, message: bytes, signature: bytes) -> None:
        valid = ed.verify(public, message, signature)
        cases.append(
            {"desc": desc, "key": public.hex(), "message": message.hex(), "signature": signature.hex(), "valid": valid}
        )

    plain, _ = signed(r_point, key, a, r)(b"plain")
    case("an ordinary signature", key, b"plain", plain)
    case("over another message", key, b"plainer", plain)
    s = int.from_bytes(plain[32:], "little")
    case("S + L", key, b"plain", plain[:32] + (s + ed.L).to_bytes(32, "little"))
    case("S = L", key, b"plain", plain[:32] + ed.L.to_bytes(32, "little"))
    case("63 octets", key, b"plain", plain[:63])
    case("65 octets", key, b"plain", plain + b"\0")
    for order, n in ((1, 0), (2, 4), (4, 2), (4, 6), (8, 1), (8, 3), (8, 5), (8, 7)):
        a_bytes = ed.encode(small[n])
        message, signature = _found(signed(r_point, a_bytes, 0, r), lambda k: k == 0)
        case(f"a key of order {order}", a_bytes, message, signature)
    for desc, y in (("1 written as p + 1", ed.P + 1), ("0 written as p", ed.P)):
        for sign in (0, 1):
            a_bytes = (y | sign << 255).to_bytes(32, "little")
            message, signature = _found(signed(r_point, a_bytes, 0, r), lambda k: k == 0)
            case(f"a key whose y is {desc}, sign {sign}", a_bytes, message, signature)
    for y in (1, ed.P - 1):
        a_bytes = (y | 1 << 255).to_bytes(32, "little")
        message, signature = _found(signed(r_point, a_bytes, 0, r), lambda k: k == 0)
        case("a key with x = 0 and the sign set", a_bytes, message, signature)
    y = next(y for y in range(2, 18) if ed.recover(y, 0))
    a_bytes = (ed.P + y).to_bytes(32, "little")
    case("a key of great order whose y is not below p", a_bytes, b"plain", plain)
    identity = ed.encode(ed.IDENTITY)
    case("R is the identity", key, b"m", signed(identity, key, a, 0)(b"m")[0])
    odd = (ed.P + 1).to_bytes(32, "little")
    case("R is the identity, written as p + 1", key, b"m", signed(odd, key, a, 0)(b"m")[0])
    odd = (1 | 1 << 255).to_bytes(32, "little")
    case("R is the identity with the sign set", key, b"m", signed(odd, key, a, 0)(b"m")[0])
    mixed = ed.encode(ed.add(key_point, small[1]))
    message, signature = _found(signed(r_point, mixed, a, r), lambda k: k == 0)
    case("a key of mixed order where both equations hold", mixed, message, signature)
    message, signature = _found(signed(r_point, mixed, a, r), lambda k: k != 0)
    case("a key of mixed order where only the equation with the cofactor holds", mixed, message, signature)
    r_mixed = ed.encode(ed.add(ed.times(r, ed.B), small[3]))
    case("R of mixed order: only the equation with the cofactor holds", key, b"m", signed(r_mixed, key, a, r)(b"m")[0])
    y = next(y for y in range(2, 18) if not ed.recover(y, 0))
    case("a key that is not on the curve", y.to_bytes(32, "little"), b"plain", plain)
    return cases


def record_case() -> dict[str, Any]:
    whole = samples.signed()
    stored = samples.record()
    shown, disclosures = samples.closed()
    claim = samples.claim()
    return {
        "seeds": {
            "handler": samples.HANDLER.seed.hex(),
            "reviewer": samples.REVIEWER.seed.hex(),
            "archive": samples.ARCHIVE.seed.hex(),
        },
        "jwks": {k.kid: k.public.jwk for k in (samples.HANDLER, samples.REVIEWER, samples.ARCHIVE)},
        "clear": samples.clear(),
        "withheld": shown,
        "disclosures": [
            {"encoded": e, "digest": withheld.Disclosure(e).digest, "parts": json.loads(b64u_decode(e))}
            for e in disclosures
        ],
        "payload": json.loads(whole.payload),
        "jws": {
            "payload": b64u(whole.payload),
            "signatures": [{"protected": s.protected, "signature": s.signature} for s in whole.signatures],
        },
        "act_digest": b64u(whole.digest),
        "receipt": stored.receipt.compact,
        "record": stored.data.decode(),
        "record_digest": stored.digest,
        "export": {"claim": claim.as_json(), "compact": issue_export(samples.ARCHIVE, claim)},
    }


def refused_cases() -> list[dict[str, Any]]:
    good = json.loads(samples.record().data)
    whole = samples.signed()
    payload = json.loads(whole.payload)
    _, disclosures = samples.closed()
    cases: list[dict[str, Any]] = []

    def case(desc: str, kind: str, data: str, judge: Any) -> None:
        try:
            judge()
        except Fault as fault:
            cases.append({"desc": desc, "kind": kind, "data": data, "refused": fault.code})
            return
        raise AssertionError(desc)

    def a_record(desc: str, value: Any, *, text: str | None = None) -> None:
        data = text or json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        case(desc, "record", data, lambda: record.parse_record(data.encode()))

    def an_act(desc: str, **changes: Any) -> None:
        data = json.dumps({**payload, **changes}, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        case(desc, "act", data, lambda: act.Act.parse(data.encode()))

    def a_receipt(desc: str, compact: str) -> None:
        case(desc, "receipt", compact, lambda: receipt.parse_receipt(compact))

    a_record("with white space", good, text=json.dumps(good, sort_keys=True))
    a_record("one member more", {**good, "note": "x"})
    signatures = good["act"]["signatures"]
    a_record("signatures swapped under the old receipt", {**good, "act": {**good["act"], "signatures": signatures[::-1]}})
    a_record("a signature dropped under the old receipt", {**good, "act": {**good["act"], "signatures": signatures[:1]}})
    padded = {**signatures[0], "signature": signatures[0]["signature"] + "="}
    a_record("padding", {**good, "act": {**good["act"], "signatures": [padded, signatures[1]]}})
    other = samples.receipt(whole, case=samples.ACT)
    a_record("the receipt of another case", {**good, "receipt": other})
    later = samples.signed(samples.act(seen=act.Seen(1, samples.record().digest)))
    ahead = {
        "act": {
            "payload": b64u(later.payload),
            "signatures": [{"protected": s.protected, "signature": s.signature} for s in later.signatures],
        },
        "receipt": samples.receipt(later),
    }
    a_record("signers who saw what came later", ahead)
    an_act("an unknown member", note="x")
    an_act("an id of another version", id=samples.ACT.replace("-774b-", "-474b-"))
    an_act("an id in capitals", id=samples.ACT.upper())
    an_act("no signer", signers=[])
    an_act("the same key twice", signers=[payload["signers"][0], payload["signers"][0]])
    an_act("a day that does not exist", occurred="2023-02-29")
    an_act("a time without offset", occurred="2023-02-28T10:00:00")
    an_act("an absurd year", occurred="0023-02-28")
    an_act("seen before the first, yet with a head", seen={"seq": 0, "head": samples.record().digest})
    an_act("an empty _sd", facts={"_sd": []})
    an_act("an unsorted _sd", facts={"_sd": ["B" * 42 + "A", "A" * 42 + "A"]})
    an_act("a digest in two places", facts={"_sd": ["A" * 43], "x": {"_sd": ["A" * 43]}})
    an_act("an array element withheld", facts={"x": [{"...": "A" * 43}]})
    a_receipt("two parts", "e30.e30")
    a_receipt("an act's signature as a receipt", ".".join((whole.signatures[0].protected, b64u(whole.payload), "AA")))
    es256 = canonical.dump({"alg": "ES256", "kid": samples.ARCHIVE.kid, "typ": "anjuan-receipt+json"})
    parts = samples.record().receipt.compact.split(".")
    a_receipt("an algorithm that is not judged", ".".join((b64u(es256), *parts[1:])))
    none = canonical.dump({"alg": "none", "kid": samples.ARCHIVE.kid, "typ": "anjuan-receipt+json"})
    a_receipt("no algorithm", ".".join((b64u(none), parts[1], "")))
    shown, _ = samples.closed()
    stray = b64u(canonical.dump([b64u(bytes(16)), "x", 1]))
    for desc, listed in (
        ("a disclosure that fits nothing", [*disclosures, stray]),
        ("a disclosure twice", [*disclosures, disclosures[0]]),
        ("a salt of 15 octets", [b64u(canonical.dump([b64u(bytes(15)), "x", 1]))]),
        ("a disclosed _sd", [b64u(canonical.dump([b64u(bytes(16)), "_sd", []]))]),
    ):
        data = json.dumps(listed)
        case(desc, "disclosures of record.json's act", data, lambda listed=listed: withheld.disclose(shown, listed))
    return cases


def _rezipped(data: bytes, change: Any) -> bytes:
    """The members rewritten by Python's zipfile after `change` of the list of (name, content)."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        members = [(name, old.read(name)) for name in old.namelist()]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, content in change(members):
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


def package_cases() -> list[dict[str, Any]]:
    good = samples.package()
    base = f"{samples.CASE}-1/"
    record_at = good.index(b"anjuan") if False else good.index(samples.record().data)
    flipped = bytearray(good)
    flipped[record_at + 20] ^= 1
    crc = bytearray(good)
    crc[14] ^= 1
    altered = [
        ("as written", good),
        ("an octet of a record flipped", bytes(flipped)),
        ("a checksum in a local header flipped", bytes(crc)),
        ("an octet after the end", good + b"\0"),
        ("an octet before the beginning", b"\0" + good),
        ("cut short", good[:-1]),
        ("a member dropped", _rezipped(good, lambda m: [x for x in m if "empty" not in x[0]])),
        ("a member added", _rezipped(good, lambda m: [*m, (base + "data/zz", b"")])),
        ("a file in the root", _rezipped(good, lambda m: [*m, (base + "zz.txt", b"")])),
        ("out of order", _rezipped(good, lambda m: m[::-1])),
        ("two base directories", _rezipped(good, lambda m: [*m, ("other/data/x", b"")])),
        ("a way out", _rezipped(good, lambda m: [*m, (base + "../x", b"")])),
        ("a backslash", _rezipped(good, lambda m: [*m, (base + "data\\x", b"")])),
        ("nothing", b""),
    ]
    cases = []
    for desc, data in altered:
        case: dict[str, Any] = {"desc": desc, "zip": base64.b64encode(data).decode()}
        try:
            findings = list(package.bag_findings(package.open_package(io.BytesIO(data))))
        except Fault as fault:
            case |= {"exit_status": 3, "failed": [fault.code]}
        else:
            failed = [f.reason for f in findings if f.verdict is Verdict.FAILED]
            case |= {"exit_status": 1 if failed else 0, "failed": failed}
        cases.append(case)
    return cases


def main() -> None:
    for name, value in (
        ("canonical", canonical_cases()),
        ("ed25519", ed25519_cases()),
        ("record", record_case()),
        ("refused", refused_cases()),
        ("package", package_cases()),
    ):
        text = json.dumps(value, ensure_ascii=False, indent=1)
        (FORMATS / "vectors" / f"{name}.json").write_text(text.replace("\x7f", "\\u007f") + "\n", encoding="utf-8")
    page = FORMATS / "FORMAT.md"
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    page.write_text(before + BEGIN + reasons_table() + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main()
