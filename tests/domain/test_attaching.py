"""Evidence files on their way in: quarantine, what inspection says of them, limits, and looking again."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO

import pytest

from domain.attaching import QUARANTINE, Attaching, Limits
from domain.errors import Fault
from domain.evidence_port import Finding, State
from tests.office import INTAKE, Office
from tests.real_files import real

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from domain.evidence_port import Attached

PDF, HANDLER = real("投诉书.pdf"), "handler:陈立"
SIZE = len(PDF)


class Saying:
    """An inspection that says what it was told to, of files that it has read to their end."""

    def __init__(self, *found: Finding) -> None:
        self.found, self.seen = list(found), list[tuple[str, bytes]]()

    def inspect(self, name: str, octets: BinaryIO) -> Finding:
        self.seen.append((name, octets.read()))
        return self.found.pop(0)


WAITS = Finding(State.WAITING, None, "查毒服务没有应答。")
PASSES = Finding(State.ADMITTED, "application/pdf")
FAILS = Finding(State.REFUSED, "application/pdf", "查出病毒。")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.close()


def attaching(office: Office, *found: Finding, **limits: int) -> Attaching:
    return replace(office.archive.attaching, inspection=Saying(*found), limits=Limits(**limits))


def sent(through: Attaching, case: str, name: str = "投诉书.pdf", data: bytes = PDF, **more: object) -> Attached:
    return through.attach(case=case, source=io.BytesIO(data), name=name, **more)  # type: ignore[arg-type]  # one call


def fault(call: Callable[[], object]) -> Fault:
    with pytest.raises(Fault) as caught:
        call()
    return caught.value


def test_what_is_inspected_is_what_lies_in_the_vault(office: Office) -> None:
    through = attaching(office, PASSES)
    attached = sent(through, office.archive.ids.uuid7(), " 投诉书.pdf ", media="text/plain")
    assert through.inspection.seen == [("投诉书.pdf", PDF)]  # type: ignore[attr-defined]  # ours
    assert (attached.state, attached.media, attached.reason) == (State.ADMITTED, "application/pdf", "")
    assert office.archive.attachments.get(attached.stored.object) == attached


def test_what_was_refused_is_remembered_with_its_digest(office: Office) -> None:
    attached = sent(attaching(office, FAILS), office.archive.ids.uuid7())
    assert (attached.state, attached.reason) == (State.REFUSED, "查出病毒。")
    assert office.archive.attachments.in_state(State.REFUSED) == (attached,)
    assert fault(lambda: office.archive.attaching.recheck(attached.stored.object)).code == "not-waiting"


def test_what_waits_keeps_what_its_sender_said_of_it(office: Office) -> None:
    case = office.archive.ids.uuid7()
    assert sent(attaching(office, WAITS), case, media="video/mp4").media == "video/mp4"
    assert sent(attaching(office, WAITS), case).media == "application/octet-stream"


def test_a_file_that_can_not_be_read_back_waits(office: Office) -> None:
    class Away:
        def inspect(self, _name: str, octets: BinaryIO) -> Finding:
            octets.read(1)
            raise Fault("vault-unreachable", "存证库没有应答", "请稍后重试。")

    through = replace(office.archive.attaching, inspection=Away())
    attached = sent(through, office.archive.ids.uuid7())
    assert attached.state is State.WAITING
    assert "存证库没有应答" in attached.reason


@pytest.mark.parametrize(("found", "told"), [(WAITS, "尚在隔离待查"), (FAILS, "已被拒收")])
def test_only_an_admitted_file_may_be_named_by_an_act(office: Office, found: Finding, told: str) -> None:
    case = office.archive.ids.uuid7()
    papers = office.papers(case)
    bad = sent(attaching(office, found), case).stored.object
    spoilt = [{**papers[0], "object": bad}, *papers[1:]]
    refused = fault(lambda: office.draft(case, "intake", INTAKE, HANDLER, evidence=spoilt))
    assert (refused.code, refused.defects[0].field) == ("in-quarantine", "evidence[0]")
    assert told in refused.defects[0].message
    assert found.reason.rstrip("。") in refused.defects[0].message
    assert refused.defects[0].remedy


def test_a_waiting_file_is_admitted_by_a_later_look_and_may_then_be_named(office: Office) -> None:
    case = office.archive.ids.uuid7()
    papers = office.papers(case)
    through = attaching(office, WAITS, replace(WAITS, reason="查毒服务超时。"), PASSES)
    name = sent(through, case).stored.object
    again = through.recheck(name)
    assert (again.state, again.reason) == (State.WAITING, "查毒服务超时。")
    assert through.recheck(name).state is State.ADMITTED
    assert fault(lambda: through.recheck(name)).code == "not-waiting"
    office.do(case, "intake", INTAKE, HANDLER, evidence=[{"object": name, "slot": "complaint"}, *papers[1:]])


def test_an_admitted_file_is_locked_as_if_it_had_come_today(office: Office) -> None:
    through = attaching(office, WAITS, WAITS, PASSES)
    name = sent(through, office.archive.ids.uuid7()).stored.object

    class Later:
        def now(self) -> object:
            return office.archive.attaching.clock.now() + timedelta(days=20)

    def ends() -> object:
        return through.vault.stat(name, None).retain_until

    later, first = replace(through, clock=Later()), ends()  # type: ignore[arg-type]  # a clock
    later.recheck(name)
    assert ends() == first
    later.recheck(name)
    assert ends() >= later.clock.now() + QUARANTINE - timedelta(seconds=10)  # type: ignore[operator]  # a moment


def test_a_waiting_file_that_is_no_longer_there_is_refused(office: Office, tmp_path: Path) -> None:
    through = attaching(office, WAITS)
    name = sent(through, office.archive.ids.uuid7()).stored.object
    (there,) = (tmp_path / "vault" / "objects").glob(f"*/{name}")
    there.rename(tmp_path / "swept")
    settled = through.recheck(name)
    assert settled.state is State.REFUSED
    assert "已经清除" in settled.reason


def test_a_crash_before_remembering_leaves_a_blob_that_no_act_can_name(office: Office) -> None:
    class Dying:
        def inspect(self, _name: str, _octets: BinaryIO) -> Finding:
            raise SystemExit

    case = office.archive.ids.uuid7()
    with pytest.raises(SystemExit):
        sent(replace(office.archive.attaching, inspection=Dying()), case)
    ((name, version),) = office.archive.vault.objects()
    until = office.archive.vault.stat(name, version).retain_until
    assert until is not None
    assert until <= office.archive.attaching.clock.now() + QUARANTINE + timedelta(seconds=1)
    assert office.archive.attachments.of_case(case) == ()
    evidence = [{"object": name, "slot": "complaint"}]
    assert fault(lambda: office.draft(case, "intake", INTAKE, HANDLER, evidence=evidence)).code == "not-in-vault"


def test_the_same_file_under_the_same_name_again_is_no_change(office: Office) -> None:
    case, name = office.archive.ids.uuid7(), office.archive.ids.uuid7()
    through = attaching(office, WAITS, files=1)
    first = sent(through, case, object=name)
    assert sent(through, case, object=name) == first
    assert fault(lambda: sent(through, case, data=b"%PDF-1.4 other", object=name)).code == "blob-exists"


@pytest.mark.parametrize(
    ("limits", "code", "figures"),
    [
        ({"files": 2}, "too-many-files", ("2 份文件", "至多 2 份")),
        ({"waiting": 1}, "too-many-waiting", ("1 份文件待查", "至多 1 份")),
        (
            {"octets": 3 * len(PDF) - 1},
            "too-large",
            (f"至多 {3 * len(PDF) - 1} 字节", f"已有 {2 * len(PDF)} 字节"),
        ),
        ({"file": len(PDF) - 1}, "too-large", (f"至多 {len(PDF) - 1} 字节",)),
        ({"octets": 1}, "too-large", ("至多 1 字节",)),
    ],
)
@pytest.mark.parametrize("length", [None, len(PDF)])
def test_limits_are_said_with_their_figures_and_nothing_is_stored(
    office: Office, limits: dict[str, int], code: str, figures: tuple[str, ...], length: int | None
) -> None:
    case = office.archive.ids.uuid7()
    sent(attaching(office, WAITS), case)
    sent(attaching(office, PASSES), case)
    stored = set(office.archive.vault.objects())
    refused = fault(lambda: sent(attaching(office, PASSES, **limits), case, length=length))
    assert refused.code == code
    assert all(figure in refused.defects[0].message for figure in figures)
    assert set(office.archive.vault.objects()) == stored


def test_another_case_has_limits_of_its_own(office: Office) -> None:
    cases = [office.archive.ids.uuid7() for _ in range(2)]
    found = [sent(attaching(office, PASSES, files=1), case).state for case in cases]
    assert found == [State.ADMITTED, State.ADMITTED]
