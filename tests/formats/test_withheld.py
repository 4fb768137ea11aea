"""Withheld facts: what is hidden fits what was signed, and nothing ambiguous is shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.formats.canonical import dump
from domain.formats.encoding import b64u, b64u_decode, digest
from domain.formats.withheld import DISCLOSURES, Disclosure, checked_digests, disclose, facts_view, withhold
from tests.formats import samples
from tests.formats.test_canonical import values

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.errors import Fault

    Refused = Callable[[str, Callable[[], object]], Fault]

NAMES = st.text("abcde", max_size=3)
OBJECTS = st.dictionaries(NAMES, values(NAMES), max_size=5)


def made(name: Any, value: Any, salt: bytes = bytes(16)) -> str:
    return b64u(dump([b64u(salt), name, value]))


def holding(*encoded: str) -> dict[str, Any]:
    return {"_sd": sorted(digest(entry.encode()) for entry in encoded)}


@given(OBJECTS, st.randoms(use_true_random=False), st.data())
def test_all_shown_is_what_there_was_and_none_shown_is_what_was_signed(
    value: dict[str, Any], chance: Any, data: st.DataObject
) -> None:
    counter = iter(range(10_000))
    signed, disclosures = withhold(value, lambda _: chance.random() < 0.5, lambda: next(counter).to_bytes(16, "big"))
    assert disclose(signed, data.draw(st.permutations(disclosures))) == value
    assert disclose(signed, ()) == signed
    assert len(checked_digests(signed)) <= len(disclosures)
    assert dump(signed)


@given(OBJECTS, st.data())
def test_a_subset_shows_its_members_and_keeps_the_other_digests(value: dict[str, Any], data: st.DataObject) -> None:
    counter = iter(range(10_000))
    signed, disclosures = withhold(value, lambda path: len(path) == 1, lambda: next(counter).to_bytes(16, "big"))
    shown = [entry for entry in disclosures if data.draw(st.booleans())]
    result = disclose(signed, shown)
    names = {Disclosure(entry).name for entry in shown}
    assert {name: member for name, member in result.items() if name != "_sd"} == {name: value[name] for name in names}
    hidden = sorted(digest(entry.encode()) for entry in disclosures if entry not in shown)
    assert result.get("_sd", []) == hidden


def test_a_disclosure_is_that_of_rfc9901() -> None:
    """The digest of RFC 9901 §4.2.3's own disclosure (which isn't canonical, so it isn't one of ours)."""
    encoded = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert digest(encoded.encode()) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
    ours = Disclosure(made("family_name", "Möbius", b64u_decode("_26bc4LT-ac6q2KI6cBW5es")))
    assert json.loads(b64u_decode(ours.encoded)) == json.loads(b64u_decode(encoded))


def test_a_member_inside_a_withheld_object_can_be_withheld() -> None:
    value = {"party": {"name": "甲", "account": {"bank": "x", "number": "1"}}}
    secret = {("party",), ("party", "account"), ("party", "account", "number")}
    signed, disclosures = withhold(value, lambda path: path in secret, samples.salts())
    assert list(signed) == ["_sd"]
    assert [Disclosure(entry).name for entry in disclosures] == ["number", "account", "party"]
    assert disclose(signed, disclosures[2:])["party"]["name"] == "甲"
    assert disclose(signed, disclosures) == value


def test_a_hidden_parent_hides_its_children(refused: Refused) -> None:
    signed, disclosures = withhold({"a": {"b": 1}}, lambda _: True, samples.salts())
    refused("disclosure-unmatched", lambda: disclose(signed, disclosures[:1]))


def test_list_indexes_are_part_of_the_path() -> None:
    asked = []
    withhold({"a": [{"b": 1}, [{"c": 2}]]}, lambda path: bool(asked.append(path)), samples.salts())
    assert ("a", "0", "b") in asked
    assert ("a", "1", "0", "c") in asked


def test_the_order_of_digests_does_not_tell_the_order_of_members() -> None:
    signed, _ = withhold({str(n): n for n in range(9)}, lambda _: True, samples.salts())
    assert signed["_sd"] == sorted(signed["_sd"])  # type: ignore[type-var,arg-type]  # texts


@pytest.mark.parametrize("name", ["_sd", "..."])
def test_reserved_names_are_refused(name: str, refused: Refused) -> None:
    refused("withheld-name", lambda: withhold({"a": {name: 1}}, lambda _: False, samples.salts()))
    refused("disclosure-malformed", lambda: Disclosure(made(name, 1)))


