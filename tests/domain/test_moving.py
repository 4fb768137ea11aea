"""Corrected versions of a rulebook in a real archive: adopted, used for new cases, moved to by running ones (R20)."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from domain.errors import Fault
from domain.formats.act import sign_act
from domain.formats.package import open_package
from domain.rules.binding import bindings
from domain.rules.compliance import compliance
from domain.rules.time_limits import deadlines
from domain.rules.vocabulary import Length, Unit
from domain.verification.package_check import verify_package
from projections.dossier.package import export
from projections.views import CaseViews
from storage.rulebook_store import RulebookStore
from storage.rulebooks import installed
from tests.office import INTAKE, RULEBOOK

if TYPE_CHECKING:
    from domain.formats.record import Record
    from domain.rules.rulebook import Rulebook
    from tests.office import Office

BOOK = installed()[RULEBOOK]
CORRECTED = replace(
    BOOK,
    title=f"{BOOK.title}（更正）",
    limits=tuple(
        replace(limit, length=Length(Unit.WORKDAYS, n=20)) if limit.code == "decide" else limit for limit in BOOK.limits
    ),
)
HANDLER, HEAD = "handler:陈立", "head:王强"


def moved(office: Office, case: str, book: Rulebook = CORRECTED) -> Record:
    return office.do(case, "version-change", {"version": book.digest, "reason": "处理期限录入有误。"}, HANDLER, HEAD)


def refusal(call: Any) -> Fault:
    with pytest.raises(Fault) as caught:
        call()
    return caught.value


def due(office: Office, case: str) -> str:
    found = deadlines(office.archive.case(case), office.today)
    return next(str(d.due) for d in found if d.limit.code == "decide")


def test_an_adopted_version_opens_new_cases_and_leaves_running_ones(office: Office) -> None:
    running = office.accepted()
    office.adopt(CORRECTED)
    fresh = office.accepted()
    assert office.archive.case(running).rulebook == BOOK
    assert office.archive.case(fresh).rulebook.digest == CORRECTED.digest
    assert (due(office, running), due(office, fresh)) == ("2023-04-13", "2023-03-29")


def test_a_version_adopted_is_read_for_as_long_as_the_archive_lives(office: Office) -> None:
    office.adopt(CORRECTED)
    again = RulebookStore(office.path)
    assert again.rulebook(CORRECTED.digest).digest == CORRECTED.digest
    assert again.form(CORRECTED.digest, CORRECTED.forms[0].path)


def test_a_moved_case_names_the_new_version_from_then_on(office: Office) -> None:
    case = office.accepted()
    office.adopt(CORRECTED)
    moved(office, case)
    record = office.do(case, "suspension", {"days": 5, "reasons": "必要"}, HANDLER, HEAD)
    named = [r.act.rulebook_digest for r in office.archive.records(case)]
    assert named == [BOOK.digest] * 3 + [CORRECTED.digest]
    assert record.seq == 4
    assert due(office, case) == "2023-03-29"
    first, now = bindings(office.archive.case(case))
    assert (first.last, now.first, now.reason) == (3, 4, "处理期限录入有误。")


def test_an_act_drafted_under_the_old_version_is_drafted_anew(office: Office) -> None:
    case = office.accepted()
    office.adopt(CORRECTED)
    made = office.draft(case, "suspension", {"days": 5, "reasons": "必要"}, HANDLER, HEAD)
    moved(office, case)
    signatures = [sign_act(made.payload, office.keys[name]) for name in ("陈立", "王强")]
    assert refusal(lambda: office.archive.submit(made.payload, signatures, made.disclosures)).code == "rulebook"


def test_a_version_not_adopted_or_no_longer_is_refused(office: Office) -> None:
    case = office.accepted()
    assert refusal(lambda: moved(office, case)).code == "not-adopted"
    record = office.adopt(CORRECTED)
    home = office.archive.register().archive or ""
    facts = {"target": record.seq, "mode": "voids", "reason": "误启用"}
    office.do(home, "rectification", facts, "registrar:陈立", "registrar:李敏")
    assert refusal(lambda: moved(office, case)).code == "not-adopted"


def test_a_case_moved_before_its_version_was_taken_back_stays_readable(office: Office) -> None:
    case = office.accepted()
    record = office.adopt(CORRECTED)
    moved(office, case)
    home = office.archive.register().archive or ""
    facts = {"target": record.seq, "mode": "voids", "reason": "误启用"}
    office.do(home, "rectification", facts, "registrar:陈立", "registrar:李敏")
    assert office.archive.case(case).rulebook.digest == CORRECTED.digest
    office.do(case, "suspension", {"days": 5, "reasons": "必要"}, HANDLER, HEAD)


def test_a_rulebook_that_contradicts_itself_is_not_adopted(office: Office) -> None:
    broken = replace(BOOK, stages=tuple(stage for stage in BOOK.stages if stage.code != "handling"))
    assert refusal(lambda: office.adopt(broken)).code == "undefined"
    assert office.archive.rulebook(RULEBOOK) == BOOK


def test_the_package_holds_every_version_and_passes(office: Office) -> None:
    case = office.accepted()
    office.adopt(CORRECTED)
    moved(office, case)
    out = io.BytesIO()
    export(office.archive, case, "存档", out, exported="2023-03-20T01:02:03.000Z")
    names = open_package(out).names
    for book in (BOOK, CORRECTED):
        assert f"data/rulebook/{book.digest}/rulebook.json" in names
    report = verify_package(out, office.archive.trust())
    assert report.exit_status == 0, [f for f in report.findings if f.verdict.value == "FAILED"]


def test_read_models_tell_each_record_by_its_version(office: Office) -> None:
    case = office.accepted()
    retitled = replace(CORRECTED, actions=tuple(_retitled(a) for a in CORRECTED.actions))
    office.adopt(retitled)
    views = CaseViews(office.path / "views.db", office.archive)
    moved(office, case, retitled)
    views.catch_up()
    rows = views.timeline(case, limit=10)["rows"]
    assert [row["title"] for row in rows] == ["签收", "受理", "变更适用版本"]
    assert next(d["due"] for d in views.deadlines(office.today, case=case) if d["limit"] == "decide") == "2023-03-29"
    views.close()


def _retitled(action: Any) -> Any:
    return replace(action, title="立案受理") if action.code == "acceptance" else action


@pytest.mark.parametrize(("day", "needed"), [("2023-12-31", False), ("2024-01-01", True)])
def test_opening_after_the_end_of_the_law_needs_a_stated_basis(office: Office, day: str, needed: bool) -> None:
    office.on("2024-01-02")
    days = {"received_on": day, "filed_on": day, "challenged_on": "2023-12-01", "challenge_received_on": "2023-12-01"}
    facts = {**INTAKE, **days, "answered_on": "2023-12-11"}
    case = office.archive.ids.uuid7()
    call = lambda: office.draft(case, "intake", facts, HANDLER, evidence=office.papers(case))  # noqa: E731  # one call
    if needed:
        found = refusal(call)
        assert (found.code, found.defects[0].article) == ("not-in-force", "43")
        assert office.draft(case, "intake", {**facts, "basis": "继续参照执行"}, HANDLER, evidence=office.papers(case))
    else:
        assert call()


def test_compliance_says_which_version_applied_when(office: Office) -> None:
    case = office.accepted()
    office.adopt(CORRECTED)
    moved(office, case)
    found = compliance(office.archive.case(case), office.today)
    assert [(b.book.digest, b.first, b.last) for b in found.bindings] == [
        (BOOK.digest, 1, 3),
        (CORRECTED.digest, 4, None),
    ]
