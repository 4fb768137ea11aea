"""Founding an archive: its genesis (建档), and the enrolment of officers with their keys (formats.md section 7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import Fault
from domain.formats.act import Signer, sign_act
from domain.formats.encoding import digest
from domain.rules.register import FOUNDERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.archive import Archive
    from domain.formats.canonical import Json
    from domain.formats.keys import Signing
    from domain.formats.record import Record

REGISTER = "register"
REGISTRAR = "registrar"
RETENTION = "permanent"  # a code of the register's choices


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Someone to be enrolled: name, unit, own key, capacities."""

    name: str
    unit: str
    key: Signing
    capacities: tuple[str, ...]


def genesis(
    archive: Archive,
    root: Signing,
    *,
    origin: str,
    demonstration: bool,
    log: str | None = None,
    retention: str = RETENTION,
) -> Record:
    """The first record of the archive's own case: its keys, and the rulebooks and calendars it adopts.

    `log` is the vkey of its transparency log, None where there is none.
    """
    if archive.register().archive is not None:
        raise Fault("founded", "本档案库已经建档", "不必再次建档。")
    case = archive.ids.uuid7()
    books = archive.rulebooks.current()
    facts: dict[str, Json] = {
        "origin": origin,
        "archive": dict(archive.signer.public.jwk),
        "root": dict(root.public.jwk),
        "retention": retention,
        "demonstration": demonstration,
        "calendars": [{"name": n, "digest": digest(data)} for n, data in archive.rulebooks.calendars().items()],
        "rulebooks": [{"id": b.id, "digest": b.digest} for b in books.values()],
    }
    if log is not None:
        facts["log"] = log
    draft = archive.draft(
        case=case,
        rulebook=REGISTER,
        action="genesis",
        facts=facts,
        signers=[Signer(case, root.kid, "root")],
    )
    return archive.submit(draft.payload, [sign_act(draft.payload, root)], draft.disclosures)


def enrol(archive: Archive, newcomer: Newcomer, *, root: Signing | None, registrars: Sequence[Signing] = ()) -> Record:
    """Open the officer's register case with their key and capacities.

    The first two are enrolled by `root` and themselves, later ones by two registrars. Fault "registrars" if the keys
    given are not those of two enrolled officers.
    """
    register = archive.register()
    if register.archive is None:
        raise Fault("no-genesis", "本档案库尚未建档", "请先运行 anjuan init。")
    case = archive.ids.uuid7()
    keys: list[Signing]
    if len(register.officers) < FOUNDERS:
        if root is None:
            raise Fault("root", "最初两名人员的登记须由创始密钥签署", "请以 --root 指明创始密钥文件。")
        keys = [root, newcomer.key]
        signers = [Signer(register.archive, root.kid, "root"), Signer(case, newcomer.key.kid, "self")]
    else:
        keys = list(registrars)
        signers = registrar_signers(archive, registrars)
    now = archive.clock.now().isoformat(timespec="seconds")
    draft = archive.draft(
        case=case,
        rulebook=REGISTER,
        action="key-enrolled",
        facts={
            "name": newcomer.name,
            "unit": newcomer.unit,
            "key": dict(newcomer.key.public.jwk),
            "from": now,
            "capacities": list(newcomer.capacities),
        },
        signers=signers,
    )
    return archive.submit(draft.payload, [sign_act(draft.payload, k) for k in keys], draft.disclosures)


def registrar_signers(archive: Archive, keys: Sequence[Signing]) -> list[Signer]:
    """The signers behind the keys of registrars. Fault "registrars" if a key isn't enrolled."""
    owners = {kid: officer for officer in archive.register().officers.values() for kid in officer.keys}
    for key in keys:
        if key.kid not in owners:
            raise Fault("registrars", "登记应由两名已登记的登记员签署", "请以 --by 指明两名登记员的密钥文件。")
    return [Signer(owners[k.kid].case, k.kid, REGISTRAR) for k in keys]
