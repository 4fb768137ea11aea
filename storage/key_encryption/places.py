"""Which key-encryption key an archive uses: the member `keys` of archive.json, read and written.

    {"kind": "file", "file": "key-encryption.key"}      a file in the archive's home

During a rotation `former` lists those that may still wrap secrets; otherwise it is empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.formats import shapes
from storage.key_encryption.file import FileKey, new_key_file

if TYPE_CHECKING:
    from pathlib import Path

    from domain.formats.canonical import Json
    from storage.key_encryption.port import KeyEncryption

_FILE = re.compile(r"key-encryption(?:-[0-9]{1,6})?\.key")


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A key file in the archive's home; `file` is its name there."""

    file: str = "key-encryption.key"

    def as_json(self) -> dict[str, Json]:
        """The entry of archive.json."""
        return {"kind": "file", "file": self.file}


KeyPlace = FilePlace


@dataclass(frozen=True, slots=True)
class KeyPlaces:
    """The key-encryption key in use, and while a rotation isn't finished those before it."""

    current: KeyPlace
    former: tuple[KeyPlace, ...] = ()

    def as_json(self) -> dict[str, Json]:
        """The member `keys` of archive.json."""
        return {"current": self.current.as_json(), "former": [place.as_json() for place in self.former]}

    @classmethod
    def parse(cls, value: Json) -> KeyPlaces:
        """Strict. Fault `shape`."""
        found = shapes.members(value, ("current", "former"), "keys")
        former = shapes.items(found["former"], "keys.former", low=0, high=16)
        return cls(
            _place(found["current"], "keys.current"),
            tuple(_place(entry, f"keys.former[{i}]") for i, entry in enumerate(former)),
        )


def _place(value: Json, field: str) -> KeyPlace:
    found = shapes.members(value, ("kind", "file"), field)
    shapes.constant(found["kind"], "file", f"{field}.kind")
    name = shapes.text(found["file"], f"{field}.file")
    if not _FILE.fullmatch(name):
        raise shapes.refused(f"{field}.file", " key-encryption.key 或 key-encryption-数字.key")
    return FilePlace(name)


def make_key(place: KeyPlace, home: Path) -> None:
    """Make the key at `place` anew. Faults of `write_secret`."""
    new_key_file(home / place.file)


def key_at(place: KeyPlace, home: Path) -> KeyEncryption:
    """The key at `place`. Faults of its back-end."""
    return FileKey(home / place.file)
