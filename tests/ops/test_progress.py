"""Whatever may take longer than a second shows how far it is, to people only."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from ops.cli import console, main
from tests.real_files import VIDEO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Screen(io.StringIO):
    """What is drawn, and a way to wait for the first of it."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn = threading.Event()

    def write(self, text: str) -> int:
        self.drawn.set()
        return super().write(text)


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """A terminal in the place of standard error."""
    made = Screen()
    monkeypatch.setattr(console, "err", Console(file=made, force_terminal=True, width=100))
    return made


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("office")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        (folder / "a.mp4").write_bytes(VIDEO + bytes(24 << 20))
        people = ["陈立=a.pem:registrar+handler", "李敏=b.pem:registrar+reviewer"]
        for line in (
            ["init"],
            ["key", "new", "a.pem", "b.pem"],
            ["enrol", *people, "--root", "root.pem"],
            ["open"],
            ["act", "intake", "--key", "a.pem", "--yes", "--set", "matters=事项", "--evidence", "proof=a.mp4"],
            ["export"],
        ):
            assert main.status(line) == 0
        yield folder


def test_nothing_is_drawn_within_the_first_second(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "AFTER", 3600.0)
    with console.progress("制作案卷", 10) as tell:
        tell(5, 10)
    assert not screen.drawn.is_set()


def test_a_bar_appears_and_goes(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "AFTER", 0.0)
    with console.progress("制作[/]案卷", 10) as tell:
        tell(5, 10)
        assert screen.drawn.wait(30)
        tell(10, 10)
    text = screen.getvalue()
    assert "制作[/]案卷" in text
    assert "10/10" in text
    assert text.rstrip().endswith("\x1b[2K"), "the line is wiped"


def test_without_a_terminal_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Screen()
    monkeypatch.setattr(console, "err", Console(file=log))
    monkeypatch.setattr(console, "AFTER", 0.0)
    with console.progress("制作案卷", 10) as tell:
        tell(10, 10)
    assert not log.getvalue()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["attach", "a.mp4"], "a.mp4"),
        (["export", "--output", "again.zip"], "制作案卷"),
        (["verify", "案卷.zip"], "核验案卷"),
        (["verify", "var/archive"], "核验档案库"),
        (["rebuild"], "重建视图"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_may_take_long_counts_to_its_end(
    office: Path, screen: Screen, monkeypatch: pytest.MonkeyPatch, line: list[str], said: str
) -> None:
    del office
    monkeypatch.setattr(console, "AFTER", 0.0)
    counted: list[tuple[int, int]] = []
    real = console.Progress.update

    def update(bar: console.Progress, task: object, **told: int) -> None:
        counted.append((told["completed"], told["total"]))
        real(bar, task, **told)

    monkeypatch.setattr(console.Progress, "update", update)
    assert main.status(line) in (0, 2)
    assert said in screen.getvalue()
    assert counted
    assert counted == sorted(counted)
    assert counted[-1][0] == counted[-1][1]
