"""`anjuan deputise`: who stands in for whom, in which capacity, until when."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ops.running import Run

    Told = Callable[..., tuple[int, Any]]

NOW = datetime.now(UTC)
BY = ("--by", "chen.pem", "--by", "li.pem")


def at(hours: int) -> str:
    return (NOW + timedelta(hours=hours)).isoformat(timespec="seconds")


@pytest.fixture
def run(command: Run) -> Told:
    """A founded archive; runs a command and gives its exit status and what machines are told."""

    def told(*arguments: str) -> tuple[int, Any]:
        status, out, _ = command(*arguments, "--json")
        return status, json.loads(out)

    assert told("init", "--origin", "临江市财政局")[0] == 0
    assert told("key", "new", "chen.pem", "li.pem", "wang.pem")[0] == 0
    people = ["陈立=chen.pem:registrar+handler", "李敏=li.pem:registrar+reviewer", "王强=wang.pem:head"]
    assert told("enrol", *people, "--root", "root.pem")[0] == 0
    return told


def deputising(run: Told) -> dict[str, list[str]]:
    return {row["name"]: row["deputising"] for row in run("officers")[1]}


def test_a_deputy_holds_the_capacity_for_the_period_and_the_list_says_so(run: Told) -> None:
    status, said = run("deputise", "李敏", "王强", "head", "--from", at(-1), "--until", at(1), *BY)
    assert status == 0, said
    assert deputising(run) == {"陈立": [], "李敏": ["head"], "王强": []}


def test_before_and_after_the_period_there_is_no_deputy(run: Told) -> None:
    assert run("deputise", "李敏", "王强", "head", "--from", at(1), "--until", at(2), *BY)[0] == 0
    assert deputising(run)["李敏"] == []


@pytest.mark.parametrize(
    ("deputy", "away", "capacity", "code"),
    [
        ("李敏", "王强", "handler", "deputy-capacity"),
        ("王强", "王强", "head", "deputy-self"),
        ("李敏", "王强", "judge", "enrol"),
    ],
)
def test_what_can_not_be_lent_is_refused(run: Told, deputy: str, away: str, capacity: str, code: str) -> None:
    status, said = run("deputise", deputy, away, capacity, "--until", at(1), *BY)
    assert (status, said["defects"][0]["code"]) == (1, code)


def test_two_registrars_sign_it(run: Told) -> None:
    status, said = run("deputise", "李敏", "王强", "head", "--until", at(1), "--by", "chen.pem")
    assert status == 1
    assert "signers" in {defect["code"] for defect in said["defects"]}
