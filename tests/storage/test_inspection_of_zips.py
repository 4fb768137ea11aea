"""Zip bombs and zips that say one thing and are another."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest

from domain.evidence_port import State
from storage.inspection import limits
from storage.inspection.content import judged
from storage.inspection.zips import Budget, Unfit, members
from tests.real_files import office, zipped

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = "投诉书\n".encode() * 10


def reason(data: bytes, name: str = "材料.zip") -> str:
    found = judged(name, io.BytesIO(data))
    assert (found.state, found.media) == (State.REFUSED, "application/zip"), found
    return found.reason


def member(name: bytes, data: bytes, **lies: int) -> tuple[bytes, bytes]:
    """A local part and a directory entry of one deflated member, without the offset; `lies` by field."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = engine.compress(data) + engine.flush()
    told = {"flags": 0x800, "method": 8, "crc": zlib.crc32(data), "packed": len(packed), "size": len(data), **lies}
    common = struct.pack("<4HIII", told["flags"], told["method"], 0, 0x21, told["crc"], told["packed"], told["size"])
    local = b"PK\3\4" + struct.pack("<H", 20) + common + struct.pack("<HH", len(name), 0) + name + packed
    entry = b"PK\1\2" + struct.pack("<HH", 20, 20) + common + struct.pack("<HHHHHI", len(name), 0, 0, 0, 0, 0)
    return local, entry


def built(parts: list[tuple[bytes, bytes, bytes]], *, offsets: list[int] | None = None) -> bytes:
    """A zip from (local, directory entry, name); `offsets` where the directory shall say otherwise."""
    body, directory = b"", b""
    for number, (local, entry, name) in enumerate(parts):
        at = len(body) if offsets is None else offsets[number]
        directory += entry + struct.pack("<I", at) + name
        body += local
    end = struct.pack("<4H2IH", 0, 0, len(parts), len(parts), len(directory), len(body), 0)
    return body + directory + b"PK\5\6" + end


def one(data: bytes = TEXT, name: bytes = b"a.txt", **lies: int) -> bytes:
    return built([(*member(name, data, **lies), name)])


def test_the_builder_makes_zips_that_are_admitted() -> None:
    assert judged("a.zip", io.BytesIO(one())).state is State.ADMITTED


def test_a_flat_bomb_is_stopped_long_before_its_end() -> None:
    bomb = zipped({"a.txt": bytes(80 << 20)})
    budget = Budget(len(bomb))
    assert "压缩炸弹" in reason(bomb)
    assert len(bomb) < 1 << 20
    assert budget.octets == 0


def test_many_small_bombs_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RATIO_FROM", 1 << 20)
    part = b"a" * (300 << 10)
    assert "压缩炸弹" in reason(zipped({f"{n}.txt": part for n in range(9)}))
    assert judged("a.zip", io.BytesIO(zipped({f"{n}.txt": part for n in range(3)}))).state is State.ADMITTED


def test_nested_bombs_count_against_the_outermost_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RATIO_FROM", 1 << 20)
    inner = zipped({"a.txt": b"a" * (900 << 10)})
    twins = zipped({"1.zip": inner, "2.zip": inner})
    assert "压缩炸弹" in reason(twins)


def test_zips_in_zips_go_only_so_deep() -> None:
    data = zipped({"a.txt": TEXT})
    for _ in range(limits.DEPTH - 1):
        data = zipped({"a.zip": data})
    assert judged("a.zip", io.BytesIO(data)).state is State.ADMITTED
    assert f"超过 {limits.DEPTH} 层" in reason(zipped({"a.zip": data}))


def test_what_comes_out_in_all_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNPACKED", 1000)
    assert "超过 1000 字节" in reason(zipped({f"{n}.txt": TEXT for n in range(12)}, zipfile.ZIP_STORED))


def test_members_are_counted_before_any_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MEMBERS", 3)
    assert "有 4 个文件，至多 3 个" in reason(zipped({f"{n}.txt": TEXT for n in range(4)}))
    within = zipped({"a.txt": TEXT, "b.zip": zipped({f"{n}.txt": TEXT for n in range(2)})})
    assert "有 4 个文件，至多 3 个" in reason(within)


def test_a_directory_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DIRECTORY", 100)
    assert "至多 100 字节" in reason(zipped({f"{n}.txt": TEXT for n in range(4)}))


def test_overlapping_members_are_found() -> None:
    local, entry = member(b"a.txt", TEXT)
    twin = (local, entry, b"a.txt")
    assert "同名" in reason(built([twin, twin]))
    _, other = member(b"b.txt", TEXT)
    assert "与目录所说的不符" in reason(built([twin, (b"", other, b"b.txt")], offsets=[0, 0]))
    quoted = member(b"a.txt", TEXT, packed=len(local) + 40)[1]
    overlong = member(b"a.txt", TEXT, packed=len(local) + 40)[0]
    second = member(b"b.txt", TEXT)
    assert "互相重叠" in reason(built([(overlong, quoted, b"a.txt"), (*second, b"b.txt")]))


@pytest.mark.parametrize(
    ("lies", "told"),
    [
        ({"size": 3}, "长"),
        ({"size": 4096}, "不符"),
        ({"crc": 1}, "不符"),
        ({"packed": 3}, "不符"),
        ({"packed": 1 << 20}, "不完整"),
        ({"method": 0}, "不符"),
        ({"method": 12}, "压缩方式"),
        ({"method": 9}, "压缩方式"),
        ({"flags": 0x801}, "加密"),
        ({"flags": 0x840}, "加密"),
    ],
)
def test_a_lie_in_directory_and_header_is_found(lies: dict[str, int], told: str) -> None:
    found = judged("a.zip", io.BytesIO(one(**lies)))
    assert found.state is State.REFUSED
    assert told in found.reason


