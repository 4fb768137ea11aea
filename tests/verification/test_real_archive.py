"""The real thing: an archive in its own directory, acted on through the archive service, attacked in its database."""

from __future__ import annotations

import io
import random
import shutil
import sqlite3
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from api.wiring import case_keys_of, open_archive
from domain.archive import receipt_moment
from domain.errors import Fault
from domain.formats.verdict import Verdict
from ops.verifying import verify_home
from projections.dossier.package import export
from storage.clock import ScenarioClock
from storage.home import Home
from tests.homes import office_at
from tests.office import SHANGHAI
from tests.verification.judging import against, places, verified

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from domain.formats.trust import Trust
    from tests.office import Office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office in a home of its own, with one decided case."""
    with office_at(tmp_path_factory.mktemp("archive") / "home") as made:
        yield made


@pytest.fixture(scope="module")
def case(office: Office) -> str:
    return office.decided()


@pytest.fixture
def copied(office: Office, case: str, tmp_path: Path) -> Path:
    """A copy of the archive's directory to break."""
    del case
    with sqlite3.connect(office.path / "events.db") as source:
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    source.close()
    shutil.copytree(office.path, tmp_path / "home")
    return tmp_path / "home"


def tampered(path: Path, *statements: tuple[str, tuple[object, ...]]) -> None:
    """Change the database as someone who owns the machine can."""
    with sqlite3.connect(path / "events.db") as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            database.execute(f"DROP TRIGGER {name}")
        for statement, values in statements:
            database.execute(statement, values)
    database.close()


def rows(path: Path) -> list[tuple[int, bytes]]:
    with sqlite3.connect(path / "events.db") as database:
        found = database.execute("SELECT rowid, state FROM stored_events ORDER BY rowid").fetchall()
    database.close()
    return found


@pytest.fixture
def trust(office: Office) -> Trust:
    return office.archive.trust()


def test_an_archive_without_genesis_has_nothing_to_be_trusted_by(tmp_path: Path) -> None:
    Home.create(tmp_path / "home")
    clock = ScenarioClock(datetime(2023, 3, 1, 9, tzinfo=SHANGHAI))
    with open_archive(tmp_path / "home", clock) as running, pytest.raises(Fault) as refused:
        running.archive.trust()
    assert refused.value.code == "no-genesis"


@pytest.mark.parametrize("disclose", [True, False])
def test_an_export_of_a_real_archive_passes(office: Office, case: str, trust: Trust, disclose: bool) -> None:
    out = io.BytesIO()
    export(office.archive, case, "监督机构", out, disclose=disclose, exported=receipt_moment(office.clock.now()))
    report = verified(out.getvalue(), trust)
    assert not against(report)
    assert report.exit_status == 0


def test_a_real_archive_passes(copied: Path, trust: Trust) -> None:
    report = verify_home(copied, trust, None)
    assert not against(report)
    assert "store-tail" in {finding.reason for finding in report.findings}


def test_a_changed_byte_in_any_row_is_found(copied: Path, trust: Trust) -> None:
    """One seeded offset in every row; test_store and test_mutations change the others."""
    for position, data in rows(copied):
        offset = (position * 7919) % len(data)
        changed = data[:offset] + bytes([data[offset] ^ 1]) + data[offset + 1 :]
        tampered(copied, ("UPDATE stored_events SET state = ? WHERE rowid = ?", (changed, position)))
        report = verify_home(copied, trust, None)
        assert report.exit_status == 1, position
        tampered(copied, ("UPDATE stored_events SET state = ? WHERE rowid = ?", (data, position)))
    assert not against(verify_home(copied, trust, None))


@pytest.mark.parametrize(("column", "field"), [("topic", "action"), ("act", "act")])
def test_a_row_filed_as_something_else_is_found(copied: Path, trust: Trust, column: str, field: str) -> None:
    last = len(rows(copied))
    tampered(copied, (f"UPDATE stored_events SET {column} = ? WHERE rowid = ?", ("remark", last)))  # noqa: S608  # two constants
    report = verify_home(copied, trust, None)
    assert [(f.reason, f.field) for f in against(report)] == [("store-altered", field)]


