"""Evidence up and down, in parts; the dossier package."""

from __future__ import annotations

import hashlib
import io
import random
from typing import TYPE_CHECKING

import pytest

from api.files import _span
from domain.formats.package import open_package
from tests.api.conftest import EVIDENCE_LIMIT, client
from tests.office import INTAKE

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    from tests.api.conftest import Desk
    from tests.office import Office

DATA = b"%PDF-1.4\n" + random.Random(7).randbytes(299_992)


def test_a_file_comes_back_as_it_was_sent(handler: Desk) -> None:
    case = handler.open()
    answer = handler.upload(case, "证明 材料.pdf", DATA)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["name"], told["media"], told["length"]) == ("证明 材料.pdf", "application/pdf", len(DATA))
    assert told["sha256"] == hashlib.sha256(DATA).hexdigest()
    back = handler.get(f"/v1/evidence/{told['object']}")
    assert back.content == DATA
    assert back.headers["etag"] == f'"{told["sha256"]}"'
    assert (
        back.headers["content-disposition"]
        == "attachment; filename*=UTF-8''%E8%AF%81%E6%98%8E%20%E6%9D%90%E6%96%99.pdf"
    )
    assert back.headers["content-type"] == "application/octet-stream"


def test_a_file_without_declared_length_is_streamed_in(handler: Desk) -> None:
    case = handler.open()
    told = handler.upload(case, data=(DATA[i : i + 9_999] for i in range(0, len(DATA), 9_999))).json()
    assert told["sha256"] == hashlib.sha256(DATA).hexdigest()


