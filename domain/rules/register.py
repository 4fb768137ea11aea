"""The register (登记簿): who may act, as its cases say (formats.md section 7).

One case for the archive itself, one per officer. Keeps: a key belongs to the officer in whose case it was enrolled, and
is enrolled once; a revoked key is not trusted from the stated moment on; capacities and recusals hold from the moment
stated. `root` may sign the genesis and, until two officers are enrolled, enrolments together with the person enrolled.
Leaves: who else a person may be (two keys under two names are two officers here).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..errors import Defect
from ..formats.keys import PublicKey
from .civil import moment_of
from .custody import ACTIONS, Custody
from .deputies import DEPUTISED, Deputed, capacities_of, deputised, outside, outside_period, unlendable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from ..formats.act import Act
    from .case import Entry

FOUNDERS = 2
_KEYS = {"key", "archive", "root"}  # facts that hold public keys


@dataclass(frozen=True, slots=True)
class EnrolledKey:
    """A public key, from when it counts and, once revoked, from when it no longer does."""

    key: PublicKey
    since: datetime
    not_trusted_from: datetime | None = None

    def trusted(self, moment: datetime) -> bool:
        """Whether a signature received at `moment` counts."""
        return self.since <= moment and (self.not_trusted_from is None or moment < self.not_trusted_from)


@dataclass(frozen=True, slots=True)
class Granted:
    """Capacities, and from when they hold; the latest one that has begun holds."""

    since: datetime
    capacities: frozenset[str]


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer (工作人员) as enrolled; `recused` holds case ids with their span."""

    case: str
    name: str
    unit: str = ""
    keys: Mapping[str, EnrolledKey] = field(default_factory=dict)
    grants: tuple[Granted, ...] = ()
    recused: tuple[tuple[str, datetime, datetime | None], ...] = ()
    deputed: tuple[Deputed, ...] = ()

    def capacities(self, moment: datetime) -> frozenset[str]:
        """The capacities that hold at `moment`."""
        begun = [g for g in self.grants if g.since <= moment]
        return max(begun, key=lambda g: g.since).capacities if begun else frozenset()

    def recused_from(self, case: str, moment: datetime) -> bool:
        """Whether the officer is recused (回避) from `case` at `moment`."""
        return any(c == case and a <= moment and (b is None or moment < b) for c, a, b in self.recused)


@dataclass(frozen=True, slots=True)
class Register:
    """What the register cases say together. `archive` is None before genesis."""

    archive: str | None = None
    origin: str = ""
    demonstration: bool = False
    root: PublicKey | None = None
    archive_keys: Mapping[str, EnrolledKey] = field(default_factory=dict)
    calendars: Mapping[str, str] = field(default_factory=dict)  # name of the year's table → digest in force
    rulebooks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # id → digests adopted, the newest last
    officers: Mapping[str, Officer] = field(default_factory=dict)
    custody: Custody = field(default_factory=Custody)

    def keys(self) -> dict[str, PublicKey]:
        """Every key that may sign an act, by kid."""
        out = {kid: k.key for officer in self.officers.values() for kid, k in officer.keys.items()}
        if self.root is not None:
            out[self.root.kid] = self.root
        return out

    def with_entry(self, case: str, entry: Entry) -> Register:
        """The register after one more record of a register case."""
        handler = _HANDLERS.get(entry.action)
        return handler(self, case, entry) if handler and entry.voided_by is None else self


def _genesis(register: Register, case: str, entry: Entry) -> Register:
    facts, since = entry.facts, moment_of(None, entry.received)
    key = PublicKey.from_jwk(facts["archive"])
    return replace(
        register,
        archive=case,
        origin=str(facts["origin"]),
        demonstration=facts.get("demonstration") is True,
        root=PublicKey.from_jwk(facts["root"]),
        archive_keys={key.kid: EnrolledKey(key, since)},
        calendars={row["name"]: row["digest"] for row in facts.get("calendars") or ()},
        rulebooks={row["id"]: (row["digest"],) for row in facts.get("rulebooks") or ()},
        custody=register.custody.with_entry(entry),
    )


def _officer(register: Register, officer: Officer) -> Register:
    return replace(register, officers={**register.officers, officer.case: officer})


