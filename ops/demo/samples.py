"""The sample cases, and playing them into an archive as far as they haven't been played."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from api.wiring import open_archive
from domain.errors import Fault, reason
from storage.clock import ScenarioClock
from storage.evidence.durable import locked
from storage.home import Home
from storage.log.opened import signers_of

from .office import FOUNDED, ORIGIN, ROOT, founded, keys_in, staff_of
from .player import Play, in_order_of_time
from .scenario import read_scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .player import Played
    from .scenario import Person, Scenario

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "scenarios"
SAMPLES = ("refused", "complaint-2023", "withdrawn", "complaint-2026")
ARCHIVE, KEYS, LOCK = "archive", "keys", ".demo.lock"


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A demonstration in the directory `base`: its archive, its key files, who acts in it, the case of each sample."""

    base: Path
    staff: tuple[Person, ...]
    cases: dict[str, str]
    left: int

    @property
    def archive(self) -> Path:
        """The archive's home."""
        return self.base / ARCHIVE

    @property
    def keys(self) -> Path:
        """Where the officers' key files lie."""
        return self.base / KEYS


def samples() -> tuple[Scenario, ...]:
    """The sample cases. Fault "scenarios-missing" where the project's files aren't at hand."""
    if not FOLDER.is_dir():
        raise Fault("scenarios-missing", f"找不到情景文件目录 {FOLDER.name}", "请在项目目录中运行。")
    return tuple(read_scenario(FOLDER / f"{name}.toml") for name in SAMPLES)


def prepared(base: Path, tell: Callable[[int, int, Played], None]) -> Demonstration:
    """Make the demonstration in `base`, or complete it; what stands stays as it is.

    `tell(done, all, played)` is called after every act. Acts dated later than now are left for another day. Faults
    "demo-busy" (another process is at it), and those of the archive.
    """
    scenarios, now = samples(), datetime.now(UTC)
    clock = ScenarioClock(FOUNDED)
    with _alone(base):
        home = base / ARCHIVE
        if not home.exists():
            Home.create(home)
        with open_archive(home, clock) as running:
            staff = staff_of(scenarios)
            keys = keys_in(base / KEYS, running.archive, (person.name for person in staff))
            log = signers_of(running.home.path, ORIGIN)[0].key.vkey
            founded(running.archive, clock, keys[ROOT], staff, keys, log)
            plays = [Play(scenario, running.archive, clock, keys) for scenario in scenarios]
            todo = in_order_of_time(plays, now)
            for done, (play, number) in enumerate(todo, 1):
                tell(done, len(todo), play.enter(number))
            running.catch_up()
            running.home.trust.write_bytes(running.archive.trust().dump() + b"\n")
    left = len(in_order_of_time(plays)) - len(todo)
    return Demonstration(base, staff, {play.scenario.name: play.case for play in plays}, left)


@contextmanager
def _alone(base: Path) -> Iterator[None]:
    try:
        base.mkdir(mode=0o755, parents=True, exist_ok=True)
        with locked(base / LOCK, fcntl.LOCK_EX | fcntl.LOCK_NB):
            yield
    except BlockingIOError as error:
        raise Fault("demo-busy", "另一个进程正在制作演示案件", "请等它完成后再试。") from error
    except OSError as error:
        raise Fault(
            "demo-directory", f"目录 {base} 无法使用：{reason(error)}", "请检查路径、权限和磁盘空间。"
        ) from error
