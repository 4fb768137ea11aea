"""Less than everything, several processes, an interruption: the report says what it covers; the rest is the same."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from api.wiring import open_archive
from domain.errors import Fault
from domain.formats.verdict import Report, Verdict
from domain.verification import Scope, verify_package
from domain.verification.told import conclusion
from ops.bench.large import grown
from ops.verification_place import own_folder
from ops.verifying import CHUNK, verify_home
from tests.verification.factory import Archive, archive

if TYPE_CHECKING:
    from pathlib import Path

    from domain.formats.trust import Trust
    from tests.ops.running import Run

CASES, EACH = CHUNK + 7, 3


@pytest.fixture(scope="module")
def grown_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "archive"
    grown(path, CASES, EACH)
    return path


@pytest.fixture(scope="module")
def trust(grown_once: Path) -> Trust:
    with open_archive(grown_once) as running:
        return running.archive.trust()


@pytest.fixture
def home(grown_once: Path, tmp_path: Path) -> Path:
    return shutil.copytree(grown_once, tmp_path / "archive")


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def cases_of(home: Path) -> list[str]:
    with sqlite3.connect(home / "events.db") as rows:
        question = "SELECT originator_id FROM stored_events GROUP BY originator_id ORDER BY min(rowid)"
        found = [case for (case,) in rows.execute(question)]
    rows.close()
    return found


def tampered(home: Path, statement: str, *values: Any) -> None:
    with sqlite3.connect(home / "events.db") as rows:
        for (trigger,) in rows.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            rows.execute(f"DROP TRIGGER {trigger}")
        rows.execute(statement, values)
    rows.close()


def changed_signature(home: Path, case: str) -> None:
    """The last record of a case with another signature, and the receipt as it was: only a signature check sees it."""
    record = "WHERE originator_id = ? AND originator_version = ?"
    with sqlite3.connect(home / "events.db") as rows:
        (data,) = rows.execute(f"SELECT state FROM stored_events {record}", (case, EACH)).fetchone()  # noqa: S608  # a constant
    rows.close()
    value = json.loads(data)
    head, payload, signature = value["receipt"].split(".")
    value["receipt"] = ".".join((head, payload, "A" * 20 + signature[20:]))
    written = json.dumps(value, separators=(",", ":"), sort_keys=True).encode()
    tampered(home, f"UPDATE stored_events SET state = ? {record}", written, case, EACH)  # noqa: S608  # same


def swapped(home: Path, case: str) -> None:
    """Two records of a case in each other's places."""
    for was, becomes in ((2, 99), (3, 2), (99, 3)):
        statement = "UPDATE stored_events SET originator_version = ? WHERE originator_id = ? AND originator_version = ?"
        tampered(home, statement, becomes, case, was)


def verdicts(report: Report) -> dict[str, set[Verdict]]:
    found: dict[str, set[Verdict]] = {}
    for finding in report.findings:
        found.setdefault(finding.check, set()).add(finding.verdict)
    return found


def test_several_processes_say_exactly_what_one_says(home: Path, trust: Trust) -> None:
    cases = cases_of(home)
    assert verify_home(home, trust, None, processes=1).exit_status == 0
    changed_signature(home, cases[5])
    swapped(home, cases[-3])
    for scope in (Scope(), Scope(hash_only=True), Scope(sample=CHUNK + 2, seed="七")):
        alone = verify_home(home, trust, None, processes=1, scope=scope)
        assert json.dumps(alone.as_json()) == json.dumps(
            verify_home(home, trust, None, processes=2, scope=scope).as_json()
        )
    assert verify_home(home, trust, None, processes=2).exit_status == 1


def test_what_one_process_cannot_read_is_a_fault_of_the_whole(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "case-keys.db").write_bytes(b"no database at all, whatever it is called")
    with pytest.raises(Fault):
        verify_home(home, None, None, processes=2)


def test_digests_alone_never_call_a_signature_good(home: Path, trust: Trust) -> None:
    report = verify_home(home, trust, None, scope=Scope(hash_only=True))
    assert report.exit_status == 0
    found = verdicts(report)
    for check in ("signatures", "receipts", "register", "authority", "procedure", "trust", "disclosures"):
        assert found[check] == {Verdict.NOT_JUDGED}, check
    assert all(found[check] == {Verdict.PASSED} for check in ("records", "chain", "rulebook", "calendar", "vault"))
    assert "只核对摘要" in conclusion(report).sentence
    assert report.as_json()["coverage"]["mode"] == "hash-only"  # type: ignore[index,call-overload]  # JSON of a known shape


