"""What came of one case, to be put together with what came of the others, in the order of the cases.

Keeps: an outcome says the same whoever judged the case, in whichever process, before or after an interruption.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import Fault
from ..formats.encoding import b64u, b64u_decode
from .evidence import Evidence, Gone
from .findings import Findings

if TYPE_CHECKING:
    from ..formats.canonical import Json
    from ..rules.compliance import Compliance

DIGEST = 32
ID = 16
NO_ID = bytes(ID)


def uuid(octets: bytes) -> str:
    """An id as text."""
    text = octets.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


class Head(NamedTuple):
    """The last readable record of a case."""

    case: str
    seq: int
    digest: str
    received: str


@dataclass(slots=True)
class Outcome:
    """`digests` are those of the case's pieces, `ids` and `actions` their acts' (none where a record can't be read),
    in order of place; `used` the rulebooks and calendars asked for, `told` what was found of them, `forms` how many
    forms they have. `known` ("case/seq" of the readable records), `head` and `complied` are told of packages only.
    """  # noqa: D205  # one list

    case: str
    findings: Findings = field(default_factory=Findings)
    digests: bytes = b""
    ids: bytes = b""
    actions: tuple[str, ...] = ()
    places: tuple[str, ...] = ()  # of the pieces, where they aren't case/seq
    records: int = 0
    signatures: int = 0
    shown: int = 0
    kept: int = 0
    judged: int = 0
    officers: tuple[str, ...] = ()
    used: tuple[str, ...] = ()
    told: dict[str, Findings] = field(default_factory=dict)
    forms: dict[str, int] = field(default_factory=dict)
    evidence: Evidence = field(default_factory=Evidence)
    known: tuple[str, ...] = ()
    head: Head | None = None
    complied: Compliance | None = None

    @property
    def pieces(self) -> int:
        """How many pieces the case has."""
        return len(self.digests) // DIGEST

    def place(self, index: int) -> str:
        """Where the piece lies."""
        return self.places[index] if self.places else f"{self.case}/{index + 1}"

    def as_json(self) -> Json:
        """Everything that `from_json` reads back: of a store's case."""
        found = self.evidence
        return {
            "case": self.case,
            "findings": self.findings.as_json(),
            "digests": b64u(self.digests),
            "ids": b64u(self.ids),
            "actions": list(self.actions),
            "counts": [self.records, self.signatures, self.shown, self.kept, self.judged, found.count, found.read],
            "officers": list(self.officers),
            "used": list(self.used),
            "told": {name: told.as_json() for name, told in self.told.items()},
            "forms": dict(self.forms),
            "destroyed": [*sorted(found.destroyed)],
            "gone": [list(gone) for gone in found.gone],
        }

    @classmethod
    def from_json(cls, value: Any) -> Outcome:
        """As `as_json` wrote it. Fault "outcome" on anything else."""
        try:
            records, signatures, shown, kept, judged, count, read = value["counts"]
            gone = [Gone(*entry) for entry in value["gone"]]
            return cls(
                case=value["case"],
                findings=Findings.from_json(value["findings"]),
                digests=b64u_decode(value["digests"]),
                ids=b64u_decode(value["ids"]),
                actions=tuple(value["actions"]),
                records=records,
                signatures=signatures,
                shown=shown,
                kept=kept,
                judged=judged,
                officers=tuple(value["officers"]),
                used=tuple(value["used"]),
                told={name: Findings.from_json(told) for name, told in value["told"].items()},
                forms=value["forms"],
                evidence=Evidence(count=count, destroyed=set(value["destroyed"]), read=read, gone=gone),
            )
        except (AttributeError, Fault, KeyError, TypeError, ValueError) as error:
            raise Fault("outcome", f"所存的核验结果不可读：{error}") from error
