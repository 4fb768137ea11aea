"""Files from the command line to a server: over a line that loses, alters and cuts, by a process that is killed."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import subprocess
import sys
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from api.app import create_app
from api.places import UploadRules
from api.wiring import Running
from domain.errors import Fault
from ops.uploading.notes import folder
from ops.uploading.remote import Remote
from ops.uploading.sending import ATTEMPTS, Sending
from projections.views import CaseViews
from storage.home import DirectoryPlace, Home
from tests.contract.lossy import Lossy
from tests.ops.running import ran
from tests.real_files import VIDEO as BEGINNING
from tests.served import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from api.context import Server
    from tests.office import Office

ROOT = Path(__file__).parents[2]
VIDEO = BEGINNING + random.Random(1).randbytes((20 << 20) + 3 - len(BEGINNING))


@dataclass
class Line:
    """A served archive behind a bad network, and a command that sends to it."""

    office: Office
    server: Server
    net: Lossy
    case: str
    run: Callable[..., tuple[int, str, str]]

    @property
    def url(self) -> str:
        return f"http://{self.net.endpoint}"

    def words(self, *files: str) -> list[str]:
        where = ["--server", self.url, "--token-file", "token", "--case", self.case]
        return ["attach", *where, "--json", *files]

    def send(self, *files: str) -> tuple[int, list[dict[str, Any]]]:
        status, said, _ = self.run(*self.words(*files))
        return status, json.loads(said)

    def stored(self) -> list[bytes]:
        vault = self.office.archive.vault
        return [b"".join(vault.read(name, version)) for name, version in vault.objects() if name not in self.before]

    def __post_init__(self) -> None:
        self.before = {name for name, _ in self.office.archive.vault.objects()}


@pytest.fixture
def line(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Line]:
    case = office.opened(number="临财采诉〔2023〕3号")
    here = tmp_path / "desk"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("XDG_STATE_HOME", str(here / "state"))
    (here / "video.mp4").write_bytes(VIDEO)
    (here / "note.txt").write_bytes("情况说明".encode())
    views = CaseViews(office.path / "views.db", office.archive)
    running = Running(Home(office.path, DirectoryPlace()), office.archive, views, office.log, ExitStack())
    app = create_app(running, uploads=UploadRules(at_once=1))
    server = app.state.server
    (here / "token").write_text(server.tokens.issue(office.officers["陈立"], office.clock.now()) + "\n")
    (here / "token").chmod(0o600)
    with serving(app) as url, closing(Lossy(url.removeprefix("http://"))) as net:
        yield Line(office, server, net, case, lambda *words: ran(capsys, *words))
    views.close()


def test_files_become_evidence_and_each_is_told(line: Line) -> None:
    status, told = line.send("video.mp4", "note.txt")
    assert status == 0
    assert [row["name"] for row in told] == ["video.mp4", "note.txt"]
    assert told[0]["sha256"] == hashlib.sha256(VIDEO).hexdigest()
    assert sorted(line.stored(), key=len)[1] == VIDEO
    assert not list(folder().iterdir())


def test_one_file_that_is_refused_does_not_hold_up_the_others(line: Line) -> None:
    Path("empty.pdf").write_bytes(b"")
    status, told = line.send("none.pdf", "empty.pdf", "note.txt")
    assert status == 1
    assert [row["defects"][0]["code"] if "defects" in row else row["length"] for row in told] == ["file", "empty", 12]
    assert line.stored() == ["情况说明".encode()]


def test_the_case_may_be_called_by_its_number(line: Line) -> None:
    line.case = "临财采诉〔2023〕3号"
    assert line.send("note.txt")[1][0]["case"] in dict(line.office.archive.events.cases())
    line.case = "临财采诉〔2023〕4号"
    assert json.loads(line.run(*line.words("note.txt"))[1])["defects"][0]["code"] == "case"


def test_lost_replies_and_altered_bytes_are_healed_and_the_file_is_stored_once(line: Line) -> None:
    line.net.strike("after", lambda request: request.startswith(b"PATCH"))
    altered: list[bytes] = []

    def alter(piece: bytes) -> bytes:
        if not altered and VIDEO[9 << 20 : (9 << 20) + 64] in piece:
            altered.append(piece)
            return piece.replace(VIDEO[9 << 20 : (9 << 20) + 64], bytes(64))
        return piece

    line.net.alter = alter
    status, told = line.send("video.mp4")
    assert (status, line.net.struck, len(altered)) == (0, 1, 1)
    assert told[0]["sha256"] == hashlib.sha256(VIDEO).hexdigest()
    assert line.stored() == [VIDEO]


def test_the_reply_to_the_last_part_is_lost(line: Line) -> None:
    last = f"upload-offset: {16 << 20}".encode()
    line.net.strike("after", lambda request: last in request.lower())
    assert line.send("video.mp4")[0] == 0
    assert line.net.struck == 1
    assert line.stored() == [VIDEO]


def test_killed_and_started_again_it_goes_on_where_it_was(line: Line, tmp_path: Path) -> None:
    passed, begun = 0, list[bytes]()
    running: list[subprocess.Popen[bytes]] = []

    def counting(piece: bytes) -> bytes:
        nonlocal passed
        passed += len(piece)
        begun.extend(re.findall(rb"(?i)\r\nupload-offset: (\d+)\r\n", piece))
        if running and passed > 10 << 20:
            running.pop().kill()
        return piece

    line.net.alter = counting
    command = [sys.executable, "-c", "from ops.cli.main import run; run()", *line.words("video.mp4")]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE) as process:
        running.append(process)
        assert process.wait() < 0
    (note,) = folder().iterdir()
    assert set(json.loads(note.read_text())) == {"upload"}
    assert begun == [b"0", b"%d" % (8 << 20)]
    assert line.send("video.mp4")[0] == 0
    assert begun[2:] == [b"%d" % (8 << 20), b"%d" % (16 << 20)]
    assert line.stored() == [VIDEO]
    assert not list(folder().iterdir())


def sending(line: Line, wait: Callable[[float], None], tell: Callable[[int, int], None] = lambda *_: None) -> Any:
    path = Path("video.mp4").absolute()
    with closing(Remote(line.url, Path("token").read_text().strip())) as remote, path.open("rb") as file:
        return Sending(remote, line.case, path, file, tell, wait).evidence()


def test_a_server_that_is_away_too_long_is_told_and_the_next_run_goes_on(line: Line) -> None:
    waited: list[float] = []

    def away(seconds: float) -> None:
        waited.append(seconds)
        line.net.strike("before", lambda request: request.startswith((b"PATCH", b"HEAD")))

    away(0)
    with pytest.raises(Fault, check=lambda fault: fault.code == "upload-interrupted"):
        sending(line, away)
    assert len(waited) == 1 + ATTEMPTS
    assert (waited[1], waited[-1]) == (0.25, 30.0)
    line.net.strike("before", lambda _: False)
    assert sending(line, away)["sha256"] == hashlib.sha256(VIDEO).hexdigest()
    assert line.stored() == [VIDEO]


def test_a_server_that_is_full_is_given_the_time_it_asks_for(line: Line) -> None:
    waited: list[float] = []
    line.server.uploads.taken = 1

    def free(seconds: float) -> None:
        waited.append(seconds)
        line.server.uploads.taken = 0

    sending(line, free)
    assert waited == [5.0]


def test_a_file_that_changes_meanwhile_is_told(line: Line) -> None:
    def change(done: int, _whole: int) -> None:
        if done == 16 << 20:
            with Path("video.mp4").open("r+b") as file:
                file.write(b"another beginning")

    with pytest.raises(Fault, check=lambda fault: fault.code == "upload-changed"):
        sending(line, lambda _: None, change)


def test_an_upload_that_the_server_has_swept_begins_anew(line: Line) -> None:
    def gone(_done: int, _whole: int) -> None:
        raise Fault("stopped", "by the test")

    with pytest.raises(Fault, check=lambda fault: fault.code == "stopped"):
        sending(line, lambda _: None, gone)
    line.office.on("2023-03-03")
    assert sending(line, lambda _: None)["length"] == len(VIDEO)
    assert line.stored() == [VIDEO]


def test_a_token_that_others_may_read_or_that_is_not_known_sends_nothing(line: Line) -> None:
    Path("token").chmod(0o644)
    assert json.loads(line.run(*line.words("note.txt"))[1])["defects"][0]["code"] == "key-exposed"
    Path("token").chmod(0o600)
    Path("token").write_text("anjuan_x")
    status, told = line.send("note.txt")
    assert (status, told[0]["defects"][0]["code"]) == (1, "token-unknown")
    assert line.stored() == []


@pytest.mark.parametrize(
    "url", ["http://archive.example", "ftp://127.0.0.1", "127.0.0.1:8000", "https://u:p@x", "https://x/?a", "http://x"]
)
def test_an_address_that_would_give_the_token_away_is_refused(line: Line, url: str) -> None:
    words = ["attach", "--server", url, "--token-file", "token", "--case", line.case, "--json", "note.txt"]
    status, said, _ = line.run(*words)
    assert (status, json.loads(said)["defects"][0]["code"]) == (1, "server")
