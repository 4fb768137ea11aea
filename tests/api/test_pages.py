"""The pages as HTML: what they say, what they never say, and that nothing in them runs."""

from __future__ import annotations

import hashlib
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from api.app import create_app
from api.web import words
from api.web.rendering import HERE
from api.wiring import open_archive
from storage.home import Home
from tests.api.conftest import client
from tests.office import INTAKE

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi.testclient import TestClient

    from tests.api.conftest import Desk

STATIC = HERE / "static"


class Reader(HTMLParser):
    """Tags that run something, and labels that are missing."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [str(found["id"])] if "id" in found else []
        self.inline += [name for name in found if name.startswith("on") or name in ("style", "srcdoc")]
        self.inline += [tag] if tag == "style" or (tag == "script" and not found.get("src")) else []
        self.addresses += [str(v) for k, v in found.items() if k in ("href", "src", "action", "hx-get", "hx-push-url")]


def looked(anyone: TestClient, path: str, status: int = 200) -> str:
    answer = anyone.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    return answer.text


def test_an_empty_archive_says_what_to_do(anyone: TestClient) -> None:
    assert "还没有案件" in looked(anyone, "/")
    assert "没有待办的期限" in looked(anyone, "/deadlines")
    assert "没有符合的案件" in looked(anyone, "/?q=none")


def test_an_archive_without_genesis_can_be_looked_at(tmp_path: Path) -> None:
    Home.create(tmp_path / "home")
    with open_archive(tmp_path / "home") as running:
        bare = client(create_app(running))
        assert "尚未建档" in looked(bare, "/")
        assert "工作日历" in looked(bare, "/calendar")
        assert bare.get("/v1/trust", headers={"Authorization": "Bearer x"}).status_code == 401
        bare.app.state.server.close()  # type: ignore[attr-defined]  # the application behind the client


def test_the_docket_lists_cases_with_their_next_limit(anyone: TestClient, handler: Desk) -> None:
    case = handler.intake(number="临财采诉〔2023〕2号")
    text = looked(anyone, "/")
    for said in (
        "临财采诉〔2023〕2号",
        INTAKE["project"],
        "江北恒信医疗器械有限公司",
        "审查期限",
        "余 5 个工作日",
        case,
    ):
        assert said in text
    handler.office.on("2023-03-10")
    assert "逾期 2 个工作日" in looked(anyone, "/")
    assert case in looked(anyone, "/?q=江北恒信")
    assert case not in looked(anyone, "/?q=别的公司")


def test_a_case_number_is_never_guessed(anyone: TestClient, handler: Desk) -> None:
    case = handler.intake()
    assert f"{case[:8]}…" in looked(anyone, "/")


def test_pages_never_show_what_is_withheld(anyone: TestClient, handler: Desk) -> None:
    case = handler.intake()
    for path in (f"/cases/{case}", f"/cases/{case}/timeline", f"/cases/{case}/records/1"):
        text = looked(anyone, path)
        for withheld in ("建设路", "0531-5550101", "赵一鸣", "250000"):
            assert withheld not in text
    assert "不公开（4 项）" in looked(anyone, f"/cases/{case}/records/1")


def test_a_voided_record_stays_visible_and_says_by_what(anyone: TestClient, handler: Desk) -> None:
    case = handler.intake()
    handler.do(case, "acceptance", {})
    void = {"target": 2, "mode": "voids", "reason": "误登。"}
    handler.office.do(case, "rectification", void, "handler:陈立", "reviewer:李敏")
    text = looked(anyone, f"/cases/{case}")
    assert "已作废" in text
    assert f"/cases/{case}/records/3" in text
    assert ">受理</a>" in text
    assert "已作废" in looked(anyone, f"/cases/{case}/records/2")


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "<b>粗</b>&amp;"]
)
def test_what_people_wrote_is_text(anyone: TestClient, handler: Desk, text: str) -> None:
    case = handler.open()
    paper = handler.upload(case, "".join(c for c in text if c not in '<>:"|?*/\\') + ".pdf").json()["object"]
    facts = {**INTAKE, "project": text, "matters": [text], "number": text}
    handler.do(case, "intake", facts, evidence=[{"object": paper, "slot": "complaint", "title": text}])
    for path in ("/", f"/cases/{case}", f"/cases/{case}/records/1", f"/cases/{case}/evidence/{paper}", f"/?q={text}"):
        shown = looked(anyone, path)
        assert "<" not in text or text not in shown
        assert "49" not in re.sub(r"[0-9a-zA-Z_-]{6,}|\d{4}-\d\d-\d\d", "", shown)
        assert not Reader(shown).inline


def test_nothing_on_a_page_runs_inline_and_ids_are_unique(anyone: TestClient, handler: Desk) -> None:
    case = handler.intake()
    handler.do(case, "acceptance", {})
    handler.do(case, "answer-notice", {"copies": 1, "duties": "说明。", "progress": "说明。"})
    handler.office.serve(case, 3)
    paths = ["/", "/deadlines", f"/deadlines?case={case}", "/calendar", f"/cases/{case}", f"/cases/{case}/records/1"]
    paths += [f"/cases/{case}/deadlines/decide", f"/cases/{case}/deadlines/answer?of=hospital"]
    for path in paths:
        page = Reader(looked(anyone, path))
        assert not page.inline, path
        assert len(page.ids) == len(set(page.ids)), path
        assert all(address.startswith(("/", "#")) for address in page.addresses), path
        for address in set(page.addresses):
            if address.startswith("/"):
                assert anyone.get(address).status_code == 200, (path, address)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/cases/none", 404),
        ("/cases/%00", 404),
        ("/none", 404),
        ("/cases/x/records/0", 422),
        ("/cases/x/records/1", 404),
        ("/?before=-1", 422),
        ("/?q=" + "x" * 101, 422),
        ("/calendar?year=0", 422),
        ("/calendar?year=x", 422),
        ("/deadlines?case=none", 404),
        ("/static/../app.py", 404),
        ("/static/%2e%2e/%2e%2e/app.py", 404),
        ("/static/none.css", 404),
    ],
)
def test_a_page_that_is_not_there_is_a_page_all_the_same(anyone: TestClient, path: str, status: int) -> None:
    assert "回到案件列表" in looked(anyone, path, status)


def test_other_odd_questions_to_a_case_are_refused_as_pages(anyone: TestClient, handler: Desk) -> None:
    case = handler.intake()
    looked(anyone, f"/cases/{case}?group=none", 422)
    looked(anyone, f"/cases/{case}/records/2", 404)
    looked(anyone, f"/cases/{case}/deadlines/none", 404)
    looked(anyone, f"/cases/{case}/deadlines/decide?of=none", 404)
    assert anyone.post(f"/cases/{case}").status_code == 405


def test_the_calendar_marks_holidays_and_make_up_days(anyone: TestClient) -> None:
    text = looked(anyone, "/calendar?year=2023")
    assert "国办发明电〔2022〕16号" in text
    assert re.search(r'class="day holiday"[^>]*title="2023-04-05', text)
    assert re.search(r'class="day moved"[^>]*title="2023-01-28', text)
    assert "暂定" in looked(anyone, "/calendar?year=2027")
    assert "2018 年" in looked(anyone, "/calendar?year=1990")


def test_the_script_from_elsewhere_is_the_pinned_one() -> None:
    notice = (STATIC / "NOTICE.md").read_text(encoding="utf-8")
    scripts = [script for script in STATIC.glob("*.js") if script.name != "upload.js"]  # our own
    assert [script.name for script in scripts] == ["htmx-4.0.1.min.js"]
    assert hashlib.sha256(scripts[0].read_bytes()).hexdigest() in notice
    assert "Zero-Clause BSD" in notice


def test_static_files_are_kept_only_under_their_digest(anyone: TestClient) -> None:
    address = next(a for a in Reader(anyone.get("/").text).addresses if "base.css" in a)
    assert "immutable" in anyone.get(address).headers["cache-control"]
    assert anyone.get("/static/base.css").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("status", "left", "late", "said", "tone"),
    [
        ("running", 3, None, "余 3 个工作日", "soon"),
        ("running", 0, None, "今日届满", "urgent"),
        ("running", 20, None, "余 20 个工作日", "open"),
        ("stopped", 4, None, "停止计算，余 4 个工作日", "soon"),
        ("overdue", None, 2, "逾期 2 个工作日", "late"),
        ("overdue", None, 0, "已逾期", "late"),
        ("missed", None, 1, "逾期 1 个工作日完成", "late"),
        ("kept", None, None, "按期", "kept"),
        ("moot", None, None, "无须再办", "off"),
    ],
)
def test_a_time_limit_is_put_into_words(status: str, left: int | None, late: int | None, said: str, tone: str) -> None:
    due = {"status": status, "left": left, "late": late, "unit": "workdays"}
    assert (words.standing(due), words.tone(due)) == (said, tone)


def test_moments_are_beijing_time() -> None:
    assert words.moment("2023-03-05T16:30:00Z") == "2023-03-06 00:30"
    assert words.moment("2023-03-05") == "2023-03-05"
    assert words.weekday("2023-03-06") == "2023-03-06 周一"
