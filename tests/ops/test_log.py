"""`anjuan log`: what is shown of it, and proofs as files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from api.wiring import open_archive
from domain.formats.checkpoint import Checkpoint, judged
from domain.formats.encoding import b64u_decode
from domain.formats.log_proof import LogProof
from domain.formats.note import Note, NoteKey
from domain.formats.trust import Trust

if TYPE_CHECKING:
    from tests.ops.running import Run


def test_an_archive_begins_with_a_log_that_its_genesis_names(command: Run) -> None:
    assert command("init")[0] == 0
    keys = [NoteKey.parse(row["vkey"]) for row in json.loads(command("log", "key", "--json")[1])]
    status, said, _ = command("log", "show")
    assert status == 0
    note = Note.parse(said.encode())
    found = Checkpoint.parse(note.text)
    assert (found.origin, found.size) == ("临江市财政局", 1)
    assert [line.key for line in judged(found, note, keys)] == keys
    assert Trust.parse(Path("var/archive/trust.json").read_bytes()).log is None  # the genesis names it


def test_following_takes_in_what_has_come_since(command: Run) -> None:
    assert command("init")[0] == 0
    assert command("key", "new", "chen.pem", "li.pem")[0] == 0
    assert command("enrol", "陈立=chen.pem:registrar", "李敏=li.pem:registrar", "--root", "root.pem")[0] == 0
    assert json.loads(command("log", "show", "--json")[1])["size"] == 1
    told = json.loads(command("log", "follow", "--json")[1])
    assert told["size"] == 3
    assert "3 项" in command("log", "follow")[1]


def test_a_proof_is_a_file_that_holds(command: Run, tmp_path: Path) -> None:
    """The archive's own case is a case like any other."""
    assert command("init")[0] == 0
    with open_archive(tmp_path / "var/archive") as running:
        own = running.archive.register().archive
        assert own is not None
        genesis = running.archive.records(own)[0]
    assert command("log", "prove", "1", "--case", own, "-o", "1.tlog-proof")[0] == 0
    proof = LogProof.parse(Path("1.tlog-proof").read_bytes())
    assert proof.holds(b64u_decode(genesis.digest))
    assert command("log", "prove", "1", "--case", own)[1] == proof.dump()
    status, _, said = command("log", "prove", "2", "--case", own)
    assert (status, "尚未进入日志" in said) == (1, True)
