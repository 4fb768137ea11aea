"""Who may sign what, and when: the register as the verifier folds it."""

from __future__ import annotations

from typing import Any

import pytest

from domain.formats.canonical import dump
from domain.formats.encoding import digest
from domain.formats.verdict import Verdict
from domain.rules.calendar import compile_year
from tests.verification.factory import DOMAIN, Archive, archive, calendar, moment, register_rules, small_rules, uuid7
from tests.verification.judging import against, places, reasons, verified

REGISTRARS = [("a", "registrar"), ("b", "registrar")]
THIRD = "data/records/0003.json"
FOURTH = "data/records/0004.json"


def grown(**founding: Any) -> Archive:
    """An archive whose case is accepted and not yet decided."""
    made = Archive()
    made.found(**founding)
    made.staff()
    made.hear()
    made.records[made.case].pop()
    return made


def revoke(made: Archive, name: str, since: str, case: str | None = None) -> None:
    facts = {"kid": made.key(name).kid, "not_trusted_from": since, "reason": "遗失"}
    made.enter(case or made.officer(name), "key-revoked", facts, REGISTRARS)


def decide(made: Archive, *signers: tuple[str, str]) -> None:
    made.enter(made.case, "decision", {}, list(signers or (("a", "handler"), ("c", "head"))))


def test_a_key_counts_from_its_enrolment_only() -> None:
    made = grown()
    decide(made, ("a", "handler"), ("d", "head"))
    made.enrol("d", ["head"], REGISTRARS)
    report = verified(made.package(), made.trust())
    assert places(report, "not-enrolled") == {THIRD}


def test_a_key_counts_from_the_stated_moment_only() -> None:
    made = grown()
    made.enrol("d", ["head"], REGISTRARS, **{"from": moment(500)})
    decide(made, ("a", "handler"), ("d", "head"))
    assert places(verified(made.package(), made.trust()), "key-not-yet") == {THIRD}


def test_an_act_under_a_revoked_key_fails() -> None:
    made = grown()
    revoke(made, "c", moment(made.step + 1))
    decide(made)
    report = verified(made.package(), made.trust())
    assert places(report, "key-revoked") == {THIRD}
    assert report.exit_status == 1


def test_an_act_before_a_revocation_cannot_be_placed_by_the_archives_word_alone() -> None:
    made = grown()
    decide(made)
    revoke(made, "c", moment(made.step + 10))
    report = verified(made.package(), made.trust())
    assert [(f.reason, f.where, f.field) for f in against(report)] == [("key-time-unplaced", THIRD, "signers[1].kid")]
    assert report.exit_status == 2


def test_a_revocation_reaches_back_to_the_moment_it_states() -> None:
    made = grown()
    decide(made)
    revoke(made, "c", moment(made.step))
    assert places(verified(made.package(), made.trust()), "key-revoked") == {THIRD}


def test_a_borrowed_key_is_found() -> None:
    made = grown()
    signers = [("a", "handler"), ("b", "head")]
    record = made.enter(made.case, "decision", {}, signers, named=[("a", "a", "handler"), ("c", "b", "head")])
    assert record.act.signers[1].officer == made.officer("c")
    report = verified(made.package(), made.trust())
    assert places(report, "key-not-of-officer") == {THIRD}


def test_a_capacity_that_was_never_given_is_found() -> None:
    made = grown()
    decide(made, ("a", "handler"), ("b", "head"))
    report = verified(made.package(), made.trust())
    [finding] = [f for f in against(report) if f.reason == "capacity-missing"]
    assert (finding.where, finding.field) == (THIRD, "signers[1].as")
    assert "head" in finding.en


def test_a_capacity_that_was_taken_away_no_longer_counts() -> None:
    made = grown()
    facts = {"capacities": ["handler"], "from": moment(made.step + 1)}
    made.enter(made.officer("c"), "capacities-changed", facts, REGISTRARS)
    decide(made)
    assert places(verified(made.package(), made.trust()), "capacity-missing") == {THIRD}


def test_a_recused_officer_is_found_and_may_act_again_afterwards() -> None:
    made = grown()
    facts = {"case": made.case, "from": moment(made.step + 1), "reason": "近亲属"}
    made.enter(made.officer("c"), "recusal", facts, [("a", "registrar")])
    decide(made)
    assert places(verified(made.package(), made.trust()), "recused") == {THIRD}
    again = grown()
    again.enter(again.officer("c"), "recusal", facts, [("a", "registrar")])
    ended = {"case": made.case, "from": moment(again.step + 1), "reason": "回避事由消除"}
    again.enter(again.officer("c"), "recusal-ended", ended, REGISTRARS)
    decide(again)
    assert verified(again.package(), again.trust()).exit_status == 0


