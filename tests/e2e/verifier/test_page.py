"""The page as people use it: opened from a file, two files chosen, a verdict read, a report saved; nothing else."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from domain.formats.verdict import CHECKS
from projections.dossier.verifier_page import FOLDER, bundle, verifier_page
from tests.verification.factory import archive

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.e2e.conftest import Site
    from tests.verification.factory import Archive

pytestmark = pytest.mark.browser
VERDICT = ".verdict h2"


@pytest.fixture(scope="module")
def made() -> Archive:
    return archive()


def choose(page: Page, data: bytes, trust: bytes | None = None, name: str = "案卷.zip") -> None:
    if trust is not None:
        page.locator("#trust").set_input_files({"name": "trust.json", "mimeType": "", "buffer": trust})
    page.locator("#package").set_input_files({"name": name, "mimeType": "application/zip", "buffer": data})


def verdicts(page: Page) -> dict[str, str]:
    """The verdict of each row of the table, by check."""
    rows = page.locator("tbody tr").evaluate_all(
        "(rows) => rows.map((row) => [row.dataset.check, row.dataset.verdict])"
    )
    return dict(rows)


def test_a_whole_package_passes_and_compliance_is_said_to_be_unchecked(verifier: Page, made: Archive) -> None:
    choose(verifier, made.package(), made.trust().dump())
    expect(verifier.locator(VERDICT)).to_have_text("完整性核对通过")
    expect(verifier.locator("#fingerprint-text")).to_have_text(made.trust().fingerprint)
    found = verdicts(verifier)
    assert list(found) == [check for check in CHECKS if check not in ("vault", "store")]
    assert found.pop("procedure") == "NOT_CHECKED"
    assert {found.pop(layer) for layer in ("log", "witness", "time", "census")} == {"NOT_CLAIMED"}
    assert set(found.values()) == {"PASSED"}
    expect(verifier.locator(".verdict")).to_contain_text("程序合规不在本页核对之列")
    expect(verifier.locator("tr[data-check=procedure]")).to_contain_text("本页不核对")


def test_without_a_trust_file_nothing_is_authentic(verifier: Page, made: Archive) -> None:
    choose(verifier, made.package())
    expect(verifier.locator(VERDICT)).to_have_text("完整性无法完全判定")
    expect(verifier.locator("tr[data-check=trust]")).to_contain_text("未提供信任文件")


def test_what_was_changed_is_named_where_it_lies(verifier: Page, made: Archive) -> None:
    whole = made.package()
    at = whole.index(made.payload()["data/案卷.pdf"])
    choose(verifier, whole[:at] + b"%PDF-1.8" + whole[at + 8 :], made.trust().dump())
    expect(verifier.locator(VERDICT)).to_have_text("完整性核对未通过")
    expect(verifier.locator("tr[data-check=manifest]")).to_contain_text("data/案卷.pdf")


def test_what_is_no_package_gets_no_table(verifier: Page) -> None:
    choose(verifier, b"PK\x03\x04 no zip")
    expect(verifier.locator(VERDICT)).to_have_text("不能作为案卷包打开")
    expect(verifier.locator("table")).to_have_count(0)


def test_another_choice_replaces_the_verdict(verifier: Page, made: Archive) -> None:
    choose(verifier, made.package(), archive("forger").trust().dump())
    expect(verifier.locator(VERDICT)).to_have_text("完整性核对未通过")
    choose(verifier, made.package(), made.trust().dump())
    expect(verifier.locator(VERDICT)).to_have_text("完整性核对通过")


def test_a_trust_file_that_cannot_be_read_gives_no_verdict(verifier: Page, made: Archive) -> None:
    choose(verifier, made.package(), b'{"origin": "x"}')
    expect(verifier.locator("#unable")).to_contain_text("信任文件无法读取")
    expect(verifier.locator("#fingerprint")).to_be_hidden()
    expect(verifier.locator(VERDICT)).to_have_count(0)


def test_proofs_that_are_enclosed_are_never_passed(verifier: Page, made: Archive) -> None:
    files = {**made.payload(), "data/proofs/7.checkpoint": b"not read here"}
    choose(verifier, made.package(files, checkpoint=7), made.trust().dump())
    expect(verifier.locator(VERDICT)).to_have_text("完整性无法完全判定")
    found = verdicts(verifier)
    assert {found[layer] for layer in ("log", "witness", "time", "census")} == {"INDETERMINATE"}


def test_names_from_a_package_are_text(verifier: Page, made: Archive) -> None:
    name = "data/<img src=x onerror=alert(1)>.txt"
    choose(verifier, made.package({**made.payload(), name: b"?"}), made.trust().dump(), "<b>案卷<b>.zip")
    expect(verifier.locator("tr[data-check=package]")).to_contain_text(name)
    expect(verifier.locator(".verdict")).to_contain_text("<b>案卷<b>.zip")
    expect(verifier.locator("img, main b b")).to_have_count(0)


def test_the_report_can_be_saved(verifier: Page, made: Archive) -> None:
    choose(verifier, made.package(), made.trust().dump())
    with verifier.expect_download() as download:
        verifier.locator("#save").click()
    assert download.value.suggested_filename == "案卷.核验报告.json"
    saved: dict[str, Any] = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert (saved["verdict"], saved["exit_status"], saved["not_checked"][0]) == ("PASSED", 0, "procedure")
    assert saved["package"] == {"name": "案卷.zip", "size": len(made.package())}
    assert saved["trust"] == made.trust().fingerprint
    assert {"check", "verdict", "reason", "where", "field", "zh", "en"} == saved["findings"][0].keys()


FORBIDDEN = """() => new Promise((resolve) => {
    const seen = [];
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
        seen.push(effectiveDirective);
        if (seen.length === 4) resolve([seen.sort(), globalThis.ran === undefined]);
    });
    const script = document.createElement("script");
    script.textContent = "globalThis.ran = true";
    document.body.append(script);
    new Image().src = "http://127.0.0.1:9/image.png";
    fetch("http://127.0.0.1:9/").catch(() => {});
    document.body.setAttribute("style", "color: red");
})"""


def test_nothing_else_may_run_there(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "verify.html").write_bytes(verifier_page())
    page = browser.new_page()
    page.goto((tmp_path / "verify.html").as_uri())
    assert "default-src 'none'" in page.content()
    assert page.evaluate(FORBIDDEN) == [["connect-src", "img-src", "script-src-elem", "style-src-attr"], True]
    page.close()


def test_the_page_is_made_the_same_way_every_time() -> None:
    page = verifier_page()
    verifier_page.cache_clear()
    assert verifier_page() == page
    script = page.decode().partition('<script type="module">')[2].partition("</script>")[0]
    assert script == bundle("page.js")
    assert all(path.stem.replace("-", "_") in script for path in FOLDER.glob("*.js"))


def test_modules_that_import_each_other_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        (tmp_path / f"{one}.js").write_text(f'import {{ x }} from "./{other}.js";\n')
    monkeypatch.setattr("projections.dossier.verifier_page.FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"a\.js"):
        bundle("a.js")


def test_the_server_gives_the_page_of_the_packages(page: Page, site: Site) -> None:
    page.goto("/")
    page.get_by_role("link", name="核验").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("案卷包核验")
    answer = page.request.get("/verify")
    assert hashlib.sha256(answer.body()).digest() == hashlib.sha256(verifier_page()).digest()
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    made = archive()
    choose(page, made.package(), made.trust().dump())
    expect(page.locator(VERDICT)).to_have_text("完整性核对通过")


def test_the_page_holds_on_a_small_screen(verifier: Page, made: Archive) -> None:
    verifier.set_viewport_size({"width": 390, "height": 844})
    choose(verifier, made.package(), made.trust().dump())
    expect(verifier.locator(VERDICT)).to_be_visible()
    assert verifier.evaluate("document.documentElement.scrollWidth") <= 390