@pytest.mark.parametrize("lies", [{"method": 0}, {"flags": 0x801}])
def test_a_local_header_that_says_otherwise_is_found(lies: dict[str, int]) -> None:
    local, _ = member(b"a.txt", TEXT, **lies)
    _, entry = member(b"a.txt", TEXT)
    assert "不符" in reason(built([(local, entry, b"a.txt")]))
    other, _ = member(b"b.txt", TEXT)
    assert "不符" in reason(built([(other, entry, b"a.txt")]))


def test_octets_after_the_end_of_a_deflate_stream_are_found() -> None:
    local, _ = member(b"a.txt", TEXT)
    packed = len(local) - 30 - 5 + 4
    _, entry = member(b"a.txt", TEXT, packed=packed)
    assert "不符" in reason(built([(local + b"more", entry, b"a.txt")]))


@pytest.mark.parametrize(
    "name",
    ["../a.txt", "/a.txt", "a/../../b.txt", "..\\a.txt", "C:\\a.txt", "C:a.txt", "a//b.txt", "./a.txt", "a\n.txt",
     "a\u202etxt", "a/ /b.txt", "a/.. /b.txt", "a\0.txt"],
)  # fmt: skip
def test_a_path_that_leads_elsewhere_is_refused(name: str) -> None:
    assert "会通向别处" in reason(one(name=name.encode()))


def test_two_names_that_a_file_system_takes_for_one_are_refused() -> None:
    parts = [(*member(name, TEXT), name) for name in (b"A.txt", b"a.txt")]
    assert "同名" in reason(built(parts))


def test_a_name_in_gb18030_is_read_as_such() -> None:
    name = "投诉书.exe".encode("gb18030")
    local, entry = member(name, TEXT, flags=0)
    assert ".exe" in reason(built([(local, entry, name)]))


def test_a_second_name_in_the_unicode_field_is_judged_too() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        info = zipfile.ZipInfo("a.txt")
        field = b"\1" + struct.pack("<I", zlib.crc32(b"a.txt")) + b"a.exe"
        info.extra = struct.pack("<HH", 0x7075, len(field)) + field
        file.writestr(info, TEXT)
    assert ".exe" in reason(archive.getvalue())


def test_a_folder_with_content_is_refused() -> None:
    assert "文件夹" in reason(one(name=b"a/"))
    assert judged("a.zip", io.BytesIO(zipped({"a/": b"", "a/b.txt": TEXT}))).state is State.ADMITTED


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda data: data + b"x", "结尾之后"),
        (lambda data: data[:-5], "没有结尾"),
        (lambda data: b"PK\3\4" + bytes(60) + data, "位置不对"),
        (lambda data: data[:-18] + b"\1" + data[-17:], "分卷"),
        (lambda data: data[: data.index(b"PK\1\2")] + b"XX" + data[data.index(b"PK\1\2") + 2 :], "目录损坏"),
    ],
)
def test_a_zip_with_something_before_or_behind_it_is_refused(spoil: Callable[[bytes], bytes], told: str) -> None:
    assert told in reason(spoil(one()))


def test_a_member_that_begins_after_a_hidden_one_is_refused() -> None:
    hidden = b"PK\3\4" + bytes(40)
    local, entry = member(b"a.txt", TEXT)
    assert "之前夹有" in reason(built([(hidden + local, entry, b"a.txt")], offsets=[len(hidden)]))


def test_a_zip64_is_read_and_held_to_the_same_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file, file.open("a.txt", "w", force_zip64=True) as part:
        part.write(TEXT)
    assert judged("a.zip", io.BytesIO(archive.getvalue())).state is State.ADMITTED
    whole = zip64_end(one())
    assert judged("a.zip", io.BytesIO(whole)).state is State.ADMITTED
    assert "ZIP64" in reason(whole.replace(b"PK\6\6", b"PK\6\5"))
    at = whole.index(b"PK\5\6")
    assert "互相矛盾" in reason(whole[: at + 10] + b"\7\0" + whole[at + 12 :])
    monkeypatch.setattr(limits, "MEMBERS", 0)
    assert "至多 0 个" in reason(whole)


def zip64_end(data: bytes) -> bytes:
    """The same zip with a ZIP64 end before its end."""
    at = data.index(b"PK\5\6")
    _, _, _, _, count, size, start, _ = struct.unpack("<4s4H2IH", data[at:])
    wide = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, at, 1)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return data[:at] + wide + locator + end


def test_an_office_package_is_held_to_the_same_limits() -> None:
    bomb = office("xlsx", **{"xl/worksheets/sheet1.xml": bytes(80 << 20)})
    assert "压缩炸弹" in reason(bomb, "报价.xlsx")
    assert "压缩炸弹" in reason(zipped({"OFD.xml": "<x/>", "a.xml": bytes(80 << 20)}), "发票.ofd")


def test_large_members_are_judged_by_their_heads_but_read_to_their_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MEMBER", 1000)
    video = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(range(256)) * 20
    assert judged("a.zip", io.BytesIO(zipped({"a.mp4": video}))).state is State.ADMITTED
    for name, data in (
        ("a.txt", TEXT * 50),
        ("a.zip", one(bytes(range(33, 127)) * 900)),
        ("a.docx", office("docx") * 9),
    ):
        assert "至多 1000 字节" in reason(zipped({name: data}, zipfile.ZIP_STORED))


def test_a_truncated_member_is_unfit_and_no_error() -> None:
    with pytest.raises(Unfit):
        members(io.BytesIO(b"PK\3\4"), Budget(4))
