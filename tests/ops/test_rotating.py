"""`anjuan vault rotate`: from one key-encryption key to another; and where keys never lie."""

from __future__ import annotations

import base64
import json
import sqlite3
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from api.wiring import case_keys_of, open_archive, raw_vault_of, vault_of
from domain.errors import Fault
from domain.formats.encoding import b64u, b64u_decode
from ops.rotating import rotate
from storage.case_keys import derived
from storage.home import Home
from storage.key_encryption.places import PIN_ENV, TOKEN_ENV, FilePlace
from tests.contract.test_evidence_directory import survives
from tests.office import INTAKE

if TYPE_CHECKING:
    from tests.contract.key_services import Bao, Token
    from tests.ops.running import Run

PAPER = b"%PDF-1.4 " + "一份证据，内容不公开。".encode() * 3000
HOME = Path("var/archive")


@pytest.fixture
def case(command: Run) -> str:
    """A case with evidence and withheld facts, in an archive made by the command line."""
    Path("投诉书.pdf").write_bytes(PAPER)
    papers = [part for slot in ("complaint", "proof", "identity") for part in ("--evidence", f"{slot}=投诉书.pdf")]
    facts = json.dumps(
        INTAKE | {"number": "临财采诉〔2023〕9号", "basis": "本机关决定继续参照执行"}, ensure_ascii=False
    )
    for words in (
        ["init"],
        ["key", "new", "chen.pem", "li.pem"],
        ["enrol", "陈立=chen.pem:registrar+handler", "李敏=li.pem:registrar+reviewer", "--root", "root.pem"],
        ["open", "lu-cai-cai-2018-72"],
        ["attach", "投诉书.pdf"],
        ["act", "intake", "--key", "chen.pem", "--yes", "--facts", facts, *papers],
    ):
        status, _, told = command(*words)
        assert status == 0, told
    with open_archive(HOME) as running:
        archive = running.archive
        return next(found for found, _ in archive.events.cases() if archive.attachments.of_case(found))


def content() -> tuple[list[bytes], list[tuple[str, ...]]]:
    """Every evidence file and every withheld fact of the archive, in clear."""
    with open_archive(HOME) as running:
        archive = running.archive
        files = [b"".join(archive.vault.read(*found)) for found in sorted(archive.vault.objects())]
        records = [record for case, _ in archive.events.cases() for record in archive.records(case)]
        return files, [archive.disclosures(record) for record in records]


def lying_there() -> dict[str, tuple[bytes, int, int]]:
    """Bytes, time of change and inode of everything in the vault."""
    files = [path for path in (HOME / "vault" / "objects").rglob("*") if path.is_file()]
    return {str(p): (p.read_bytes(), p.stat().st_mtime_ns, p.stat().st_ino) for p in files}


def secrets_of(case: str) -> list[bytes | None]:
    keys = case_keys_of(Home.open(HOME))
    try:
        return [keys.secret(case)]
    finally:
        keys.close()


def refused(command: Run, *words: str) -> str:
    status, told, _ = command(*words, "--json")
    assert status == 1
    return str(json.loads(told)["defects"][0]["code"])


def test_a_new_key_is_taken_and_no_evidence_file_is_touched(case: str, command: Run) -> None:
    before, objects, secrets = content(), lying_there(), secrets_of(case)
    assert PAPER in before[0]
    assert any(before[1])
    status, told, _ = command("vault", "rotate")
    assert status == 0
    assert "key-encryption-2.key" in told
    assert "方可销毁" in told
    assert Home.open(HOME).keys.current == FilePlace("key-encryption-2.key")
    assert Home.open(HOME).keys.former == ()
    assert (HOME / "key-encryption.key").exists()
    (HOME / "key-encryption.key").rename("aside.key")
    assert content() == before
    assert lying_there() == objects
    assert secrets_of(case) == secrets
    assert command("verify", str(HOME), "--trust", str(HOME / "trust.json"))[0] == 0


def test_from_a_file_to_a_token_to_a_server_and_back(
    case: str, command: Run, softhsm: Token, bao: Bao, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PIN_ENV, softhsm.pin)
    monkeypatch.setenv(TOKEN_ENV, bao.root)
    before, objects = content(), lying_there()
    token = f"pkcs11:token=token%20of%20the%20tests;object=k{uuid.uuid4().hex}?module-path={softhsm.module}"
    server = f"{bao.address}/v1/transit/keys/k{uuid.uuid4().hex}"
    for to in (token, server, "file"):
        status, told, _ = command("vault", "rotate", "--to", to, "--json")
        assert (status, json.loads(told)["wrapped"]) == (0, len(_wrapped()))
        assert content() == before
        assert lying_there() == objects
        if to != "file":
            assert refused(command, "vault", "rotate") == "key-place"
            assert refused(command, "vault", "rotate", "--to", to) == "key-place"
    assert Home.open(HOME).keys.current == FilePlace("key-encryption-2.key")
    assert softhsm.pin.encode() not in b"".join(p.read_bytes() for p in HOME.rglob("*") if p.is_file())
    assert bao.root.encode() not in b"".join(p.read_bytes() for p in HOME.rglob("*") if p.is_file())


