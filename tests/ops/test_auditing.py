"""The audit of a vault: every finding made to happen on real stores, without keys, in one run or in several."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from domain.auditing import Finding, Item, Problem, sampled
from domain.errors import Fault
from domain.keeping import Keeping
from ops import auditing as auditing_of_homes
from ops.auditing import PLACE, Auditing, Place, Report
from storage.home import Home
from tests.domain.keeping_vault import Away, Lying, unlocked
from tests.ops import vaults
from tests.ops.running import ran

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from domain.evidence_port import BlobState
    from tests.contract.seaweed import Seaweed
    from tests.ops.vaults import Archived

TODAY = date(2023, 3, 1)
FILES = 6
KEYS = ("key-encryption.key", "case-keys.db", "keys/archive.pem")


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Archived]:
    with vaults.in_directory(tmp_path) as archived:
        yield archived


@pytest.fixture
def bucket(tmp_path: Path, seaweed: Seaweed, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archived]:
    access, secret = seaweed.keys["admin"]
    monkeypatch.setenv(vaults.ACCESS, access)
    monkeypatch.setenv(vaults.SECRET, secret)
    with vaults.in_bucket(tmp_path, seaweed, f"audit-{tmp_path.name.replace('_', '-')[-40:]}") as archived:
        yield archived


@pytest.fixture(params=["directory", "bucket"])
def archived(request: pytest.FixtureRequest) -> Archived:
    found: Archived = request.getfixturevalue(request.param)
    return found


def quiet(_done: int, _whole: int) -> None:
    pass


def audited(path: Path, today: date = TODAY, **how: Any) -> Report:
    auditing = Auditing.open(path, today=today)
    with auditing.opened:
        return auditing.whole(how.pop("tell", quiet), **how)


def found(report: Report) -> list[tuple[str, str | None, int | None, str]]:
    return [(f.problem.value, f.case, f.seq, f.object) for f in report.findings]


def test_a_sound_vault_passes_without_any_key(archived: Archived) -> None:
    for part in KEYS:
        (archived.path / part).rename(archived.path.parent / part.replace("/", "-"))
    report = audited(archived.path)
    assert (report.objects, report.checked, report.findings, report.exit_status) == (FILES, FILES, (), 0)


def test_what_no_record_names_is_orphaned_and_fails_nothing(archived: Archived) -> None:
    name = archived.unnamed()
    report = audited(archived.path)
    assert found(report) == [("orphaned", None, None, name)]
    assert "锁定至" in report.findings[0].told
    assert report.exit_status == 0


def test_a_record_that_names_a_blob_that_is_gone_from_a_directory(directory: Archived) -> None:
    name = directory.objects(directory.cases[1])[0][0]
    vaults.take_away(directory.path, name)
    report = audited(directory.path)
    assert found(report) == [("missing", directory.cases[1], 1, name)]
    assert report.exit_status == 1


def test_records_whose_bucket_is_empty_miss_every_file(bucket: Archived, seaweed: Seaweed) -> None:
    vaults.move_to_another_bucket(bucket.path, seaweed, f"empty-{bucket.cases[0][:13]}")
    report = audited(bucket.path)
    every = [("missing", case, 1, name) for case in bucket.cases for name, _ in bucket.objects(case)]
    assert found(report) == every
    assert report.exit_status == 1


def test_another_version_over_a_named_one_is_orphaned_and_the_named_one_is_still_sound(
    bucket: Archived, seaweed: Seaweed
) -> None:
    name, version = bucket.objects(bucket.cases[0])[0]
    client = seaweed.client("admin")
    where = Home.open(bucket.path).place.bucket  # type: ignore[union-attr]  # it is one
    client.put_object(bucket_name=where, object_name=name, data=io.BytesIO(b"another"), length=7)
    (finding,) = audited(bucket.path).findings
    assert (finding.problem, finding.object) == (Problem.ORPHANED, name)
    assert finding.version not in (None, version)


def test_bytes_that_were_exchanged_in_a_directory_are_altered(directory: Archived) -> None:
    (one, _), (two, _), (three, _) = directory.objects(directory.cases[0])
    size = (vaults.folder(directory.path, one) / "bytes").stat().st_size
    vaults.damage(directory.path, one, b"x" * size)
    vaults.damage(directory.path, two, b"short")
    (vaults.folder(directory.path, three) / "note").unlink()
    report = audited(directory.path)
    assert {(f.problem, f.object) for f in report.findings} == {(Problem.ALTERED, name) for name in (one, two, three)}
    told = {f.object: f.told for f in report.findings}
    assert "字节" in told[two]
    assert told[one].startswith("摘要为")
    assert report.exit_status == 1


def test_a_bucket_whose_bytes_are_others_than_were_signed_is_found(bucket: Archived) -> None:
    """No bucket gives up a locked version: the record is held against other bytes by telling the audit so."""
    auditing = Auditing.open(bucket.path, today=TODAY)
    with auditing.opened:
        audit = auditing.audit(None)
        item = audit.items[0]
        assert not audit.judged(item)
        lied = replace(item, blob="A" * 43, size=item.size + 1, version=audit.items[1].version)
        (missing,) = audit.judged(lied)
        assert missing.problem is Problem.MISSING  # that version isn't one of this object
        altered = audit.judged(replace(lied, version=item.version))
        assert {f.problem for f in altered} == {Problem.ALTERED}
        assert [f.told[:2] for f in altered][:2] == ["摘要", "大小"]


def test_a_lock_that_is_shorter_than_the_records_demand_is_unprotected(archived: Archived) -> None:
    report = audited(archived.path, date(2150, 1, 1))
    assert {f.problem for f in report.findings} == {Problem.UNPROTECTED}
    assert len(report.findings) == FILES
    assert report.findings[0].told == "锁定至 2123-03-01，应至少至 2249-01-01"
    assert report.exit_status == 1


@pytest.mark.parametrize(
    ("tale", "problem", "words"),
    [
        (unlocked, Problem.UNPROTECTED, "没有锁定，应至少锁定至 2122-03-01"),
        (lambda state: replace(state, case="another"), Problem.ALTERED, "存证库所注的案件是 another"),
        (lambda state: replace(state, blob="another"), Problem.ALTERED, "存证库所注的摘要与记录不同"),
    ],
)
def test_what_the_store_itself_says_is_held_against_the_records(
    directory: Archived, tale: Callable[[BlobState], BlobState], problem: Problem, words: str
) -> None:
    liar = Lying(directory.vault, tale)
    liar.lies = True
    auditing = Auditing.open(directory.path, vault=liar, today=TODAY)  # type: ignore[arg-type]  # a vault otherwise
    with auditing.opened:
        found = {(f.problem, f.told) for f in auditing.whole(quiet).findings}
    assert found == {(problem, words)}


def test_a_stranger_in_the_vault_is_named(directory: Archived) -> None:
    (directory.path / "vault/objects/zz/no-uuid").mkdir(parents=True)
    (finding,) = audited(directory.path).findings
    assert (finding.problem, finding.object) == (Problem.ORPHANED, "no-uuid")
    assert "不像存入的文件" in finding.told


def test_what_was_lengthened_within_a_year_is_enough(archived: Archived) -> None:
    assert audited(archived.path, date(2024, 2, 29)).findings == ()
    assert audited(archived.path, date(2024, 3, 2)).exit_status == 1


def test_a_hold_that_was_never_carried_out_is_unprotected_until_it_is(archived: Archived) -> None:
    office, archive = archived.office, archived.office.archive
    archive.keeping = Keeping(archive.reader, Away(archive.vault, 1), archive.keys, archive.clock)  # type: ignore[arg-type]  # a vault otherwise
    with pytest.raises(Fault, match="已经入卷"):
        office.custody("evidence-held", case=archived.cases[0], reason="litigation", basis="（2023）行初1号")
    report = audited(archived.path)
    assert found(report) == [
        ("unprotected", archived.cases[0], 1, n) for n, _ in archived.objects(archived.cases[0])[1:]
    ]
    Keeping(archive.reader, archive.vault, archive.keys, archive.clock).keep(archived.cases[0])
    assert audited(archived.path).findings == ()


def test_what_was_destroyed_is_asked_for_no_lock_and_may_be_gone(tmp_path: Path) -> None:
    with vaults.in_directory(tmp_path, retention="10-years") as archived:
        office, case = archived.office, archived.office.filed(procurement_ended_on="2023-02-01")
        office.on("2053-03-02")
        digests = sorted(
            {item["sha256"] for item in office.archive.case(case).entries[0].evidence if item["class"] == "party"}
        )
        office.custody("destruction", case=case, sha256=digests, reason="保管期限届满")
        for kept in archived.cases:
            office.archive.keeping.keep(kept)
        assert audited(archived.path, date(2054, 1, 1)).findings == ()
        name, _ = archived.objects(case)[0]
        vaults.take_away(archived.path, name)
        assert audited(archived.path, date(2054, 1, 1)).findings == ()


def _broken(archived: Archived) -> None:
    """One file of each case missing, one altered, one without enough protection."""
    for case in archived.cases:
        (one, _), (two, _), (three, _) = archived.objects(case)
        vaults.take_away(archived.path, one)
        vaults.damage(archived.path, two, b"short")
        vaults.change_note(archived.path, three, retain_until="2030-01-01T00:00:00+00:00")


def _plain(report: Report) -> dict[str, Any]:
    return {key: value for key, value in report.as_json().items() if key != "rate"}


def _stopping(after: int, error: BaseException) -> Callable[[int, int], None]:
    def tell(done: int, _whole: int) -> None:
        if done == after:
            raise error

    return tell


def test_an_interrupted_audit_goes_on_and_finds_what_an_uninterrupted_one_finds(directory: Archived) -> None:
    _broken(directory)
    whole = _plain(audited(directory.path))
    assert len(whole["findings"]) > FILES
    for stops in range(1, FILES + 1):
        with pytest.raises(KeyboardInterrupt):
            audited(directory.path, tell=_stopping(stops, KeyboardInterrupt()))
        seen: list[int] = []
        assert _plain(audited(directory.path, tell=lambda done, _, seen=seen: seen.append(done))) == whole
        assert seen == list(range(stops + 1, FILES + 1))
        assert not (directory.path / PLACE).exists()


def test_an_audit_that_is_killed_goes_on_from_the_place_that_it_kept_last(
    directory: Archived, monkeypatch: pytest.MonkeyPatch
) -> None:
    _broken(directory)
    whole = _plain(audited(directory.path))
    monkeypatch.setattr(auditing_of_homes, "EVERY", -1.0)
    kept: dict[int, bytes] = {}

    def tell(done: int, _whole: int) -> None:
        if (directory.path / PLACE).exists():
            kept[done] = (directory.path / PLACE).read_bytes()

    audited(directory.path, tell=tell)
    assert list(kept) == list(range(2, FILES + 1))  # of the first file nothing had been kept yet
    for done, place in kept.items():
        (directory.path / PLACE).write_bytes(place)
        seen: list[int] = []
        assert _plain(audited(directory.path, tell=lambda done, _, seen=seen: seen.append(done))) == whole
        assert seen[0] == done


def test_an_audit_that_goes_on_is_held_to_the_records_that_it_began_with(directory: Archived) -> None:
    with pytest.raises(KeyboardInterrupt):
        audited(directory.path, tell=_stopping(2, KeyboardInterrupt()))
    directory.office.opened()
    assert audited(directory.path).objects == FILES
    assert audited(directory.path).objects == FILES + 3


def test_restart_begins_anew(directory: Archived) -> None:
    with pytest.raises(KeyboardInterrupt):
        audited(directory.path, tell=_stopping(2, KeyboardInterrupt()))
    seen: list[int] = []
    audited(directory.path, tell=lambda done, _: seen.append(done), restart=True)
    assert seen == list(range(1, FILES + 1))


def test_a_store_that_is_away_stops_the_audit_and_the_next_one_goes_on(directory: Archived) -> None:
    class Lost:
        """Answers three times."""

        def __init__(self) -> None:
            self.left = 3

        def __getattr__(self, name: str) -> Any:
            if name == "stat":
                self.left -= 1
            if self.left < 0:
                raise Fault("vault-unreachable", "存证库没有应答", "请稍后再试。")
            return getattr(directory.vault, name)

    auditing = Auditing.open(directory.path, vault=Lost(), today=TODAY)  # type: ignore[arg-type]  # a vault otherwise
    with auditing.opened, pytest.raises(Fault) as stopped:
        auditing.whole(quiet)
    assert stopped.value.code == "audit-stopped"
    place = Place.load(directory.path / PLACE)
    assert place is not None
    assert place.done == 3
    assert audited(directory.path).checked == FILES


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b'{"format":"anjuan.audit/2"}', b'{"format":"anjuan.audit/1"}'])
def test_a_place_that_cannot_be_read_is_refused_with_what_to_do(directory: Archived, text: bytes) -> None:
    (directory.path / PLACE).write_bytes(text)
    with pytest.raises(Fault) as refused:
        audited(directory.path)
    assert refused.value.code == "audit-place"
    assert "--restart" in refused.value.defects[0].remedy
    assert audited(directory.path, restart=True).findings == ()


def test_the_same_seed_draws_the_same_sample_in_the_order_of_the_records() -> None:
    items = [Item("case", n, f"object-{n}", None, "blob", 1) for n in range(100)]
    drawn = sampled(items, 10, "2026")
    assert drawn == sampled(items, 10, "2026")
    assert [item.seq for item in drawn] == sorted(item.seq for item in drawn)
    assert drawn != sampled(items, 10, "2027")
    assert set(drawn) <= set(sampled(items, 20, "2026"))
    assert sampled(items, 1000, "x") == tuple(items)
    assert len({item for seed in range(60) for item in sampled(items, 10, str(seed))}) > 95


def test_findings_are_kept_and_read_back_as_they_were(tmp_path: Path) -> None:
    finding = Finding(Problem.MISSING, "case", 1, "object", "v1", "缺")
    place = Place(7, 3, (finding,))
    place.save(tmp_path / PLACE)
    place.save(tmp_path / PLACE)
    assert Place.load(tmp_path / PLACE) == place
    assert Place.load(tmp_path / "none") is None


def test_the_command_says_what_is_wrong_and_ends_as_verify_does(
    directory: Archived, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANJUAN_ARCHIVE", str(directory.path))
    directory.office.on("2026-11-01")
    for case in directory.cases:
        directory.office.archive.keeping.keep(case)
    status, said, _ = ran(capsys, "vault", "audit")
    assert status == 0
    assert "核对 6 份" in said
    assert "每秒" in said
    name = directory.objects(directory.cases[0])[0][0]
    vaults.take_away(directory.path, name)
    status, said, _ = ran(capsys, "vault", "audit")
    assert status == 1
    assert f"缺失  案件 {directory.cases[0]} 第 1 号记录  文件 {name}" in said
    status, said, _ = ran(capsys, "vault", "audit", "--json")
    assert (status, json.loads(said)["findings"][0]["problem"]) == (1, "missing")
    status, said, _ = ran(capsys, "vault", "audit", "--sample", "2", "--seed", "2026", "--json")
    told = json.loads(said)
    assert (told["checked"], told["objects"], told["sample"]) == (2, FILES, {"size": 2, "seed": "2026"})
    assert "种子" in ran(capsys, "vault", "audit", "--sample", "2")[1]
    assert ran(capsys, "vault", "audit", "--seed", "2026")[0] == 1
