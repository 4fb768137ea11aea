"""A case moved to another version of its rulebook: what holds it together, and every way of moving it without leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from domain.formats.verdict import Verdict
from domain.rules.loader import compile_rulebook
from tests.verification.factory import FORM, SMALL_RULES, Archive
from tests.verification.judging import against, places, reasons, verified

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.formats.verdict import Report
    from domain.rules.rulebook import Rulebook

REGISTRARS = [("a", "registrar"), ("b", "registrar")]
HANDLER, BOTH = [("a", "handler")], [("a", "handler"), ("c", "head")]
REVISION = """
[action.revision]
title = "变更版本"
article = "7"
kind = "does"
by = { handler = 1, head = 1 }
in = "any"
rebinds = true
form = "forms/paper.typ"
"""


def rules(title: str, old: str = "", new: str = "") -> Rulebook:
    text = SMALL_RULES.replace("vocabulary = 1", "vocabulary = 2").replace("小规则", title) + REVISION
    return compile_rulebook({"rulebook.toml": text.replace(old, new).encode(), "forms/paper.typ": FORM})


FIRST = rules("小规则")
SECOND = rules("小规则（更正）", "5 workdays", "1 workdays")
DECIDED_BY = 'by = { handler = 1, head = 1 }\nin = ["accepted"]'
HALVED = rules("小规则（一人决定）", DECIDED_BY, 'by = { handler = 1 }\nin = ["accepted"]')
HEARING = rules(
    "小规则（询问）",
    "[action.decision]",
    """[action.hearing]
