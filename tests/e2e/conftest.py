"""Pages over a real archive, a real server on a free port, Debian's Chromium."""

from __future__ import annotations

import io
import os
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import img2pdf
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import sync_playwright

from api.app import create_app
from api.wiring import Running
from projections.views import CaseViews
from storage.home import DirectoryPlace, Home
from tests.office import INTAKE, SHANGHAI, Office
from tests.served import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

CHROMIUM = "/usr/bin/chromium"
FONTS = Path(os.environ.get("ANJUAN_FONTS") or Path(__file__).parents[2] / "var/fonts").absolute()
FLAGS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-proxy-server")


@dataclass(frozen=True)
class Site:
    """A served archive: its address, its cases by what they show."""

    url: str
    office: Office
    rich: str
    fresh: str


def picture(text: str = "scan") -> bytes:
    """A page that looks scanned, as PNG."""
    image = Image.new("L", (620, 877), 246)
    draw = ImageDraw.Draw(image)
    for line in range(22):
        draw.line([(60, 90 + line * 34), (560 - (line * 37) % 160, 90 + line * 34)], fill=120, width=3)
    draw.text((60, 40), text, fill=40)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def rich_case(office: Office) -> str:
    """A case with papers of every kind, an irregular and a rectified record, and something withheld."""
    office.on("2023-03-01")
    case = office.archive.ids.uuid7()
    complaint = office.file(case, "投诉书.pdf", img2pdf.convert(picture("complaint")))
    identity = office.file(case, "身份证.png", picture("identity"))
    papers = [{"object": complaint, "slot": "complaint"}, {"object": identity, "slot": "identity"}]
    papers.append({"object": office.file(case, "现场照片.png", picture("photo")), "slot": "proof", "title": "现场照片"})
    papers.append({"object": office.file(case, "报价表.xlsx"), "slot": "proof", "title": "报价明细表"})
    office.do(case, "intake", {**INTAKE, "number": "临财采诉〔2023〕1号"}, "handler:陈立", evidence=papers)
    office.on("2023-03-03")
    office.do(case, "acceptance", {}, "handler:陈立")
    facts = {"copies": 1, "duties": "作出书面说明并提交证据。", "progress": "请说明项目进展情况。"}
    notice = office.do(case, "answer-notice", facts, "handler:陈立")
    office.serve(case, notice.seq)
    office.on("2023-03-20")
    office.do(
        case,
        "written-answer",
        {
            "party": "hospital",
            "received_on": "2023-03-20",
            "statement": "不同意投诉。",
            "progress": "合同未签订。",
            "trade_secret": "成本价三百万元",
        },
        "handler:陈立",
        evidence=[
            {
                "object": office.file(case, "说明.txt", "书面说明。\n<img src=x onerror=alert(1)>".encode()),
                "slot": "statement",
            }
        ],
    )
    at = {"matters": ["核对评分表"], "at": "2023-03-22T09:30:00+08:00", "place": "临江市第二人民医院"}
    visit = office.do(case, "investigation-notice", {**at, "recipients": ["hospital"]}, "handler:陈立")
    office.serve(case, visit.seq)
    office.on("2023-03-22")
    minutes = {"place": "临江市第二人民医院", "content": "查阅评分表原件。", "pages": 2, "persons": [{"name": "孙敏"}]}
    paper = [{"object": office.file(case, "笔录.pdf", img2pdf.convert(picture("minutes"))), "slot": "minutes"}]
    office.do(case, "investigation-minutes", minutes, "investigator:王强", evidence=paper)
    right = {"target": 5, "mode": "corrects", "reason": "收到日期录入有误。", "changes": {"received_on": "2023-03-09"}}
    office.do(case, "rectification", right, "handler:陈立", "reviewer:李敏")
    return case


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    office = Office(tmp_path_factory.mktemp("home"))
    rich = rich_case(office)
    fresh = office.opened(project="临江市图书馆数字资源采购项目")
    office.clock.set(datetime(2023, 4, 6, 10, tzinfo=SHANGHAI))
    views = CaseViews(office.path / "views.db", office.archive)
    running = Running(Home(office.path, DirectoryPlace()), office.archive, views, office.log, ExitStack())
    with serving(create_app(running)) as url:
        yield Site(url, office, rich, fresh)
    views.close()
    office.close()


def with_fonts(folder: Path) -> dict[str, str | float | bool]:
    """The environment for a browser that finds the papers' fonts, whatever the machine has installed."""
    config = folder / "fonts.conf"
    config.write_text(f"""<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
    <dir>{FONTS}</dir><dir>/usr/share/fonts</dir><cachedir>{folder / "cache"}</cachedir></fontconfig>""")
    return {**os.environ, "FONTCONFIG_FILE": str(config)}


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        environment = with_fonts(tmp_path_factory.mktemp("fonts"))
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS), env=environment)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page of this site; whatever the browser complains of (policy, script, missing file) fails the test."""
    complaints: list[str] = []
    context = browser.new_context(locale="zh-CN", base_url=site.url, viewport={"width": 1360, "height": 900})
    opened = context.new_page()
    opened.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert not complaints
