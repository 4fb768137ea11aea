"""The trust file: what a verifier got from elsewhere, without which nothing is authentic (FORMAT.md §9)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import Fault
from . import shapes
from .canonical import dump, parse
from .encoding import sha256

if TYPE_CHECKING:
    from .canonical import Json

TRUST_OCTETS = 1 << 20
AUTHORITIES = 64
_ORIGIN = re.compile(r"[^\s+]{1,255}")  # a log's name: no white space, no plus (c2sp.org/signed-note)
_GROUP, _GROUPS = 4, 8


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom to believe: the archive's name, its first record (b64u digest), its log (vkey) or None for genesis' key,
    witness policy text or None, and time-stamping authorities as PEM texts.
    """  # noqa: D205  # the first sentence is one list

    origin: str
    genesis: str
    log: str | None
    witnesses: str | None
    tsa: tuple[str, ...]

    @classmethod
    def parse(cls, data: bytes) -> Trust:
        """The trust in a JSON text; white space is allowed, people keep this file. Faults: the parser's, "shape"."""
        obj = shapes.members(parse(data, limit=TRUST_OCTETS), ("origin", "genesis", "log", "witnesses", "tsa"), "trust")
        tsa = shapes.items(obj["tsa"], "tsa", low=0, high=AUTHORITIES)
        return cls(
            origin=_origin(obj["origin"]),
            genesis=shapes.digest(obj["genesis"], "genesis"),
            log=_optional(obj["log"], "log"),
            witnesses=_optional(obj["witnesses"], "witnesses"),
            tsa=tuple(shapes.text(item, f"tsa[{index}]") for index, item in enumerate(tsa)),
        )

    def dump(self) -> bytes:
        """Canonical octets. Faults as `parse`: what can't be read back is never written."""
        data = dump(
            {
                "origin": self.origin,
                "genesis": self.genesis,
                "log": self.log,
                "witnesses": self.witnesses,
                "tsa": list(self.tsa),
            }
        )
        Trust.parse(data)
        return data

    @property
    def fingerprint(self) -> str:
        """The first 128 bits of H(canonical octets), hexadecimal, in eight groups of four: to read aloud."""
        digits = sha256(self.dump()).hex()
        return " ".join(digits[start : start + _GROUP] for start in range(0, _GROUP * _GROUPS, _GROUP))


def _origin(value: Json) -> str:
    origin = shapes.text(value, "origin")
    if not _ORIGIN.fullmatch(origin):
        raise Fault("shape", "origin 不得含空白或加号，至多 255 字符。", field="origin")
    return origin


def _optional(value: Json, field: str) -> str | None:
    return None if value is None else shapes.text(value, field)
