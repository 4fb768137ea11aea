"""The note beside an evidence file in the directory vault: what an S3 store keeps as metadata, retention and hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.errors import Fault
from domain.formats import canonical

_TYPE = "anjuan.blob-note/1"
_MEMBERS = {"blob", "case", "hold", "length", "retain_until", "sha256", "size", "typ"}
LIMIT = 4096


@dataclass(frozen=True, slots=True)
class Note:
    """What is known of one evidence file.

    `blob` (b64u) and `size` of the file as stored, `sha256` (hex) and `length` of the plaintext, its case, its end of
    retention (aware, UTC, whole seconds) and whether it is on hold.
    """

    blob: str
    size: int
    sha256: str
    length: int
    case: str
    retain_until: datetime
    hold: bool

    def dump(self) -> bytes:
        """Canonical JSON."""
        return canonical.dump(
            {
                "typ": _TYPE,
                "blob": self.blob,
                "size": self.size,
                "sha256": self.sha256,
                "length": self.length,
                "case": self.case,
                "retain_until": self.retain_until.isoformat(),
                "hold": self.hold,
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Note:
        """Strict: exactly these members, of these types. Fault `note` (or the canonical parser's)."""
        value = canonical.parse_object(data, limit=LIMIT)
        texts = [value.get(name) for name in ("blob", "sha256", "case", "retain_until")]
        numbers = [value.get(name) for name in ("size", "length")]
        hold = value.get("hold")
        match [*texts, *numbers, hold]:
            case [str(blob), str(sha256), str(of_case), str(until), int(size), int(length), bool(held)] if (
                set(value) == _MEMBERS and value["typ"] == _TYPE and type(size) is type(length) is int
            ):
                return cls(blob, size, sha256, length, of_case, _instant(until), held)
        raise Fault("note", "证据说明文件的格式不符。", field="evidence")


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.min  # noqa: DTZ901  # has no zone, so it is refused with the rest below
    if moment.tzinfo is None:
        raise Fault("note", "证据说明文件中的时间不符。", field="evidence")
    return moment
