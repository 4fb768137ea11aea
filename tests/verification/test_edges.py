"""Where one number, one order or one word more or less would change the verdict."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from domain.formats.act import Signature, SignedAct, sign_act
from domain.formats.canonical import dump
from domain.formats.encoding import b64u
from domain.formats.verdict import Verdict
from domain.rules.loader import compile_rulebook
from tests.verification.factory import FORM, SMALL_RULES, Archive, archive, moment
from tests.verification.judging import against, places, reasons, verified

if TYPE_CHECKING:
    from domain.rules.rulebook import Rulebook

REGISTRARS = [("a", "registrar"), ("b", "registrar")]
HANDLER = [("a", "handler")]
INTAKE = {"received_on": "2023-03-06", "contact": "张三"}
FIRST, SECOND = (f"data/records/{seq:04}.json" for seq in (1, 2))
RECTIFYING = """
[action.rectification]
title = "更正"
form = "forms/paper.typ"
article = "7"
kind = "does"
by = { handler = 1 }
in = "any"
rectifies = true
"""


@cache
def rectifying() -> Rulebook:
    return compile_rulebook({"rulebook.toml": (SMALL_RULES + RECTIFYING).encode(), "forms/paper.typ": FORM})


def said(made: Archive, check: str) -> set[str]:
    report = verified(made.package(), made.trust())
    return {f.en for f in report.findings if f.check == check and f.verdict is Verdict.PASSED}


def test_a_clean_package_counts_what_it_holds_and_notes_nothing_else() -> None:
    made = archive()
    count = sum(len(chain) for chain in made.records.values())
    assert any(f"{count} record" in text for text in said(made, "procedure"))
    report = verified(made.package(), made.trust())
    assert not {"evidence-withheld", "more"} & reasons(report, Verdict.PASSED)


def corrected(target: Any, changes: dict[str, Any]) -> Archive:
    made = Archive(book=rectifying())
    made.found()
    made.staff()
    made.enter(made.case, "intake", INTAKE, HANDLER, evidence=[made.evidence()])
    facts = {"target": target, "mode": "corrects", "reason": "误录", "changes": changes}
    made.enter(made.case, "rectification", facts, HANDLER)
    return made


def unlawful(made: Archive) -> list[tuple[str, str | None]]:
    report = verified(made.package(), made.trust())
    assert "procedure-unjudged" not in reasons(report, Verdict.INDETERMINATE)
    return [(f.where, f.field) for f in report.findings if f.reason == "procedure-unlawful"]


def test_what_the_first_record_keeps_back_is_kept_back_in_its_correction_too() -> None:
    assert unlawful(corrected(1, {"contact": "李四"})) == [(SECOND, "facts.changes.contact")]
    assert unlawful(corrected(1, {"received_on": "2023-03-05"})) == []


def test_a_correction_of_what_does_not_stand_there_is_unlawful_and_judged() -> None:
    for target in (0, 2, 3, 9, "1", True):
        assert (SECOND, "facts.target") in unlawful(corrected(target, {"received_on": "2023-03-05"}))


def test_the_last_record_of_all_can_be_named_by_a_correction_and_is_itself() -> None:
    found = unlawful(corrected(2, {"contact": "李四"}))
    assert (SECOND, "facts.target") in found


def test_a_register_record_is_put_right_where_it_stands() -> None:
    made = Archive()
    made.found()
    made.staff()
    for capacities in (["handler"], ["head"], ["handler"]):
        facts = {"capacities": capacities, "from": moment(made.step + 1)}
        made.enter(made.officer("c"), "capacities-changed", facts, REGISTRARS)
    void = {"target": 4, "mode": "voids", "reason": "误录"}
    made.enter(made.officer("c"), "rectification", void, REGISTRARS)
    made.hear()  # decided by c as head, which holds again
    report = verified(made.package(), made.trust())
    assert against(report) == []


def test_a_rectification_in_one_register_case_leaves_the_order_in_the_others() -> None:
    made = Archive()
    made.found()
    made.enrol("a", ["registrar", "handler"], [("root", "root"), ("a", "self")])
    made.enrol("b", ["registrar"], [("root", "root"), ("b", "self")])
    made.enrol("c", ["handler"], REGISTRARS)
    facts = {"capacities": ["head"], "from": moment(made.step + 1)}
    made.enter(made.officer("c"), "capacities-changed", facts, REGISTRARS)
    rename = {"target": 1, "mode": "corrects", "reason": "误录", "changes": {"unit": "新局"}}
    made.enter(made.officer("a"), "rectification", rename, REGISTRARS)
    made.hear()  # decided by c as head
    assert against(verified(made.package(), made.trust())) == []


def test_within_one_millisecond_what_gives_comes_before_what_takes() -> None:
    made = Archive()
    made.found()
    made.staff()
    start = made.step
    facts = {"capacities": [], "from": moment(start + 1)}
    made.enter(made.officer("b"), "capacities-changed", facts, REGISTRARS)
    made.step = start
    made.enrol("d", ["head"], REGISTRARS)  # filed after b's case, and still before b lost the capacity
    made.enter(
        made.case, "intake", {"received_on": "2023-03-06", "contact": "张三"}, HANDLER, evidence=[made.evidence()]
    )
    made.enter(made.case, "acceptance", {}, HANDLER)
    made.enter(made.case, "decision", {}, [*HANDLER, ("d", "head")])
    report = verified(made.package(), made.trust())
    assert not [f for f in against(report) if f.check == "authority"]


def test_an_algorithm_of_another_version_is_not_judged_and_nothing_else_is_let_off() -> None:
    def under(alg: str) -> Any:
        made = archive()
        signed = made.records[made.case][1].signed
        header = dump({"alg": alg, "kid": made.key("a").kid, "typ": "anjuan-act+json"})
        made.records[made.case] = made.records[made.case][:1]
        made.receive(made.case, SignedAct(signed.payload, (Signature(b64u(header), signed.signatures[0].signature),)))
        return verified(made.package(), made.trust())

    known, unknown = under("ES256"), under("none")
    assert [(f.verdict, f.where) for f in known.findings if f.reason == "alg"] == [(Verdict.INDETERMINATE, SECOND)]
    assert places(unknown, "header") == {SECOND}
    assert "header" in reasons(unknown)


def test_a_signature_by_another_key_is_a_failure() -> None:
    made = archive()
    signed = made.records[made.case][1].signed
    forged = sign_act(signed.payload, made.key("a")).protected, b64u(made.key("c").sign(b"x"))
    made.records[made.case] = made.records[made.case][:1]
    made.receive(made.case, SignedAct(signed.payload, (Signature(*forged),)))
    assert places(verified(made.package(), made.trust()), "bad-signature") == {SECOND}


def test_an_enrolment_of_what_is_no_key_has_no_authority() -> None:
    made = archive()
    made.enrol("d", ["head"], [("root", "root"), ("d", "self")], key={"crv": "Ed25519"})
    made.enter(made.case, "destruction", {"sha256": []}, [("d", "head")])
    where = f"data/register/{made.officer('d')}/0001.json"
    report = verified(made.package(), made.trust())
    assert where in places(report, "authority-unjudged")
    assert where in places(report, "register-malformed")
    assert report.exit_status == 1
