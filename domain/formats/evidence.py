"""One entry of an act's evidence: what the vault holds, and what it is (FORMAT.md §2).

Members of the vault's side are always plain, so that the vault can be audited without a key; what describes the file
may be withheld as its class demands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import shapes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .canonical import Json

ALWAYS = frozenset({"object", "blob", "size", "version", "class", "slot"})
DESCRIPTION = frozenset({"sha256", "length", "media", "name", "title"})
VERSION_OCTETS = 1024


def checked_entry(value: Json, place: str) -> dict[str, Json]:
    """An evidence entry of an act, its description plain or under `_sd`. Fault "shape"."""
    obj = shapes.mapping(value, place)
    shapes.members(obj, ALWAYS | (obj.keys() & (DESCRIPTION | {"_sd"})), place)
    shapes.uuid7(obj["object"], f"{place}.object")
    shapes.digest(obj["blob"], f"{place}.blob")
    shapes.integer(obj["size"], f"{place}.size")
    if obj["version"] is not None:
        shapes.text(obj["version"], f"{place}.version", octets=VERSION_OCTETS)
    shapes.code(obj["class"], f"{place}.class")
    shapes.code(obj["slot"], f"{place}.slot")
    check_description(obj, place)
    return obj


def check_description(obj: Mapping[str, Json], place: str) -> None:
    """Shapes of the describing members that `obj` has. Fault "shape"."""
    if "sha256" in obj:
        shapes.hex_digest(obj["sha256"], f"{place}.sha256")
    if "length" in obj:
        shapes.integer(obj["length"], f"{place}.length")
    for name in ("media", "name", "title"):
        if name in obj:
            shapes.text(obj[name], f"{place}.{name}")
