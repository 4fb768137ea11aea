"""An archive put together from its home."""

from __future__ import annotations

import io
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from api.wiring import Running, open_archive, raw_vault_of
from domain.errors import Fault
from domain.formats.keys import PrivateKey
from ops.founding import genesis
from storage.clock import ScenarioClock
from storage.evidence.directory import DirectoryVault
from storage.evidence.immutable import is_immutable, set_immutable
from storage.evidence.sealed import SealedVault
from storage.home import BucketPlace, DirectoryPlace, Home

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROOT = PrivateKey.from_seed(b"r" * 32)
MOMENT = datetime(2023, 3, 6, 1, 30, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    Home.create(tmp_path / "archive")
    return tmp_path / "archive"


def refused(call: Callable[[], Running]) -> str:
    with pytest.raises(Fault) as caught:
        call()
    return caught.value.code


def founded(running: Running, *, demonstration: bool) -> None:
    genesis(running.archive, ROOT, origin="临江市财政局", demonstration=demonstration)


def test_what_was_entered_is_there_when_opened_again(path: Path) -> None:
    with open_archive(path) as running:
        founded(running, demonstration=False)
        trust, position = running.archive.trust(), running.catch_up()
    with open_archive(path) as running:
        assert running.archive.trust() == trust
        assert running.views.position() == position == 1
        assert running.rebuild() == 1
        assert running.docket() == []


def test_views_that_were_deleted_are_made_again(path: Path) -> None:
    with open_archive(path) as running:
        founded(running, demonstration=False)
        running.catch_up()
        views = running.home.views
    for file in views.parent.glob("views.db*"):
        file.unlink()
    with open_archive(path) as running:
        assert running.catch_up() == 1


def test_adopted_rulebooks_lie_in_the_home(path: Path) -> None:
    with open_archive(path) as running:
        founded(running, demonstration=False)
        digests = {d for found in running.archive.register().rulebooks.values() for d in found}
        assert digests
        assert digests == {folder.name for folder in (running.home.adopted / "rulebooks").iterdir()}


def test_a_demonstration_may_have_a_clock_of_its_own(path: Path) -> None:
    clock = ScenarioClock(MOMENT)
    with open_archive(path, clock) as running:
        founded(running, demonstration=True)
        assert running.today.isoformat() == "2023-03-06"
        (record,) = running.archive.records(running.archive.register().archive or "")
        assert record.receipt.received == "2023-03-06T01:30:00.000Z"
    with open_archive(path, clock) as running:
        assert running.archive.clock.now() == MOMENT


def test_a_real_archive_takes_its_time_from_the_system(path: Path) -> None:
    with open_archive(path) as running:
        founded(running, demonstration=False)
    assert refused(lambda: open_archive(path, ScenarioClock(MOMENT))) == "clock"


def test_a_civil_day_begins_at_midnight_in_shanghai(path: Path) -> None:
    with open_archive(path, ScenarioClock(datetime(2023, 3, 6, 16, 0, tzinfo=UTC))) as running:
        assert running.today.isoformat() == "2023-03-07"


def test_the_vault_is_the_one_that_the_settings_name(path: Path) -> None:
    with open_archive(path) as running:
        assert isinstance(running.archive.vault, SealedVault)
        assert isinstance(raw_vault_of(running.home), DirectoryVault)


def test_a_bucket_needs_its_keys_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANJUAN_TEST_ACCESS", raising=False)
    place = BucketPlace("127.0.0.1:9", "evidence", "ANJUAN_TEST_ACCESS", "ANJUAN_TEST_SECRET", secure=False)
    Home.create(tmp_path / "archive", place)
    assert refused(lambda: open_archive(tmp_path / "archive")) == "vault-credentials"


def test_what_is_no_home_is_not_begun(tmp_path: Path) -> None:
    assert refused(lambda: open_archive(tmp_path)) == "no-home"
    assert not list(tmp_path.iterdir())


def test_a_directory_is_immutable_where_the_settings_say_so(path: Path) -> None:
    home = Home.create(path.with_name("other"), DirectoryPlace(immutable=True))
    try:
        vault = raw_vault_of(home)
    except Fault as fault:
        assert fault.code == "vault-unfit"  # noqa: PT017  # said, instead of pretending, where this machine lacks it
        return
    name, case = str(uuid.uuid4()), str(uuid.uuid4())
    vault.put(name, io.BytesIO(b"x"), length=1, retain_until=datetime.now(UTC) + timedelta(days=1), case=case)
    stored = home.vault / "objects" / name[-2:] / name / "bytes"
    assert is_immutable(stored)
    set_immutable(stored, on=False)
