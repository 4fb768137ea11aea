"""Hold, release, extend, change the period, destroy, keep: typed as an archivist types them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from domain.keeping import named
from storage.keys import new_key
from tests.office import INTAKE
from tests.ops.vaults import change_note, take_away

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ops.running import Run

BY = ("--by", "chen.pem", "--by", "li.pem")


@pytest.fixture
def case(command: Run, tmp_path: Path) -> str:
    """The id of a case that was taken in, in an archive of this folder."""
    for name in ("chen", "li"):
        new_key(tmp_path / f"{name}.pem")
    (tmp_path / "投诉书.pdf").write_bytes(b"%PDF-1.4 a complaint")
    papers = [part for slot in ("complaint", "proof", "identity") for part in ("--evidence", f"{slot}=投诉书.pdf")]
    facts = json.dumps(INTAKE | {"basis": "本机关决定继续参照执行"}, ensure_ascii=False)
    for words in (
        ["init"],
        ["enrol", "陈立=chen.pem:registrar+handler", "李敏=li.pem:registrar+reviewer", "--root", "root.pem"],
        ["open"],
        ["act", "intake", "--key", "chen.pem", "--yes", "--facts", facts, *papers],
    ):
        status, said, wrong = command(*words)
        assert status == 0, (words[0], said, wrong)
    return str(json.loads((tmp_path / "var/archive/client.json").read_text())["case"])


def told(command: Run, *words: str) -> Any:
    status, said, wrong = command("vault", *words, "--json")
    assert status == 0, (said, wrong)
    return json.loads(said)


def code(command: Run, *words: str) -> str:
    status, said, _ = command("vault", *words, "--json")
    assert status == 1
    return str(json.loads(said)["defects"][0]["code"])


def test_a_case_is_held_and_released(command: Run, case: str) -> None:
    held = told(command, "hold", case, "--basis", "（2026）行初1号", *BY, "--yes")
    assert held["action"] == "evidence-held"
    assert "冻结" in command("timeline", "--case", case)[1]
    told(command, "hold", case[:13], "--why", "reconsideration", "--basis", "临政复〔2026〕1号", *BY, "--yes")
    assert code(command, "release", case, "--reason", "已经审结", *BY, "--yes") == "not-held"
    told(command, "release", case, "--record", str(held["seq"]), "--reason", "已经审结", *BY, "--yes")
    status, said, _ = command("vault", "release", case, "--reason", "已经决定", *BY, "--yes")
    assert status == 0
    assert "解除证据冻结" in said
    assert "已落实" in said
    assert "冻结" not in command("timeline", "--case", case)[1]


def test_nothing_is_entered_without_two_registrars_or_without_a_yes(command: Run, case: str) -> None:
    words = ("hold", case, "--basis", "（2026）行初1号")
    assert code(command, *words, *BY) == "not-confirmed"
    assert code(command, *words, "--by", "chen.pem", "--yes") == "signers"
    assert code(command, *words, "--yes") == "signers"
    assert code(command, *words, "--why", "whim", *BY, "--yes") == "choice"


def test_retention_is_extended_and_shown_and_never_shortened(command: Run, case: str) -> None:
    assert "永久" in command("timeline", "--case", case)[1]
    assert code(command, "extend", case, "2050-01-01", "--reason", "重要", *BY, "--yes") == "retention-shortened"
    status, said, _ = command("vault", "period", "10-years", "--reason", "本级规定", *BY, "--yes")
    assert (status, "anjuan vault keep" in said) == (0, True)


def test_nothing_is_destroyed_before_its_time(command: Run, case: str) -> None:
    assert code(command, "destroy", case, "--reason", "期满", *BY, "--yes") == "retention-not-ended"


def test_keeping_tells_what_it_did_and_what_is_missing(command: Run, case: str, tmp_path: Path) -> None:
    home = tmp_path / "var/archive"
    from api.wiring import open_archive  # noqa: PLC0415  # the archive that the commands made

    with open_archive(home) as running:
        objects = [name for name, _ in named(running.archive.case(case))]
    change_note(home, objects[0], retain_until="2030-01-01T00:00:00+00:00")
    assert told(command, "keep")["changed"][0]["lengthened"] == 1
    status, said, _ = command("vault", "keep")
    assert (status, "延长 0 份" in said) == (0, True)
    take_away(home, objects[0])
    status, said, _ = command("vault", "keep")
    assert (status, objects[0] in said, "anjuan vault audit" in said) == (1, True, True)
