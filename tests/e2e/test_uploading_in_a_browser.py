"""Evidence put into a case in a browser: over a line that is cut, on after a reload, by keyboard, by dropping."""

from __future__ import annotations

import random
import re
import threading
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from api.app import create_app
from api.wiring import Running
from projections.views import CaseViews
from storage.home import DirectoryPlace, Home
from tests.contract.lossy import Lossy
from tests.office import INTAKE, Office
from tests.served import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser
MIB = 1 << 20
VIDEO = b"\x00\x00\x00\x18ftypisom" + random.Random(2).randbytes(11 * MIB)
TOKEN = re.compile(rb"anjuan_[A-Za-z0-9_-]{12}_")


@dataclass
class Desk:
    """An officer before the page, with a bad network between it and the server."""

    office: Office
    net: Lossy
    case: str
    token: str
    context: BrowserContext
    page: Page
    complaints: list[str]
    folder: Path

    def opened(self) -> None:
        self.page.goto(f"/cases/{self.case}/evidence/new")

    def chosen(self, *names: str) -> None:
        self.page.get_by_label("把文件拖到这里").set_input_files([self.folder / name for name in names])

    def begun(self) -> None:
        self.page.get_by_label("访问令牌").fill(self.token)
        self.page.get_by_role("button", name="开始上传").click()

    def stored(self) -> list[bytes]:
        archive = self.office.archive
        found = [a for a in archive.attachments.of_case(self.case) if a.stored.object not in self.before]
        return [b"".join(archive.vault.read(a.stored.object, a.stored.version)) for a in found]

    def __post_init__(self) -> None:
        self.before = {a.stored.object for a in self.office.archive.attachments.of_case(self.case)}


@pytest.fixture
def desk(browser: Browser, tmp_path: Path) -> Iterator[Desk]:
    home = tmp_path / "home"
    home.mkdir()
    office = Office(home)
    case = office.opened()
    views = CaseViews(office.path / "views.db", office.archive)
    app = create_app(Running(Home(office.path, DirectoryPlace()), office.archive, views, office.log, ExitStack()))
    token = app.state.server.tokens.issue(office.officers["陈立"], office.clock.now())
    (tmp_path / "现场录像.mp4").write_bytes(VIDEO)
    (tmp_path / "情况说明.txt").write_text("情况说明", encoding="utf-8")
    complaints: list[str] = []
    with serving(app) as url, closing(Lossy(url.removeprefix("http://"))) as net:
        context = browser.new_context(locale="zh-CN", base_url=f"http://{net.endpoint}")
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield Desk(office, net, case, token, context, page, complaints, tmp_path)
        context.close()
    views.close()
    office.close()


def test_files_are_chosen_and_become_evidence(desk: Desk) -> None:
    desk.page.goto(f"/cases/{desk.case}")
    desk.page.get_by_role("link", name="存入证据").click()
    desk.chosen("现场录像.mp4", "情况说明.txt")
    expect(desk.page.locator("#list li")).to_have_count(2)
    desk.begun()
    expect(desk.page.locator("#list li.done")).to_have_count(2, timeout=30_000)
    expect(desk.page.locator("#list")).to_contain_text("存证编号")
    expect(desk.page.locator("#list").get_by_role("button")).to_have_count(0)
    assert sorted(desk.stored(), key=len) == ["情况说明".encode(), VIDEO]
    assert desk.complaints == []


def test_a_line_that_is_cut_in_the_middle_is_taken_up_again(desk: Desk) -> None:
    second = re.compile(rb"(?i)^PATCH .*\r\nupload-offset: 4194304\r\n", re.DOTALL)
    desk.net.strike("during", lambda request: second.match(request) is not None)
    desk.opened()
    desk.chosen("现场录像.mp4")
    desk.begun()
    expect(desk.page.locator("#list li.done")).to_have_count(1, timeout=30_000)
    assert desk.net.struck == 1
    assert desk.stored() == [VIDEO]


