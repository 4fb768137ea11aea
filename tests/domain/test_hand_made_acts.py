"""Acts that no draft would make, well signed: what the archive holds against them at the moment of entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from domain import archive as service
from domain.errors import Fault
from domain.formats.act import Act, Seen, sign_act
from storage.clock import SystemClock
from tests.office import INTAKE, RULEBOOK

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.formats.record import Record
    from tests.office import Office

HANDLER = "handler:陈立"
PAIR = (HANDLER, "reviewer:李敏")


def submitted(office: Office, act: Act, *who: str, disclosures: Any = ()) -> Record:
    payload = act.payload()
    signatures = [sign_act(payload, office.keys[text.split(":")[1]]) for text in who]
    return office.archive.submit(payload, signatures, disclosures)


def refused(office: Office, code: str, call: Callable[[], object]) -> Fault:
    before = office.archive.events.position()
    with pytest.raises(Fault) as caught:
        call()
    assert caught.value.code == code, caught.value.defects
    assert office.archive.events.position() == before
    return caught.value


def intake(office: Office, slot: str = "identity") -> tuple[Act, Any]:
    case = office.archive.ids.uuid7()
    papers = [{"object": office.file(case), "slot": "complaint"}, {"object": office.file(case), "slot": slot}]
    made = office.draft(case, "intake", INTAKE, HANDLER, evidence=papers)
    return Act.parse(made.payload), made.disclosures


@pytest.mark.parametrize("level", ["public", "party", "none-such"])
def test_a_paper_has_the_class_of_its_kind(office: Office, level: str) -> None:
    act, disclosures = intake(office)
    evidence = (act.evidence[0], {**act.evidence[1], "class": level})
    call = lambda: submitted(office, replace(act, evidence=evidence), HANDLER, disclosures=disclosures)  # noqa: E731  # one call
    assert refused(office, "class", call).defects[0].field == "evidence[1].class"
    assert submitted(office, act, HANDLER, disclosures=disclosures).seq == 1


def test_a_record_is_named_by_its_number(office: Office) -> None:
    case = office.accepted()
    facts = {"target": 1, "mode": "corrects", "reason": "误录", "changes": {"lot": "A包"}}
    act = Act.parse(office.draft(case, "rectification", facts, *PAIR).payload)
    for target in ("1", [1], {"a": 1}):
        odd: Any = {**act.facts, "target": target}
        refused(office, "record", lambda odd=odd: submitted(office, replace(act, facts=odd), *PAIR))


@pytest.mark.parametrize(
    "changes",
    [
        {"sha256": "0" * 64},
        {"length": 1},
        {"size": 1},
        {"version": "1"},
        {"blob": "A" * 43},
    ],
)
def test_a_paper_is_the_one_in_the_vault(office: Office, changes: dict[str, Any]) -> None:
    act, disclosures = intake(office, "proof")
    evidence = (act.evidence[0], {**act.evidence[1], **changes})
    call = lambda: submitted(office, replace(act, evidence=evidence), HANDLER, disclosures=disclosures)  # noqa: E731  # one call
    assert refused(office, "evidence", call).defects[0].field == "evidence[1]"


def test_a_paper_must_be_described_as_it_was_stored(office: Office) -> None:
    act, disclosures = intake(office, "proof")
    bare = {name: value for name, value in act.evidence[1].items() if name != "sha256"}
    call = lambda: submitted(office, replace(act, evidence=(act.evidence[0], bare)), HANDLER, disclosures=disclosures)  # noqa: E731  # one call
    refused(office, "evidence", call)


def test_signers_have_seen_what_stands_there(office: Office) -> None:
    case = office.opened()
    act = Act.parse(office.draft(case, "acceptance", {}, HANDLER).payload)
    for seen in (Seen(1, "A" * 43), Seen(2, act.seen.head), Seen(2, "A" * 43)):
        refused(office, "seen", lambda seen=seen: submitted(office, replace(act, seen=seen), HANDLER))
    assert submitted(office, replace(act, seen=Seen(0, None)), HANDLER).seq == 2


def test_an_act_is_judged_by_the_rulebook_of_its_case(office: Office) -> None:
    case = office.opened()
    act = Act.parse(office.draft(case, "acceptance", {}, HANDLER).payload)
    for other in (replace(act, rulebook_digest="A" * 43), replace(act, rulebook_id="register")):
        refused(office, "rulebook", lambda other=other: submitted(office, other, HANDLER))


def test_a_new_case_is_opened_under_a_rulebook_that_is_installed(office: Office) -> None:
    case = office.archive.ids.uuid7()
    call = lambda: office.draft(case, "intake", INTAKE, HANDLER, rulebook="none-such")  # noqa: E731  # one call
    assert RULEBOOK in refused(office, "unknown-rulebook", call).defects[0].remedy


def test_a_draft_says_until_when_it_may_be_signed(office: Office) -> None:
    made = office.draft(office.opened(), "acceptance", {}, HANDLER)
    assert made.expires == service.receipt_moment(office.clock.now() + timedelta(days=7))


def test_a_file_that_no_act_names_is_locked_for_thirty_days_of_the_world(office: Office) -> None:
    before = SystemClock().now()
    until = office.archive.vault.stat(office.file(office.archive.ids.uuid7()), None).retain_until
    assert until is not None
    assert before + timedelta(days=30) <= until <= SystemClock().now() + timedelta(days=30, seconds=1)


def test_an_act_is_numbered_anew_when_another_came_first_and_in_the_end_given_up(office: Office) -> None:
    case = office.accepted()
    made = office.draft(case, "answer-notice", {"copies": 1, "duties": "说明", "progress": "进展"}, HANDLER)
    events, tries = office.archive.events, []

    class Crowded:
        """The same store, in which another record always came first."""

        def __getattr__(self, name: str) -> Any:
            return getattr(events, name)

        def append(self, record: Record) -> None:
            tries.append(record.seq)
            raise Fault("seq-taken", "号码已被占用")

    office.archive.events = Crowded()  # type: ignore[assignment]  # the port, crowded
    signature = [sign_act(made.payload, office.keys["陈立"])]
    refused(office, "busy", lambda: office.archive.submit(made.payload, signature, made.disclosures))
    assert tries == [3] * service.ATTEMPTS


def test_time_never_runs_back_in_a_case(office: Office) -> None:
    office.on("2023-03-03")
    case = office.opened()
    first = office.archive.records(case)[0].receipt.received
    office.on("2023-03-02")
    assert office.do(case, "acceptance", {}, HANDLER).receipt.received == first
    office.on("2023-03-04")
    assert office.do(case, "suspension", {"days": 1, "reasons": "必要"}, HANDLER, "head:王强").receipt.received > first


def test_a_rulebook_is_used_once_the_register_has_adopted_its_very_text(office: Office) -> None:
    installed = office.archive.rulebooks

    class Reissued:
        """The same shelf, with a newer text of the rulebook that nobody adopted."""

        def __getattr__(self, name: str) -> Any:
            return getattr(installed, name)

        def current(self) -> Any:
            book = installed.current()[RULEBOOK]
            return {**installed.current(), RULEBOOK: replace(book, title=f"{book.title}（修订）")}

    case = office.archive.ids.uuid7()
    office.archive.rulebooks = Reissued()  # type: ignore[assignment]  # the port, with a newer text
    office.do(case, "intake", INTAKE, HANDLER, evidence=office.papers(case))
    assert office.archive.case(case).rulebook == installed.current()[RULEBOOK]