def test_root_enrols_two_officers_and_no_more() -> None:
    made = Archive()
    made.found()
    made.enrol("a", ["registrar", "handler"], [("root", "root"), ("a", "self")])
    made.enrol("b", ["registrar"], [("root", "root"), ("b", "self")])
    made.enrol("c", ["head"], [("root", "root"), ("c", "self")])
    made.hear()
    made.enter(made.case, "destruction", {"sha256": []}, [("b", "registrar")])  # so that b is among the signers
    report = verified(made.package(), made.trust())
    assert places(report, "root-retired") == {f"data/register/{made.officer('c')}/0001.json"}


def test_root_signs_no_act_of_a_case() -> None:
    made = grown()
    decide(made, ("a", "handler"), ("root", "root"))
    assert places(verified(made.package(), made.trust()), "root-retired") == {THIRD}


def test_an_enrolment_by_one_registrar_is_unlawful() -> None:
    made = grown()
    made.enrol("d", ["head"], [("a", "registrar")])
    decide(made, ("a", "handler"), ("d", "head"))
    report = verified(made.package(), made.trust())
    assert places(report, "procedure-unlawful") == {f"data/register/{made.officer('d')}/0001.json"}


def test_officers_enrolled_within_one_millisecond_are_taken_in_an_order_that_fits() -> None:
    made = Archive()
    made.found()
    start = made.step
    for enrol in (
        lambda: made.enrol("b", ["registrar"], [("root", "root"), ("b", "self")]),
        lambda: made.enrol("c", ["registrar", "handler", "head"], [("root", "root"), ("c", "self")]),
        lambda: made.enrol("a", ["registrar", "handler"], [("b", "registrar"), ("c", "registrar")]),
    ):
        made.step = start
        enrol()
    made.step = start  # and the case within the same millisecond
    made.enter(made.case, "intake", {"received_on": "2023-03-06", "contact": "李四"}, [("a", "handler")],
               evidence=[made.evidence()])  # fmt: skip
    report = verified(made.package(), made.trust())
    assert not against(report)


def test_a_successor_of_the_archive_key_counts_once_it_is_enrolled() -> None:
    made = grown()
    decide(made)
    facts = {"name": "档案", "unit": "财政局", "key": made.key("next").public.jwk, "from": moment(made.step + 1)}
    made.enter(made.own, "key-enrolled", facts, REGISTRARS)
    made.enter(made.case, "destruction", {"sha256": []}, [("c", "head")], receipt_by="next")
    # the small rulebook knows no act after the decision but this one
    assert not against(verified(made.package(by="next"), made.trust()))
    early = grown()
    early.enter(early.case, "decision", {}, [("a", "handler"), ("c", "head")], receipt_by="next")
    early.enter(early.own, "key-enrolled", {**facts, "from": moment(early.step + 1)}, REGISTRARS)
    assert places(verified(early.package(), early.trust()), "key-not-yet") == {THIRD}


def test_receipts_under_a_revoked_archive_key_are_judged_like_acts() -> None:
    made = grown()
    facts = {"name": "档案", "unit": "财政局", "key": made.key("next").public.jwk, "from": moment(made.step + 1)}
    made.enter(made.own, "key-enrolled", facts, REGISTRARS)
    revoke(made, "archive", moment(made.step + 2), made.own)
    made.step += 1
    made.enter(made.case, "decision", {}, [("a", "handler"), ("c", "head")])
    report = verified(made.package(), made.trust())
    assert places(report, "key-revoked") >= {THIRD, "export.jws"}
    unplaced = {f.where for f in report.findings if f.verdict is Verdict.INDETERMINATE and f.check == "receipts"}
    assert "data/records/0001.json" in unplaced


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"root": None}, "facts"),
        ({"archive": {"kty": "OKP"}}, "facts"),
        ({"origin": ""}, "facts"),
        ({"demonstration": "no"}, "facts.demonstration"),
        ({"calendars": [{"name": "cn-2023"}]}, "facts"),
        ({"calendars": 7}, "facts"),
        ({"rulebooks": [["register", "x"]]}, "facts"),
        ({"rulebooks": [{"id": "register", "digest": "x"}]}, "facts"),
    ],
)
def test_a_first_record_that_is_not_in_form_founds_nothing(change: dict[str, Any], field: str) -> None:
    made = archive()
    genesis = made.records[made.own].pop()
    made.enter(made.own, "genesis", {**genesis.act.facts, **change}, [("root", "root")])
    report = verified(made.package(), made.trust())
    flaws = [f for f in against(report) if f.reason == "genesis-malformed"]
    assert {(f.where, f.field) for f in flaws} == {(f"data/register/{made.own}/0001.json", field)}
    assert "blocked" in {f.reason for f in against(report) if f.check == "signatures"}