title = "询问"
form = "forms/paper.typ"
article = "3"
kind = "reports"
by = { handler = 1 }
in = ["accepted"]
facts.heard_on = { title = "询问日期", type = "date", class = "internal", article = "3" }
[action.decision]""",
)
FOREIGN = rules("另一规则", 'id = "small"', 'id = "foreign"')


def adopted(*books: Rulebook) -> Archive:
    """An archive that has adopted the versions, with a case accepted under the first one."""
    made = Archive(book=FIRST)
    made.found()
    made.staff()
    for book in books:
        made.enter(made.own, "rulebook-adopted", {"id": book.id, "digest": book.digest}, REGISTRARS)
    facts = {"received_on": "2023-03-06", "contact": "张三"}
    made.enter(made.case, "intake", facts, HANDLER, evidence=[made.evidence()])
    made.enter(made.case, "acceptance", {}, HANDLER)
    return made


def move(made: Archive, book: Rulebook, under: Rulebook = FIRST, signers: Any = BOTH) -> None:
    facts = {"version": book.digest, "reason": "原版本有误"}
    made.enter(made.case, "revision", facts, signers, book=under)


def report(made: Archive, *books: Rulebook) -> Report:
    """The verdict on the package that encloses these versions beside the first one."""
    files: dict[str, bytes] = made.payload()
    for book in books:
        folder = f"data/rulebook/{book.digest}"
        files |= {f"{folder}/rulebook.json": book.data, f"{folder}/forms/paper.typ": FORM}
    return verified(made.package(files), made.trust())


def where(seq: int) -> set[str]:
    return {f"data/records/{seq:04}.json"}


def test_a_case_moved_in_due_form_passes_each_record_by_its_version() -> None:
    made = adopted(SECOND)
    move(made, SECOND)
    made.enter(made.case, "decision", {}, BOTH, book=SECOND)
    assert not against(report(made, SECOND))


def test_a_move_as_the_last_record_needs_its_version_too() -> None:
    made = adopted(SECOND)
    move(made, SECOND)
    assert not against(report(made, SECOND))
    lacking = report(made)
    assert places(lacking, "rulebook-missing") == where(3)
    assert "blocked" in {f.reason for f in lacking.findings if f.check == "procedure"}


def test_limits_are_those_of_the_version_in_force_at_the_end() -> None:
    made = adopted(SECOND)
    move(made, SECOND)
    made.step = 60 * 24 * 3
    made.enter(made.case, "decision", {}, BOTH, book=SECOND)
    late = [f for f in report(made, SECOND).findings if f.reason == "procedure-late"]
    assert [f.check for f in late] == ["procedure"]
    unmoved = adopted(SECOND)
    unmoved.step = 60 * 24 * 3
    unmoved.enter(unmoved.case, "decision", {}, BOTH)
    assert not [f for f in report(unmoved).findings if f.reason == "procedure-late"]


def test_a_version_used_without_the_act_that_moves_the_case_is_found() -> None:
    made = adopted(SECOND)
    made.enter(made.case, "decision", {}, BOTH, book=SECOND)
    found = report(made, SECOND)
    assert places(found, "rulebook-changed") == where(3)
    assert places(found, "blocked") >= where(1)


def test_a_record_that_goes_on_under_the_old_version_is_found() -> None:
    made = adopted(SECOND)
    move(made, SECOND)
    made.enter(made.case, "decision", {}, BOTH, book=FIRST)
    assert places(report(made, SECOND), "rulebook-changed") == where(4)


def test_an_act_under_another_version_than_the_one_moved_to_is_found() -> None:
    made = adopted(SECOND, HALVED)
    move(made, SECOND)
    made.enter(made.case, "decision", {}, HANDLER, book=HALVED)
    assert places(report(made, SECOND, HALVED), "rulebook-changed") == where(4)


def test_a_move_to_a_version_never_adopted_is_found_and_moves_nothing() -> None:
    made = adopted()
    move(made, HALVED)
    made.enter(made.case, "decision", {}, HANDLER, book=HALVED)
    found = report(made, HALVED)
    assert places(found, "rulebook-not-adopted") == where(3)
    assert places(found, "rulebook-changed") == where(4)


def test_a_move_to_a_version_adopted_only_afterwards_is_found() -> None:
    made = adopted()
    move(made, SECOND)
    made.enter(made.own, "rulebook-adopted", {"id": SECOND.id, "digest": SECOND.digest}, REGISTRARS)
    found = report(made, SECOND)
    assert places(found, "rulebook-not-adopted") == where(3)
    assert places(found, "procedure-unlawful") == where(3)


def test_a_move_that_one_alone_signed_is_unlawful() -> None:
    made = adopted(SECOND)
    move(made, SECOND, signers=HANDLER)
    assert places(report(made, SECOND), "procedure-unlawful") == where(3)


def test_a_move_to_another_rulebook_is_found() -> None:
    made = adopted(FOREIGN)
    move(made, FOREIGN)
    assert places(report(made, FOREIGN), "rulebook-id") == where(3)


def test_a_case_is_moved_back_by_another_move() -> None:
    made = adopted(SECOND)
    move(made, SECOND)
    move(made, FIRST, under=SECOND)
    made.enter(made.case, "decision", {}, BOTH, book=FIRST)
    assert not against(report(made, SECOND))


def test_each_record_is_judged_by_its_own_version() -> None:
    made = adopted(HALVED)
    move(made, HALVED)
    made.enter(made.case, "decision", {}, HANDLER, book=HALVED)  # lawful by the new version, not by the old
    assert not against(report(made, HALVED))
    early = adopted(HALVED)
    early.enter(early.case, "decision", {}, HANDLER)
    move(early, HALVED)
    assert places(report(early, HALVED), "procedure-unlawful") == where(3)


def test_a_version_that_nobody_uses_is_not_enclosed() -> None:
    made = adopted(SECOND)
    files: Mapping[str, bytes] = made.payload()
    assert not against(verified(made.package(files), made.trust()))
    assert "rulebook-unneeded" in reasons(report(made, SECOND))


@pytest.mark.parametrize("tampered", [b"{}", SECOND.data.replace("更正".encode(), "改正".encode())])
def test_a_version_exchanged_in_the_package_is_found(tampered: bytes) -> None:
    made = adopted(SECOND)
    move(made, SECOND)
    folder = f"data/rulebook/{SECOND.digest}"
    files = {**made.payload(), f"{folder}/rulebook.json": tampered, f"{folder}/forms/paper.typ": FORM}
    found = verified(made.package(files), made.trust())
    assert places(found, "rulebook-digest") == {f"{folder}/rulebook.json"}
    assert Verdict.FAILED in {f.verdict for f in found.findings}


def test_what_stays_withheld_under_the_new_version_is_looked_for_by_that_version() -> None:
    made = adopted(HEARING)
    move(made, HEARING)
    made.enter(made.case, "hearing", {"heard_on": "2023-03-06"}, HANDLER, book=HEARING)
    assert not against(report(made, HEARING))
    del made.disclosures[f"{made.case}/4"]
    assert places(report(made, HEARING), "procedure-withheld") == where(4)
