"""The browser's verifier, opened from a file in Debian's Chromium, without any network: its page, and its modules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from projections.dossier.verifier_page import bundle, verifier_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

# every module by its name, a place to put files into, and `asked`: what is said of one of them under a trust file
HARNESS = """<!doctype html><meta charset="utf-8"><input type="file" id="files" multiple><script type="module">
{script}
const octets = (text) => new TextEncoder().encode(text);
const asked = async (file, trust) =>
  module_verify.verify(file, trust === null ? null : module_trust.parseTrust(octets(trust)));
globalThis.modules = {{ {modules}, octets, octets_of: module_octets, asked }};
</script>"""


def offline(browser: Browser, **options: Any) -> Iterator[Page]:
    """A page that reaches nothing but files, and fails the test if it tries, or complains of anything."""
    complaints: list[str] = []
    context = browser.new_context(locale="zh-CN", offline=True, **options)
    opened = context.new_page()
    opened.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda r: None if r.url.startswith(("file:", "blob:")) else complaints.append(r.url))
    yield opened
    context.close()
    assert not complaints


def harness(folder: Path) -> Path:
    script = bundle("verify.js")
    names = [line.split()[1] for line in script.splitlines() if line.startswith("const module_")]
    path = folder / "harness.html"
    listed = ", ".join(f"{name.removeprefix('module_')}: {name}" for name in names)
    path.write_text(HARNESS.format(script=script, modules=listed), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def modules(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The modules, each under its name in `modules`."""
    for page in offline(browser):
        page.goto(harness(tmp_path_factory.mktemp("harness")).as_uri())
        yield page


@pytest.fixture
def verifier(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page itself, as it is enclosed in packages."""
    path = tmp_path / "verify.html"
    path.write_bytes(verifier_page())
    for page in offline(browser, viewport={"width": 1200, "height": 900}, accept_downloads=True):
        page.goto(path.as_uri())
        yield page