def test_the_first_record_vouches_for_itself() -> None:
    for signers, receipt_by, expected in (
        ([("a", "root")], "archive", "signers"),
        ([("root", "registrar")], "archive", "signers"),
        ([("root", "root")], "root", "receipt"),
        ([("root", "root")], "stranger", "receipt"),
    ):
        made = archive()
        genesis = made.records[made.own].pop()
        made.enter(made.own, "genesis", dict(genesis.act.facts), signers, receipt_by=receipt_by)
        report = verified(made.package(), made.trust())
        assert expected in {f.field for f in against(report) if f.reason == "genesis-malformed"}


def test_root_and_archive_are_two_keys() -> None:
    made = archive()
    genesis = made.records[made.own].pop()
    facts = {**genesis.act.facts, "archive": genesis.act.facts["root"]}
    made.enter(made.own, "genesis", facts, [("root", "root")], receipt_by="root")
    report = verified(made.package(), made.trust())
    assert "facts.archive" in {f.field for f in against(report) if f.reason == "genesis-malformed"}


def test_a_second_founding_is_found() -> None:
    made = archive()
    made.enter(made.officer("a"), "genesis", dict(made.records[made.own][0].act.facts), [("root", "root")])
    report = verified(made.package(), made.trust())
    assert places(report, "genesis-malformed") == {f"data/register/{made.officer('a')}/0002.json"}


def test_without_a_first_record_nothing_can_be_judged(made: Archive) -> None:
    files = {n: d for n, d in made.payload().items() if not n.startswith(f"data/register/{made.own}/")}
    report = verified(made.package(files), made.trust())
    assert "genesis-missing" in reasons(report)
    blocked = {f.check for f in report.findings if f.reason == "blocked"}
    assert {"signatures", "receipts", "authority", "trust", "export", "procedure"} <= blocked


def test_a_record_of_another_rulebook_has_no_place_in_the_register() -> None:
    made = archive()
    made.enter(made.officer("c"), "acceptance", {}, [("a", "handler")], book=small_rules())
    report = verified(made.package(), made.trust())
    assert places(report, "register-malformed") == {f"data/register/{made.officer('c')}/0002.json"}


@pytest.mark.parametrize("since", ["2023-03-06", "2023-03-06T00:00:00", "soon", 7])
def test_a_moment_without_offset_never_enters_the_register(since: Any) -> None:
    made = archive()
    made.enrol("d", ["head"], REGISTRARS, **{"from": since})
    decide(made, ("a", "handler"), ("d", "head"))
    report = verified(made.package(), made.trust())
    assert report.exit_status == 1
    assert f"data/register/{made.officer('d')}/0001.json" in {f.where for f in against(report)}


@pytest.mark.parametrize("action", ["key-enrolled", "key-revoked", "recusal", "recusal-ended", "capacities-changed"])
@pytest.mark.parametrize("of", ["own", "c"])
def test_no_moment_without_offset_gets_past_the_register(action: str, of: str) -> None:
    """Nor does it bring down what asks about the keys of archive and officers later."""
    made = grown()
    case = made.own if of == "own" else made.officer("c")
    kid = made.key("archive" if of == "own" else "c").kid
    naive = "2023-03-06T00:00:00"
    facts = {"key": made.key("next").public.jwk, "from": naive, "not_trusted_from": naive, "kid": kid,
             "case": made.case, "capacities": ["head"], "name": "某", "unit": "某"}  # fmt: skip
    made.enter(case, action, facts, REGISTRARS)
    decide(made)
    made.enter(made.case, "destruction", {}, [("c", "head")], receipt_by="next")
    report = verified(made.package(by="next"), made.trust())
    assert report.exit_status == 1
    assert f"data/register/{case}/0002.json" in {f.where for f in against(report)}