def test_digests_alone_find_what_digests_show_and_no_more(home: Path, trust: Trust) -> None:
    cases, scope = cases_of(home), Scope(hash_only=True)
    changed_signature(home, cases[-1])
    assert verify_home(home, trust, None, scope=scope).exit_status == 0
    assert verify_home(home, trust, None).exit_status == 1
    swapped(home, cases[-2])
    report = verify_home(home, trust, None, scope=scope)
    assert {f.reason for f in report.findings if f.verdict is Verdict.FAILED} >= {"chain-seq", "chain-prev"}
    file = next((home / "vault" / "objects").rglob("bytes"))
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    assert "blob-digest" in {f.reason for f in verify_home(home, trust, None, scope=scope).findings}
    shutil.rmtree(file.parent)
    gone = [f for f in verify_home(home, trust, None, scope=scope).findings if f.reason == "blob-missing"]
    assert {f.verdict for f in gone} == {Verdict.INDETERMINATE}  # an act may have destroyed it: acts aren't read


def test_a_level_above_the_chain_cannot_be_asked_of_digests(home: Path) -> None:
    with pytest.raises(Fault) as caught:
        verify_home(home, None, "logged", scope=Scope(hash_only=True))
    assert caught.value.code == "require"


def test_a_sample_says_what_it_is_and_the_same_seed_draws_the_same(home: Path, trust: Trust) -> None:
    report = verify_home(home, trust, None, scope=Scope(sample=4, seed="2026-11"))
    assert report.exit_status == 0
    coverage = report.coverage
    assert (coverage.cases, coverage.of, coverage.seed, len(coverage.sampled)) == (4, CASES, "2026-11", 4)
    again = verify_home(home, trust, None, scope=Scope(sample=4, seed="2026-11"))
    other = verify_home(home, trust, None, scope=Scope(sample=4, seed="2026-12"))
    assert again == report
    assert other.coverage.sampled != coverage.sampled
    assert f"{CASES} 个案件中的 4 个" in conclusion(report).sentence
    assert [f.reason for f in report.findings if f.verdict is Verdict.NOT_JUDGED] == ["not-sampled"]


def test_a_sample_sees_its_own_cases_only(home: Path, trust: Trust) -> None:
    drawn = verify_home(home, trust, None, scope=Scope(sample=4, seed="1")).coverage.sampled
    outside = next(case for case in cases_of(home)[5:] if case not in drawn)
    changed_signature(home, outside)
    assert verify_home(home, trust, None, scope=Scope(sample=4, seed="1")).exit_status == 0
    changed_signature(home, drawn[0])
    assert verify_home(home, trust, None, scope=Scope(sample=4, seed="1")).exit_status == 1


@pytest.mark.parametrize("wrong", [{"sample": 0, "seed": "a"}, {"sample": 1}, {"sample": 1, "seed": "x" * 101}])
def test_a_sample_needs_a_number_and_a_seed(wrong: dict[str, Any]) -> None:
    with pytest.raises(Fault) as caught:
        Scope(**wrong)
    assert caught.value.code == "scope"


class Stopped(Exception):  # noqa: N818  # what a person does, not an error
    """The one who verifies stops it."""


def interrupted(home: Path, trust: Trust, place: Path, after: int) -> None:
    def tick(done: int, _total: int) -> None:
        if done > after:
            raise Stopped

    with pytest.raises(Stopped):
        verify_home(home, trust, None, tick, processes=1, place=place)


def test_an_interrupted_verification_goes_on_where_it_was(home: Path, trust: Trust, tmp_path: Path) -> None:
    place = tmp_path / "place"
    changed_signature(home, cases_of(home)[6])
    whole = verify_home(home, trust, None, processes=1)
    interrupted(home, trust, place, 20)
    judged: list[int] = []
    report = verify_home(home, trust, None, lambda done, _: judged.append(done), processes=2, place=place)
    assert judged == list(range(21, CASES + 1))
    assert report == replace(whole, coverage=replace(whole.coverage, resumed=20))
    assert "其中 20 个案件先前已判定" in conclusion(report).sentence
    assert not list(place.iterdir())