def test_a_short_salt_is_refused(refused: Refused) -> None:
    refused("salt", lambda: withhold({"a": 1}, lambda _: True, lambda: bytes(15)))
    refused("disclosure-malformed", lambda: Disclosure(made("a", 1, bytes(15))))


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "!",
        "AAAA",
        "案",
        b64u(b"[]"),
        b64u(b'["AAAAAAAAAAAAAAAAAAAAAA","a"]'),
        b64u(b'["AAAAAAAAAAAAAAAAAAAAAA","a",1,2]'),
        b64u(b'["AAAAAAAAAAAAAAAAAAAAAA", "a", 1]'),
        b64u(b'["AAAAAAAAAAAAAAAAAAAAAB","a",1]'),
        b64u(b'[1,"a",1]'),
        b64u(b'["AAAAAAAAAAAAAAAAAAAAAA",1,1]'),
        b64u(b'["AAAAAAAAAAAAAAAAAAAAAA","\xe6\xa1\x88",1]'),
        b64u(b'["AAAAAAAAAAAAAAAAAAAAAA","a",1.5]'),
        made("a", 1) + "=",
        made("a", "x" * 65537),
        "A" * (1 << 21),
    ],
)
def test_a_malformed_disclosure_is_refused(encoded: str, refused: Refused) -> None:
    refused("disclosure-malformed", lambda: Disclosure(encoded))


def test_a_disclosure_must_fit_a_digest(refused: Refused) -> None:
    good, stray = made("a", 1), made("b", 2)
    assert disclose(holding(good), [good]) == {"a": 1}
    fault = refused("disclosure-unmatched", lambda: disclose(holding(good), [good, stray]))
    assert fault.defects[0].field == "b"


def test_a_disclosure_stands_once(refused: Refused) -> None:
    good = made("a", 1)
    refused("disclosure-repeated", lambda: disclose(holding(good), [good, good]))


def test_a_disclosed_name_must_be_free(refused: Refused) -> None:
    one, two = made("a", 1), made("a", 2)
    refused("disclosure-name", lambda: disclose({**holding(one), "a": 0}, [one]))
    refused("disclosure-name", lambda: disclose(holding(one, two), [one, two]))
    assert disclose(holding(one, two), [one])["a"] == 1


def test_a_digest_stands_once_in_a_whole_act(refused: Refused) -> None:
    good = made("a", 1)
    refused("digest-repeated", lambda: checked_digests({"x": holding(good), "y": [holding(good)]}))
    outer = made("o", holding(good))
    both = {"x": holding(good), "y": holding(outer)}
    assert disclose(both, [])
    refused("digest-repeated", lambda: disclose(both, [outer]))


@pytest.mark.parametrize(
    ("listed", "code"),
    [
        ([], "sd-empty"),
        ({}, "sd-empty"),
        ("A" * 43, "sd-empty"),
        (None, "sd-empty"),
        ([1], "shape"),
        (["A" * 42], "shape"),
        (["A" * 42 + "B"], "shape"),
        (["B" * 42 + "A", "A" * 43], "sd-unsorted"),
        (["A" * 43, "A" * 43], "sd-unsorted"),
    ],
)
def test_digest_lists_are_exact(listed: Any, code: str, refused: Refused) -> None:
    refused(code, lambda: checked_digests({"a": [{"_sd": listed}]}))
    refused(code, lambda: samples.act(facts={"a": {"_sd": listed}}).payload())
    inner = made("a", {"_sd": listed})
    refused(code, lambda: disclose(holding(inner), [inner]))


def test_array_elements_are_never_withheld(refused: Refused) -> None:
    refused("sd-name", lambda: checked_digests({"a": [{"...": "A" * 43}]}))


def test_a_chain_of_disclosures_cannot_be_deeper_than_a_document(refused: Refused) -> None:
    chain = [made("a", 1)]
    for _ in range(2000):
        chain.append(made("a", holding(chain[-1])))
    refused("json-depth", lambda: disclose(holding(chain[-1]), chain))
    lists = made("a", json.loads("[" * 31 + "]" * 31))
    refused("json-depth", lambda: disclose({"x": {"y": holding(lists)}}, [lists]))


def test_disclosures_are_limited_in_number(refused: Refused) -> None:
    refused("disclosure-malformed", lambda: disclose({}, [made(f"n{n}", n) for n in range(DISCLOSURES + 1)]))


def test_facts_and_evidence_of_an_act_are_shown_together() -> None:
    _, disclosures = samples.closed()
    facts, evidence = facts_view(samples.act(), disclosures)
    assert facts == samples.clear()["facts"]
    assert list(evidence) == samples.clear()["evidence"]
    facts, evidence = facts_view(samples.act(), ())
    assert "amount" not in facts
    assert "sha256" not in evidence[0]


@pytest.mark.parametrize(("name", "value"), [("sha256", "x"), ("length", "4"), ("title", ""), ("name", None)])
def test_disclosed_evidence_has_its_shape(name: str, value: Any, refused: Refused) -> None:
    encoded = made(name, value)
    entry = {key: member for key, member in samples.clear()["evidence"][0].items() if key in _PLAIN}
    act = samples.act(evidence=({**entry, **holding(encoded)},))
    assert facts_view(act, ())
    fault = refused("shape", lambda: facts_view(act, [encoded]))
    assert fault.defects[0].field == f"evidence[0].{name}"


_PLAIN = {"object", "blob", "size", "version", "class", "slot"}
