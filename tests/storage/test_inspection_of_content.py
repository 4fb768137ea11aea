"""What files are by their content, and which of them may come in."""

from __future__ import annotations

import io
from email.message import EmailMessage

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.admission import admitted_name
from domain.errors import Fault
from domain.evidence_port import State
from storage.inspection import limits
from storage.inspection.content import judged
from storage.inspection.types import executable_ending, types
from tests.real_files import office, picture, real, recording, zipped
from tests.storage.ole_files import compound, excel, slides, word

OOXML = "application/vnd.openxmlformats-officedocument."
PROSE = "投诉人认为评分标准设置不合理，要求认定中标结果无效。\n" * 40


def boxes(brand: bytes) -> bytes:
    """The beginning of a file of ISO base media boxes."""
    return b"\0\0\0\x20ftyp" + brand + b"\0\0\2\0" + brand + b"isomiso2" + b"\0\0\0\x08free" + bytes(64)


def matroska(kind: bytes) -> bytes:
    head = bytes.fromhex("4286810142f7810142f2810442f38108") + b"\x42\x82" + bytes([0x80 | len(kind)]) + kind
    return bytes.fromhex("1a45dfa3") + bytes([0x80 | len(head)]) + head + bytes(64)


def sheet() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["评分项", "分值"])
    book.save(out)
    return out.getvalue()


def message() -> bytes:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "质疑答复", "a@example.com", "b@example.com"
    mail["Date"] = "Wed, 01 Feb 2023 09:00:00 +0800"
    mail.set_content(PROSE)
    return bytes(mail)


def numbered(rows: list[tuple[str, bytes, str]]) -> list[str]:
    return [f"{n}-{name}" for n, (name, _, _) in enumerate(rows)]


