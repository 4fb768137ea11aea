"""Copies of case-keys.db: made whole, and held against the archive (ops/handbook/keys.md).

Keeps: a copy never comes to lie inside the archive's home; checking opens every secret and tells of each that is
absent, altered, or destroyed in the archive and alive in the copy.
Leaves: copies of the key-encryption key, which is the administrators' to do; where copies are kept.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.wiring import case_keys_of
from domain.errors import Fault
from storage.case_keys import CaseKeys, copy_file
from storage.home import Home
from storage.key_encryption.file import FileKey
from storage.key_encryption.places import key_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Checked:
    """What a copy is worth: how many secrets are `same`; cases whose secret is `absent`, `altered` or `revived`."""

    same: int
    absent: list[str]
    altered: list[str]
    revived: list[str]

    @property
    def fit(self) -> bool:
        """Whether the archive could be restored from it, and nothing that was destroyed would come back."""
        return not (self.absent or self.altered or self.revived)


def copy(archive: Path, to: Path) -> Path:
    """Copy case-keys.db into the directory `to`; where it lies. Fault `copy-place`: inside the archive's home."""
    home = Home.open(archive)
    home.check_keys()
    if to.resolve().is_relative_to(home.path.resolve()):
        raise Fault(
            "copy-place",
            f"{to} 在档案库目录之内，会随记录和证据一同备份。",
            "请把副本放在单独保管的介质上。",
            field="to",
        )
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = to / home.case_keys.name
    copy_file(home.case_keys, target)
    return target


def check(
    archive: Path, copied: Path, key_file: Path | None, tick: Callable[[int, int], None] = lambda _done, _all: None
) -> Checked:
    """Hold the copy in the directory `copied` against the archive, opened by `key_file` or by the archive's own key.

    `tick(done, all)` counts cases. Faults: `copy-missing`, `key-rotated` (made before the last rotation), `key-wrong`.
    """
    home = Home.open(archive)
    path = copied / home.case_keys.name
    if not path.is_file():
        raise Fault("copy-missing", f"{copied} 中没有 {path.name}。", "请核对目录，或重新备份。")
    key = FileKey(key_file) if key_file is not None else key_at(home.keys.current, home.path)
    same, absent, altered, revived = 0, list[str](), list[str](), list[str]()
    with closing(case_keys_of(home)) as keys, closing(CaseKeys(path, key)) as copies:
        cases = sorted({*keys.cases(), *copies.cases()})
        for done, case in enumerate(cases):
            tick(done, len(cases))
            here, there = keys.secret(case), copies.secret(case)
            if here == there:
                same += here is not None
            elif here is None and keys.destroyed(case):
                revived.append(case)
            else:
                (absent if there is None else altered).append(case)
        tick(len(cases), len(cases))
    return Checked(same, absent, altered, revived)
