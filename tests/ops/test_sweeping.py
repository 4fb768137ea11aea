"""Sweeping: what nobody names goes once its lock has ended; nothing else, ever."""

from __future__ import annotations

import io
import json
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest

from api.v1.draft_store import DraftStore, KeptDraft
from domain.errors import Fault
from domain.sweeping import Sweepable, sweep, sweepable
from ops.sweeping import swept
from tests.office import INTAKE
from tests.ops import vaults
from tests.ops.running import ran

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.contract.seaweed import Seaweed
    from tests.ops.vaults import Archived

FILES = 6


@dataclass
class GivenClock:
    """A clock that stands where it was set."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Archived]:
    with vaults.in_directory(tmp_path) as archived:
        yield archived


def quiet(_done: int, _whole: int) -> None:
    pass


def after(days: float = 31) -> GivenClock:
    """A clock some days ahead."""
    return GivenClock(datetime.now(UTC) + timedelta(days=days))


def short(archived: Archived, name: str) -> None:
    """Let a file have come with a lock of thirty days, whatever it came with."""
    end = (datetime.now(UTC) + timedelta(days=30)).replace(microsecond=0)
    vaults.change_note(archived.path, name, retain_until=end.isoformat())


def lies_there(archived: Archived) -> set[str]:
    return {name for name, _ in archived.vault.objects()}


def test_what_nobody_names_goes_after_its_lock_and_is_still_remembered(directory: Archived) -> None:
    name = directory.unnamed()
    short(directory, name)
    assert swept(directory.path, quiet, remove=True, clock=after(29)).removed == ()
    told = swept(directory.path, quiet, remove=False, clock=after())
    assert (told.removed, [one.object for one in told.kept]) == ((), [name])
    assert name in lies_there(directory)
    done = swept(directory.path, quiet, remove=True, clock=after())
    assert [(one.object, one.case) for one in done.removed] == [(name, directory.cases[0])]
    assert len(lies_there(directory)) == FILES
    attached = directory.office.archive.attachments.get(name)
    assert attached is not None
    assert len(attached.stored.sha256) == 64
    assert swept(directory.path, quiet, remove=True, clock=after()).removed == ()


def test_what_a_record_names_never_goes(directory: Archived) -> None:
    clock = GivenClock(datetime(2999, 1, 1, tzinfo=UTC))
    assert swept(directory.path, quiet, remove=True, clock=clock) == swept(
        directory.path, quiet, remove=False, clock=clock
    )
    assert len(lies_there(directory)) == FILES


def test_what_is_held_or_was_never_locked_stays(directory: Archived) -> None:
    held, odd = directory.unnamed(), directory.unnamed(b"%PDF-1.4 odd")
    for name in (held, odd):
        short(directory, name)
    directory.vault.hold(held, None, on=True)
    (vaults.folder(directory.path, odd) / "note").unlink()  # it says nothing any more
    (directory.path / "vault/objects/zz/stranger").mkdir(parents=True)
    assert swept(directory.path, quiet, remove=True, clock=after()).removed == ()


def test_a_draft_keeps_what_it_names_by_lengthening_its_lock(directory: Archived) -> None:
    office = directory.office
    case = office.archive.ids.uuid7()
    papers = office.papers(case)
    for paper in papers:
        short(directory, paper["object"])
    office.clock.set(after(29).moment)
    office.draft(case, "intake", {**INTAKE, "basis": "延续适用"}, "handler:陈立", evidence=papers)
    for days, gone in ((31, 0), (36.9, 0), (37.1, 3)):  # the draft ends after seven days, the lock a day later
        clock = after(days)
        assert len(swept(directory.path, quiet, remove=True, clock=clock).removed) == gone, days


def test_a_draft_that_the_server_keeps_is_looked_through_as_well(directory: Archived) -> None:
    name, office = directory.unnamed(), directory.office
    case = office.archive.ids.uuid7()
    made = office.draft(case, "intake", INTAKE, "handler:陈立", evidence=office.papers(case))
    drafted = [str(item["object"]) for item in made.act.evidence]
    for one in (name, *drafted):
        short(directory, one)
    clock = after()
    valid = (clock.moment + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    draft = KeptDraft(made.act.id, case, "officer", "print", made.payload, "{}", valid)
    with closing(DraftStore(directory.path)) as drafts:
        drafts.keep(draft, "2023-01-01T00:00:00.000Z")
    assert [one.object for one in swept(directory.path, quiet, remove=True, clock=clock).removed] == [name]
    clock.moment += timedelta(days=2)
    gone = {one.object for one in swept(directory.path, quiet, remove=True, clock=clock).removed}
    assert gone == set(drafted)


def test_what_was_locked_again_meanwhile_is_kept() -> None:
    chosen = [Sweepable(name, None, 1, None, datetime(2023, 1, 1, tzinfo=UTC)) for name in ("one", "two", "three")]

    class Remover:
        """The store's own word."""

        def remove(self, object: str, version: str | None) -> None:  # noqa: A002  # the port's word
            del version
            if object != "two":
                raise Fault({"one": "still-kept", "three": "blob-missing"}[object], "不能清除")

    done = sweep(chosen, Remover(), quiet)
    assert [one.object for one in done.removed] == ["two"]
    assert [one.object for one in done.kept] == ["one", "three"]


