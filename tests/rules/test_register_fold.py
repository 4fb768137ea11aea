"""The register: who may sign what, from which moment to which, and what its records change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.formats.act import Act, Seen, Signer
from domain.formats.keys import PrivateKey
from domain.rules.case import Entry
from domain.rules.register import (
    REGISTER_ACTIONS,
    EnrolledKey,
    Granted,
    Officer,
    Register,
    moment_of,
    register_of,
    unauthorised,
)

ROOT, ARCHIVE, NEXT, ONE, TWO = (PrivateKey.from_seed(bytes([n]) * 32).public for n in range(1, 6))
A, B, C = "archive-case", "officer-b", "officer-c"
T0 = datetime(2023, 3, 1, tzinfo=UTC)
HOUR, TICK = timedelta(hours=1), timedelta(milliseconds=1)


def entry(action: str, facts: dict[str, Any], at: datetime = T0, **more: Any) -> Entry:
    stamp = at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return Entry(1, "d", "id", action, "2023-03-01", stamp, (), Seen(0, None), facts, (), **more)


GENESIS = entry(
    "genesis",
    {
        "archive": ARCHIVE.jwk,
        "root": ROOT.jwk,
        "origin": "某局",
        "demonstration": True,
        "calendars": [{"name": "cn-2023", "digest": "c1"}],
        "rulebooks": [{"id": "book", "digest": "r1"}],
    },
)


def enrolled(key: Any = ONE, at: datetime = T0, **facts: Any) -> Entry:
    return entry("key-enrolled", {"key": key.jwk, "name": "陈立", "unit": "某局", "from": at.isoformat(), **facts})


def fold(*entries: tuple[str, Entry]) -> Register:
    return register_of([(A, GENESIS), *entries])


def test_genesis_names_root_archive_key_calendars_and_rulebooks() -> None:
    found = fold()
    assert (found.archive, found.origin, found.demonstration, found.root) == (A, "某局", True, ROOT)
    assert found.archive_keys == {ARCHIVE.kid: EnrolledKey(ARCHIVE, T0)}
    assert found.calendars == {"cn-2023": "c1"}
    assert found.rulebooks == {"book": ("r1",)}
    assert found.keys() == {ROOT.kid: ROOT}
    plain = register_of([(A, replace(GENESIS, facts={**GENESIS.facts, "demonstration": "true"}))])
    assert not plain.demonstration
    bare = {name: GENESIS.facts[name] for name in ("archive", "root", "origin")}
    assert register_of([(A, replace(GENESIS, facts=bare))]).calendars == {}


def test_every_action_of_the_register_is_handled_and_others_change_nothing() -> None:
    assert {"genesis", "key-enrolled", "recusal-ended", "rectification"} <= set(REGISTER_ACTIONS)
    assert Register().with_entry(A, entry("intake", {})) == Register()
    assert Register().with_entry(A, replace(GENESIS, voided_by=2)) == Register()


@pytest.mark.parametrize(("moment", "good"), [(-TICK, False), (0 * TICK, True), (HOUR - TICK, True), (HOUR, False)])
def test_a_key_counts_from_its_first_moment_and_not_at_its_last(moment: timedelta, good: bool) -> None:
    assert EnrolledKey(ONE, T0, T0 + HOUR).trusted(T0 + moment) is good
    assert EnrolledKey(ONE, T0).trusted(T0 + 1000 * HOUR)


def test_the_latest_grant_that_has_begun_holds() -> None:
    grants = (Granted(T0 + HOUR, frozenset("b")), Granted(T0, frozenset("a")))
    officer = Officer(B, "陈立", grants=grants)
    held = [officer.capacities(T0 + d) for d in (-TICK, 0 * TICK, HOUR - TICK, HOUR)]
    assert held == [frozenset(), frozenset("a"), frozenset("a"), frozenset("b")]


def test_a_recusal_holds_from_its_first_moment_and_not_at_its_last() -> None:
    officer = Officer(B, "陈立", recused=(("case-1", T0, T0 + HOUR), ("case-2", T0, None)))
    assert [officer.recused_from("case-1", T0 + d) for d in (-TICK, 0 * TICK, HOUR - TICK, HOUR)] == [
        False,
        True,
        True,
        False,
    ]
    assert officer.recused_from("case-2", T0 + 1000 * HOUR)
    assert not officer.recused_from("case-3", T0)


def test_an_enrolment_makes_the_officer_and_a_second_adds_a_key() -> None:
    first = fold((B, enrolled(capacities=["handler"])))
    officer = first.officers[B]
    assert (officer.name, officer.unit, officer.capacities(T0)) == ("陈立", "某局", frozenset(["handler"]))
    second = fold((B, enrolled(capacities=["handler"])), (B, enrolled(TWO, T0 + HOUR, name=None, unit="新局")))
    officer = second.officers[B]
    assert (officer.name, officer.unit) == ("陈立", "新局")
    assert officer.keys == {ONE.kid: EnrolledKey(ONE, T0), TWO.kid: EnrolledKey(TWO, T0 + HOUR)}
    assert len(officer.grants) == 1
    assert set(second.keys()) == {ROOT.kid, ONE.kid, TWO.kid}
    assert fold((B, enrolled(name=None))).officers[B].name == "不公开"


def test_a_key_enrolled_in_the_archives_own_case_is_the_archives() -> None:
    found = fold((A, enrolled(NEXT, T0 + HOUR)))
    assert set(found.archive_keys) == {ARCHIVE.kid, NEXT.kid}
    assert found.archive_keys[NEXT.kid].since == T0 + HOUR
    assert found.officers == {}


def revoked(key: Any, until: datetime | None = None) -> Entry:
    facts = {"kid": key.kid} | ({"not_trusted_from": until.isoformat()} if until else {})
    return entry("key-revoked", facts, T0 + HOUR)


def test_a_revocation_ends_the_key_it_names_from_the_moment_it_names() -> None:
    found = fold((B, enrolled()), (B, enrolled(TWO)), (B, revoked(ONE, T0 + 2 * HOUR)))
    ends = {kid: key.not_trusted_from for kid, key in found.officers[B].keys.items()}
    assert ends == {ONE.kid: T0 + 2 * HOUR, TWO.kid: None}
    assert fold((B, enrolled()), (B, revoked(ONE))).officers[B].keys[ONE.kid].not_trusted_from == T0 + HOUR
    own = fold((A, enrolled(NEXT)), (A, revoked(ARCHIVE, T0 + 2 * HOUR)))
    assert {kid: key.not_trusted_from for kid, key in own.archive_keys.items()} == {
        ARCHIVE.kid: T0 + 2 * HOUR,
        NEXT.kid: None,
    }


def test_a_revocation_of_an_unknown_key_or_officer_changes_nothing() -> None:
    known = fold((B, enrolled()))
    for case, key in ((A, ONE), (B, TWO), (C, ONE)):
        assert known.with_entry(case, revoked(key)) == known


def test_capacities_change_from_the_moment_stated() -> None:
    change = entry("capacities-changed", {"capacities": ["head"], "from": (T0 + HOUR).isoformat()})
    found = fold((B, enrolled(capacities=["handler"])), (B, change)).officers[B]
    assert found.capacities(T0 + HOUR - TICK) == frozenset(["handler"])
    assert found.capacities(T0 + HOUR) == frozenset(["head"])
    none = entry("capacities-changed", {"from": (T0 + HOUR).isoformat()})
    assert fold((B, enrolled(capacities=["handler"])), (B, none)).officers[B].capacities(T0 + HOUR) == frozenset()


def test_a_recusal_is_ended_for_the_case_named_and_only_once() -> None:
    def about(action: str, case: str, at: datetime) -> tuple[str, Entry]:
        return B, entry(action, {"case": case, "from": at.isoformat()})

    acts = [about("recusal", "case-1", T0), about("recusal", "case-2", T0)]
    acts += [about("recusal-ended", "case-1", T0 + HOUR), about("recusal-ended", "case-1", T0 + 2 * HOUR)]
    found = fold((B, enrolled()), *acts).officers[B]
    assert found.recused == (("case-1", T0, T0 + HOUR), ("case-2", T0, None))


@pytest.mark.parametrize("action", ["capacities-changed", "recusal", "recusal-ended"])
def test_what_concerns_nobody_enrolled_changes_nothing(action: str) -> None:
    known = fold((B, enrolled()))
    facts = {"case": "case-1", "capacities": ["head"], "from": T0.isoformat()}
    assert known.with_entry(C, entry(action, facts)) == known
    assert known.with_entry(B, entry(action, facts)) != known or action == "recusal-ended"


def test_calendars_and_rulebooks_are_adopted_in_the_archives_own_case_alone() -> None:
    table = entry("calendar-adopted", {"name": "cn-2023", "digest": "c2"})
    book = entry("rulebook-adopted", {"id": "book", "digest": "r2"})
    other = entry("rulebook-adopted", {"id": "other", "digest": "r3"})
    found = fold((A, table), (A, book), (A, other))
    assert found.calendars == {"cn-2023": "c2"}
    assert found.rulebooks == {"book": ("r1", "r2"), "other": ("r3",)}
    again = entry("rulebook-adopted", {"id": "book", "digest": "r1"})
    assert fold((A, book), (A, again)).rulebooks == {"book": ("r2", "r1")}  # the newest adoption comes last
    assert fold((B, table), (B, book)) == fold()


def test_a_moment_left_open_is_that_of_the_receipt() -> None:
    assert moment_of("2023-03-01T00:00:00+00:00", "2023-03-02T00:00:00+00:00") == T0
    assert moment_of(None, "2023-03-01T00:00:00+00:00") == T0
    assert moment_of(None, None) == datetime.min.replace(tzinfo=UTC)


def act(action: str, *signers: Signer, case: str = "case-1", seen: int = 0, **facts: Any) -> Act:
    head = "d" if seen else None
    return Act("id", case, Seen(seen, head), signers, "book", "r1", action, "2023-03-01", facts, ())


def codes(register: Register, signed: Act, at: datetime = T0) -> list[tuple[str, str | None]]:
    found = list(unauthorised(register, signed, at))
    assert all(d.message and d.remedy and d.action == signed.action for d in found)
    return [(d.code, d.field) for d in found]


def by_root(key: Any = ROOT) -> Signer:
    return Signer(A, key.kid, "root")


def test_root_signs_the_genesis_once() -> None:
    assert codes(Register(), act("genesis", by_root())) == []
    assert codes(fold(), act("genesis", by_root())) == [("root-retired", "signers[0]")]
    assert codes(Register(), act("key-enrolled", by_root())) == [("unknown-key", "signers[0].kid")]
    assert codes(fold(), act("key-enrolled", by_root(TWO))) == [("unknown-key", "signers[0].kid")]


def test_root_enrols_until_two_are_enrolled() -> None:
    one, two = fold((B, enrolled())), fold((B, enrolled()), (C, enrolled(TWO)))
    assert codes(one, act("key-enrolled", by_root())) == []
    assert codes(one, act("recusal", by_root())) == [("root-retired", "signers[0]")]
    assert codes(two, act("key-enrolled", by_root())) == [("root-retired", "signers[0]")]
    messages = [next(unauthorised(r, act(a, by_root()), T0)).message for r, a in ((two, "key-enrolled"), (one, "x"))]
    assert messages == ["已有两名登记人员，根密钥不再有权签署", "根密钥只能签署创世和最初的登记"]


def test_who_is_enrolled_signs_with_the_very_key_and_in_the_own_case() -> None:
    mine = Signer(B, ONE.kid, "self")
    assert codes(fold(), act("key-enrolled", mine, case=B, key=ONE.jwk)) == []
    assert codes(fold(), act("key-enrolled", mine, case=B, key=TWO.jwk)) == [("self", "signers[0].kid")]
    assert codes(fold(), act("key-enrolled", mine, case=C, key=ONE.jwk)) == [("self", "signers[0].kid")]
    later = act("key-enrolled", mine, case=B, seen=1, key=ONE.jwk)
    assert codes(fold(), later) == [("not-enrolled", "signers[0]")]
    assert codes(fold(), act("recusal", mine, case=B)) == [("not-enrolled", "signers[0]")]


HANDLER = Signer(B, ONE.kid, "handler")


def test_an_officer_signs_with_an_own_key_in_force() -> None:
    known = fold((B, enrolled(at=T0, capacities=["handler"])), (B, revoked(ONE, T0 + HOUR)))
    signed = act("acceptance", HANDLER)
    assert codes(known, signed, T0) == []
    early = codes(known, signed, T0 - TICK)
    assert early == [("not-yet", "signers[0].kid"), ("no-capacity", "signers[0].as")]
    assert codes(known, signed, T0 + HOUR - TICK) == []
    assert codes(known, signed, T0 + HOUR) == [("revoked", "signers[0].kid")]
    assert codes(known, act("acceptance", replace(HANDLER, kid=TWO.kid))) == [("wrong-key", "signers[0].kid")]
    assert codes(known, act("acceptance", HANDLER, replace(HANDLER, officer=C))) == [("not-enrolled", "signers[1]")]


def test_an_officer_signs_with_a_capacity_held_and_as_self_only_in_the_own_case() -> None:
    known = fold((B, enrolled(capacities=["handler"])))
    head, mine = replace(HANDLER, capacity="head"), replace(HANDLER, capacity="self")
    assert codes(known, act("acceptance", head)) == [("no-capacity", "signers[0].as")]
    assert codes(known, act("recusal", mine, case=B, seen=1)) == []
    assert codes(known, act("recusal", mine)) == [("no-capacity", "signers[0].as")]


def test_a_recused_officer_signs_nothing_in_that_case() -> None:
    recusal = entry("recusal", {"case": "case-1", "from": T0.isoformat()})
    known = fold((B, enrolled(capacities=["handler"])), (B, recusal))
    assert codes(known, act("acceptance", HANDLER)) == [("recused", "signers[0]")]
    assert codes(known, act("acceptance", HANDLER, case="case-2")) == []
