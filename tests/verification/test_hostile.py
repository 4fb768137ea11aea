"""Whatever hostile bytes say, verification answers with a report: a leaked exception of any kind fails these tests.

Bytes here are signed and sealed as if the archive and its officers were the attackers, so that they get past the
first checks and into the rules.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Fault
from domain.formats.canonical import dump
from tests.verification.factory import DOMAIN, Archive, archive, small_rules
from tests.verification.judging import verified

if TYPE_CHECKING:
    from domain.formats.verdict import Report
    from domain.rules.rulebook import Rulebook

NAMES = st.sampled_from(["_sd", "...", "id", "of", "role", "name", "x"])
TEXTS = st.text(max_size=8).map(lambda text: unicodedata.normalize("NFC", text))
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), TEXTS,
    st.sampled_from(["2023-03-06", "2023-03-06T09:00:00+08:00", "2023-03-06T09:00:00", "9999-12-31", "0.00", "a"]),
)  # fmt: skip
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)
EXAMPLES = settings().max_examples
SOME = settings(max_examples=EXAMPLES if EXAMPLES > 100 else 60)  # more where a profile asks for more


def answered(data: bytes, archive: Archive) -> Report | None:
    try:
        return verified(data, archive.trust())
    except Fault as fault:
        assert fault.code == "not-a-package"  # noqa: PT017  # the one fault that may leave, and only with this code
        return None


def entered(
    made: Archive, case: str, action: str, facts: dict[str, Any], signers: list[tuple[str, str]], **more: Any
) -> bool:
    """Enter a record; False where the format itself refuses to write such an act."""
    try:
        made.enter(case, action, facts, signers, **more)
    except Fault:
        return False
    return True


def facts_of(book: Rulebook, action: str) -> st.SearchStrategy[dict[str, Any]]:
    """Facts named as the action's are, holding anything."""
    names = [fact.name for fact in book.by_action[action].facts]
    return st.dictionaries(st.sampled_from([*names, "_sd", "target"]), JSON, max_size=5)


REGISTER_FACTS = ["origin", "root", "archive", "calendars", "rulebooks", "demonstration", "key", "from", "kid", "name",
                  "not_trusted_from", "capacities", "case", "digest", "target", "mode", "changes", "id"]  # fmt: skip


@SOME
@given(st.data())
def test_facts_of_any_shape(data: st.DataObject) -> None:
    made = archive()
    actions = [action.code for action in small_rules().actions]
    made.records[made.case].clear()
    made.disclosures.clear()
    for action in data.draw(st.lists(st.sampled_from(actions), min_size=1, max_size=4)):
        facts = data.draw(facts_of(small_rules(), action))
        entered(made, made.case, action, facts, [("a", "handler"), ("c", "head")])
    if made.records[made.case]:
        assert answered(made.package(), made)


@SOME
@given(st.data())
def test_register_facts_of_any_shape(data: st.DataObject) -> None:
    made = archive()
    for _ in range(data.draw(st.integers(1, 3))):
        case = data.draw(st.sampled_from([made.own, *map(made.officer, "abcd")]))
        action = data.draw(
            st.sampled_from(["genesis", "key-enrolled", "key-revoked", "capacities-changed", "recusal", "recusal-ended",
                             "calendar-adopted", "rulebook-adopted", "rectification"])
        )  # fmt: skip
        key = made.key("d").public.jwk
        facts = data.draw(st.dictionaries(st.sampled_from(REGISTER_FACTS), st.one_of(JSON, st.just(key)), max_size=6))
        signers = data.draw(
            st.sampled_from([[("a", "registrar"), ("b", "registrar")], [("root", "root"), ("d", "self")]])
        )
        entered(made, case, action, facts, signers)
    made.enter(made.case, "destruction", {}, [("d", "head")])
    assert answered(made.package(made.payload(everyone=True)), made)


@SOME
@given(
    st.dictionaries(
        st.sampled_from(REGISTER_FACTS), st.one_of(JSON, st.just(archive().key("x").public.jwk)), max_size=9
    )
)
def test_a_first_record_of_any_shape(facts: dict[str, Any]) -> None:
    made = archive()
    made.records[made.own].clear()
    if entered(made, made.own, "genesis", {**facts}, [("root", "root")]):
        assert answered(made.package(), made)


LU = DOMAIN / "rulebooks/lu-cai-cai-2018-72"


@pytest.fixture(scope="module")
def real() -> Rulebook:
    from domain.rules.loader import compile_rulebook  # noqa: PLC0415  # used here only

    return compile_rulebook({p.relative_to(LU).as_posix(): p.read_bytes() for p in LU.rglob("*") if p.is_file()})


@SOME
@given(data=st.data())
def test_acts_of_the_real_rulebook_in_any_order_with_facts_of_any_shape(real: Rulebook, data: st.DataObject) -> None:
    """Every word of the vocabulary that the rulebook uses meets facts it doesn't expect."""
    made = Archive(book=real)
    made.found()
    made.staff()
    for _ in range(data.draw(st.integers(1, 6))):
        action = data.draw(st.sampled_from([action.code for action in real.actions]))
        facts = data.draw(facts_of(real, action))
        capacities = [s.capacity for s in real.by_action[action].by[0]]
        entered(made, made.case, action, facts, [("a", capacities[0]), ("c", capacities[-1])])
    if made.records.get(made.case):
        assert answered(made.package(), made)


@SOME
@given(st.data())
def test_any_file_of_a_package_holding_anything(made: Archive, data: st.DataObject) -> None:
    files = made.payload()
    for _ in range(data.draw(st.integers(1, 3))):
        name = data.draw(st.sampled_from(sorted(files)))
        files[name] = data.draw(st.one_of(st.binary(max_size=64), JSON.filter(_writable).map(dump)))
    assert answered(made.package(files), made)


@SOME
@given(
    st.one_of(st.text(st.characters(codec="ascii"), max_size=80), st.lists(st.text("AQw-_", max_size=30)).map(".".join))
)
def test_any_export(made: Archive, export: str) -> None:
    report = answered(made.sealed(made.payload(), export), made)
    assert report
    assert report.exit_status == 1


@SOME
@given(st.data())
def test_any_bytes_for_a_package(made: Archive, data: st.DataObject) -> None:
    whole = bytearray(made.package())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(whole) - 1))
        stop = data.draw(st.integers(start, min(len(whole), start + 4000)))
        whole[start:stop] = data.draw(st.binary(max_size=40))
    answered(bytes(whole), made)


@SOME
@given(st.dictionaries(st.sampled_from(["1", "2", "9", ""]).map(lambda s: f"{archive().case}/{s}"), JSON, max_size=3))
def test_disclosures_of_any_shape(made: Archive, shown: dict[str, Any]) -> None:
    if _writable(shown):
        assert answered(made.package({**made.payload(), "data/disclosures.json": dump(shown)}), made)


def _writable(value: Any) -> bool:
    try:
        dump(value)
    except Fault:
        return False
    return True