def test_a_store_that_is_away_is_said_to_be(directory: Archived) -> None:
    class Lost:
        """No answer."""

        def __getattr__(self, name: str) -> None:
            raise Fault("vault-unreachable", f"存证库没有应答（{name}）", "请稍后再试。")

    events = directory.office.archive.events
    with pytest.raises(Fault, match="没有应答"):
        list(sweepable(events, Lost(), (), datetime.now(UTC), quiet))  # type: ignore[arg-type]  # a vault otherwise
    one = Sweepable("one", None, 1, None, datetime(2023, 1, 1, tzinfo=UTC))
    with pytest.raises(Fault, match="没有应答"):
        sweep([one], Lost(), quiet)  # type: ignore[arg-type]  # same


def test_what_was_looked_at_and_removed_is_counted_from_one_to_the_last(directory: Archived) -> None:
    for data in (b"%PDF-1.4 one", b"%PDF-1.4 two"):
        short(directory, directory.unnamed(data))
    told: list[tuple[int, int]] = []
    swept(directory.path, lambda *counted: told.append(counted), remove=True, clock=after())
    looked = [(n, FILES + 2) for n in range(1, FILES + 3)]
    assert told == [*looked, (1, 2), (2, 2)]


def test_in_a_bucket_the_store_itself_refuses_sooner(
    tmp_path: Path, seaweed: Seaweed, monkeypatch: pytest.MonkeyPatch
) -> None:
    access, secret = seaweed.keys["admin"]
    monkeypatch.setenv(vaults.ACCESS, access)
    monkeypatch.setenv(vaults.SECRET, secret)
    with vaults.in_bucket(tmp_path, seaweed, "sweep-here") as archived:
        end = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=3)
        name = archived.office.archive.ids.uuid7()
        archived.vault.put(name, io.BytesIO(b"nobody"), length=None, retain_until=end, case=archived.cases[0])
        client = seaweed.client("app")
        early = swept(archived.path, quiet, remove=True, clock=GivenClock(end))  # the store's clock isn't there yet
        while parsedate_to_datetime(client._execute("HEAD", seaweed.bucket).headers["date"]) <= end:
            pass  # asking takes its time
        done = swept(archived.path, quiet, remove=True)
        assert [one.object for one in (*early.removed, *done.removed)] == [name]
        assert [one.object for one in early.kept] == [name]
        assert len(list(archived.vault.objects())) == FILES


def test_the_command_lists_first_and_removes_when_told(
    directory: Archived, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANJUAN_ARCHIVE", str(directory.path))
    assert ran(capsys, "vault", "sweep") == (0, "没有可清除的文件。\n", "")
    name = directory.unnamed()
    vaults.expire(directory.path, name)
    status, said, _ = ran(capsys, "vault", "sweep")
    assert (status, f"可清除  文件 {name}" in said, "--yes" in said) == (0, True, True)
    assert name in lies_there(directory)
    status, said, _ = ran(capsys, "vault", "sweep", "--yes", "--json")
    assert [row["object"] for row in json.loads(said)["removed"]] == [name]
    assert name not in lies_there(directory)
