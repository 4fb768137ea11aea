"""One command's hold on an archive: opened, the current case remembered, officers and keys found by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import orjson

from api.wiring import Running, open_archive
from domain.errors import Fault
from domain.formats.act import Signer
from domain.rules.deputies import capacities_of
from domain.rules.moments import By, Standpoint, by_of
from domain.rules.wording import names_of
from storage.keys import load_key

from .console import DEFAULT_ARCHIVE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from domain.archive import Archive
    from domain.formats.keys import Signing
    from domain.rules.case import Case
    from domain.rules.register import Officer, Register
    from domain.rules.wording import Names

CLIENT = "client.json"  # the current case; a convenience of this user, no part of the archive


@dataclass(frozen=True)
class Seen:
    """A case and the register, as of `at` if a moment was asked for."""

    case: Case
    register: Register
    at: Standpoint | None = None


@dataclass(frozen=True)
class Session:
    """An open archive at `path`."""

    path: Path
    running: Running

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.running.close()

    @cached_property
    def archive(self) -> Archive:
        """The service."""
        return self.running.archive

    @cached_property
    def register(self) -> Register:
        """Who may act."""
        return self.archive.register()

    def remember(self, case: str, rulebook: str | None = None) -> None:
        """Make `case` the current one."""
        (self.path / CLIENT).write_bytes(orjson.dumps({"case": case, "rulebook": rulebook}))

    def remembered(self) -> tuple[str | None, str | None]:
        """The current case and, while it has no record yet, its rulebook."""
        try:
            value = orjson.loads((self.path / CLIENT).read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return None, None
        if not isinstance(value, dict):
            return None, None
        case, rulebook = value.get("case"), value.get("rulebook")
        return case if isinstance(case, str) else None, rulebook if isinstance(rulebook, str) else None

    def case_id(self, name: str | None) -> str:
        """The case meant: the current one, or by id, prefix of it, or number (案号). Fault "case" if unclear."""
        if name is None:
            current, _ = self.remembered()
            if current is None:
                raise Fault("case", "没有当前案件", "请先用 anjuan open 立新案，或以 --case 指明")
            return current
        known = [case for case, _ in self.archive.events.cases()]
        if name in known or name == self.remembered()[0]:
            return name
        found = [c for c in known if c.startswith(name)] or [c for c in known if self._number(c) == name]
        if len(found) != 1:
            count = "没有" if not found else f"有 {len(found)} 个"
            raise Fault("case", f"{count}案件与“{name[:60]}”相符", "请用 anjuan docket 查看案件编号", field="case")
        return found[0]

    def _number(self, case: str) -> str:
        return self.archive.case(case).heading()[0]

    def case(self, name: str | None) -> Case:
        """The case meant, folded. Faults of `begun`."""
        return self.archive.case(self.begun(name))

    def begun(self, name: str | None) -> str:
        """The case meant, as in `case_id`. Fault "not-opened" while the current one has no record."""
        case = self.case_id(name)
        if case == self.remembered()[0] and not self.archive.events.case(case):
            raise Fault("not-opened", "当前案件还没有记录", "请先作“签收”，或以 --case 指明其他案件", field="case")
        return case

    def seen(self, name: str | None, as_of: str | None, by: str | None) -> Seen:
        """The case meant, as of a moment if one is asked for, with the register of then."""
        case, how = self.begun(name), asked_by(as_of, by)
        if as_of is not None:
            past = self.archive.as_of(case, as_of, how)
            return Seen(past.case, past.register, past.at)
        return Seen(self.archive.case(case), self.register)

    def names(self, case: Case, register: Register | None = None) -> Names:
        """Names used by the case."""
        return names_of(case, register or self.register)

    def officer(self, name: str) -> Officer:
        """An officer by name or case id. Fault "officer" if unknown or not unique."""
        found = [o for o in self.register.officers.values() if name in (o.case, o.name)]
        if len(found) != 1:
            known = "、".join(o.name for o in self.register.officers.values()) or "（无）"
            what = "没有" if not found else "不止一名"
            raise Fault("officer", f"{what}登记人员“{name[:40]}”", f"已登记：{known}；重名时请用登记案件编号")
        return found[0]

    def signer(self, text: str) -> Signer:
        """A signer from `capacity:name`, with the officer's newest trusted key. Fault "signer"."""
        capacity, colon, name = text.partition(":")
        if not colon:
            raise Fault("signer", f"签署人应写作 身份:姓名，实为“{text[:40]}”", "例如 --as handler:陈立")
        officer = self.officer(name)
        now = self.archive.clock.now()
        trusted = [k for k in officer.keys.values() if k.trusted(now)]
        if not trusted:
            raise Fault("revoked", f"{officer.name}没有可用的密钥", "请先登记新的密钥")
        return Signer(officer.case, max(trusted, key=lambda k: k.since).key.kid, capacity)

    def signer_for(self, key: Signing, action_capacities: Sequence[str], chosen: str | None) -> Signer:
        """The signer behind a key file; the capacity is the one both held and asked for, unless `chosen`."""
        owner = next((o for o in self.register.officers.values() if key.kid in o.keys), None)
        if owner is None:
            raise Fault("not-enrolled", "这把密钥没有登记", "请先用 anjuan enrol 登记")
        held = capacities_of(self.register, owner, self.archive.clock.now())
        fitting = [c for c in action_capacities if c in held]
        capacity = chosen or (fitting[0] if fitting else action_capacities[0])
        return Signer(owner.case, key.kid, capacity)


def open_session(path: Path | None) -> Session:
    """Open the archive at `path`. Fault if there is none."""
    path = path or DEFAULT_ARCHIVE
    return Session(path, open_archive(path))


def asked_by(as_of: str | None, by: str | None) -> By:
    """By which days a moment is meant. Fault "by" where none is asked for."""
    if by is not None and as_of is None:
        raise Fault("by", "--by 须与 --as-of 一同使用", "请用 --as-of 写明截至哪一天或者哪一刻", field="by")
    return by_of(by)


def key_from(path: Path) -> Signing:
    """A private key file."""
    return load_key(path)
