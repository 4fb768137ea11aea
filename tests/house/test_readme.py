"""Every `anjuan` command that the README shows exists, with every option that it shows."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

import pytest
import typer.main

from ops.cli.main import app
from tests.house.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = typer.main.get_command(app)


def commands(markdown: str) -> Iterator[list[str]]:
    """The words after `anjuan` of each command in the fenced blocks; a line that continues, or quotes, goes on."""
    for block in re.findall(r"^```(?:sh|bash|console|shell)\n(.*?)^```", markdown, flags=re.MULTILINE | re.DOTALL):
        pending = ""
        for line in block.replace("\\\n", " ").splitlines():
            pending += line
            try:
                words = shlex.split(pending, comments=True)
            except ValueError:  # a quotation goes on in the next line
                pending += "\n"
                continue
            pending = ""
            words = words[1:] if words[:1] == ["$"] else words
            if words and words[0].rpartition("/")[2] == "anjuan":
                yield words[1:]
        assert not pending, f"a quotation never ends: {pending[:60]}"


def unknown(command: Any, arguments: list[str]) -> Iterator[str]:
    """The sub-commands and options in `arguments` that `command` doesn't have."""
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word.startswith("-") and word != "-":
            if word.split("=")[0] not in known | {"--help"}:
                yield word
        elif commands_below := getattr(command, "commands", None):
            yield from unknown(commands_below[word], rest) if word in commands_below else [word]
            return


def test_every_command_in_the_readme_exists() -> None:
    shown = list(commands((ROOT / "README.md").read_text(encoding="utf-8")))
    assert shown
    assert not [(arguments, wrong) for arguments in shown for wrong in unknown(COMMAND, arguments)]


def test_commands_are_read_from_the_fenced_blocks() -> None:
    block = "$ anjuan init var \\\n  --json  # 建库\n.venv/bin/anjuan verify '案卷 1.zip'\nmake run\n"
    markdown = f"anjuan no\n```sh\n{block}```\n"
    assert list(commands(markdown)) == [["init", "var", "--json"], ["verify", "案卷 1.zip"]]


@pytest.mark.parametrize("arguments", [["no-such-command"], ["verify", "x.zip", "--no-such-option"]])
def test_a_command_that_does_not_exist_is_found(arguments: list[str]) -> None:
    assert list(unknown(COMMAND, arguments)) == [arguments[-1]]
