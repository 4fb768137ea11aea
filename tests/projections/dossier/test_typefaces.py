"""Papers are set in the pinned fonts or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.errors import Fault
from projections.dossier.typefaces import FOLDER, PINS, typefaces

if TYPE_CHECKING:
    from pathlib import Path


def test_the_pins_are_those_that_set_up_fetches() -> None:
    assert PINS.read_text() == (PINS.parents[2] / "ops/setup/fonts.sha256").read_text()


def test_a_folder_without_the_fonts_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJUAN_FONTS", str(tmp_path))
    with pytest.raises(Fault) as caught:
        typefaces()
    assert caught.value.code == "fonts-missing"


def test_a_font_that_was_changed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for font in FOLDER.iterdir():
        (tmp_path / font.name).symlink_to(font)
    changed = tmp_path / "LiberationSerif-Regular.ttf"
    data = changed.read_bytes()
    changed.unlink()
    changed.write_bytes(data + b"\0")
    monkeypatch.setenv("ANJUAN_FONTS", str(tmp_path))
    with pytest.raises(Fault) as caught:
        typefaces()
    assert caught.value.code == "fonts-changed"


def test_fonts_may_lie_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "fonts"
    elsewhere.symlink_to(FOLDER)
    monkeypatch.setenv("ANJUAN_FONTS", str(elsewhere))
    assert "FandolFang R" in typefaces().fonts.families()
