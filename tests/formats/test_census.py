from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Fault
from domain.formats.census import Census, CensusLine, CensusPath, Shown, counted, paths
from domain.formats.encoding import b64u, digest, sha256
from tests.reference import naive_merkle as naive

TAKEN = "2023-03-06T01:02:03.456Z"


def case(n: int) -> str:
    return f"01890a5d-ac96-774b-bcce-{n:012x}"


def lines(count: int, *, step: int = 2) -> list[CensusLine]:
    return [CensusLine(case(n * step), n % 7 + 1, digest(b"%d" % n)) for n in range(count)]


def census(over: list[CensusLine], earlier: int = 2) -> Census:
    return Census.of("example.org/log", sum(line.seq for line in over) + earlier, TAKEN, over)


def test_the_document_is_what_the_format_says() -> None:
    over = lines(5)
    made = census(over)
    told = json.loads(made.dump())
    entries = [f"{line.case}\n{line.seq}\n{line.head}".encode() for line in over]
    assert told == {
        "typ": "anjuan.census/1",
        "origin": "example.org/log",
        "size": 17,
        "taken": TAKEN,
        "cases": 5,
        "root": b64u(naive.mth(entries)),
    }
    assert Census.parse(made.dump()) == made
    assert made.entry == sha256(made.dump())


@given(st.integers(1, 40), st.data())
def test_every_case_has_a_path_that_shows_it_and_its_neighbours(count: int, data: st.DataObject) -> None:
    over = lines(count)
    made = census(over)
    index = data.draw(st.integers(0, count - 1))
    (path,) = paths(over, [over[index].case]).values()
    assert path.shortcoming(made) is None
    assert CensusPath.parse(path.dump()) == path
    entries = [line.data for line in over]
    assert list(path.shown.path) == naive.path(index, entries)
    assert (path.before is None, path.after is None) == (index == 0, index == count - 1)


def test_a_case_without_a_line_has_no_path() -> None:
    assert paths(lines(3), [case(1)]) == {}


@given(st.integers(2, 20), st.data())
def test_no_altered_path_passes(count: int, data: st.DataObject) -> None:
    over = lines(count)
    made, index = census(over), data.draw(st.integers(0, count - 1))
    path = paths(over, [over[index].case])[over[index].case]
    own = path.shown
    other = paths(over, [over[(index + 1) % count].case])[over[(index + 1) % count].case].shown
    altered = data.draw(
        st.sampled_from(
            [
                replace(path, shown=replace(own, line=replace(own.line, seq=own.line.seq + 1))),
                replace(path, shown=replace(own, line=replace(own.line, head=digest(b"x")))),
                replace(path, shown=replace(own, index=own.index + 1)),
                replace(path, shown=other),
                replace(path, before=None, after=None),
                replace(path, before=path.after, after=path.before),
                replace(path, before=own),
                replace(path, after=own),
            ]
        )
    )
    assert altered.shortcoming(made) in {"census-path", "census-neighbours"}


def test_a_line_that_was_left_out_cannot_be_passed_over() -> None:
    """A forged tree that hides a case between two others shows: its neighbours are no longer next to each other."""
    over = lines(6)
    made = census(over)
    path = paths(over, [over[2].case])[over[2].case]
    hidden = paths(over, [over[4].case])[over[4].case].shown
    assert replace(path, after=hidden).shortcoming(made) == "census-neighbours"


def test_oversight_finds_what_is_hidden() -> None:
    over = lines(6)
    made = census(over)
    assert counted(made, over, 2) is None
    assert counted(made, over, 1) == "census-count"
    assert counted(replace(made, size=made.size + 1), over, 2) == "census-count"
    assert counted(made, over[:-1], 2) == "census-root"
    assert counted(made, [*over[:-1], replace(over[-1], seq=9)], 2) == "census-root"
    assert counted(made, [over[1], over[0], *over[2:]], 2) == "census-order"
    assert counted(made, [*over, over[-1]], 2) == "census-order"


def test_lines_out_of_order_make_no_census() -> None:
    over = lines(3)
    for wrong in ([over[1], over[0]], [over[0], over[0]]):
        with pytest.raises(Fault) as caught:
            census(wrong)
        assert caught.value.code == "census-order"


def test_an_empty_archive_has_a_census() -> None:
    made = Census.of("example.org/log", 0, TAKEN, [])
    assert counted(made, [], 0) is None
    assert Census.parse(made.dump()) == made


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("typ", "anjuan.census/2"), ("size", -1), ("size", "5"), ("taken", "2023-03-06"), ("cases", True),
        ("root", "x"), ("origin", ""), ("extra", 1),
    ],
)  # fmt: skip
def test_other_documents_are_refused(member: str, value: object) -> None:
    told = json.loads(census(lines(3)).dump()) | {member: value}
    with pytest.raises(Fault):
        Census.parse(json.dumps(told, sort_keys=True, separators=(",", ":")).encode())


def test_documents_and_paths_are_canonical() -> None:
    over = lines(3)
    with pytest.raises(Fault):
        Census.parse(json.dumps(json.loads(census(over).dump())).encode())
    path = paths(over, [over[1].case])[over[1].case].dump()
    with pytest.raises(Fault):
        CensusPath.parse(json.dumps(json.loads(path)).encode())
    assert isinstance(CensusPath.parse(path).shown, Shown)
