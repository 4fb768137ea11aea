"""Writes domain/formats/vectors and FORMAT.md's reason table. Run by hand after the format itself has changed:

    .venv/bin/python -m tests.formats.make_vectors

The vectors are what strangers test against: a difference in them is a difference of the format, not a refresh.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.errors import Fault
from domain.formats import act, canonical, package, receipt, record, withheld
from domain.formats.encoding import b64u, b64u_decode
from domain.formats.export import issue_export
from domain.formats.verdict import REASONS, Verdict

from . import naive_ed25519 as ed
from . import samples, zips

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        "jws": _jws(whole),
        "act_digest": b64u(whole.digest),
        "receipt": stored.receipt.compact,
        "record": stored.data.decode(),
        "record_digest": stored.digest,
        "export": {"claim": claim.as_json(), "compact": issue_export(samples.ARCHIVE, claim)},
    }


Judged = tuple[str, str, str, Callable[[], object]]  # desc, kind, data, what must refuse it


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _a_record(desc: str, data: str) -> Judged:
    return desc, "record", data, lambda: record.parse_record(data.encode())


def _a_receipt(desc: str, compact: str) -> Judged:
    return desc, "receipt", compact, lambda: receipt.parse_receipt(compact)


def _jws(of: act.SignedAct) -> dict[str, Any]:
    return {
        "payload": b64u(of.payload),
        "signatures": [{"protected": s.protected, "signature": s.signature} for s in of.signatures],
    }


def refused_records() -> Iterator[Judged]:
    good = json.loads(samples.record().data)
    whole = samples.signed()
    first, second = good["act"]["signatures"]

    def under(*signatures: dict[str, str]) -> str:
        return _written({**good, "act": {**good["act"], "signatures": list(signatures)}})

    yield _a_record("with white space", json.dumps(good, sort_keys=True))
    yield _a_record("one member more", _written({**good, "note": "x"}))
    yield _a_record("signatures swapped under the old receipt", under(second, first))
    yield _a_record("a signature dropped under the old receipt", under(first))
    yield _a_record("padding", under({**first, "signature": first["signature"] + "="}, second))
    yield _a_record(
        "the receipt of another case", _written({**good, "receipt": samples.receipt(whole, case=samples.ACT)})
    )
    later = samples.signed(samples.act(seen=act.Seen(1, samples.record().digest)))
    yield _a_record(
        "signers who saw what came later", _written({"act": _jws(later), "receipt": samples.receipt(later)})
    )
    after = samples.receipt(later, seq=2, prev=samples.claim().manifest)
    yield _a_record("signers who saw another record before", _written({"act": _jws(later), "receipt": after}))


def refused_acts() -> Iterator[Judged]:
    payload = json.loads(samples.signed().payload)
    signer = payload["signers"][0]
    entry = payload["evidence"][0]
    changes: dict[str, dict[str, Any]] = {
        "an unknown member": {"note": "x"},
        "an id of another version": {"id": samples.ACT.replace("-774b-", "-474b-")},
        "an id in capitals": {"id": samples.ACT.upper()},
        "no signer": {"signers": []},
        "the same key twice": {"signers": [signer, signer]},
        "a day that does not exist": {"occurred": "2023-02-29"},
        "a time without offset": {"occurred": "2023-02-28T10:00:00"},
        "an absurd year": {"occurred": "0023-02-28"},
        "seen before the first, yet with a head": {"seen": {"seq": 0, "head": samples.record().digest}},
        "an empty _sd": {"facts": {"_sd": []}},
        "an unsorted _sd": {"facts": {"_sd": ["B" * 42 + "A", "A" * 43]}},
        "a digest in two places": {"facts": {"_sd": ["A" * 43], "x": {"_sd": ["A" * 43]}}},
        "an array element withheld": {"facts": {"x": [{"...": "A" * 43}]}},
        "evidence with an unknown member": {"evidence": [{**entry, "note": "x"}]},
        "evidence of negative size": {"evidence": [{**entry, "size": -1}]},
        "a digest with unused bits": {"rulebook": {"id": "x", "digest": "A" * 42 + "B"}},
    }
    for desc, change in changes.items():
        data = _written({**payload, **change})
        yield desc, "act", data, lambda data=data: act.Act.parse(data.encode())


def refused_receipts() -> Iterator[Judged]:
    whole = samples.signed()
    protected, payload, signature = samples.record().receipt.compact.split(".")
    yield _a_receipt("two parts", "e30.e30")
    as_receipt = f"{whole.signatures[0].protected}.{b64u(whole.payload)}.{whole.signatures[0].signature}"
    yield _a_receipt("an act's signature as a receipt", as_receipt)
    for desc, alg in (("an algorithm that is not judged", "ES256"), ("no algorithm", "none")):
        header = canonical.dump({"alg": alg, "kid": samples.ARCHIVE.kid, "typ": receipt.HEADER_TYP})
        yield _a_receipt(desc, f"{b64u(header)}.{payload}.{signature}")
    yield _a_receipt("a twin of the signature", f"{protected}.{payload}.{signature[:-1]}{chr(ord(signature[-1]) + 1)}")


def refused_disclosures() -> Iterator[Judged]:
    shown, disclosures = samples.closed()

    def made(octets: int, name: str) -> str:
        return b64u(canonical.dump([b64u(bytes(octets)), name, 1]))

    for desc, listed in (
        ("a disclosure that fits nothing", [*disclosures, made(16, "x")]),
        ("a disclosure twice", [*disclosures, disclosures[0]]),
        ("a salt of 15 octets", [made(15, "x")]),
        ("a disclosed _sd", [made(16, "_sd")]),
    ):
        yield desc, "disclosures", json.dumps(listed), lambda listed=listed: withheld.disclose(shown, listed)


def refused_cases() -> list[dict[str, Any]]:
    cases = []
    for judged in (refused_records, refused_acts, refused_receipts, refused_disclosures):
        for desc, kind, data, judge in judged():
            try:
                judge()
            except Fault as fault:
                cases.append({"desc": desc, "kind": kind, "data": data, "refused": fault.code})
            else:
                raise AssertionError(desc)
    return cases


def package_cases() -> list[dict[str, Any]]:
    cases = []
    for desc, data in zips.altered():
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