def test_after_a_reload_it_goes_on_where_it_was_and_the_token_is_asked_for_again(desk: Desk) -> None:
    offsets, reached, released = list[bytes](), threading.Event(), threading.Event()

    def holding(piece: bytes) -> bytes:
        begun = re.findall(rb"(?i)\r\nupload-offset: (\d+)\r\n", piece)
        offsets.extend(begun)
        if begun == [b"%d" % (8 * MIB)] and not reached.is_set():
            reached.set()
            released.wait(30)
        return piece

    desk.net.alter = holding
    desk.opened()
    desk.page.on("dialog", lambda dialog: dialog.accept())
    desk.chosen("现场录像.mp4")
    desk.begun()
    assert reached.wait(30)
    desk.page.reload()
    released.set()
    expect(desk.page.locator("#unfinished")).to_contain_text("1 个文件没有传完")
    expect(desk.page.get_by_label("访问令牌")).to_have_value("")
    kept = desk.page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])"
    )
    assert not TOKEN.search(kept.encode())
    desk.chosen("现场录像.mp4")
    desk.begun()
    expect(desk.page.locator("#list li.done")).to_have_count(1, timeout=30_000)
    assert offsets.count(b"0") == offsets.count(b"4194304") == 1
    assert desk.stored() == [VIDEO]
    desk.page.reload()
    expect(desk.page.locator("#unfinished")).to_be_hidden()


def test_a_token_that_is_not_known_is_told_in_words_and_may_be_put_right(desk: Desk) -> None:
    desk.opened()
    desk.chosen("情况说明.txt")
    desk.page.get_by_label("访问令牌").fill("anjuan_x")
    desk.page.get_by_role("button", name="开始上传").click()
    expect(desk.page.locator("#list li.failed")).to_contain_text("访问令牌无效或者已经过期")
    expect(desk.page.get_by_label("访问令牌")).to_be_focused()
    desk.page.get_by_label("访问令牌").fill(desk.token)
    desk.page.get_by_role("button", name="重试").click()
    expect(desk.page.locator("#list li.done")).to_have_count(1)
    assert desk.stored() == ["情况说明".encode()]


def test_a_recording_is_played_from_its_middle_without_what_lies_before(desk: Desk) -> None:
    """WAV, 8 kHz, 8 bit: second n begins at octet 44 + 8000 n."""
    seconds = 3600
    head = b"RIFF%bWAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data%b"
    sizes = ((8000 * seconds + 36).to_bytes(4, "little"), (8000 * seconds).to_bytes(4, "little"))
    sound = head % sizes + bytes([128]) * 8000 * seconds
    office, asked = desk.office, list[int]()
    case = office.archive.ids.uuid7()
    paper = {"object": office.file(case, "现场录音.wav", sound), "slot": "proof", "title": "现场录音"}
    office.do(case, "intake", INTAKE, "handler:陈立", evidence=[*office.papers(case), paper])

    def noting(piece: bytes) -> bytes:
        asked.extend(int(first) for first in re.findall(rb"(?i)\r\nrange: bytes=(\d+)-", piece))
        return piece

    desk.net.alter = noting
    desk.page.goto(f"/cases/{case}/evidence/{paper['object']}")
    player = desk.page.locator("audio")
    seek = """(player, to) => new Promise((done, fail) => {
        player.onerror = () => fail(player.error.message);
        player.onseeked = () => done(player.currentTime);
        const begin = () => { player.currentTime = to; };
        if (player.readyState) begin(); else player.onloadedmetadata = begin; })"""
    assert player.evaluate(seek, seconds - 60) == seconds - 60
    assert player.evaluate("player => player.duration") == seconds
    assert max(asked) > 8000 * (seconds - 120)
    assert desk.complaints == []


def test_it_works_with_the_keyboard_alone(desk: Desk) -> None:
    desk.opened()
    desk.page.get_by_label("访问令牌").focus()
    desk.page.keyboard.type(desk.token)
    desk.page.keyboard.press("Tab")
    with desk.page.expect_file_chooser() as waiting:
        desk.page.keyboard.press("Space")
    waiting.value.set_files([desk.folder / "情况说明.txt"])
    desk.page.keyboard.press("Tab")
    expect(desk.page.get_by_role("button", name="移除")).to_be_focused()
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#list li.done")).to_have_count(1)
    assert desk.complaints == []


def test_files_may_be_dropped_and_taken_off_the_list_again(desk: Desk) -> None:
    desk.opened()
    made = """() => { const all = new DataTransfer();
        for (const [name, body] of [["一.txt", "甲"], ["二.txt", ""], ["三.txt", "情况说明"]]) {
          all.items.add(new File([body], name)); }
        return all; }"""
    desk.page.dispatch_event("#drop", "drop", {"dataTransfer": desk.page.evaluate_handle(made)})
    rows = desk.page.locator("#list li")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("文件是空的")
    rows.nth(0).get_by_role("button", name="移除").click()
    expect(rows).to_have_count(2)
    desk.begun()
    expect(desk.page.locator("#list li.done")).to_have_count(1)
    assert desk.stored() == ["情况说明".encode()]
