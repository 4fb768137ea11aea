"""Canonical JSON against the rfc8785 package, and the strict parser against what lax parsers let in."""

from __future__ import annotations

import enum
import json
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Fault
from domain.formats.canonical import DEPTH, INTEGER, LIMIT, dump, parse, parse_canonical, parse_object

if TYPE_CHECKING:
    from collections.abc import Callable

_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n")).map(
    lambda text: unicodedata.normalize("NFC", text)
)
_NAME = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E))


def values(names: st.SearchStrategy[str] = _NAME) -> st.SearchStrategy[Any]:
    return st.recursive(
        st.none() | st.booleans() | st.integers(-INTEGER, INTEGER) | _TEXT,
        lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner, max_size=5),
        max_leaves=25,
    )


VALUES = values()


@given(VALUES)
def test_dump_is_what_rfc8785_writes(value: object) -> None:
    assert dump(value) == rfc8785.dumps(value)


@given(VALUES)
def test_what_is_dumped_is_read_back(value: object) -> None:
    assert parse_canonical(dump(value)) == value


@given(VALUES)
def test_white_space_is_read_but_not_canonical(value: object) -> None:
    spaced = json.dumps(value, ensure_ascii=False, indent=1).encode()
    assert parse(spaced) == value
    if isinstance(value, dict | list) and value:
        with pytest.raises(Fault, match="规范"):
            parse_canonical(spaced)


@given(st.binary(max_size=200))
def test_no_octets_lead_to_anything_but_a_value_or_a_fault(data: bytes) -> None:
    try:
        value = parse(data)
    except Fault as fault:
        assert fault.code.startswith("json-")  # noqa: PT017  # refusal is one of two right outcomes
    else:
        assert parse_canonical(dump(value)) == value


@given(VALUES, st.data())
def test_a_mutated_text_is_refused_or_another_canonical_text(value: object, data: st.DataObject) -> None:
    good = dump(value)
    place = data.draw(st.integers(0, len(good) - 1))
    bad = good[:place] + bytes([good[place] ^ data.draw(st.integers(1, 255))]) + good[place + 1 :]
    try:
        read = parse_canonical(bad)
    except Fault:
        return
    assert dump(read) == bad


def _loose(scalars: list[str]) -> st.SearchStrategy[str]:
    """JSON texts of `scalars` as any writer might put them: in any order, names repeated, white space."""
    name, gap = st.sampled_from(["a", "b", "\\u0061", "é", ""]), st.sampled_from(["", "", "", " "])
    return st.recursive(
        st.sampled_from(scalars),
        lambda inner: (
            st.builds(lambda listed, g: f"[{','.join(listed)}{g}]", st.lists(inner, max_size=3), gap)
            | st.builds(
                lambda pairs: "{" + ",".join(f'"{n}":{v}' for n, v in pairs) + "}",
                st.lists(st.tuples(name, inner), max_size=3),
            )
        ),
        max_leaves=8,
    )


_GOOD = ["0", "-1", '"a"', '"\\n"', '"投诉"', "true", "null", str(INTEGER), '"\U0001f4c1"']
_BAD = ["-0", "1.0", "1e3", "1E400", "01", "NaN", str(INTEGER + 1), "9" * 25, "nul", '"\\u0041"', '"\\/"', '"e\u0301"']
_BAD += ['"\\ud800"', '"\t"', '"\x7f"', '"\ufeff"', "\ufeff1", '"<\u0338"', " 1", "1\n", "1,2", ""]


def _came(read: Callable[[bytes], Any], data: bytes) -> Any:
    try:
        return repr(read(data))
    except Fault as fault:
        return fault.code, fault.defects[0].field


def _the_long_way(data: bytes) -> Any:
    value = parse(data)
    if rfc8785.dumps(value) != data:
        raise Fault("not-canonical", "")
    return value


