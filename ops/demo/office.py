"""The demonstration's office: an archive that says in its genesis that it is one, and officers with key files.

Keeps: a key is durable before it is enrolled, and is never made anew for someone who is enrolled already; founding
that was broken off anywhere goes on where it stopped.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from domain.errors import Fault
from domain.rules.civil import SHANGHAI
from ops.founding import Newcomer, enrol, genesis
from storage.evidence.durable import sync_directory
from storage.keys import load_key, new_key

from .scenario import Person

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from domain.archive import Archive
    from domain.formats.keys import PrivateKey, Signing
    from storage.clock import ScenarioClock

    from .scenario import Scenario

ORIGIN = "临江市财政局"
FOUNDED = datetime(2022, 1, 4, 9, 0, tzinfo=SHANGHAI)
ROOT = "root"


def staff_of(scenarios: Iterable[Scenario]) -> tuple[Person, ...]:
    """Everyone who acts in the scenarios, registrars first. Fault "scenario" if two of them don't agree on someone."""
    people: dict[str, Person] = {}
    for scenario in scenarios:
        for person in scenario.officers:
            if people.setdefault(person.name, person) != person:
                raise Fault("scenario", f"情景 {scenario.name} 所写“{person.name}”的身份与他处不同", "请写成一致。")
    return tuple(sorted(people.values(), key=lambda person: "registrar" not in person.capacities))


def keys_in(folder: Path, archive: Archive, names: Iterable[str]) -> dict[str, PrivateKey]:
    """The key files of `names` in `folder`, and `root`; made for whoever isn't enrolled yet.

    Fault "demo-keys" if the file of someone who is enrolled is missing or another one.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    register = archive.register()
    enrolled = {officer.name: set(officer.keys) for officer in register.officers.values()}
    if register.root is not None:
        enrolled[ROOT] = {register.root.kid}
    return {name: _key(folder / f"{name}.pem", enrolled.get(name)) for name in (ROOT, *names)}


def _key(path: Path, enrolled: set[str] | None) -> PrivateKey:
    if not path.exists() and enrolled is None:
        draft = path.with_name(f".{path.name}.new")
        draft.unlink(missing_ok=True)  # of a run that was broken off before the key was used
        new_key(draft)
        draft.rename(path)
        sync_directory(path.parent)
    key = load_key(path) if path.exists() else None
    if key is None or (enrolled is not None and key.kid not in enrolled):
        what = "缺少" if key is None else "不是登记的"
        message = f"{path.parent} 中{what}密钥 {path.name}，与演示档案库不符"
        raise Fault("demo-keys", message, "请恢复该文件；或者删去演示档案库和密钥目录，重新开始。")
    return key


def founded(
    archive: Archive,
    clock: ScenarioClock,
    root: Signing,
    staff: Iterable[Person],
    keys: dict[str, PrivateKey],
    log: str | None = None,
) -> None:
    """Found the archive and enrol the staff, as far as that hasn't been done. Fault "not-a-demonstration".

    `log` is the vkey of its transparency log, None where there is none.
    """
    clock.set(FOUNDED)
    if archive.register().archive is None:
        genesis(archive, root, origin=ORIGIN, demonstration=True, log=log)
    if not archive.register().demonstration:
        raise Fault("not-a-demonstration", "这是正式档案库，不能演示案件", "请另选目录。")
    enrolled = {officer.name for officer in archive.register().officers.values()}
    people = tuple(staff)
    registrars = [keys[person.name] for person in people if "registrar" in person.capacities][:2]
    for person in people:
        if person.name not in enrolled:
            newcomer = Newcomer(person.name, person.unit, keys[person.name], person.capacities)
            enrol(archive, newcomer, root=root, registrars=registrars)
