"""What the records demand of the vault is carried out, again and again until nothing is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from domain.custody_check import open_digests
from domain.errors import Fault
from domain.formats.act import sign_act
from domain.keeping import Keeping, Kept, named
from tests.domain.keeping_vault import Away
from tests.office import Office

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from domain.evidence_port import BlobState

TWO = ("registrar:陈立", "registrar:李敏")
LITIGATION = {"reason": "litigation", "basis": "（2023）行初1号"}


@pytest.fixture
def short(tmp_path: Path) -> Iterator[Office]:
    """An archive whose own period is ten years."""
    made = Office(tmp_path, retention="10-years")
    yield made
    made.close()


def states(office: Office, case: str) -> list[BlobState]:
    return [office.archive.vault.stat(*place) for place in named(office.archive.case(case))]


def ends(office: Office, case: str) -> set[datetime | None]:
    return {state.retain_until for state in states(office, case)}


def end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 16, tzinfo=UTC)


def refused(code: str, call: Any) -> Fault:
    with pytest.raises(Fault) as caught:
        call()
    assert code in {d.code for d in caught.value.defects}, caught.value.defects
    return caught.value


def submit(office: Office, action: str, facts: dict[str, Any], case: str | None = None) -> Any:
    """A signed act of custody, to be submitted as often as is needed."""
    home = case or office.archive.register().archive or ""
    made = office.draft(home, action, facts, *TWO)
    signatures = [sign_act(made.payload, office.keys[text.split(":")[1]]) for text in TWO]
    return lambda: office.archive.submit(made.payload, signatures, made.disclosures)


def away(office: Office, left: int = 0) -> None:
    """From now on the vault answers `left` more changes."""
    archive = office.archive
    archive.keeping = Keeping(archive.reader, Away(archive.vault, left), archive.keys, archive.clock)  # type: ignore[arg-type]  # a vault otherwise


def back(office: Office) -> None:
    archive = office.archive
    archive.keeping = Keeping(archive.reader, archive.vault, archive.keys, archive.clock)


def test_a_file_is_locked_as_the_table_demands_before_an_act_names_it(short: Office) -> None:
    case = short.opened()
    assert ends(short, case) == {end_of(date(2053, 3, 1))}  # 30 years from today, as the case isn't closed


def test_closing_a_case_lengthens_what_its_closing_begins(short: Office) -> None:
    case = short.decided()
    short.on("2023-05-08")
    facts = {"contents": ["投诉书"], "volumes": 1, "keeper": "办公室"}
    short.do(case, "filing", facts, "handler:陈立")
    assert ends(short, case) == {end_of(date(2053, 5, 8))}


def test_a_date_that_is_put_right_counts_anew(short: Office) -> None:
    case = short.filed()
    short.on("2023-05-31")
    facts = {"target": 6, "mode": "corrects", "reason": "日期有误", "changes": {}, "occurred": "2023-05-30"}
    short.do(case, "rectification", facts, "handler:陈立", "reviewer:李敏")
    assert ends(short, case) == {end_of(date(2053, 5, 30))}


def test_a_case_that_moves_to_a_version_with_a_longer_table_is_locked_anew(short: Office) -> None:
    case = short.opened()
    law = short.archive.rulebook("lu-cai-cai-2018-72")
    longer = tuple(replace(row, period="99 years") for row in law.retention)
    book = replace(law, retention=longer)
    short.adopt(book)
    facts = {"version": book.digest, "reason": "保管期限更正"}
    short.do(case, "version-change", facts, "handler:陈立", "head:王强")
    assert ends(short, case) == {end_of(date(2122, 3, 1))}


def test_a_hold_is_set_on_every_file_of_its_case_and_lifted_with_the_last_one(office: Office) -> None:
    case, other = office.opened(), office.opened()
    one = office.custody("evidence-held", case=case, **LITIGATION)
    two = office.custody("evidence-held", case=case, reason="reconsideration", basis="临政复〔2023〕1号")
    assert {s.hold for s in states(office, case)} == {True}
    assert {s.hold for s in states(office, other)} == {False}
    office.custody("evidence-released", answers=one.seq, reason="已经审结")
    assert {s.hold for s in states(office, case)} == {True}
    office.custody("evidence-released", answers=two.seq, reason="已经决定")
    assert {s.hold for s in states(office, case)} == {False}


def test_a_hold_is_released_once(office: Office) -> None:
    hold = office.custody("evidence-held", case=office.opened(), **LITIGATION)
    office.custody("evidence-released", answers=hold.seq, reason="已经审结")
    fault = refused("not-held", lambda: office.custody("evidence-released", answers=hold.seq, reason="再次"))
    assert fault.defects[0].field == "facts.answers"


def test_voiding_a_hold_lifts_it_and_voiding_its_release_sets_it_again(office: Office) -> None:
    case = office.opened()
    hold = office.custody("evidence-held", case=case, **LITIGATION)
    release = office.custody("evidence-released", answers=hold.seq, reason="已经审结")
    office.custody("rectification", target=release.seq, mode="voids", reason="尚未审结")
    assert {s.hold for s in states(office, case)} == {True}
    office.custody("rectification", target=hold.seq, mode="voids", reason="案件写错")
    assert {s.hold for s in states(office, case)} == {False}


def test_a_hold_that_is_corrected_to_another_case_moves_there(office: Office) -> None:
    case, other = office.opened(), office.opened()
    hold = office.custody("evidence-held", case=case, **LITIGATION)
    office.custody("rectification", target=hold.seq, mode="corrects", reason="案件写错", changes={"case": other})
    assert [{s.hold for s in states(office, c)} for c in (case, other)] == [{False}, {True}]


def test_a_file_that_comes_while_its_case_is_held_is_held_before_it_is_named(office: Office) -> None:
    case = office.notified()
    office.custody("evidence-held", case=case, **LITIGATION)
    facts = {
        "party": "hospital",
        "received_on": "2023-03-01",
        "statement": "评分标准合法。",
        "progress": "已签订合同。",
    }
    paper = [{"object": office.file(case, "说明.pdf", b"%PDF-1.4 answer"), "slot": "statement"}]
    office.do(case, "written-answer", {**facts, "answers": 3}, "handler:陈立", evidence=paper)
    assert {s.hold for s in states(office, case)} == {True}


def test_a_hold_that_is_entered_while_an_act_names_a_file_holds_that_file_too(office: Office) -> None:
    case, vault = office.notified(), office.archive.vault
    facts = {
        "party": "hospital",
        "received_on": "2023-03-01",
        "statement": "评分标准合法。",
        "progress": "已签订合同。",
    }
    name = office.file(case, "说明.pdf", b"%PDF-1.4 answer")

    class Interrupted:
        """A real vault; when it is asked about the file for the second time, two registrars hold the case."""

        asked = 0

        def stat(self, object: str, version: str | None) -> BlobState:  # noqa: A002  # the port's word
            self.asked += object == name
            if self.asked == 3:  # once for the draft, twice for the entry: before and after it was locked
                self.asked += 1
                state = vault.stat(object, version)
                office.archive.vault = vault
                office.custody("evidence-held", case=case, **LITIGATION)
                return state
            return vault.stat(object, version)

        def __getattr__(self, called: str) -> Any:
            return getattr(vault, called)

    office.archive.vault = Interrupted()  # type: ignore[assignment]  # a vault otherwise
    paper = [{"object": name, "slot": "statement"}]
    office.do(case, "written-answer", {**facts, "answers": 3}, "handler:陈立", evidence=paper)
    assert vault.stat(name, None).hold
    assert {s.hold for s in states(office, case)} == {True}


def test_retention_is_extended_and_never_shortened(short: Office) -> None:
    case = short.opened()
    fault = refused(
        "retention-shortened", lambda: short.custody("retention-extended", case=case, until="2053-03-01", reason="x")
    )
    assert "2053-03-01" in fault.defects[0].message
    refused(
        "retention-too-long", lambda: short.custody("retention-extended", case=case, until="2123-03-02", reason="x")
    )
    short.custody("retention-extended", case=case, until="2060-01-01", reason="重要案件")
    assert ends(short, case) == {end_of(date(2060, 1, 1))}
    seq = short.archive.case(short.archive.register().archive or "").seq
    void = {"target": seq, "mode": "voids", "reason": "误录"}
    refused("retention-shortened", lambda: short.custody("rectification", **void))
    earlier = {"target": seq, "mode": "corrects", "reason": "误录", "changes": {"until": "2059-01-01"}}
    refused("retention-shortened", lambda: short.custody("rectification", **earlier))
    short.custody("rectification", **{**earlier, "changes": {"until": "2061-01-01"}})
    assert ends(short, case) == {end_of(date(2061, 1, 1))}


def test_the_archives_period_changes_forward_and_is_not_put_right(short: Office) -> None:
    case = short.opened()
    changed = short.custody("retention-changed", retention="permanent", reason="本级规定")
    assert ends(short, case) == {end_of(date(2053, 3, 1))}  # nothing is done for every case while one act is entered
    assert short.archive.keeping.keep(case).lengthened == 3
    assert ends(short, case) == {end_of(date(2123, 3, 1))}
    void = {"target": changed.seq, "mode": "voids", "reason": "误录"}
    refused("retention-fixed", lambda: short.custody("rectification", **void))
    short.custody("retention-changed", retention="10-years", reason="本级规定")
    assert short.archive.keeping.demand(short.archive.case(case)).until == end_of(date(2123, 3, 1))
    short.on("2023-03-02")
    assert ends(short, short.opened()) == {end_of(date(2053, 3, 2))}


def test_nothing_is_held_extended_or_destroyed_that_is_no_case(office: Office) -> None:
    unknown, home = office.archive.ids.uuid7(), office.archive.register().archive
    for case, code in ((unknown, "unknown-case"), (home, "register-case")):
        refused(code, lambda c=case: office.custody("evidence-held", case=c, **LITIGATION))
        refused(code, lambda c=case: office.custody("retention-extended", case=c, until="2060-01-01", reason="x"))
        refused(code, lambda c=case: office.custody("destruction", case=c, sha256=[], reason="x"))


def test_one_registrar_alone_holds_and_destroys_nothing(office: Office) -> None:
    home, case = office.archive.register().archive or "", office.opened()
    facts = {"case": case, **LITIGATION}
    refused("signers", lambda: office.do(home, "evidence-held", facts, "registrar:陈立"))
    refused("no-capacity", lambda: office.do(home, "evidence-held", facts, "registrar:陈立", "registrar:王强"))


def _destruction(office: Office, case: str, **changes: Any) -> dict[str, Any]:
    return {"case": case, "sha256": list(open_digests(office.archive.case(case))), "reason": "保管期限届满", **changes}


def test_nothing_is_destroyed_before_its_retention_has_ended(short: Office) -> None:
    case = short.filed(procurement_ended_on="2023-02-01")
    for day in ("2023-03-01", "2053-03-01"):
        short.on(day)
        fault = refused("retention-not-ended", lambda: short.custody("destruction", **_destruction(short, case)))
        assert "至 2053-03-01" in fault.defects[0].message
    short.on("2053-03-02")
    short.custody("destruction", **_destruction(short, case))
    assert short.archive.keys.destroyed(case)


def test_nothing_is_destroyed_while_it_is_held(short: Office) -> None:
    case = short.filed(procurement_ended_on="2023-02-01")
    hold = short.custody("evidence-held", case=case, **LITIGATION)
    short.on("2053-03-02")
    refused("on-hold", lambda: short.custody("destruction", **_destruction(short, case)))
    short.custody("evidence-released", answers=hold.seq, reason="已经审结")
    short.custody("destruction", **_destruction(short, case))


def test_an_open_case_and_one_kept_for_ever_are_never_destroyed(office: Office) -> None:
    case = office.filed(procurement_ended_on="2023-02-01")
    office.on("2199-01-01")
    refused("retention-not-ended", lambda: office.custody("destruction", **_destruction(office, case)))


def test_a_destruction_names_every_open_digest_once(short: Office) -> None:
    case = short.filed(procurement_ended_on="2023-02-01")
    short.on("2053-03-02")
    whole = list(open_digests(short.archive.case(case)))
    assert len(whole) == 2  # complaint and proof; the identity paper is personal
    for listed in (whole[:1], [*whole, whole[0]], [*whole, "00" * 32], []):
        refused("sha256", lambda told=listed: short.custody("destruction", **_destruction(short, case, sha256=told)))


def test_what_is_destroyed_stays_so_and_its_records_still_stand(short: Office) -> None:
    case = short.filed(procurement_ended_on="2023-02-01")
    before = [record.data for record in short.archive.records(case)]
    short.on("2053-03-02")
    done = short.custody("destruction", **_destruction(short, case))
    assert [record.data for record in short.archive.records(case)] == before
    assert short.archive.disclosures(short.archive.records(case)[0]) == ()
    for facts in ({"mode": "voids"}, {"mode": "corrects", "changes": {"reason": "其他"}}):
        void = {"target": done.seq, "reason": "误录", **facts}
        if facts["mode"] == "voids":
            refused("destruction-final", lambda told=void: short.custody("rectification", **told))
    refused("content-destroyed", lambda: short.custody("destruction", **_destruction(short, case)))
    refused("content-destroyed", lambda: short.custody("evidence-held", case=case, **LITIGATION))
    refused("content-destroyed", lambda: short.do(case, "rectification", {}, "handler:陈立", "reviewer:李敏"))


def test_a_vault_that_is_away_leaves_the_record_standing_and_the_same_act_again_does_the_rest(office: Office) -> None:
    case = office.opened()
    enter = submit(office, "evidence-held", {"case": case, **LITIGATION})
    away(office, left=1)
    fault = refused("not-carried-out", enter)
    assert "已经入卷" in fault.defects[0].message
    assert "anjuan vault keep" in fault.defects[0].remedy
    assert sum(s.hold for s in states(office, case)) == 1
    position = office.archive.events.position()
    refused("not-carried-out", enter)
    back(office)
    assert enter().act.action == "evidence-held"
    assert {s.hold for s in states(office, case)} == {True}
    assert office.archive.events.position() == position


def test_keeping_does_what_is_missing_and_nothing_twice(office: Office) -> None:
    case = office.opened()
    enter = submit(office, "evidence-held", {"case": case, **LITIGATION})
    away(office)
    refused("not-carried-out", enter)
    back(office)
    first, second = office.archive.keeping.keep(case), office.archive.keeping.keep(case)
    assert (first.objects, first.held, first.changed) == (3, 3, True)
    assert second == Kept(case, 3)
    number = office.archive.case(office.archive.register().archive or "").seq
    leave = submit(office, "evidence-released", {"answers": number, "reason": "已经审结"})
    away(office)
    refused("not-carried-out", leave)
    back(office)
    assert office.archive.keeping.keep(case) == Kept(case, 3, released=3)


def test_what_is_counted_from_today_is_lengthened_when_it_lies_a_quarter_behind(office: Office) -> None:
    case = office.opened()
    start = office.clock.now()
    for days, lengthened in ((89, 0), (91, 3), (92, 0)):
        office.clock.set(start + timedelta(days=days))
        assert office.archive.keeping.keep(case).lengthened == lengthened, days


def test_a_hold_that_the_register_never_set_is_left_alone(office: Office) -> None:
    case = office.opened()
    place = named(office.archive.case(case))[0]
    office.archive.vault.hold(*place, True)
    assert not office.archive.keeping.keep(case).changed
    assert office.archive.vault.stat(*place).hold


def test_a_file_that_is_gone_is_named_and_the_others_are_kept(office: Office) -> None:
    case = office.opened()
    gone = named(office.archive.case(case))[0][0]
    (note,) = (office.path / "vault").rglob(f"{gone}/note")
    note.parent.rename(office.path / "elsewhere")
    fault = refused("not-carried-out", submit(office, "evidence-held", {"case": case, **LITIGATION}))
    assert gone in fault.defects[0].message
    kept = office.archive.keeping.keep(case)
    assert (kept.missing, kept.objects) == ((gone,), 3)
    assert all(office.archive.vault.stat(*place).hold for place in named(office.archive.case(case))[1:])
