"""Evidence files on their way out: which one, of which class, and how it is sent.

Keeps: a range is served as asked or refused, never guessed; what a browser may run is never sent under its own type;
names are sent in a way that no header can be broken with. Leaves: who may have it (v1, web).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Header, Request
from starlette.responses import Response, StreamingResponse

from domain.errors import Fault
from domain.formats.withheld import facts_view
from domain.rules.vocabulary import Class

from .problems import problem

if TYPE_CHECKING:
    from domain.archive import Archive
    from domain.evidence_port import Attached

INLINE = {
    "application/pdf": "application/pdf",
    "image/png": "image/png",
    "image/jpeg": "image/jpeg",
    "text/plain": "text/plain; charset=utf-8",
    "text/csv": "text/plain; charset=utf-8",
}
PLAYED = ("audio/aac", "audio/flac", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/wav", "video/mp4", "video/webm")
INLINE |= {media: media for media in PLAYED}
OCTETS = "application/octet-stream"
# A file is shown by the browser's own viewer and may do nothing: no script, no request, no embedding elsewhere.
FILE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; img-src 'self'; media-src 'self'; "
    "frame-ancestors 'self'"
)
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Paper:
    """An evidence file of a case; `seq` is the record that names it, None while none does; `length` in bytes."""

    attached: Attached
    class_: Class | None
    seq: int | None
    sha256: str

    @property
    def case(self) -> str:
        """Its case."""
        return self.attached.case

    @property
    def media(self) -> str:
        """What its content is."""
        return self.attached.media

    @property
    def length(self) -> int:
        """Of the file, in bytes."""
        return self.attached.stored.length

    @property
    def withheld(self) -> bool:
        """Whether it is kept from those who may not act in its case; a file that no record names yet is, too."""
        return self.class_ is None or self.class_.withheld


@dataclass(frozen=True, slots=True)
class Part:
    """What of a file is asked for: its headers alone, a range, and of which file that was cut."""

    alone: bool
    range: str | None
    of: str | None

    def range_of(self, tag: str) -> str | None:
        """The range, if it counts: not for HEAD (RFC 9110 §14.2), not where If-Range names another file (§13.1.5)."""
        return None if self.alone or self.of not in (None, tag) else self.range


def part(
    request: Request,
    range_: Annotated[str | None, Header(alias="Range", max_length=8192)] = None,
    if_range: Annotated[str | None, Header(max_length=200)] = None,
) -> Part:
    """What of a file a request asks for."""
    return Part(request.method == "HEAD", range_, if_range)


PartDep = Annotated[Part, Depends(part)]


def paper(archive: Archive, name: str, case: str | None = None) -> Paper:
    """The evidence file with this object name, of `case` if given. Fault "unknown-object"."""
    attached = archive.attachments.get(name)
    if attached is None or case not in (None, attached.case):
        raise Fault("unknown-object", "没有这个文件", "请核对存证编号。", field="object")
    entry, seq = _named(archive, attached.case, name)
    sha256 = attached.stored.sha256
    return Paper(
        attached=attached,
        class_=Class(str(entry["class"])) if entry else None,
        seq=seq,
        sha256=str(entry.get("sha256", sha256)) if entry else sha256,
    )


def _named(archive: Archive, case: str, name: str) -> tuple[dict[str, Any] | None, int | None]:
    """The first entry of the case's records that names the file, disclosed as far as it is kept, and its seq."""
    for record in archive.records(case) if archive.events.case(case) else ():
        if any(item["object"] == name for item in record.act.evidence):
            _, evidence = facts_view(record.act, archive.disclosures(record))
            return next(dict(item) for item in evidence if item["object"] == name), record.seq
    return None, None


def sent(archive: Archive, found: Paper, asked: Part, *, inline: bool) -> Response:
    """The file, or the one range that is asked for (RFC 9110 §14); 416 for one that lies outside.

    Several ranges are answered by the whole, as §14.2 lets a server.
    """
    tag = f'"{found.sha256}"'
    span = _span(asked.range_of(tag), found.length)
    if span is None:
        return problem(
            Fault("range-outside", f"范围超出文件（{found.length} 字节）", "请改正范围。"),
            {"Content-Range": f"bytes */{found.length}"},
        )
    offset, length = span
    whole = (offset, length) == (0, found.length)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Length": str(length),
        "ETag": tag,
        "Content-Disposition": _disposition(found.attached.name, inline=inline),
        "Content-Security-Policy": FILE_POLICY,
        "X-Frame-Options": "SAMEORIGIN",
    }
    if not whole:
        headers["Content-Range"] = f"bytes {offset}-{offset + length - 1}/{found.length}"
    status = HTTPStatus.OK if whole else HTTPStatus.PARTIAL_CONTENT
    media = INLINE.get(found.media, OCTETS) if inline else OCTETS
    stored = found.attached.stored
    if asked.alone:
        archive.vault.stat(stored.object, stored.version)
        return Response(None, status, headers, media_type=media)
    chunks = archive.vault.read(stored.object, stored.version, offset=offset, length=length)
    return StreamingResponse(chunks, status, headers, media_type=media)


def _span(asked: str | None, total: int) -> tuple[int, int] | None:
    """(offset, length) of one range; the whole for none, several or malformed ones; None if it lies outside."""
    found = _RANGE.fullmatch(asked.strip()) if asked else None
    if found is None or found.groups() == ("", ""):
        return 0, total
    first, last = found.groups()
    if not first:
        length = min(int(last), total)
        return (total - length, length) if length else None
    offset, end = int(first), min(int(last) if last else total - 1, total - 1)
    if last and int(last) < offset:
        return 0, total  # RFC 9110 §14.1.1: an invalid range is ignored
    return (offset, end - offset + 1) if offset < total else None


def _disposition(name: str, *, inline: bool) -> str:
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename*=UTF-8''{quote(name, safe='')}"
