from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from domain.errors import Fault
from storage.keys import load_key, new_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "officer.pem"


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Fault) as caught:
        call()
    return caught.value.code


@pytest.mark.parametrize("passphrase", [None, b"correct horse"])
def test_a_key_comes_back_from_its_file(path: Path, passphrase: bytes | None) -> None:
    made = new_key(path, passphrase)
    found = load_key(path, passphrase)
    assert found.kid == made.kid
    assert made.public.verify(found.sign(b"message"), b"message")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_keys_differ(tmp_path: Path) -> None:
    assert new_key(tmp_path / "a").kid != new_key(tmp_path / "b").kid


def test_the_seed_does_not_lie_open_under_a_passphrase(path: Path) -> None:
    new_key(path, b"correct horse")
    assert b"ENCRYPTED" in path.read_bytes()


def test_an_existing_file_is_never_replaced(path: Path) -> None:
    made = new_key(path)
    assert refused(lambda: new_key(path)) == "key-exists"
    assert load_key(path).kid == made.kid


def test_no_key_is_written_through_a_link(tmp_path: Path, path: Path) -> None:
    path.symlink_to(tmp_path / "elsewhere")
    assert refused(lambda: new_key(path)) == "key-exists"
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    ("made_with", "opened_with"), [(b"right", b"wrong"), (b"right", None), (None, b"right"), (b"right", b"")]
)
def test_a_passphrase_must_be_the_right_one(path: Path, made_with: bytes | None, opened_with: bytes | None) -> None:
    new_key(path, made_with)
    assert refused(lambda: load_key(path, opened_with)) == "key-passphrase"


def test_an_empty_passphrase_protects_nothing(path: Path) -> None:
    assert refused(lambda: new_key(path, b"")) == "key-passphrase"
    assert not path.exists()


def test_a_key_that_others_may_read_is_refused(path: Path) -> None:
    new_key(path)
    path.chmod(0o644)
    assert refused(lambda: load_key(path)) == "key-exposed"


def test_another_kind_of_key_is_refused(path: Path) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.touch(0o600)
    path.write_bytes(pem)
    assert refused(lambda: load_key(path)) == "key-type"


@pytest.mark.parametrize("content", [b"", b"no key", b"\0" * 100, b"x" * 20_000])
def test_what_is_no_key_file_is_refused(path: Path, content: bytes) -> None:
    path.touch(0o600)
    path.write_bytes(content)
    assert refused(lambda: load_key(path)) == "key-file"


def test_missing_files_directories_and_pipes_are_refused(tmp_path: Path, path: Path) -> None:
    assert refused(lambda: load_key(path)) == "key-missing"
    assert refused(lambda: load_key(tmp_path)) == "key-file"
    os.mkfifo(path, 0o600)
    assert refused(lambda: load_key(path)) == "key-file"
    assert refused(lambda: new_key(tmp_path / "nowhere" / "key.pem")) == "key-file"


def test_errors_do_not_show_the_passphrase(path: Path) -> None:
    new_key(path, b"right")
    with pytest.raises(Fault) as caught:
        load_key(path, b"hunter2-hunter2")
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(caught.value.defects)