def _wrapped() -> list[tuple[str, bytes]]:
    with sqlite3.connect(HOME / "case-keys.db") as database:
        rows = database.execute('SELECT "case", wrapped FROM secrets WHERE wrapped NOT NULL').fetchall()
    database.close()
    return rows


def test_an_archive_may_begin_with_its_key_in_a_token_or_at_a_server(
    command: Run, softhsm: Token, bao: Bao, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PIN_ENV, softhsm.pin)
    monkeypatch.setenv(TOKEN_ENV, bao.root)
    name = f"k{uuid.uuid4().hex}"
    token = f"pkcs11:token=token%20of%20the%20tests;object={name}?module-path={softhsm.module}"
    for place in (token, f"{bao.address}/v1/transit/keys/{name}"):
        status, told, _ = command("init", "--keys", place, "--archive", name[:5] + place[:4])
        assert status == 0
        assert "请现在就备份" in told
        assert not list(Path(name[:5] + place[:4]).glob("key-encryption*"))
    assert refused(command, "init", "--keys", "paper", "--archive", "none") == "key-place"
    monkeypatch.delenv(PIN_ENV)
    assert refused(command, "init", "--keys", token, "--archive", "none") == "key-credentials"
    assert not Path("none").exists()


def test_a_rotation_killed_at_any_step_is_finished_by_the_next_one(case: str) -> None:
    before = content()
    seen = set()
    done = False
    for step in range(1, 200):
        done = survives(step, lambda _: rotate(HOME, None))
        home = Home.open(HOME)
        assert content() == before
        seen.add(len(home.keys.former))
        rotate(HOME, None)
        assert Home.open(HOME).keys.former == ()
        assert content() == before
        if done:
            break
    assert done
    assert step > 10
    assert seen == {0, 1}


def test_a_rotation_that_waits_for_its_key_is_not_replaced_by_another(
    case: str, command: Run, bao: Bao, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN_ENV, bao.root)
    server = f"{bao.address}/v1/transit/keys/k{uuid.uuid4().hex}"

    def fail(done: int, _: int) -> None:
        if done == 1:
            raise Fault("key-unreachable", "没有应答。")

    with pytest.raises(Fault):
        rotate(HOME, server, fail)
    assert refused(command, "vault", "rotate", "--to", server + "-other") == "rotation-unfinished"
    (HOME / "key-encryption.key").rename("aside.key")
    assert refused(command, "vault", "rotate") == "key-missing"
    Path("aside.key").rename(HOME / "key-encryption.key")
    assert command("vault", "rotate")[0] == 0
    (HOME / "key-encryption.key").unlink()
    assert PAPER in content()[0]


def test_two_rotations_at_once_are_one(case: str) -> None:
    seen = []

    def again(_done: int, _all: int) -> None:
        with pytest.raises(Fault) as caught:
            rotate(HOME, None)
        seen.append(caught.value.code)

    rotate(HOME, None, again)
    assert set(seen) == {"busy"}


def test_no_file_of_an_archive_holds_a_secret_but_the_key_file(case: str, tmp_path: Path) -> None:
    home = Home.open(HOME)
    keys = case_keys_of(home)
    objects = [name for name, _ in raw_vault_of(home).objects()]
    cases = [row[0] for row in _wrapped()]
    assert case in cases
    secrets = {of: keys.secret(of) or b"" for of in cases}
    kek = b64u_decode((HOME / "key-encryption.key").read_text().strip())
    sought = [kek, *secrets.values()]
    sought += [derived(secret, "withheld", of) for of, secret in secrets.items()]
    sought += [derived(secret, "blob", of, name) for of, secret in secrets.items() for name in objects]
    assert all(len(secret) == 32 for secret in sought)
    with sqlite3.connect(HOME / "events.db") as events, sqlite3.connect(tmp_path / "backup.db") as backup:
        events.backup(backup)
    files = [path for path in HOME.rglob("*") if path.is_file() and path != HOME / "key-encryption.key"]
    assert {"events.db", "case-keys.db", "withheld.db", "archive.json", "views.db"} <= {path.name for path in files}
    for path in [*files, tmp_path / "backup.db"]:
        data = path.read_bytes()
        lower = data.lower()
        for secret in sought:
            assert secret not in data, path
            assert secret.hex().encode() not in lower, path
            assert b64u(secret).encode() not in data, path
            assert base64.b64encode(secret)[:42] not in data, path
    assert b"".join(vault_of(home, keys).read(objects[0], None)) == PAPER
    keys.close()
