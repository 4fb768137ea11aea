"""Files that wait because the scanner was away are looked at again by `anjuan vault recheck`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from domain.formats.canonical import dump, parse
from ops.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings of an archive whose scanner isn't there; a case is open."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "投诉书.pdf").write_bytes(b"%PDF-1.4 a complaint")
    (tmp_path / "程序.pdf").write_bytes(b"#!/bin/sh\n")
    for line in (["init", "--origin", "临江市财政局"], ["open", "lu-cai-cai-2018-72"]):
        assert main.status(line) == 0
    config = tmp_path / "var/archive/archive.json"
    scanner = {"kind": "clamd", "address": f"unix:{tmp_path}/none"}
    config.write_bytes(dump({**parse(config.read_bytes()), "scanner": scanner}))  # type: ignore[dict-item]  # an object
    return config


def told(capsys: pytest.CaptureFixture[str], *line: str) -> tuple[int, dict[str, object]]:
    capsys.readouterr()
    status = main.status([*line, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_a_waiting_file_is_admitted_once_the_check_can_be_made(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.status(["attach", "投诉书.pdf"]) == 0
    assert "尚在隔离待查：不能连接查毒服务" in capsys.readouterr().out
    status, found = told(capsys, "vault", "recheck")
    assert (status, found["scanner"], [row["state"] for row in found["rows"]]) == (2, True, ["waiting"])  # type: ignore[attr-defined,index]  # rows
    settings = parse(config.read_bytes())
    settings.pop("scanner")  # type: ignore[union-attr]  # an object
    config.write_bytes(dump(settings))
    status, found = told(capsys, "vault", "recheck")
    assert (status, [row["state"] for row in found["rows"]]) == (0, ["admitted"])  # type: ignore[attr-defined,index]  # rows
    assert main.status(["vault", "recheck"]) == 0
    assert "没有设置查毒服务" in capsys.readouterr().out


def test_a_refused_file_is_told_and_the_command_fails(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert config.exists()
    assert main.status(["attach", "程序.pdf"]) == 1
    assert "已被拒收：内容是脚本程序" in capsys.readouterr().out