def _key_enrolled(register: Register, case: str, entry: Entry) -> Register:
    key = PublicKey.from_jwk(entry.facts["key"])
    since = moment_of(entry.facts.get("from"), entry.received)
    enrolled = EnrolledKey(key, since)
    if case == register.archive:
        return replace(register, archive_keys={**register.archive_keys, key.kid: enrolled})
    old = register.officers.get(case) or Officer(case, str(entry.facts.get("name") or "不公开"))
    grants = old.grants
    if entry.facts.get("capacities"):
        grants = (*grants, Granted(since, frozenset(entry.facts["capacities"])))
    name, unit = str(entry.facts.get("name") or old.name), str(entry.facts.get("unit") or old.unit)
    return _officer(register, replace(old, name=name, unit=unit, keys={**old.keys, key.kid: enrolled}, grants=grants))


def _key_revoked(register: Register, case: str, entry: Entry) -> Register:
    kid, end = str(entry.facts.get("kid")), moment_of(entry.facts.get("not_trusted_from"), entry.received)
    if case == register.archive:
        if kid not in register.archive_keys:
            return register
        keys = {**register.archive_keys, kid: replace(register.archive_keys[kid], not_trusted_from=end)}
        return replace(register, archive_keys=keys)
    officer = register.officers.get(case)
    if officer is None or kid not in officer.keys:
        return register
    return _officer(
        register, replace(officer, keys={**officer.keys, kid: replace(officer.keys[kid], not_trusted_from=end)})
    )


def _capacities_changed(register: Register, case: str, entry: Entry) -> Register:
    officer = register.officers.get(case)
    if officer is None:
        return register
    since = moment_of(entry.facts.get("from"), entry.received)
    grant = Granted(since, frozenset(entry.facts.get("capacities") or ()))
    return _officer(register, replace(officer, grants=(*officer.grants, grant)))


def _recusal(register: Register, case: str, entry: Entry) -> Register:
    officer = register.officers.get(case)
    if officer is None:
        return register
    row = (str(entry.facts.get("case")), moment_of(entry.facts.get("from"), entry.received), None)
    return _officer(register, replace(officer, recused=(*officer.recused, row)))


def _recusal_ended(register: Register, case: str, entry: Entry) -> Register:
    officer = register.officers.get(case)
    if officer is None:
        return register
    end, target = moment_of(entry.facts.get("from"), entry.received), entry.facts.get("case")
    rows = tuple((c, a, end if c == target and b is None else b) for c, a, b in officer.recused)
    return _officer(register, replace(officer, recused=rows))


def _calendar_adopted(register: Register, case: str, entry: Entry) -> Register:
    if case != register.archive:
        return register
    return replace(register, calendars={**register.calendars, entry.facts["name"]: entry.facts["digest"]})


def _rulebook_adopted(register: Register, case: str, entry: Entry) -> Register:
    if case != register.archive:
        return register
    name, digest = entry.facts["id"], entry.facts["digest"]
    others = tuple(known for known in register.rulebooks.get(name, ()) if known != digest)
    return replace(register, rulebooks={**register.rulebooks, name: (*others, digest)})


def _custody(register: Register, case: str, entry: Entry) -> Register:
    return replace(register, custody=register.custody.with_entry(entry)) if case == register.archive else register


_HANDLERS = {
    "genesis": _genesis,
    "key-enrolled": _key_enrolled,
    "key-revoked": _key_revoked,
    "capacities-changed": _capacities_changed,
    "recusal": _recusal,
    "recusal-ended": _recusal_ended,
    DEPUTISED: deputised,
    "calendar-adopted": _calendar_adopted,
    "rulebook-adopted": _rulebook_adopted,
    **dict.fromkeys(ACTIONS, _custody),
}

REGISTER_ACTIONS = (*_HANDLERS, "rectification", "version-change")  # codes of every action of the register


def register_of(entries: Iterable[tuple[str, Entry]]) -> Register:
    """The register after (case, entry) pairs in the order in which the archive received them."""
    register = Register()
    for case, entry in entries:
        register = register.with_entry(case, entry)
    return register


