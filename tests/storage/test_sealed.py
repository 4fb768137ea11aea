"""Evidence enciphered at rest: what lies on the disk, who can read it, and what happens once the key is destroyed."""

from __future__ import annotations

import io
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from domain.errors import Fault
from domain.formats import canonical
from storage.evidence.chunked import CHUNK, HEADER, STORED, stored_length
from storage.evidence.directory import DirectoryVault
from storage.evidence.sealed import SealedVault
from tests.contract.conftest import CASE, ahead, new_name
from tests.contract.test_evidence_directory import DATA, Dying, home, survives
from tests.contract.test_evidence_vault import content, refused
from tests.office import case_keys
from tests.reference.naive_cobblestone import decrypt, object_context, object_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from domain.evidence_port import StoredBlob
    from storage.case_keys import CaseKeys

OTHER_CASE = "01890a5d-ac96-774b-bcce-b302099a8058"
PAPER = "投诉书，落款为江北恒信医疗器械有限公司。".encode() * 40


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[CaseKeys]:
    made = case_keys(tmp_path)
    yield made
    made.close()


@pytest.fixture
def inner(tmp_path: Path) -> DirectoryVault:
    return DirectoryVault(tmp_path / "vault")


@pytest.fixture
def vault(inner: DirectoryVault, keys: CaseKeys) -> SealedVault:
    return SealedVault(inner, keys)


def put(vault: SealedVault, data: bytes, name: str, case: str = CASE) -> StoredBlob:
    return vault.put(name, io.BytesIO(data), length=len(data), retain_until=ahead(days=1), case=case)


def whole(vault: SealedVault, name: str) -> bytes:
    return b"".join(vault.read(name, None))


def lying_there(tmp_path: Path, name: str) -> Path:
    path = home(tmp_path / "vault", name) / "bytes"
    path.chmod(0o600)
    return path


class Asked:
    """An inner vault that counts the octets it is asked for."""

    def __init__(self, inner: DirectoryVault) -> None:
        self._inner, self.octets, self.reads = inner, 0, 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def read(self, object: str, version: str | None, *, offset: int = 0, length: int | None = None) -> Iterator[bytes]:  # noqa: A002  # the port's word
        assert length is not None
        self.octets, self.reads = self.octets + length, self.reads + 1
        return self._inner.read(object, version, offset=offset, length=length)


def test_what_lies_there_is_what_the_format_says(vault: SealedVault, keys: CaseKeys, tmp_path: Path) -> None:
    name, data = new_name(), content(3 * CHUNK + 5)
    put(vault, data, name)
    sealed, secret = lying_there(tmp_path, name).read_bytes(), keys.secret(CASE)
    assert secret is not None
    assert decrypt(sealed, object_key(secret, CASE, name), object_context(CASE, name)) == data


def test_no_file_holds_a_word_of_the_evidence(vault: SealedVault, tmp_path: Path) -> None:
    put(vault, PAPER, new_name())
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 3
    assert not [data for data in files if "江北恒信".encode() in data or PAPER[:16] in data]


def test_the_same_file_looks_different_under_each_name(vault: SealedVault) -> None:
    assert len({put(vault, PAPER, new_name()).blob for _ in range(5)}) == 5


@pytest.mark.parametrize("length", [None, 10, 4 * CHUNK])
def test_a_range_costs_its_own_chunks_and_the_last_one(
    inner: DirectoryVault, keys: CaseKeys, length: int | None
) -> None:
    asked, name, data = Asked(inner), new_name(), content(40 * CHUNK + 100)
    vault = SealedVault(cast("DirectoryVault", asked), keys)
    put(vault, data, name)
    asked.octets = asked.reads = 0
    offset = 20 * CHUNK + 3
    end = None if length is None else offset + length
    assert b"".join(vault.read(name, None, offset=offset, length=length)) == data[offset:end]
    chunks = 20 if length is None else (offset + length - 1) // CHUNK - 19
    assert (asked.octets, asked.reads) == (HEADER + 100 + 16 + chunks * STORED, 3)


def test_another_object_or_another_case_is_never_read(vault: SealedVault, tmp_path: Path) -> None:
    one, other, third = new_name(), new_name(), new_name()
    put(vault, PAPER, one)
    put(vault, PAPER[::-1], other)
    put(vault, PAPER, third, OTHER_CASE)
    for stranger in (other, third):
        data = lying_there(tmp_path, stranger).read_bytes()
        lying_there(tmp_path, one).write_bytes(data)
        refused("blob-damaged", lambda: vault.read(one, None))


def test_an_object_whose_note_names_another_case_is_never_read(vault: SealedVault, tmp_path: Path) -> None:
    name = new_name()
    put(vault, PAPER, name)
    put(vault, PAPER, new_name(), OTHER_CASE)
    path = home(tmp_path / "vault", name) / "note"
    note = canonical.parse_object(path.read_bytes())
    path.unlink()
    path.write_bytes(canonical.dump({**note, "case": OTHER_CASE}))
    refused("blob-damaged", lambda: vault.read(name, None))
    refused("blob-exists", lambda: put(vault, PAPER, name))