def test_a_place_counts_only_for_the_same_question_and_as_far_as_it_can_be_read(
    home: Path, trust: Trust, tmp_path: Path
) -> None:
    place = tmp_path / "place"
    interrupted(home, trust, place, 20)
    assert verify_home(home, trust, None, scope=Scope(hash_only=True), place=place).coverage.resumed == 0
    (kept,) = place.iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    lines = kept.read_bytes().splitlines(keepends=True)
    kept.write_bytes(b"".join(lines[:7]) + lines[7][:-9])
    assert verify_home(home, trust, None, place=place).coverage.resumed == 7


def test_a_record_entered_meanwhile_makes_it_begin_anew(home: Path, trust: Trust, tmp_path: Path) -> None:
    place = tmp_path / "place"
    interrupted(home, trust, place, 20)
    case = cases_of(home)[-1]
    tampered(home, "DELETE FROM stored_events WHERE originator_id = ? AND originator_version = ?", case, EACH)
    assert verify_home(home, trust, None, place=place).coverage.resumed == 0


@pytest.fixture(scope="module")
def made() -> Archive:
    return archive()


def test_a_package_by_its_digests_alone(made: Archive, tmp_path: Path) -> None:
    def told(data: bytes) -> Report:
        (tmp_path / "a.zip").write_bytes(data)
        with (tmp_path / "a.zip").open("rb") as file:
            return verify_package(file, made.trust(), hash_only=True)

    whole, files = made.package(), made.payload()
    report = told(whole)
    assert report.exit_status == 0
    assert {f.check for f in report.findings if f.verdict is Verdict.NOT_JUDGED} >= {"signatures", "export", "trust"}
    assert told(made.package(by="b")).exit_status == 0  # an export that a signature check would refuse
    record = "data/records/0002.json"
    for data, reason in (
        (whole[:900] + bytes([whole[900] ^ 1]) + whole[901:], None),
        (made.package({name: content for name, content in files.items() if name != record}), "record-missing"),
        (made.package({**files, record: files["data/records/0003.json"]}), "chain-seq"),
        (made.package({**files, record: files[record].replace(b'"act"', b'"Act"', 1)}), "record-malformed"),
        (made.package(head=made.records[made.case][0].digest), "export-head"),
        (made.sealed({**files, "data/report.json": b"{}"}, made.export(files)), "export-manifest"),
    ):
        found = told(data)
        assert found.exit_status == 1, reason
        assert reason is None or reason in {f.reason for f in found.findings if f.verdict is Verdict.FAILED}


def test_the_command_line_asks_for_less(command: Run, home: Path, made: Archive, tmp_path: Path) -> None:
    trusted = str(home.parent / "trust.json")
    with open_archive(home) as running:
        (home.parent / "trust.json").write_bytes(running.archive.trust().dump())
    status, said, _ = command("verify", str(home), "--trust", trusted, "--sample", "3", "--json")
    told = json.loads(said)
    assert (status, told["coverage"]["cases"], len(told["coverage"]["seed"])) == (0, 3, 16)
    assert command("verify", str(home), "--hash-only")[0] == 0
    assert "抽样" in command("verify", str(home), "--trust", trusted, "--sample", "3", "--seed", "甲")[1]
    (tmp_path / "a.zip").write_bytes(made.package())
    assert command("verify", str(tmp_path / "a.zip"), "--hash-only")[0] == 0
    assert command("verify", str(tmp_path / "a.zip"), "--sample", "3")[0] == 64
    assert command("verify", str(home), "--seed", "甲")[0] == 64
    assert command("verify", str(home), "--hash-only", "--require", "logged")[0] == 64


def test_the_command_line_goes_on_unless_told_otherwise(
    command: Run, home: Path, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def resumed() -> int:
        interrupted(home, trust, own_folder(), 20)
        report = json.loads(command("verify", str(home), "--processes", "1", "--json", *more)[1])
        asked.append(report["coverage"]["resumed"])
        return asked[-1]

    more: list[str] = []
    assert resumed() == 20
    more = ["--restart"]
    assert resumed() == 0


def test_what_is_entered_after_it_began_is_no_part_of_it(home: Path, trust: Trust) -> None:
    case = cases_of(home)[-1]

    def tick(done: int, _total: int) -> None:
        if done == 1:
            with sqlite3.connect(home / "events.db") as rows:
                rows.execute(
                    "INSERT INTO stored_events (originator_id, originator_version, topic, state, act) "
                    "VALUES (?, ?, 'remark', x'00', 'one more')",
                    (case, EACH + 1),
                )
            rows.close()

    assert verify_home(home, trust, None, tick, processes=1).exit_status == 0
    assert verify_home(home, trust, None, processes=1).exit_status == 1
