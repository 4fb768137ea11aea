"""What the secrets of cases keep (domain.evidence_port.ContentKeys), what lies on the disk, and rotation."""

from __future__ import annotations

import os
import signal
import sqlite3
from typing import TYPE_CHECKING

import pytest

from domain.errors import Fault
from storage.case_keys import CaseKeys, derived
from storage.key_encryption.file import FileKey, new_key_file
from tests.contract.records import uuid7
from tests.reference.naive_cobblestone import expand, object_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from storage.key_encryption.port import KeyEncryption

CASES = tuple(uuid7() for _ in range(6))


class Opener:
    """Opens case-keys.db of one folder under key files there, as often as asked."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.made = folder, list[CaseKeys]()

    def key(self, number: int) -> KeyEncryption:
        path = self.folder / f"key-encryption-{number}.key"
        if not path.exists():
            new_key_file(path)
        return FileKey(path)

    def __call__(self, current: int = 1, *former: int) -> CaseKeys:
        keys = CaseKeys(self.folder / "case-keys.db", self.key(current), [self.key(n) for n in former])
        self.made.append(keys)
        return keys


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    opener = Opener(tmp_path)
    yield opener
    for keys in opener.made:
        keys.close()


def refused(code: str, call: Callable[[], object]) -> Fault:
    with pytest.raises(Fault) as caught:
        call()
    assert caught.value.code == code
    return caught.value


def sql(path: Path, statement: str, *values: bytes | str) -> list[tuple[bytes, ...]]:
    connection = sqlite3.connect(path)
    with connection:
        rows = connection.execute(statement, values).fetchall()
    connection.close()
    return rows


def secrets_of(keys: CaseKeys) -> list[bytes | None]:
    return [keys.secret(case) for case in CASES]


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


# Secrets


def test_a_secret_is_made_once_and_found_by_whoever_opens_next(opened: Opener) -> None:
    first, second = opened(), opened()
    assert first.secret(CASES[0]) is None
    made = first.secret(CASES[0], make=True)
    assert made is not None
    assert len(made) == 32
    assert made == second.secret(CASES[0], make=True) == opened().secret(CASES[0])
    assert second.secret(CASES[1], make=True) != made


def test_keys_come_from_the_secret_as_the_format_says() -> None:
    secret, case, name = bytes(range(32)), CASES[0], CASES[1]
    assert derived(secret, "blob", case, name) == object_key(secret, case, name)
    assert derived(secret, "withheld", case) == expand("sha256", secret, f"anjuan.key/1 withheld {case}".encode(), 32)


def test_no_file_but_the_key_file_helps_to_a_secret(opened: Opener, tmp_path: Path) -> None:
    secret = opened().secret(CASES[0], make=True)
    assert secret is not None
    lying_there = on_disk(tmp_path)
    assert secret not in lying_there
    assert secret.hex().encode() not in lying_there


def test_a_secret_serves_no_other_case(opened: Opener, tmp_path: Path) -> None:
    keys = opened()
    for case in CASES[:2]:
        keys.secret(case, make=True)
    moved = 'UPDATE secrets SET wrapped = (SELECT wrapped FROM secrets WHERE "case" = ?) WHERE "case" = ?'
    sql(tmp_path / "case-keys.db", moved, CASES[1], CASES[0])
    refused("key-wrong", lambda: keys.secret(CASES[0]))
    assert keys.secret(CASES[1]) is not None


def test_a_case_that_has_something_needs_its_secret(opened: Opener) -> None:
    keys = opened()
    refused("case-key-missing", lambda: keys.needed(CASES[0]))
    made = keys.secret(CASES[0], make=True)
    assert keys.needed(CASES[0]) == made
    keys.destroy(CASES[0])
    assert keys.needed(CASES[0]) is None


def test_more_secrets_than_are_kept_at_hand_are_still_right(opened: Opener) -> None:
    keys = opened()
    made = {case: keys.secret(case, make=True) for case in (uuid7() for _ in range(300))}
    assert {case: keys.secret(case) for case in made} == made


# Destroying


def test_a_destroyed_secret_is_gone_for_everybody_and_never_comes_back(opened: Opener) -> None:
    first, second = opened(), opened()
    for case in CASES[:2]:
        assert first.secret(case, make=True) == second.secret(case)
    first.destroy(CASES[0])
    first.destroy(CASES[0])
    for keys in (first, second, opened()):
        assert keys.secret(CASES[0]) is None
        assert keys.secret(CASES[0], make=True) is None
        assert keys.destroyed(CASES[0])
        assert not keys.destroyed(CASES[1])
        assert keys.secret(CASES[1]) is not None


def test_a_case_that_never_had_one_can_be_destroyed(opened: Opener) -> None:
    keys = opened()
    assert not keys.destroyed(CASES[0])
    keys.destroy(CASES[0])
    assert keys.destroyed(CASES[0])
    assert keys.secret(CASES[0], make=True) is None


def test_a_destroyed_secret_leaves_no_copy_on_the_disk(opened: Opener, tmp_path: Path) -> None:
    keys = opened()
    keys.secret(CASES[0], make=True)
    ((wrapped,),) = sql(tmp_path / "case-keys.db", "SELECT wrapped FROM secrets")
    assert wrapped in on_disk(tmp_path)
    keys.destroy(CASES[0])
    assert wrapped not in on_disk(tmp_path)
    assert wrapped[12:28] not in on_disk(tmp_path)


# Rotation


def test_a_rotation_changes_the_wrapping_of_every_secret_and_none_of_them(opened: Opener, tmp_path: Path) -> None:
    before = opened()
    secrets = [before.secret(case, make=True) for case in CASES[:-1]]
    before.destroy(CASES[0])
    wrapped = {row[0] for row in sql(tmp_path / "case-keys.db", "SELECT wrapped FROM secrets WHERE wrapped NOT NULL")}
    told: list[tuple[int, int]] = []
    rotating = opened(2, 1)
    assert rotating.rewrap(lambda done, whole: told.append((done, whole))) == 4
    assert told == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    assert rotating.rewrap() == 0
    assert list(rotating.under()) == [opened.key(2).id]
    assert secrets_of(opened(2)) == [None, *secrets[1:], None]
    assert opened(2).destroyed(CASES[0])
    assert not [old for old in wrapped if old in on_disk(tmp_path)]
    refused("key-rotated", lambda: opened(1))


def test_during_a_rotation_both_keys_are_needed(opened: Opener) -> None:
    secret = opened().secret(CASES[0], make=True)
    rotating = opened(2, 1)
    assert rotating.secret(CASES[0]) == secret
    refused("key-rotated", lambda: opened(2))


def test_before_a_rotation_has_begun_to_wrap_secrets_are_made_as_before(opened: Opener) -> None:
    unaware = opened()
    secret = unaware.secret(CASES[0], make=True)
    made = opened(2, 1).secret(CASES[1], make=True)
    assert unaware.secret(CASES[1]) == made
    opened(2, 1).rewrap()
    assert secrets_of(opened(2))[:2] == [secret, made]


def test_a_process_that_does_not_know_of_a_rotation_makes_and_reads_nothing(opened: Opener) -> None:
    unaware = opened()
    secret = unaware.secret(CASES[0], make=True)
    opened(2, 1).rewrap()
    fault = refused("key-rotated", lambda: unaware.secret(CASES[1], make=True))
    assert "重新启动" in fault.defects[0].remedy
    refused("key-rotated", lambda: unaware.secret(CASES[0]))
    assert opened(2).secret(CASES[1]) is None
    assert opened(2).secret(CASES[0]) == secret


def test_a_secret_destroyed_during_a_rotation_stays_destroyed(opened: Opener) -> None:
    keys = opened()
    for case in CASES:
        keys.secret(case, make=True)
    rotating, other = opened(2, 1), opened(2, 1)
    rotating.rewrap(lambda done, _: other.destroy(CASES[2]) if done == 2 else None)
    assert opened(2).destroyed(CASES[2])
    assert opened(2).secret(CASES[2]) is None


def test_a_key_that_does_not_give_back_what_it_wrapped_wraps_nothing(opened: Opener) -> None:
    class Broken(FileKey):
        def unwrap(self, data: bytes, context: bytes) -> bytes:
            return super().unwrap(data, context)[::-1]

    opened.key(1)
    keys = CaseKeys(opened.folder / "case-keys.db", Broken(opened.folder / "key-encryption-1.key"))
    opened.made.append(keys)
    refused("key-unfit", lambda: keys.secret(CASES[0], make=True))
    assert opened().secret(CASES[0]) is None


def dies_before(statement: int, action: Callable[[], CaseKeys], work: Callable[[CaseKeys], object]) -> bool:
    """Do `work` in a child that kills itself before the n-th SQL statement; whether it came to its end."""
    child = os.fork()
    if child == 0:
        left = statement

        def tick(_: str) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        keys = action()
        keys._db._connection.set_trace_callback(tick)
        work(keys)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize("what", ["make", "destroy", "rewrap"])
def test_a_process_killed_before_any_statement_leaves_the_old_or_the_new(tmp_path: Path, what: str) -> None:
    seen = set()
    for statement in range(1, 100):
        folder = tmp_path / str(statement)
        folder.mkdir()
        opened = Opener(folder)
        keys = opened()
        secret = keys.secret(CASES[0], make=True)
        opened.key(2)
        work: dict[str, Callable[[CaseKeys], object]] = {
            "make": lambda keys: keys.secret(CASES[1], make=True),
            "destroy": lambda keys: keys.destroy(CASES[0]),
            "rewrap": lambda keys: keys.rewrap(),
        }
        fresh = Opener(folder)
        ended = dies_before(statement, lambda: fresh(2, 1) if what == "rewrap" else fresh(), work[what])  # noqa: B023  # at once
        after = opened(2, 1)
        state = (after.secret(CASES[0]), after.secret(CASES[1]) is not None, tuple(sorted(after.under().values())))
        assert state[0] == secret or (what == "destroy" and after.destroyed(CASES[0]))
        seen.add((state[0] is not None, state[1], opened.key(2).id in after.under()))
        work[what](after)
        if what != "destroy":
            assert after.secret(CASES[0]) == secret
        for made in opened.made:
            made.close()
        if ended:
            break
    assert ended
    assert statement > 2
    assert len(seen) == 2, seen
