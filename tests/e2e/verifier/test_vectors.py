"""The browser's verifier over the vectors that strangers test against (FORMAT.md §10)."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.verifier.conftest import harness, offline
from tests.formats.make_vectors import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ED25519 = """async (cases) => {
    const octets = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
    const one = ({ key, signature, message }) =>
        modules.ed25519.signed(octets(key), key, octets(signature), octets(message));
    return Promise.all(cases.map(one));
}"""
CANONICAL = """(cases) => cases.map(({ text, b64 }) => {
    const octets = b64 ? Uint8Array.from(atob(b64), (c) => c.charCodeAt(0)) : modules.octets(text);
    try { return { canonical: modules.canonical.canonical(modules.canonical.parse(octets)) }; }
    catch (error) { return { refused: error.code }; }
})"""
REFUSED = """async ([cases, withheld]) => {
    const judges = {
        record: (data) => modules.record.parseRecord(modules.octets(data)),
        act: (data) => modules.act.parseAct(modules.octets(data)),
        receipt: (data) => modules.record.parseReceipt(data),
        disclosures: (data) => {
            const signed = modules.canonical.parse(modules.octets(JSON.stringify(withheld)));
            return modules.withheld.disclose(signed, JSON.parse(data));
        },
    };
    const one = async ({ kind, data }) => { try { await judges[kind](data); } catch (error) { return error.code; } };
    return Promise.all(cases.map(one));
}"""
RECORD = """async (whole) => {
    const { record, act, keys, jws, withheld, canonical } = modules;
    const read = await record.parseRecord(modules.octets(whole.record));
    const known = new Map(Object.entries(whole.jwks).map(([kid, jwk]) => [kid, keys.publicKey(jwk)]));
    const archive = keys.publicKey(whole.jwks[read.receipt.kid]);
    const claim = modules["export"].parseExport(whole.export.compact);
    const shown = withheld.factsView(read.act, whole.disclosures.map(({ encoded }) => encoded));
    return {
        kids: [...known].every(([kid, key]) => kid === key.kid),
        digest: read.digest, act: read.receipt.act, signatures: read.signatures,
        defects: await act.signatureDefects(read, known), receipt: await jws.verified(read.receipt.jws, archive),
        shown: canonical.canonical({ facts: shown.facts, evidence: shown.evidence }), kept: shown.kept,
        clear: canonical.canonical(canonical.parse(modules.octets(JSON.stringify(whole.clear)))),
        export: await jws.verified(claim.jws, archive), exported: claim.exported,
    };
}"""
PACKAGES = """async (zips) => {
    const one = async (zip) => {
        const findings = new modules.findings.Findings();
        try {
            const blob = new Blob([Uint8Array.from(atob(zip), (c) => c.charCodeAt(0))]);
            await modules.bag.judgeBag(await modules.package.Package.open(blob), findings, async () => {});
        } catch (error) { return { exit_status: 3, failed: [error.code] }; }
        const { exit_status, findings: all } = findings.report();
        return { exit_status, failed: all.filter((f) => f.verdict === "FAILED").map((f) => f.reason) };
    };
    return Promise.all(zips.map(one));
}"""


def vectors(name: str) -> Any:
    return json.loads((FORMATS / f"vectors/{name}.json").read_text(encoding="utf-8"))


def test_canonical(modules: Page) -> None:
    cases = vectors("canonical")
    found = modules.evaluate(CANONICAL, cases)
    want = [{name: case[name] for name in ("canonical", "refused") if name in case} for case in cases]
    assert dict(zip([case["desc"] for case in cases], found, strict=True)) == dict(
        zip([case["desc"] for case in cases], want, strict=True)
    )


def test_ed25519(modules: Page) -> None:
    cases = vectors("ed25519")
    found = modules.evaluate(ED25519, cases)
    assert [c["desc"] for c, valid in zip(cases, found, strict=True) if valid is not c["valid"]] == []


def test_ed25519_where_the_browser_has_none(browser: Browser, tmp_path: Path) -> None:
    cases = vectors("ed25519")
    for page in offline(browser):
        page.add_init_script(
            "crypto.subtle.importKey = () => Promise.reject(new DOMException('', 'NotSupportedError'))"
        )
        page.goto(harness(tmp_path).as_uri())
        found = page.evaluate(ED25519, cases)
        assert [c["desc"] for c, valid in zip(cases, found, strict=True) if valid is not c["valid"]] == []


def test_refused(modules: Page) -> None:
    cases = vectors("refused")
    found = modules.evaluate(REFUSED, [cases, vectors("record")["withheld"]])
    assert [(c["desc"], code) for c, code in zip(cases, found, strict=True) if code != c["refused"]] == []


def test_record(modules: Page) -> None:
    whole = vectors("record")
    found = modules.evaluate(RECORD, whole)
    assert found["kids"]
    assert (found["digest"], found["act"]) == (whole["record_digest"], whole["act_digest"])
    named = [{"head": s["protected"], "signature": s["signature"]} for s in whole["jws"]["signatures"]]
    assert found["signatures"] == named
    assert (found["defects"], found["receipt"], found["export"]) == ([], True, True)
    assert (found["shown"], found["kept"]) == (found["clear"], 0)
    assert found["exported"] == whole["export"]["claim"]["exported"]


def test_package(modules: Page) -> None:
    cases = vectors("package")
    found = modules.evaluate(PACKAGES, [case["zip"] for case in cases])
    want = [{"exit_status": case["exit_status"], "failed": case["failed"]} for case in cases]
    assert [(c["desc"], f) for c, f, w in zip(cases, found, want, strict=True) if f != w] == []


@pytest.mark.parametrize("length", [0, 1, 55, 56, 63, 64, 65, 119, 120, 4096, 100_003])
def test_digests_piece_by_piece_are_those_of_the_browser(modules: Page, length: int) -> None:
    """Big files are hashed by a SHA-256 of the page's own, cut anywhere."""
    found = modules.evaluate(
        """async (length) => {
            const octets = Uint8Array.from({ length }, (_, i) => (i * i + 7 * i) & 255);
            const running = new modules.digest.Sha256();
            for (let at = 0; at < length; at += 37) running.update(octets.subarray(at, at + 37));
            return [modules.octets_of.b64u(running.finish()), await modules.digest.digest(octets)];
        }""",
        length,
    )
    assert found[0] == found[1]


def test_texts_of_octets_are_strict(modules: Page) -> None:
    data = [bytes(range(n)) for n in range(40)]
    texts = [base64.urlsafe_b64encode(one).decode().rstrip("=") for one in data]
    wrong = ["A", "AB=", "A B", "AB", "AAB", "A+8", "Aéé"]
    found = modules.evaluate(
        """(texts) => texts.map((text) => {
            const module = modules.octets_of;
            try { return module.b64u(module.fromB64u(text)); } catch (error) { return error.code; }
        })""",
        [*texts, *wrong],
    )
    assert found == [*texts, *["encoding"] * len(wrong)]