def unauthorised(register: Register, act: Act, received: datetime) -> Iterator[Defect]:
    """Why signers of `act`, received at `received`, may not sign as they claim; nothing if they all may."""
    yield from unlendable(register, act, received)
    yield from _enrolled_before(register, act)
    yield from _exchanged(act)
    for i, signer in enumerate(act.signers):
        at = f"signers[{i}]"
        if signer.capacity == "root":
            yield from _root_defects(register, act, at, signer.kid)
        elif signer.capacity == "self" and act.action == "key-enrolled" and act.seen.seq == 0:
            yield from _own_key_defects(act, at, signer.officer, signer.kid)
        else:
            yield from _officer_defects(register, act, i, received)


def _enrolled_before(register: Register, act: Act) -> Iterator[Defect]:
    """A key is enrolled once: under a second name its owner could sign past a recusal or a revocation."""
    key: Any = act.facts.get("key")
    known = [*register.keys().values(), *(enrolled.key for enrolled in register.archive_keys.values())]
    if act.action == "key-enrolled" and any(dict(one.jwk) == key for one in known):
        message = f"公钥 {key['x'][:8]}… 先前已经登记"
        yield Defect("key-taken", message, "请为此人新建一把密钥。", action=act.action, field="facts.key")


def _exchanged(act: Act) -> Iterator[Defect]:
    """A key is never corrected: what it signed would become another's. It is revoked, and another one enrolled."""
    changes = act.facts.get("changes")
    if act.rulebook_id == "register" and isinstance(changes, dict):
        for name in sorted(_KEYS & changes.keys()):
            at = f"facts.changes.{name}"
            message = "登记的公钥不能更正"
            yield Defect("key-fixed", message, "请撤销这把密钥，另行登记新的密钥。", action=act.action, field=at)


def _root_defects(register: Register, act: Act, at: str, kid: str) -> Iterator[Defect]:
    if act.action == "genesis" and register.archive is None:
        return
    if register.root is None or kid != register.root.kid:
        yield Defect(
            "unknown-key", "根密钥与创世记录不符", "请使用创世时的根密钥。", action=act.action, field=f"{at}.kid"
        )
    elif act.action != "key-enrolled" or len(register.officers) >= FOUNDERS:
        message = (
            "已有两名登记人员，根密钥不再有权签署" if act.action == "key-enrolled" else "根密钥只能签署创世和最初的登记"
        )
        yield Defect("root-retired", message, "请由两名登记员签署。", action=act.action, field=at)


def _own_key_defects(act: Act, at: str, officer: str, kid: str) -> Iterator[Defect]:
    key: Any = act.facts.get("key")
    if officer != act.case or PublicKey.from_jwk(key).kid != kid:
        yield Defect("self", "本人签署须用本次登记的密钥", "请用登记的密钥签名。", action=act.action, field=f"{at}.kid")


def _officer_defects(register: Register, act: Act, i: int, received: datetime) -> Iterator[Defect]:
    signer, at = act.signers[i], f"signers[{i}]"
    officer = register.officers.get(signer.officer)
    if officer is None:
        yield Defect("not-enrolled", f"签署人“{signer.officer}”没有登记", "请先登记。", action=act.action, field=at)
        return
    key = officer.keys.get(signer.kid)
    if key is None:
        message = f"密钥 {signer.kid[:8]}… 不是{officer.name}登记的密钥"
        yield Defect("wrong-key", message, "请用本人登记的密钥。", action=act.action, field=f"{at}.kid")
    elif not key.trusted(received):
        revoked = key.not_trusted_from is not None and received >= key.not_trusted_from
        message = f"{officer.name}的密钥 {signer.kid[:8]}… " + ("已被撤销" if revoked else "尚未生效")
        yield Defect(
            "revoked" if revoked else "not-yet", message, "请登记并使用新的密钥。", action=act.action, field=f"{at}.kid"
        )
    held = capacities_of(register, officer, received) | ({"self"} if signer.officer == act.case else set())
    given = outside(officer, signer.capacity, received) if signer.capacity not in held else None
    if given is not None:
        yield outside_period(register, officer, given, signer.capacity, act, at)
    elif signer.capacity not in held:
        message = f"{officer.name}没有“{signer.capacity}”身份"
        yield Defect(
            "no-capacity", message, "请由有此身份的人员签署，或先变更登记。", action=act.action, field=f"{at}.as"
        )
    if officer.recused_from(act.case, received):
        yield Defect("recused", f"{officer.name}已在本案回避", "请由其他人员签署。", action=act.action, field=at)