def test_a_deleted_row_is_found(copied: Path, trust: Trust) -> None:
    middle = len(rows(copied)) - 2
    tampered(copied, ("DELETE FROM stored_events WHERE rowid = ?", (middle,)))
    assert places(verify_home(copied, trust, None), "store-position")


def test_the_last_row_cut_off_is_not_seen_and_that_is_said(copied: Path, trust: Trust) -> None:
    tampered(copied, ("DELETE FROM stored_events WHERE rowid = ?", (len(rows(copied)),)))
    report = verify_home(copied, trust, None)
    assert report.exit_status == 0
    assert "store-tail" in {finding.reason for finding in report.findings}


def test_a_changed_byte_in_any_file_of_rules_forms_calendars_and_evidence_is_found(copied: Path, trust: Trust) -> None:
    """Each file as it lies in the directory, one seeded offset; its name is told."""
    chance = random.Random(9)
    files = [path for path in sorted((copied / "adopted").rglob("*")) if path.is_file()]
    assert len(files) > 10
    originals = sorted((copied / "vault" / "objects").rglob("bytes"))
    assert originals
    for path in [*files, *originals]:
        data, offset = path.read_bytes(), chance.randrange(path.stat().st_size)
        path.chmod(0o600)
        path.write_bytes(data[:offset] + bytes([data[offset] ^ chance.randint(1, 255)]) + data[offset + 1 :])
        report = verify_home(copied, trust, None)
        path.write_bytes(data)
        assert report.exit_status == 1, (path, offset)
        if path in files:
            folder, _, rest = path.relative_to(copied / "adopted").as_posix().partition("/")
            assert f"{folder.removesuffix('s')}/{rest}" in {f.where for f in against(report)}, (path, offset)
        else:
            assert places(report, "blob-digest"), path
    assert not against(verify_home(copied, trust, None))


@pytest.mark.parametrize("gone", ["adopted/rulebooks", "adopted/calendars", "vault/objects"])
def test_what_was_taken_away_is_missed(copied: Path, trust: Trust, gone: str) -> None:
    shutil.rmtree(copied / gone)
    report = verify_home(copied, trust, None)
    assert report.exit_status in (1, 2)
    assert against(report)


def test_withheld_facts_altered_in_their_store_are_found(copied: Path, trust: Trust) -> None:
    with sqlite3.connect(copied / "withheld.db") as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        case, act, sealed = database.execute('SELECT "case", act, sealed FROM withheld').fetchone()
        changed = (sealed[:-1] + bytes([sealed[-1] ^ 1]), case, act)
        database.execute('UPDATE withheld SET sealed = ? WHERE "case" = ? AND act = ?', changed)
    database.close()
    report = verify_home(copied, trust, None)
    assert report.exit_status == 1
    assert places(report, "disclosures-malformed")


def test_evidence_files_that_changed_places_are_found(copied: Path, trust: Trust) -> None:
    one, other, *_ = sorted((copied / "vault").rglob("bytes"))
    first, second = one.read_bytes(), other.read_bytes()
    for path, data in ((one, second), (other, first)):
        path.chmod(0o600)
        path.write_bytes(data)
    assert places(verify_home(copied, trust, None), "blob-digest")


def test_a_destroyed_case_is_unsettled_and_nothing_else_of_the_archive_is(
    copied: Path, case: str, trust: Trust
) -> None:
    keys = case_keys_of(Home.open(copied))
    keys.destroy(case)
    keys.close()
    report = verify_home(copied, trust, None)
    assert report.exit_status == 2
    assert {finding.verdict for finding in against(report)} == {Verdict.INDETERMINATE}
    assert places(report, "vault-unread")
