from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest

from api.wiring import case_keys_of, raw_vault_of
from domain.errors import Fault
from storage.events.sqlite import SqliteEventStore
from storage.home import BucketPlace, DirectoryPlace, Home
from storage.withheld import SqliteWithheldFacts
from tests.contract.records import record, uuid7

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VAULT = b'"vault":{"kind":"directory","immutable":false}'
BUCKET = BucketPlace("127.0.0.1:9000", "evidence", "ANJUAN_ACCESS", "ANJUAN_SECRET", secure=False)


KEYS = b'"keys":{"current":{"kind":"file","file":"key-encryption.key"},"former":[]}'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "档案"


def refused(call: Callable[[], object]) -> Fault:
    with pytest.raises(Fault) as caught:
        call()
    return caught.value


@pytest.mark.parametrize("place", [DirectoryPlace(), DirectoryPlace(immutable=True), BUCKET])
def test_a_home_is_found_as_it_was_made(path: Path, place: DirectoryPlace | BucketPlace) -> None:
    made = Home.create(path, place)
    found = Home.open(path)
    assert found == made
    assert found.place == place
    assert found.signer().kid == made.signer().kid


def test_everything_lies_there_for_its_owner_only(path: Path) -> None:
    home = Home.create(path)
    store = SqliteEventStore(home.events)
    store.append(record(uuid7()))
    modes = {p: stat.S_IMODE(p.stat().st_mode) for p in (home.path, *home.path.rglob("*"))}
    store.close()
    assert {mode for p, mode in modes.items() if p.is_dir()} == {0o700}
    assert {mode for p, mode in modes.items() if not p.is_dir()} == {0o600}


def test_a_home_stands_alone_after_it_was_made(path: Path) -> None:
    Home.create(path)
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    assert not [p for p in path.rglob("*") if p.name.endswith(("-wal", "-shm", "-journal"))]


def test_stores_and_keys_differ_from_home_to_home(path: Path) -> None:
    one, other = Home.create(path / "a"), Home.create(path / "b")
    assert one.signer().kid != other.signer().kid
    assert (one.path / "key-encryption.key").read_bytes() != (other.path / "key-encryption.key").read_bytes()


def test_an_empty_directory_may_become_a_home_and_no_other(path: Path) -> None:
    path.mkdir(parents=True)
    home = Home.create(path)
    assert refused(lambda: Home.create(path)).code == "home-exists"
    assert Home.open(path) == home
    file = path.parent / "file"
    file.touch()
    assert refused(lambda: Home.create(file)).code == "home-exists"


def test_what_is_no_home_is_refused(path: Path, tmp_path: Path) -> None:
    assert refused(lambda: Home.open(path)).code == "no-home"
    assert refused(lambda: Home.open(tmp_path)).code == "no-home"
    (tmp_path / "file").touch()
    assert refused(lambda: Home.create(tmp_path / "file" / "home")).code == "home-unusable"


@pytest.mark.parametrize("part", ["events.db", "withheld.db", "vault"])
def test_a_home_that_lacks_a_part_is_not_begun_anew(path: Path, part: str) -> None:
    Home.create(path)
    (path / part).rename(path.parent / "taken away")
    fault = refused(lambda: Home.open(path))
    assert fault.code == "home-incomplete"
    assert part.rpartition("/")[2] in str(fault)
    assert not (path / part).exists()


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("case-keys.db", "home-incomplete"),
        ("keys/archive.pem", "home-incomplete"),
        ("key-encryption.key", "key-missing"),
    ],
)
def test_a_home_without_its_keys_may_be_audited_and_no_more(path: Path, part: str, code: str) -> None:
    home = Home.create(path)
    (path / part).unlink()
    assert list(raw_vault_of(Home.open(path)).objects()) == []
    assert refused(lambda: case_keys_of(home)).code == code
    assert not (path / part).exists()


@pytest.mark.parametrize("part", ["attachments.db"])
def test_what_may_be_lost_may_be_missing(path: Path, part: str) -> None:
    Home.create(path)
    (path / part).unlink()
    assert Home.open(path).path == path


@pytest.mark.parametrize(
    "config",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"format":"anjuan.home/3",%s,%s}' % (VAULT, KEYS),
        b'{"format":"anjuan.home/2",%s,"demonstration":true,%s}' % (VAULT, KEYS),
        b'{"format":"anjuan.home/2","vault":{"kind":"directory","immutable":false,"path":"x"},%s}' % KEYS,
        b'{"format":"anjuan.home/2","vault":{"kind":"directory"},%s}' % KEYS,
        b'{"format":"anjuan.home/2","vault":{"kind":"directory","immutable":1},%s}' % KEYS,
        b'{"format":"anjuan.home/2","vault":{"kind":"memory"},%s}' % KEYS,
        b'{"format":"anjuan.home/2","vault":"directory",%s}' % KEYS,
        b'{"format":"anjuan.home/2",%s,%s,%s}' % (VAULT, VAULT, KEYS),
        b'{"format":"anjuan.home/2","vault":{"kind":"s3","bucket":"x"},%s}' % KEYS,
        b'{"format":"anjuan.home/2",%s}' % VAULT,
        b'{"format":"anjuan.home/2",%s,"keys":{"current":{"kind":"memory"},"former":[]}}' % VAULT,
        b'{"format":"anjuan.home/2",%s,%s}' % (VAULT, KEYS.replace(b"key-encryption.key", b"../x")),
        b" " * (1 << 17),
        b"\xff",
    ],
)
def test_a_setting_that_is_not_understood_is_refused(path: Path, config: bytes) -> None:
    Home.create(path)
    (path / "archive.json").write_bytes(config)
    assert refused(lambda: Home.open(path)).code == "home-config"


def test_an_archive_from_before_encryption_is_refused_by_name(path: Path) -> None:
    Home.create(path)
    (path / "archive.json").write_bytes(b'{"format":"anjuan.home/1","vault":{"kind":"directory","immutable":false}}')
    fault = refused(lambda: Home.open(path))
    assert fault.code == "home-config"
    assert "没有加密存放" in str(fault)


@pytest.mark.parametrize(("member", "value"), [("secure", "no"), ("bucket", ""), ("endpoint", 9000), ("region", None)])
def test_a_bucket_is_described_exactly(path: Path, member: str, value: object) -> None:
    Home.create(path, BUCKET)
    config = json.loads((path / "archive.json").read_bytes())
    config["vault"][member] = value
    (path / "archive.json").write_text(json.dumps(config, indent=2))
    fault = refused(lambda: Home.open(path))
    assert (fault.code, fault.defects[0].field) == ("home-config", f"vault.{member}")


def test_no_secret_stands_in_the_settings(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJUAN_SECRET", "a very secret word")
    Home.create(path, BUCKET)
    assert b"very secret" not in (path / "archive.json").read_bytes()


def test_withheld_facts_open_with_the_home_s_own_key(path: Path) -> None:
    home, case, act = Home.create(path), uuid7(), uuid7()
    for put in (True, False):
        keys = case_keys_of(home)
        store = SqliteWithheldFacts(home.withheld, keys)
        if put:
            store.put(case, act, ("WyJ4Il0",))
        assert store.get(case, act) == ("WyJ4Il0",)
        store.close()
        keys.close()