@pytest.mark.parametrize(
    ("asked", "status", "expected"),
    [
        ("bytes=0-9", 206, DATA[:10]),
        ("bytes=299990-", 206, DATA[299_990:]),
        ("bytes=-5", 206, DATA[-5:]),
        ("bytes=-999999999", 200, DATA),
        ("bytes=100-999999999", 206, DATA[100:]),
        ("bytes=300001-", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=9-5", 200, DATA),
        ("bytes=0-1,5-6", 200, DATA),
        ("octets=0-9", 200, DATA),
        ("bytes=", 200, DATA),
        ("bytes=x-y", 200, DATA),
    ],
)
def test_a_range_is_served_as_asked(handler: Desk, asked: str, status: int, expected: bytes | None) -> None:
    name = handler.upload(handler.open(), data=DATA).json()["object"]
    answer = handler.get(f"/v1/evidence/{name}", headers={"Range": asked})
    assert answer.status_code == status
    if expected is None:
        assert answer.headers["content-range"] == f"bytes */{len(DATA)}"
        assert answer.json()["code"] == "range-outside"
    else:
        assert answer.content == expected
        assert ("content-range" in answer.headers) == (status == 206)


def test_its_headers_alone_say_how_long_it_is_whatever_range_is_asked(handler: Desk) -> None:
    name = handler.upload(handler.open(), data=DATA).json()["object"]
    whole = handler.get(f"/v1/evidence/{name}")
    alone = handler.http.head(f"/v1/evidence/{name}", headers={"Range": "bytes=0-9"})
    assert (alone.status_code, alone.content) == (200, b"")
    wanted = ("content-length", "etag", "accept-ranges", "content-type", "content-disposition")
    assert {h: alone.headers[h] for h in wanted} == {h: whole.headers[h] for h in wanted}
    assert handler.http.head("/v1/evidence/01890a5d-ac96-774b-bcce-b302099a8057").status_code == 404


def test_a_range_of_another_file_than_was_meant_is_the_whole(handler: Desk) -> None:
    """RFC 9110 §13.1.5: a strong comparison, so that parts of two files are never put together."""
    name = handler.upload(handler.open(), data=DATA).json()["object"]
    tag = handler.get(f"/v1/evidence/{name}").headers["etag"]
    for told, status in ((tag, 206), (f"W/{tag}", 200), ('"x"', 200), ("Wed, 01 Mar 2023 01:00:00 GMT", 200)):
        answer = handler.get(f"/v1/evidence/{name}", headers={"Range": "bytes=0-9", "If-Range": told})
        assert (answer.status_code, len(answer.content)) == (status, 10 if status == 206 else len(DATA)), told


@pytest.mark.parametrize("total", [1, 2, 7])
def test_every_range_lies_inside_the_file(total: int) -> None:
    for first in range(total + 2):
        for last in range(total + 2):
            span = _span(f"bytes={first}-{last}", total)
            expected = bytes(range(total))[first : last + 1] if first <= last else bytes(range(total))
            found = b"" if span is None else bytes(range(total))[span[0] : span[0] + span[1]]
            assert found == expected


@pytest.mark.parametrize(
    "name",
    [
        "../x.pdf",
        "a/b.pdf",
        "a\\b.pdf",
        "..",
        ".",
        " ",
        "a\x00.pdf",
        "a\n.pdf",
        "\u202egpj.exe",
        "长" * 201,
        "/etc/passwd",
    ],
)
def test_a_file_name_with_tricks_is_refused(handler: Desk, name: str) -> None:
    answer = handler.upload(handler.open(), name)
    assert (answer.status_code, answer.json()["code"]) == (422, "file-name")


def test_an_empty_file_is_refused(handler: Desk) -> None:
    answer = handler.upload(handler.open(), data=b"")
    assert (answer.status_code, answer.json()["code"]) == (422, "empty")


def test_a_file_over_the_limit_is_refused_whether_it_says_so_or_not(handler: Desk) -> None:
    case, large = handler.open(), bytes(EVIDENCE_LIMIT + 1)
    said = handler.upload(case, data=large)
    unsaid = handler.upload(case, data=(large[i : i + 65536] for i in range(0, len(large), 65536)))
    assert (said.status_code, unsaid.status_code) == (413, 413)
    assert not list(handler.office.archive.vault.objects())


def test_a_file_that_is_not_there_or_in_another_case_is_not_found(handler: Desk) -> None:
    case = handler.intake()
    assert handler.get("/v1/evidence/01890a5d-ac96-774b-bcce-b302099a8057").json()["code"] == "unknown-object"
    other = handler.upload(handler.open()).json()["object"]
    answer = handler.draft(
        case, "service", {"paper": 1, "deliveries": []}, "handler:陈立", evidence=[{"object": other, "slot": "proof"}]
    )
    assert answer.status_code == 422


def test_pages_show_files_that_are_open_to_all_and_hide_the_others(handler: Desk, anyone: TestClient) -> None:
    case = handler.open()
    complaint, identity, loose = (
        handler.upload(case, name).json()["object"] for name in ("投诉书.pdf", "身份证.png", "未入卷.pdf")
    )
    papers = [{"object": complaint, "slot": "complaint"}, {"object": identity, "slot": "identity"}]
    handler.do(case, "intake", INTAKE, evidence=papers)
    shown = anyone.get(f"/cases/{case}/evidence/{complaint}/content")
    assert shown.headers["content-type"] == "application/pdf"
    assert shown.headers["content-disposition"].startswith("inline")
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert "身份证.png" not in anyone.get(f"/cases/{case}").text
    for name in (identity, loose):
        for end in ("", "/content", "/download"):
            assert anyone.get(f"/cases/{case}/evidence/{name}{end}").status_code == 404
    other = handler.intake()
    assert anyone.get(f"/cases/{other}/evidence/{complaint}").status_code == 404


@pytest.mark.parametrize("name", ["x.html", "x.svg", "x.xml", "x.js", "x", "x.xhtml", "x.pdf.html", "x.txt"])
def test_what_a_browser_may_run_is_refused(handler: Desk, name: str) -> None:
    case = handler.open()
    answer = handler.upload(case, name, b"<script>alert(1)</script>")
    assert (answer.status_code, answer.json()["code"]) == (422, "file-refused")
    assert "<script>" not in answer.text


def test_text_is_never_sent_as_a_page(handler: Desk, anyone: TestClient) -> None:
    case = handler.open()
    stored = handler.upload(case, "说明.txt", "书面说明。\n<b onclick=alert(1)>甲</b>".encode()).json()["object"]
    handler.do(case, "intake", INTAKE, evidence=handler.papers(case, stored))
    answer = anyone.get(f"/cases/{case}/evidence/{stored}/content")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "script" not in answer.headers["content-security-policy"]


def test_the_dossier_is_exported_and_redacted_for_others(handler: Desk, app: FastAPI) -> None:
    case = handler.intake()
    whole = handler.get(f"/v1/cases/{case}/export", params={"recipient": "临江市人民法院"})
    assert whole.status_code == 200, whole.text
    assert whole.headers["content-type"] == "application/zip"
    package = open_package(io.BytesIO(whole.content))
    assert "data/records/0001.json" in package.names
    assert "江北市建设路".encode() not in whole.content
    redacted = handler.get(f"/v1/cases/{case}/export", params={"redacted": "true"})
    disclosed = open_package(io.BytesIO(redacted.content)).read("data/disclosures.json", 1 << 20)
    assert disclosed != package.read("data/disclosures.json", 1 << 20)
    assert handler.get("/v1/cases/none/export").status_code == 404
    assert client(app).get(f"/v1/cases/{case}/export").status_code == 401


def test_destroyed_content_is_gone_and_said_to_be_destroyed_by_law(
    handler: Desk, anyone: TestClient, office: Office
) -> None:
    case = handler.open()
    stored = handler.upload(case).json()["object"]
    handler.do(case, "intake", INTAKE, evidence=handler.papers(case, stored))
    assert "下载原件" in anyone.get(f"/cases/{case}/evidence/{stored}").text
    assert "依法销毁" not in anyone.get(f"/cases/{case}").text
    office.archive.keys.destroy(case)
    answer = handler.get(f"/v1/evidence/{stored}")
    assert (answer.status_code, answer.json()["code"]) == (410, "content-destroyed")
    assert "依法销毁" in answer.json()["detail"]
    assert anyone.get(f"/cases/{case}/evidence/{stored}/content").status_code == 410
    shown = anyone.get(f"/cases/{case}/evidence/{stored}")
    assert shown.status_code == 200
    assert "已依法销毁" in shown.text
    assert "下载原件" not in shown.text
    assert "内容已依法销毁" in anyone.get(f"/cases/{case}").text


def test_the_page_tells_what_was_refused_and_why_without_its_name(app: FastAPI, handler: Desk) -> None:
    case = handler.intake()
    assert "未准用的文件" not in client(app).get(f"/cases/{case}").text
    refused = handler.upload(case, "某人的病历.pdf", b"\x7fELF" + bytes(60))
    assert refused.status_code == 422
    (kept,) = (one for one in handler.get(f"/v1/cases/{case}/evidence").json()["rows"] if one["state"] == "refused")
    shown = client(app).get(f"/cases/{case}").text
    assert "已被拒收" in shown
    assert kept["reason"] in shown
    assert kept["blob"] in shown
    assert "病历" not in shown