MAIL = compound({"__properties_version1.0": b"x", "__substg1.0_0037001F": b"x"})
NESTED = {"一/投诉书.pdf": b"%PDF-1.4", "一/照片.png": picture("PNG"), "二.zip": zipped({"a.txt": "说明"})}
LITTERED = {"投诉书.pdf": b"%PDF-1.4", "__MACOSX/._投诉书.pdf": b"\0\5\x16\7", ".DS_Store": b"\0\0\0\1Bud1"}
ADMITTED = [
    ("投诉书.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
    ("发票.ofd", zipped({"OFD.xml": "<ofd:OFD/>", "Doc_0/Document.xml": "<x/>"}), "application/ofd"),
    ("照片.png", picture("PNG"), "image/png"),
    ("照片.JPG", picture("JPEG"), "image/jpeg"),
    ("照片.jpeg", picture("JPEG"), "image/jpeg"),
    ("扫描.tif", picture("TIFF"), "image/tiff"),
    ("照片.bmp", picture("BMP"), "image/bmp"),
    ("照片.gif", picture("GIF"), "image/gif"),
    ("照片.webp", picture("WEBP"), "image/webp"),
    ("照片.heic", boxes(b"heic"), "image/heic"),
    ("照片.heif", boxes(b"mif1"), "image/heic"),
    ("说明.docx", office("docx"), f"{OOXML}wordprocessingml.document"),
    ("报价.xlsx", sheet(), f"{OOXML}spreadsheetml.sheet"),
    ("演示.pptx", office("pptx"), f"{OOXML}presentationml.presentation"),
    ("说明.doc", word(), "application/msword"),
    ("说明.wps", word(), "application/msword"),
    ("报价.xls", excel(), "application/vnd.ms-excel"),
    ("报价.et", excel(), "application/vnd.ms-excel"),
    ("演示.ppt", slides(), "application/vnd.ms-powerpoint"),
    ("演示.dps", slides(), "application/vnd.ms-powerpoint"),
    ("录音.wav", recording(), "audio/wav"),
    ("录音.mp3", b"\xff\xfb\x90\x64" + bytes(413) + b"\xff\xfb\x90\x64" + bytes(413), "audio/mpeg"),
    ("录音.m4a", boxes(b"M4A "), "audio/mp4"),
    ("录音.amr", b"#!AMR\n" + b"\x3c" * 64, "audio/amr"),
    ("录音.flac", b"fLaC\0\0\0\x22" + bytes(64), "audio/flac"),
    ("录像.mp4", boxes(b"isom"), "video/mp4"),
    ("录像.mov", boxes(b"qt  "), "video/quicktime"),
    ("录像.3gp", boxes(b"3gp4"), "video/3gpp"),
    ("录像.avi", b"RIFF\0\1\0\0AVI LIST" + bytes(64), "video/x-msvideo"),
    ("录像.mkv", matroska(b"matroska"), "video/x-matroska"),
    ("录像.webm", matroska(b"webm"), "video/webm"),
    ("录像.wmv", bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(64), "video/x-ms-asf"),
    ("说明.txt", PROSE.encode(), "text/plain"),
    ("说明.txt", PROSE.encode("gb18030"), "text/plain"),
    ("说明.txt", b"\xef\xbb\xbf" + PROSE.encode(), "text/plain"),
    ("短.txt", "投诉".encode("gb18030"), "text/plain"),
    ("数据.txt", b'{"a": 1}', "text/plain"),
    ("报价.csv", "项目,金额\n投影机,300\n".encode("gb18030"), "text/csv"),
    ("往来.eml", message(), "message/rfc822"),
    ("往来.eml", b"MIME-Version: 1.0\r\nDate: x\r\nFrom: a@example.com\r\n\r\nhello\r\n", "message/rfc822"),
    ("往来.msg", MAIL, "application/vnd.ms-outlook"),
    ("材料.zip", zipped(NESTED), "application/zip"),
    ("材料.zip", zipped(LITTERED), "application/zip"),
    ("空.zip", zipped({}), "application/zip"),
    ("投诉书", b"%PDF-1.4", "application/pdf"),
    ("附件1.2", b"%PDF-1.4", "application/pdf"),
    ("2023.03.01投诉书", b"%PDF-1.4", "application/pdf"),
]  # fmt: skip

EXE = b"MZ" + bytes(58) + b"\x80\0\0\0" + bytes(64) + b"PE\0\0\x4c\1\0\0" + bytes(240)
CFB_MACRO = compound({"WordDocument": b"\xec\xa5" + bytes(10)}, storages=("Macros",))
MACRO_TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"
REFUSED = [
    ("程序.exe", EXE, "程序"),
    ("投诉书.pdf", EXE, "可执行程序"),
    ("投诉书.pdf.exe", b"%PDF-1.4", ".exe"),
    ("投诉书.exe.pdf", b"%PDF-1.4", ".exe"),
    ("投诉书．ＥＸＥ", b"%PDF-1.4", ".exe"),
    ("投诉书.lnk .pdf", b"%PDF-1.4", ".lnk"),
    ("脚本.txt", b"#!/bin/sh\nrm -rf /\n", "脚本"),
    ("脚本.txt", b"@echo off\r\ndel *.*\r\n", "脚本"),
    ("脚本.ps1", b"Get-Process\n", ".ps1"),
    ("网页.txt", b"<html><script>alert(1)</script></html>", "网页"),
    ("图.png", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "网页"),
    ("发票.txt", b'<?xml version="1.0"?><a/>', "网页"),
    ("说明.docm", office("docx", main=MACRO_TYPE), ".docm"),
    ("说明.docx", office("docx", main=MACRO_TYPE), "含宏"),
    ("说明.docx", office("docx", **{"word/vbaProject.bin": b"x"}), "含宏"),
    ("报价.xlsx", office("xlsx", **{"xl/macrosheets/sheet1.xml": b"<x/>"}), "含宏"),
    ("说明.doc", CFB_MACRO, "含宏"),
    ("说明.doc", word(0x0100), "加密"),
    ("报价.xls", excel(0x2F), "加密"),
    ("演示.ppt", slides(0xF3D1C4DF), "加密"),
    ("报价.xlsx", compound({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}), "加密"),
    ("说明.doc", word()[:700], "损坏"),
    ("说明.doc", compound({"Other": b"x"}), "不在允许之列"),
    ("说明.docx", office("docx", **{"word/embeddings/1.bin": EXE}), "可执行程序"),
    ("说明.docx", zipped({"word/document.xml": '<?xml version="1.0"?><w/>'}), "网页"),
    ("发票.ofd", zipped({"a.txt": "说明"}), ".ofd"),
    ("材料.zip", zipped({"OFD.xml": "<x/>"}), "OFD"),
    ("说明.rtf", b"{\\rtf1\\ansi x}", "RTF"),
    ("材料.7z", b"7z\xbc\xaf\x27\x1c\0\4" + bytes(30), "压缩包"),
    ("材料.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\3", "压缩包"),
    ("材料.zip", zipped({"一.pdf": EXE}), "压缩包内第 1 个文件"),
    ("材料.zip", zipped({"好.pdf": b"%PDF-1.4", "坏.pdf": b"#!/bin/sh\n"}), "压缩包内第 2 个文件"),
    ("材料.zip", zipped({"二.zip": zipped({"三.zip": zipped({"四.exe": EXE})})}), "第 1 个文件：压缩包内第 1 个文件"),
    ("投诉书.pdf", b"%PDF-1.4" + zipped({"a.txt": "说明"}), "又是一个压缩包"),
    ("照片.pdf", picture("PNG"), "内容是PNG 图像，文件名却以 .pdf 结尾"),
    ("投诉书.png", b"%PDF-1.4", "文件名却以 .png 结尾"),
    ("投诉书.v2b", b"%PDF-1.4", "文件名却以 .v2b 结尾"),
    ("说明.txt", "投诉书".encode("utf-16"), "编码"),
    ("说明.txt", PROSE.encode() + b"\0", "编码"),
    ("说明.txt", b"MZ" + bytes(58), "编码"),
    ("乱.pdf", bytes(range(256)) * 4, "不在允许之列"),
    ("一.txt", b"x", "不在允许之列"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data", "media"), ADMITTED, ids=[f"{n}-{name}" for n, (name, *_) in enumerate(ADMITTED)]
)
def test_a_real_file_is_admitted_as_what_it_is(name: str, data: bytes, media: str) -> None:
    found = judged(name, io.BytesIO(data))
    assert (found.state, found.media, found.reason) == (State.ADMITTED, media, "")


@pytest.mark.parametrize(("name", "data", "told"), REFUSED, ids=numbered(REFUSED))
def test_a_hostile_or_mistaken_file_is_refused_with_its_reason(name: str, data: bytes, told: str) -> None:
    found = judged(name, io.BytesIO(data))
    assert found.state is State.REFUSED
    assert told in found.reason
    assert found.reason.endswith("。")


def test_every_admitted_type_has_a_real_file() -> None:
    tried = {media for _, _, media in ADMITTED}
    hard_to_make = {"audio/aac", "audio/ogg", "video/mpeg"}
    assert {one.media for one in types().admitted} - tried == hard_to_make


def test_the_table_contradicts_itself_nowhere() -> None:
    refused = [found for one in types().refused for found in one.found]
    admitted = {found for one in types().admitted for found in one.found}
    assert len(refused) == len(set(refused))
    assert not admitted & set(refused)
    endings = {ending for one in types().admitted for ending in one.endings}
    assert not endings & types().executable


def test_a_long_text_is_decoded_to_its_end() -> None:
    long = PROSE.encode() * 200
    assert len(long) > limits.HEAD
    assert judged("a.txt", io.BytesIO(long)).state is State.ADMITTED
    assert judged("a.txt", io.BytesIO(long + b"\xff\xff")).state is State.REFUSED


def test_a_text_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TEXT", 1000)
    assert "至多 1000 字节" in judged("a.txt", io.BytesIO(PROSE.encode())).reason


@given(st.text(max_size=60))
@example("投诉书.pdf .exe")
@example("a.PDF.Bat")
def test_a_name_never_changes_what_the_content_is_nor_lets_a_program_in(name: str) -> None:
    try:
        clean = admitted_name(name)
    except Fault:
        return
    assert judged(clean, io.BytesIO(EXE)).state is State.REFUSED
    found = judged(clean, io.BytesIO(real("a.pdf")))
    assert found.media == "application/pdf"
    assert (executable_ending(clean) is None) or found.state is State.REFUSED


@given(st.binary(max_size=3000), st.sampled_from([b"", b"PK\3\4", b"PK\5\6", bytes.fromhex("d0cf11e0a1b11ae1")]))
def test_noise_is_refused_and_never_an_error(data: bytes, head: bytes) -> None:
    found = judged("a.docx", io.BytesIO(head + data))
    assert found.state is State.REFUSED


@given(st.data())
def test_an_altered_office_file_is_judged_and_never_an_error(data: st.DataObject) -> None:
    whole = bytearray(
        data.draw(st.sampled_from([word(), excel(), slides(), office("docx"), zipped({"a.txt": "说明"})]))
    )
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    assert judged("a.docx", io.BytesIO(bytes(whole))).state in (State.REFUSED, State.ADMITTED)
