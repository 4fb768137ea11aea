"""What a zip file is: OFD, Office (OOXML), or a plain zip, and whether what it holds may come in.

Keeps: everything in it is unpacked once, within the limits, and what comes out is looked at while it does; a plain zip
holds only what would be admitted by itself; an OFD or Office package holds no program and no macros. Reasons tell a
member by its number: they are shown to people who may not know what a withheld file is about.
"""

from __future__ import annotations

import re
import tempfile
from typing import TYPE_CHECKING, BinaryIO, cast
from xml.etree import ElementTree as ET

from domain.evidence_port import Finding, State

from . import limits, ole
from .types import refused, types
from .zips import Budget, Unfit, members, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable

    from .zips import Member

ZIP, OFD, ENCRYPTED = "application/zip", "application/ofd", "zip/encrypted"
_OOXML = "application/vnd.openxmlformats-officedocument."
# The content type of a package's main part, and what the package then is (ECMA-376 part 1; templates and shows too).
_MAIN = re.compile(
    re.escape(_OOXML)
    + r"(wordprocessingml\.(?:document|template)|spreadsheetml\.(?:sheet|template)"
    + r"|presentationml\.(?:presentation|template|slideshow))\.main\+xml"
)
_KINDS = {
    "wordprocessingml": f"{_OOXML}wordprocessingml.document",
    "spreadsheetml": f"{_OOXML}spreadsheetml.sheet",
    "presentationml": f"{_OOXML}presentationml.presentation",
}
_CONTENT_TYPES = "[Content_Types].xml"
_MACRO = re.compile(r"macroenabled|vbaproject|vbadata|macrosheet|intlmacrosheet", re.IGNORECASE)
_MACRO_PARTS = re.compile(r"(?:^|/)(?:vbaproject[^/]*\.bin$|vbadata\.xml$|macrosheets/)", re.IGNORECASE)


def found_in_zip(octets: BinaryIO, budget: Budget, depth: int, look: Look) -> Finding:
    """The media type found, as a finding; refused at once for what the zip is or holds. `look` judges a member."""
    try:
        inside = members(octets, budget)
        by_path = {member.name: member for member in inside}
        if "OFD.xml" in by_path:
            return _package(octets, inside, budget, OFD, look)
        if _CONTENT_TYPES in by_path:
            kind = _office_kind(octets, by_path[_CONTENT_TYPES], inside)
            return _package(octets, inside, budget, kind, look)
        if depth >= limits.DEPTH:
            return refused(ZIP, f"压缩包套压缩包超过 {limits.DEPTH} 层。请解开后存入。")
        return _plain(octets, inside, budget, depth, look)
    except Unfit as unfit:
        return refused(ENCRYPTED if unfit.encrypted else ZIP, f"{unfit}。")


def _package(octets: BinaryIO, inside: list[Member], budget: Budget, kind: str, look: Look) -> Finding:
    """An OFD or Office package: it must come apart whole; no part of it may be a program."""
    for member in inside:
        head = b""
        for chunk in unpacked(octets, member, budget):
            head = head if len(head) >= limits.HEAD else head + chunk
        known = types().refused_as(look.type_of(head[: limits.HEAD])) if head else None
        if known is not None and known.anywhere:
            return refused(kind, f"文件内第 {member.number} 个部分是{known.title}，不在允许之列。{known.remedy}")
    return Finding(State.ADMITTED, kind)


def _plain(octets: BinaryIO, inside: list[Member], budget: Budget, depth: int, look: Look) -> Finding:
    for member in inside:
        if all(types().is_litter(name) for name in member.names):
            for _ in unpacked(octets, member, budget):
                pass
            continue
        found = _member(octets, member, budget, depth, look)
        if found.state is not State.ADMITTED:
            return Finding(found.state, ZIP, f"压缩包内第 {member.number} 个文件：{found.reason}")
    return Finding(State.ADMITTED, ZIP)


def _member(octets: BinaryIO, member: Member, budget: Budget, depth: int, look: Look) -> Finding:
    """A member of a plain zip, judged under each of its names: as a whole, or by its head if it is large."""
    with tempfile.SpooledTemporaryFile(limits.HEAD * 4) as spool:
        for chunk in unpacked(octets, member, budget):
            if spool.tell() < limits.MEMBER:
                spool.write(chunk)
        whole = member.size <= limits.MEMBER
        found = Finding(State.ADMITTED, ZIP)
        for name in member.names:
            found = look.judge(name.rpartition("/")[2], cast("BinaryIO", spool), budget, depth + 1, whole)
            if found.state is not State.ADMITTED:
                return found
        return found


def _office_kind(octets: BinaryIO, part: Member, inside: list[Member]) -> str:
    """The media type of an Office package by its content types; `ole.MACRO` where any part is a macro's. Unfit."""
    if part.size > limits.PART:
        raise Unfit("Office 文件的目录过大")
    data = b"".join(unpacked(octets, part, Budget(part.packed)))
    try:
        if b"<!DOCTYPE" in data:
            raise Unfit("Office 文件的目录损坏")
        told = [value for element in ET.fromstring(data).iter() for value in element.attrib.values()]  # noqa: S314  # no DTD, 1 MiB at most, in a confined process
    except ET.ParseError as error:
        raise Unfit("Office 文件的目录损坏") from error
    if any(_MACRO.search(value) for value in told) or any(_MACRO_PARTS.search(member.name) for member in inside):
        return ole.MACRO
    kinds = {_KINDS[main.group(1).partition(".")[0]] for value in told if (main := _MAIN.fullmatch(value))}
    if len(kinds) != 1:
        raise Unfit("Office 文件的目录没有说明它是文字、表格还是演示文稿")
    return kinds.pop()


class Look:
    """How a package has its members looked at: their type by their head, their judgement as files of their own."""

    def __init__(
        self,
        type_of: Callable[[bytes], str],
        judge: Callable[[str, BinaryIO, Budget, int, bool], Finding],
    ) -> None:
        self.type_of, self.judge = type_of, judge
