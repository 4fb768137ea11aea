"""The pages as people see them, in Debian's Chromium; the browser's own complaints fail every test (conftest)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.conftest import Site

pytestmark = pytest.mark.browser
VIEWER = "chrome-extension://"  # where the browser's own PDF viewer lives
PHONE = {"width": 390, "height": 844}


def paper(site: Site, title: str) -> str:
    """The object of a file of the rich case."""
    evidence = [item for entry in site.office.archive.case(site.rich).entries for item in entry.evidence]
    return str(next(item["object"] for item in evidence if item["title"] == title))


def test_from_the_docket_to_the_case(page: Page, site: Site) -> None:
    page.goto("/")
    expect(page.get_by_role("row")).to_have_count(3)
    page.get_by_role("link", name="临江市第二人民医院 64 排 CT 采购项目").click()
    expect(page).to_have_url(f"{site.url}/cases/{site.rich}")
    expect(page.get_by_role("heading", level=1)).to_have_text("临江市第二人民医院 64 排 CT 采购项目")
    expect(page.locator(".facts")).to_contain_text("余 5 个工作日")
    expect(page.locator(".timeline > li")).to_have_count(9)
    expect(page.locator(".flag.bad")).to_contain_text("第三十一条")
    expect(page.locator(".flag", has_text="已更正")).to_contain_text("第 9 号记录")
    expect(page.locator("#timeline")).to_contain_text("身份证明文件：不公开")


def test_the_timeline_is_filtered_in_place_and_the_address_follows(page: Page, site: Site) -> None:
    page.goto(f"/cases/{site.rich}")
    page.evaluate("window.stayed = true")
    page.get_by_role("link", name="文书").click()
    expect(page.locator(".timeline > li")).to_have_count(4)
    expect(page.locator("#filter-papers")).to_have_attribute("aria-current", "true")
    assert page.url == f"{site.url}/cases/{site.rich}?group=papers"
    assert page.evaluate("window.stayed") is True
    page.get_by_role("link", name="全部").click()
    expect(page.locator(".timeline > li")).to_have_count(9)
    page.go_back()
    expect(page.locator(".timeline > li")).to_have_count(4)
    page.reload()
    expect(page.locator(".timeline > li")).to_have_count(4)


def test_the_filter_works_with_the_keyboard(page: Page, site: Site) -> None:
    page.goto(f"/cases/{site.rich}")
    page.locator("#filter-received").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".timeline > li")).to_have_count(2)
    expect(page.locator("#filter-received")).to_be_focused()


def test_a_time_limit_opens_its_reckoning(page: Page, site: Site) -> None:
    page.goto(f"/cases/{site.rich}")
    limit = page.locator("#limit-decide")
    expect(limit.locator("table")).to_have_count(0)
    limit.locator("summary").click()
    expect(limit.locator("tr.counted")).to_have_count(30)
    expect(limit.locator("tbody tr").last).to_contain_text("2023-04-13")
    expect(limit).to_contain_text("清明节")


def test_a_pdf_an_image_and_a_text_open_in_the_page(page: Page, site: Site) -> None:
    page.goto(f"/cases/{site.rich}")
    with page.expect_event("framenavigated", lambda frame: frame.url.startswith(VIEWER)):
        page.locator("#timeline").get_by_role("link", name="投诉书", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("投诉书")
    page.goto(f"/cases/{site.rich}/evidence/{paper(site, '现场照片')}")
    assert page.locator(".viewer img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 620
    page.goto(f"/cases/{site.rich}/evidence/{paper(site, '书面说明')}")
    expect(page.frame_locator("iframe").locator("body")).to_contain_text("<img src=x onerror=alert(1)>")


def test_other_files_are_downloaded_under_their_own_names(page: Page, site: Site) -> None:
    page.goto(f"/cases/{site.rich}/evidence/{paper(site, '报价明细表')}")
    expect(page.locator(".viewer")).to_contain_text("请下载后查看")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载原件").click()
    assert waiting.value.suggested_filename == "报价表.xlsx"
    kept = site.office.archive.vault.read(paper(site, "报价明细表"), None)
    assert Path(waiting.value.path()).read_bytes() == b"".join(kept)


def test_one_record_after_another(page: Page, site: Site) -> None:
    page.goto(f"/cases/{site.rich}")
    page.locator("#timeline").get_by_role("link", name="签收", exact=True).click()
    expect(page.locator(".lines")).to_contain_text("不公开（4 项）")
    record = site.office.archive.records(site.rich)[0]
    expect(page.locator(".proof")).to_contain_text(record.digest)
    page.get_by_role("link", name="下一条").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("受理")
    expect(page.locator(".proof")).to_contain_text(record.digest)


def test_a_day_is_chosen_and_the_case_is_shown_as_it_stood(page: Page, site: Site) -> None:
    page.goto(f"/cases/{site.rich}")
    page.get_by_text("当时的情形").click()
    page.get_by_label("截至").fill("2023-03-20")
    page.get_by_label("算法").select_option("按收件日期")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("status")).to_contain_text("截至2023年3月20日（按收件日期）")
    expect(page.locator(".timeline > li")).to_have_count(7)
    page.get_by_role("link", name="文书").click()
    expect(page.locator(".timeline > li")).to_have_count(4)
    assert page.url.endswith("?group=papers&as_of=2023-03-20&by=papers")
    limit = page.locator("#limit-decide")
    limit.locator("summary").click()
    expect(limit.locator("tr.counted")).to_have_count(30)
    page.get_by_role("link", name="回到现在").click()
    expect(page.locator(".timeline > li")).to_have_count(9)


def test_what_would_come_of_an_act_is_told_beside_the_case(page: Page, site: Site) -> None:
    """Ten days from 6 April 2023 end on Sunday the 16th; 7 and 10 to 14 April are working days."""
    before = site.office.archive.events.position()
    page.goto(f"/cases/{site.rich}")
    page.get_by_text("假设推算").click()
    page.get_by_label("如果作出").select_option("suspension")
    page.get_by_label("日数").fill("10")
    page.get_by_role("button", name="推算").click()
    expect(page.locator("#supposed")).to_contain_text("此次 10 日，至 2023-04-16 届满")
    assert page.url == f"{site.url}/cases/{site.rich}"
    page.get_by_label("如果作出").select_option("commission")
    page.get_by_role("button", name="推算").click()
    expect(page.locator("#supposed tbody tr")).to_have_count(1)
    expect(page.locator("#supposed")).to_contain_text("延后 6 个工作日")
    assert site.office.archive.events.position() == before


SUPPOSED = "/cases/{rich}/what-if?action=commission&from=2023-04-06"
LOOKS = [
    "/",
    "/cases/{rich}",
    "/cases/{rich}?as_of=before-9",
    SUPPOSED,
    "/cases/{rich}/compliance",
    "/cases/{rich}/records/1",
    "/cases/{rich}/evidence/new",
    "/deadlines",
    "/calendar",
]


@pytest.mark.parametrize("path", LOOKS)
def test_a_phone_shows_it_without_scrolling_sideways(page: Page, site: Site, path: str) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a TypedDict of the library
    page.goto(path.format(rich=site.rich))
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_it_works_without_the_script(page: Page, site: Site) -> None:
    page.route("**/htmx*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(f"/cases/{site.rich}")
    page.get_by_role("link", name="文书").click()
    expect(page.locator(".timeline > li")).to_have_count(4)
    page.locator("#limit-decide summary").click()
    page.get_by_role("link", name="逐日推算").click()
    expect(page.locator("tr.counted")).to_have_count(30)


def test_the_skip_link_is_the_first_stop(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_text_stands_out_from_what_is_behind_it(page: Page, site: Site) -> None:
    """WCAG 2.1, 1.4.3: 4.5 to 1 for every text."""
    script = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
    for path in (*LOOKS, "/cases/{rich}/records/8"):
        page.goto(path.format(rich=site.rich))
        assert page.evaluate(script) == []


def test_it_prints_without_what_only_a_screen_needs(page: Page, site: Site) -> None:
    page.goto(f"/cases/{site.rich}")
    page.emulate_media(media="print")
    expect(page.locator(".seg")).to_be_hidden()
    for record in page.locator(".timeline > li").all():
        expect(record).to_be_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")