def test_a_store_that_forgot_the_case_is_damage(inner: DirectoryVault, keys: CaseKeys) -> None:
    class Forgets(Asked):
        def stat(self, object: str, version: str | None) -> object:  # noqa: A002  # the port's word
            return replace(inner.stat(object, version), case=None)

    vault = SealedVault(cast("DirectoryVault", Forgets(inner)), keys)
    name = new_name()
    put(vault, PAPER, name)
    refused("blob-damaged", lambda: vault.read(name, None))


@pytest.mark.parametrize("at", [0, 30, HEADER, HEADER + 500, -1])
def test_damage_shows_on_reading_and_on_repeating(vault: SealedVault, tmp_path: Path, at: int) -> None:
    name = new_name()
    put(vault, PAPER, name)
    path = lying_there(tmp_path, name)
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    refused("blob-damaged", lambda: whole(vault, name))
    refused("blob-damaged", lambda: put(vault, PAPER, name))


def test_damage_in_the_middle_shows_before_a_byte_of_it_is_given(vault: SealedVault, tmp_path: Path) -> None:
    name, data = new_name(), content(200 * CHUNK)
    put(vault, data, name)
    path = lying_there(tmp_path, name)
    sealed = bytearray(path.read_bytes())
    sealed[HEADER + 150 * STORED + 9] ^= 1
    path.write_bytes(sealed)
    chunks = vault.read(name, None)
    assert next(chunks) == data[: 64 * CHUNK]
    assert next(chunks) == data[64 * CHUNK : 128 * CHUNK]
    refused("blob-damaged", lambda: next(chunks))
    assert b"".join(vault.read(name, None, offset=151 * CHUNK)) == data[151 * CHUNK :]


def test_auditing_retention_and_holds_need_no_key(vault: SealedVault, inner: DirectoryVault) -> None:
    name = new_name()
    stored = put(vault, PAPER, name)
    keyless = SealedVault(inner, cast("CaseKeys", None))
    assert keyless.digest(name, None) == stored.blob
    assert keyless.stat(name, None).size == stored.size == stored_length(len(PAPER))
    assert keyless.stat(name, None).case == CASE
    assert list(keyless.objects()) == [(name, None)]
    keyless.extend(name, None, ahead(days=9))
    keyless.hold(name, None, on=True)
    assert vault.stat(name, None).hold


def test_a_destroyed_case_is_never_read_again_and_takes_nothing_more(vault: SealedVault, keys: CaseKeys) -> None:
    name, other = new_name(), new_name()
    stored = put(vault, PAPER, name)
    put(vault, PAPER, other, OTHER_CASE)
    keys.destroy(CASE)
    fault = refused("content-destroyed", lambda: vault.read(name, None))
    assert "依法销毁" in str(fault)
    refused("content-destroyed", lambda: put(vault, PAPER, new_name()))
    refused("content-destroyed", lambda: put(vault, PAPER, name))
    assert vault.digest(name, None) == stored.blob
    assert whole(vault, other) == PAPER


def test_a_lost_secret_is_no_destruction(vault: SealedVault, tmp_path: Path) -> None:
    name = new_name()
    put(vault, PAPER, name)
    with sqlite3.connect(tmp_path / "case-keys.db") as database:
        database.execute("DELETE FROM secrets")
    database.close()
    fault = refused("case-key-missing", lambda: vault.read(name, None))
    assert "密钥备份" in fault.defects[0].remedy


def test_a_repeat_under_a_lost_secret_does_not_pass_for_stored(vault: SealedVault, tmp_path: Path) -> None:
    name = new_name()
    put(vault, PAPER, name)
    with sqlite3.connect(tmp_path / "case-keys.db") as database:
        database.execute("DELETE FROM secrets")
    database.close()
    refused("blob-damaged", lambda: put(vault, PAPER, name))


def test_a_writer_killed_at_any_step_leaves_all_or_nothing_and_the_next_put_heals(tmp_path: Path) -> None:
    seen: set[bool] = set()
    done = False
    for step in range(1, 250):
        folder, name, until = tmp_path / str(step), new_name(), ahead(days=1)
        folder.mkdir()

        def write(dying: Dying) -> None:
            keys = case_keys(folder)  # noqa: B023  # called at once
            vault = SealedVault(DirectoryVault(folder / "vault"), keys)  # noqa: B023  # same
            vault.put(name, dying.source(DATA), length=None, retain_until=until, case=CASE)  # type: ignore[arg-type]  # noqa: B023  # same

        case_keys(folder).close()
        done = survives(step, write)
        keys = case_keys(folder)
        vault = SealedVault(DirectoryVault(folder / "vault"), keys)
        there = name in {found for found, _ in vault.objects()}
        seen.add(there)
        if there:
            assert whole(vault, name) == DATA
        vault.put(name, io.BytesIO(DATA), length=None, retain_until=until, case=CASE)
        assert whole(vault, name) == DATA
        keys.close()
        if done:
            break
    assert done
    assert step > 30
    assert seen == {True, False}


def test_errors_hold_no_secret(vault: SealedVault, keys: CaseKeys, tmp_path: Path) -> None:
    name = new_name()
    put(vault, PAPER, name)
    lying_there(tmp_path, name).write_bytes(b"x" * 200)
    with pytest.raises(Fault) as caught:
        vault.read(name, None)
    secret = keys.secret(CASE)
    assert secret is not None
    assert secret.hex() not in repr(caught.value.defects)
    assert repr(secret) not in repr(caught.value.defects)
