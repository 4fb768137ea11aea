"""An audit of the vault of an archive directory: opened without any key, kept in its place, reported."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.wiring import raw_vault_of
from domain.auditing import Audit, Finding, Problem, sampled, verdict
from domain.errors import Fault, reason
from domain.formats import shapes
from domain.formats.canonical import dump, parse_object
from domain.reading import CaseReader
from domain.rules.civil import SHANGHAI
from storage.clock import SystemClock
from storage.events.sqlite import SqliteEventStore
from storage.evidence.durable import write_new
from storage.home import Home
from storage.rulebook_store import RulebookStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from domain.evidence_port import EvidenceVault

FORMAT, PLACE = "anjuan.audit/1", "audit.json"
EVERY = 1.0  # seconds between two writings of the place


@dataclass(frozen=True, slots=True)
class Report:
    """What an audit found: `checked` of `objects` files named by records; `rate` in files per second of this run."""

    objects: int
    checked: int
    findings: tuple[Finding, ...]
    sample: tuple[int, str] | None
    rate: float

    @property
    def exit_status(self) -> int:
        """As `verify`."""
        return verdict(self.findings)

    def as_json(self) -> dict[str, Any]:
        """For machines; `rate` aside, the same of the same archive."""
        return {
            "objects": self.objects,
            "checked": self.checked,
            "findings": [finding.as_json() for finding in self.findings],
            "sample": {"size": self.sample[0], "seed": self.sample[1]} if self.sample else None,
            "rate": round(self.rate, 1),
            "exit_status": self.exit_status,
        }


class _NoDisclosures:
    """Withheld facts as they look without any key."""

    def get(self, _case: str, _act: str) -> tuple[str, ...]:
        return ()

    def put(self, case: str, act: str, disclosures: tuple[str, ...]) -> None:
        raise Fault("read-only", f"核对不写入（{case} {act} {len(disclosures)}）")


@dataclass(frozen=True, slots=True)
class Place:
    """How far an audit has come: of the store's `position` when it began, how many files, what was found."""

    position: int
    done: int
    findings: tuple[Finding, ...]

    def after(self, found: tuple[Finding, ...]) -> Place:
        """One file further."""
        return Place(self.position, self.done + 1, (*self.findings, *found) if found else self.findings)

    def save(self, path: Path) -> None:
        """Replace the file whole."""
        draft = path.with_name(f".{path.name}.new")
        draft.unlink(missing_ok=True)
        found: list[Any] = [finding.as_json() for finding in self.findings]
        write_new(draft, [dump({"format": FORMAT, "position": self.position, "done": self.done, "findings": found})])
        draft.replace(path)

    @classmethod
    def load(cls, path: Path) -> Place | None:
        """The place kept in `path`; None where none is. Fault "audit-place" where it can't be read."""
        try:
            value: Any = parse_object(path.read_bytes())
            shapes.constant(value["format"], FORMAT, "format")
            found = tuple(Finding(**{**row, "problem": Problem(row["problem"])}) for row in value["findings"])
            return cls(int(value["position"]), int(value["done"]), found)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Fault("audit-place", f"{path} 不能读取：{reason(error)}", "请核对权限。") from error
        except (Fault, KeyError, TypeError, ValueError) as error:
            raise Fault("audit-place", f"{path} 不是核对的进度", "请加 --restart 从头核对。") from error


@dataclass(frozen=True, slots=True)
class Auditing:
    """An archive directory opened for an audit; no key is asked for and nothing is changed but the audit's place."""

    home: Home
    audit: Callable[[int | None], Audit]
    opened: ExitStack

    @classmethod
    def open(cls, path: Path, vault: EvidenceVault | None = None, today: date | None = None) -> Auditing:
        """The archive at `path`. Faults of `Home.open` and of the vault."""
        home = Home.open(path)
        store, day = vault or raw_vault_of(home), today or SystemClock().now().astimezone(SHANGHAI).date()
        opened, events = ExitStack(), SqliteEventStore(home.events)
        opened.callback(events.close)
        reader = CaseReader(events, _NoDisclosures(), RulebookStore(home.adopted))
        return cls(home, lambda position: Audit(events, reader, store, day, position), opened)

    def whole(self, tell: Callable[[int, int], None], *, restart: bool = False) -> Report:
        """Judge every file, from where an earlier run stopped unless `restart`.

        Fault "audit-stopped": the store is away; the place is kept, the same command goes on.
        """
        path = self.home.path / PLACE
        before = None if restart else Place.load(path)
        audit = self.audit(before.position if before else None)
        place = start = before or Place(audit.position, 0, ())
        whole, began = len(audit.items), time.monotonic()
        saved = began
        try:
            for item in audit.items[start.done :]:
                place = place.after(audit.judged(item))
                tell(place.done, whole)
                if time.monotonic() - saved > EVERY:
                    place.save(path)
                    saved = time.monotonic()
            rate = _rate(place.done - start.done, began)
            orphans = tuple(audit.orphans())
        except BaseException as stopped:
            place.save(path)
            if isinstance(stopped, Fault):
                raise _stopped(stopped, place.done, whole) from stopped
            raise
        path.unlink(missing_ok=True)
        return Report(whole, whole, (*place.findings, *orphans), None, rate)

    def sample(self, size: int, seed: str, tell: Callable[[int, int], None]) -> Report:
        """Judge `size` files drawn by `seed`. Fault "audit-stopped" as `whole`, though no place is kept."""
        audit = self.audit(None)
        chosen, began = sampled(audit.items, size, seed), time.monotonic()
        place = Place(audit.position, 0, ())
        try:
            for item in chosen:
                place = place.after(audit.judged(item))
                tell(place.done, len(chosen))
            rate = _rate(place.done, began)
            orphans = tuple(audit.orphans())
        except Fault as fault:
            raise _stopped(fault, place.done, len(chosen)) from fault
        return Report(len(audit.items), len(chosen), (*place.findings, *orphans), (size, seed), rate)


def _rate(done: int, began: float) -> float:
    return done / max(time.monotonic() - began, 1e-6)


def _stopped(fault: Fault, done: int, whole: int) -> Fault:
    message = f"核对到第 {done} 份（共 {whole} 份）时存证库出错：{fault.defects[0].message.rstrip('。')}"
    return Fault("audit-stopped", message, "请排除故障之后再次运行，从中断处继续。")