def test_a_rulebook_that_the_archive_never_adopted_is_found() -> None:
    made = grown()
    other = small_rules("另一规则")
    made.records[made.case].clear()
    made.disclosures.clear()
    made.enter(made.case, "intake", {"received_on": "2023-03-06", "contact": "李四"}, [("a", "handler")],
               book=other, evidence=[made.evidence()])  # fmt: skip
    files = made.payload()
    for name in [name for name in files if small_rules().digest in name]:
        files[name.replace(small_rules().digest, other.digest)] = files.pop(name)
    files[f"data/rulebook/{other.digest}/rulebook.json"] = other.data
    report = verified(made.package(files), made.trust())
    assert places(report, "rulebook-not-adopted") == {"data/records/0001.json"}
    adopted = {"id": other.id, "digest": other.digest}
    made.records[made.case].clear()
    made.disclosures.clear()
    made.enter(made.own, "rulebook-adopted", adopted, REGISTRARS)
    made.enter(made.case, "intake", {"received_on": "2023-03-06", "contact": "李四"}, [("a", "handler")],
               book=other, evidence=[made.evidence()])  # fmt: skip
    made.enter(made.case, "acceptance", {}, [("a", "handler")], book=other)
    made.enter(made.case, "decision", {}, [("a", "handler"), ("c", "head")], book=other)
    late = made.payload()
    files.update({name: data for name, data in late.items() if not name.startswith("data/rulebook/")})
    assert not against(verified(made.package(files), made.trust()))


def test_a_case_keeps_its_rulebook() -> None:
    made = grown()
    other = small_rules("另一规则")
    made.enter(made.own, "rulebook-adopted", {"id": other.id, "digest": other.digest}, REGISTRARS)
    made.enter(made.case, "decision", {}, [("a", "handler"), ("c", "head")], book=other)
    files = made.payload()
    folder = f"data/rulebook/{other.digest}"
    forms = {n: d for n, d in files.items() if n.startswith(f"data/rulebook/{small_rules().digest}/forms")}
    files |= {n.replace(small_rules().digest, other.digest): d for n, d in forms.items()}
    files[f"{folder}/rulebook.json"] = other.data
    assert places(verified(made.package(files), made.trust()), "rulebook-changed") == {THIRD}


def test_a_rulebook_named_otherwise_than_it_names_itself_is_found() -> None:
    made = grown()
    made.enter(made.case, "decision", {}, [("a", "handler"), ("c", "head")], rulebook_id="other")
    report = verified(made.package(), made.trust())
    assert places(report, "rulebook-changed") == {THIRD}


def test_superseded_calendars_stay_in_the_package() -> None:
    made = grown()
    facts = {"name": "cn-2022", "digest": digest(calendar("cn-2022")), "notice": "国办发明电〔2021〕11号"}
    made.enter(made.own, "calendar-adopted", facts, REGISTRARS)
    decide(made)
    assert not against(verified(made.package(made.payload(calendars=("cn-2023", "cn-2022"))), made.trust()))
    missing = f"data/calendar/{digest(calendar('cn-2023'))}.json"
    report = verified(made.package(made.payload(calendars=("cn-2022",))), made.trust())
    assert places(report, "calendar-missing") == {missing}


def test_a_calendar_adopted_under_another_years_name_is_found() -> None:
    made = grown()
    facts = {"name": "cn-2022", "digest": digest(calendar("cn-2021")), "notice": "国办发明电〔2021〕11号"}
    made.enter(made.own, "calendar-adopted", facts, REGISTRARS)
    report = verified(made.package(made.payload(calendars=("cn-2023", "cn-2021"))), made.trust())
    assert places(report, "calendar-malformed") == {f"data/calendar/{digest(calendar('cn-2021'))}.json"}


def test_a_calendar_whose_days_are_not_what_its_notices_say_is_found() -> None:
    table: Any = compile_year("cn-2022", (DOMAIN / "calendars/cn-2022.toml").read_bytes())
    table["days"]["2022-03-01"] = {"working": False, "name": "放假", "notice": table["notices"][0]["number"]}
    made = grown()
    facts = {"name": "cn-2022", "digest": digest(dump(table)), "notice": "国办发明电〔2021〕11号"}
    made.enter(made.own, "calendar-adopted", facts, REGISTRARS)
    name = f"data/calendar/{digest(dump(table))}.json"
    report = verified(made.package({**made.payload(), name: dump(table)}), made.trust())
    assert places(report, "calendar-malformed") == {name}


def test_an_officer_who_signs_only_in_the_register_is_needed_there(made: Archive) -> None:
    """Registrars of officers of the case are enclosed, recursively; the test archive's b is such a one."""
    assert all(signer.officer != made.officer("b") for r in made.records[made.case] for signer in r.act.signers)
    assert f"data/register/{made.officer('b')}/0001.json" in made.payload()
    assert register_rules().id == "register"
    assert uuid7(1) == made.case
