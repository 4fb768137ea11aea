"""export.jws: the archive's signature over a dossier package (FORMAT.md §8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import shapes
from .jws import parse_compact, sign_compact

if TYPE_CHECKING:
    from .canonical import Json
    from .keys import PublicKey, Signing

TYP = "anjuan.export/1"
HEADER_TYP = "anjuan-export+json"
_MEMBERS = ("typ", "case", "seq", "head", "checkpoint", "recipient", "exported", "manifest")


@dataclass(frozen=True, slots=True)
class ExportClaim:
    """What the archive says of a package: it ends with record `seq` of `case`, whose b64u digest is `head`.

    `checkpoint` is the size of the package's checkpoint or None; `exported` UTC with milliseconds;
    `manifest` b64u H(manifest-sha256.txt); `recipient` for whom it was made.
    """

    case: str
    seq: int
    head: str
    checkpoint: int | None
    recipient: str
    exported: str
    manifest: str

    def as_json(self) -> dict[str, Json]:
        """The payload."""
        return {
            "typ": TYP,
            "case": self.case,
            "seq": self.seq,
            "head": self.head,
            "checkpoint": self.checkpoint,
            "recipient": self.recipient,
            "exported": self.exported,
            "manifest": self.manifest,
        }


def issue_export(key: Signing, claim: ExportClaim) -> str:
    """export.jws as compact JWS, without final LF. Fault "shape" naming a member that isn't right."""
    _claim(claim.as_json())
    return sign_compact(key, HEADER_TYP, claim.as_json())


def parse_export(compact: str) -> tuple[ExportClaim, str]:
    """The claim and the kid in an export.jws, signature not judged. Faults of `parse_compact`, and "shape"."""
    jws = parse_compact(compact, HEADER_TYP)
    return _claim(jws.payload), jws.kid


def export_verified(compact: str, key: PublicKey) -> bool:
    """Whether `key` is the one that the export names and its signature holds. Faults as `parse_export`."""
    return parse_compact(compact, HEADER_TYP).verified(key)


def _claim(payload: dict[str, Json]) -> ExportClaim:
    obj = shapes.members(payload, _MEMBERS, "export")
    shapes.constant(obj["typ"], TYP, "export.typ")
    checkpoint = obj["checkpoint"]
    return ExportClaim(
        case=shapes.uuid7(obj["case"], "export.case"),
        seq=shapes.integer(obj["seq"], "export.seq", low=1),
        head=shapes.digest(obj["head"], "export.head"),
        checkpoint=None if checkpoint is None else shapes.integer(checkpoint, "export.checkpoint", low=1),
        recipient=shapes.text(obj["recipient"], "export.recipient"),
        exported=shapes.received(obj["exported"], "export.exported"),
        manifest=shapes.digest(obj["manifest"], "export.manifest"),
    )