@given(_loose(_GOOD) | _loose(_GOOD + _BAD))
def test_canonical_is_what_parses_and_is_written_the_same_by_another_hand(text: str) -> None:
    data = text.encode()
    assert _came(parse_canonical, data) == _came(_the_long_way, data)


@pytest.mark.parametrize("text", _GOOD + _BAD)
def test_scalars_the_same(text: str) -> None:
    data = text.encode()
    assert _came(parse_canonical, data) == _came(_the_long_way, data)
    assert isinstance(_came(parse_canonical, data), str) == (text in _GOOD or text == '"\ufeff"')


def test_canonical_texts_are_held_to_depth_and_size_too() -> None:
    for deep in (b"[" * 1_000_000, b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1), b'{"a":' * 1_000 + b"1" + b"}" * 1_000):
        assert _came(parse_canonical, deep)[0] == "json-depth"
    with pytest.raises(Fault) as caught:
        parse_canonical(b"[1]", limit=2)
    assert caught.value.code == "json-size"


class _Word(enum.StrEnum):
    A = "a"


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        (1,),
        b"x",
        {1: 2},
        {"a": {1, 2}},
        _Word.A,
        {_Word.A: 1},
        INTEGER + 1,
        -INTEGER - 1,
        "\r",
        "\ud800",
    ],
)
def test_dump_guards_what_a_serialiser_would_let_through(value: object) -> None:
    with pytest.raises(Fault) as caught:
        dump(value)  # type: ignore[arg-type]  # that is the point
    assert caught.value.code == "canonical"


def test_a_fault_names_the_place() -> None:
    with pytest.raises(Fault) as caught:
        dump({"facts": {"items": ["ok", "tab\t"]}})
    assert caught.value.defects[0].field == "facts.items[1]"
    assert _came(dump, [{".a": 1.5}]) == ("canonical", "[0]..a")  # type: ignore[arg-type]  # any reader will do
    assert _came(dump, 1.5) == ("canonical", None)  # type: ignore[arg-type]  # same


def test_depth_is_counted_before_parsing() -> None:
    deep = b"[" * 1_000_000
    with pytest.raises(Fault) as caught:
        parse(deep)
    assert caught.value.code == "json-depth"
    with pytest.raises(Fault) as caught:
        parse(b'["a",' * 100_000)
    assert caught.value.code == "json-depth"
    assert parse(b'["' + b"[" * 100 + b'"]') == ["[" * 100]
    assert parse(b'["\\"' + b"[" * 100 + b'"]') == ['"' + "[" * 100]


def test_depth_holds_for_objects_and_for_writing() -> None:
    value: object = 1
    for _ in range(DEPTH):
        value = {"a": value}
    assert parse(dump(value)) == value
    with pytest.raises(Fault, match="嵌套"):
        dump([value])
    with pytest.raises(Fault, match="嵌套"):
        dump({"a": value})


def test_size_is_limited() -> None:
    assert parse(b"[1]", limit=3) == [1]
    with pytest.raises(Fault) as caught:
        parse(b"[1] ", limit=3)
    assert caught.value.code == "json-size"
    assert parse(b"1" + b" " * (LIMIT - 1)) == 1
    with pytest.raises(Fault) as caught:
        parse(b"1" + b" " * LIMIT)
    assert caught.value.code == "json-size"
    assert LIMIT == 4 * 1024 * 1024


def test_the_repeated_name_is_named() -> None:
    with pytest.raises(Fault, match="'twice'"):
        parse(b'{"once":1,"twice":2,"twice":3}')


def test_a_very_long_integer_is_refused_without_being_read() -> None:
    with pytest.raises(Fault) as caught:
        parse(b"9" * 100_000)
    assert caught.value.code == "json-number"


def test_parse_object_wants_an_object() -> None:
    assert parse_object(b'{"a":1}') == {"a": 1}
    with pytest.raises(Fault) as caught:
        parse_object(b"[]")
    assert caught.value.code == "json-object"
