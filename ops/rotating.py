"""A new key-encryption key for an archive: made, written down, every case's secret wrapped by it, the old one let go.

    1  the new key is made at its place
    2  archive.json names it, and the old one as `former`: both are needed now, and a later run goes on from here
    3  case-keys.db: no secret is made under the old key any more; each secret is wrapped anew, one by one
    4  archive.json names the new one alone

Keeps: broken off at any moment, the archive opens with the keys that archive.json names, and the same command finishes
the work; no evidence file and no withheld fact is touched; the old key is never destroyed here.
Leaves: a server that runs meanwhile refuses what it can't open (`key-rotated`) until it is started again.
"""

from __future__ import annotations

import fcntl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.wiring import case_keys_of
from domain.errors import Fault
from storage.evidence.durable import locked
from storage.home import Home
from storage.key_encryption.places import FilePlace, KeyPlace, KeyPlaces, key_place, make_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did: how many secrets it wrapped anew, by which key, and which keys no longer wrap anything."""

    wrapped: int
    current: KeyPlace
    former: tuple[KeyPlace, ...]


def rotate(path: Path, to: str | None, tick: Callable[[int, int], None] = lambda _done, _all: None) -> Rotated:
    """Wrap every secret of the archive at `path` by a new key `to` (see `key_place`), or finish what was broken off.

    `tick(done, all)` counts secrets. Faults: `key-place` (none given where one is needed, or the one in use),
    `rotation-unfinished` (another one than that which was begun), `busy`, those of the keys and of `Home.open`.
    """
    lock = Home.open(path).path / "rotation.lock"
    try:
        with locked(lock, fcntl.LOCK_EX | fcntl.LOCK_NB):
            home = _begun(Home.open(path), to)
            keys = case_keys_of(home)
            try:
                wrapped = keys.rewrap(tick)
            finally:
                keys.close()
            return Rotated(wrapped, home.rekeyed(KeyPlaces(home.keys.current)).keys.current, home.keys.former)
    except BlockingIOError as error:
        raise Fault("busy", "另一个密钥轮换正在进行。", "请等它完成后再试。") from error


def _begun(home: Home, to: str | None) -> Home:
    """The home with its new key in archive.json."""
    current, former = home.keys.current, home.keys.former
    there = [FilePlace(file.name) for file in home.path.glob("key-encryption*.key")]
    if former:
        if to is not None and to != "file" and str(key_place(to)) != str(current):
            message = f"上一次轮换（改用 {current}）没有完成。"
            raise Fault("rotation-unfinished", message, "请先不带 --to 运行一次，把它完成。", field="--to")
        return home
    if to is None and not isinstance(current, FilePlace):
        message = f"现用的密钥是 {current}，没有写明新的密钥在哪里。"
        raise Fault("key-place", message, "请用 --to 写明新密钥的位置，名称不能与现用的相同。", field="--to")
    place = key_place(to or "file", [*there, current])
    if str(place) == str(current):
        raise Fault("key-place", f"新的密钥 {place} 就是现用的密钥。", "请给新密钥另取名称。", field="--to")
    make_key(place, home.path)
    return home.rekeyed(KeyPlaces(place, (current,)))
