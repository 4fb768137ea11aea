from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.errors import Fault
from domain.formats import merkle
from tests.reference import naive_merkle as naive

ENTRIES = [f"第{n}条".encode() for n in range(300)]
LEAVES = [merkle.leaf_hash(entry) for entry in ENTRIES]
SIZES = st.integers(1, len(ENTRIES))


def code(caught: pytest.ExceptionInfo[Fault]) -> str:
    return caught.value.code


def test_the_published_roots() -> None:
    """RFC 6962 has no examples; these are the roots of the tree that implementations of it are tested with."""
    entries = [
        bytes.fromhex(text)
        for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
    ]
    roots = [merkle.root_of([merkle.leaf_hash(entry) for entry in entries[:n]]).hex() for n in range(9)]
    assert roots == [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]


def test_every_proof_of_small_trees_is_that_of_the_definition() -> None:
    for size in range(1, 34):
        subtrees, root = merkle.subtrees_of(LEAVES[:size]), naive.mth(ENTRIES[:size])
        assert merkle.root(size, subtrees) == merkle.root_of(LEAVES[:size]) == root
        for index in range(size):
            path = merkle.inclusion(index, size, subtrees)
            assert list(path) == naive.path(index, ENTRIES[:size])
            assert merkle.reached(LEAVES[index], index, size, path) == root
        for old in range(1, size + 1):
            path = merkle.consistency(old, size, subtrees)
            assert list(path) == naive.proof(old, ENTRIES[:size])
            old_root = naive.mth(ENTRIES[:old])
            assert merkle.joined(old, size, old_root, path) == (old_root, root)


@given(SIZES, st.data())
def test_larger_trees_too(size: int, data: st.DataObject) -> None:
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    subtrees, root = merkle.subtrees_of(LEAVES[:size]), naive.mth(ENTRIES[:size])
    assert merkle.reached(LEAVES[index], index, size, merkle.inclusion(index, size, subtrees)) == root
    old_root = naive.mth(ENTRIES[:old])
    assert merkle.joined(old, size, old_root, merkle.consistency(old, size, subtrees)) == (old_root, root)


@given(SIZES, st.data())
def test_no_other_leaf_index_size_or_path_leads_to_the_root(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    subtrees = merkle.subtrees_of(LEAVES[:size])
    root, path = merkle.root(size, subtrees), list(merkle.inclusion(index, size, subtrees))
    leaf, at, of = LEAVES[index], index, size
    match data.draw(st.sampled_from(["leaf", "index", "size", "flip", "drop", "add", "swap"])):
        case "leaf":
            leaf = merkle.leaf_hash(b"another")
        case "index":
            at = data.draw(st.integers(0, size - 1).filter(lambda other: other != index))
        case "size":
            of = data.draw(st.integers(index + 1, 2 * size + 2).filter(lambda other: other != size))
            # The shape of a path to some leaf may be the same in another tree: then only the signed size tells.
            assume(of > size or index >= of - 1)
        case "flip":
            assume(path)
            which = data.draw(st.integers(0, len(path) - 1))
            path[which] = bytes([path[which][0] ^ 1]) + path[which][1:]
        case "drop":
            assume(path)
            del path[data.draw(st.integers(0, len(path) - 1))]
        case "add":
            path.insert(data.draw(st.integers(0, len(path))), LEAVES[0])
        case "swap":
            assume(len(path) > 1)
            path[0], path[1] = path[1], path[0]
    try:
        found = merkle.reached(leaf, at, of, path)
    except Fault as fault:
        assert fault.code == "log-proof"  # noqa: PT017  # a Fault is one of two right answers
    else:
        assert (found, of) != (root, size)


@given(SIZES, st.data())
def test_no_altered_consistency_proof_joins_the_two_roots(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    subtrees = merkle.subtrees_of(LEAVES[:size])
    roots = merkle.root_of(LEAVES[:old]), merkle.root_of(LEAVES[:size])
    path = list(merkle.consistency(old, size, subtrees))
    claimed = roots[0]
    match data.draw(st.sampled_from(["old root", "flip", "drop", "add"])):
        case "old root":
            claimed = merkle.leaf_hash(b"another")
        case "flip":
            assume(path)
            which = data.draw(st.integers(0, len(path) - 1))
            path[which] = bytes([path[which][0] ^ 1]) + path[which][1:]
        case "drop":
            assume(path)
            del path[data.draw(st.integers(0, len(path) - 1))]
        case "add":
            path.insert(data.draw(st.integers(0, len(path))), LEAVES[0])
    try:
        found = merkle.joined(old, size, claimed, path)
    except Fault as fault:
        assert fault.code == "log-proof"  # noqa: PT017  # same
    else:
        assert (claimed, *found) != (roots[0], *roots)


def test_a_proof_outside_the_tree_is_refused() -> None:
    subtrees = merkle.subtrees_of(LEAVES[:5])
    for attempt in (
        lambda: merkle.inclusion(5, 5, subtrees),
        lambda: merkle.inclusion(-1, 5, subtrees),
        lambda: merkle.inclusion(0, 0, subtrees),
        lambda: merkle.consistency(6, 5, subtrees),
        lambda: merkle.reached(LEAVES[0], 0, 0, ()),
        lambda: merkle.reached(LEAVES[0], 0, 2**63, ()),
        lambda: merkle.joined(0, 5, merkle.EMPTY, ()),
        lambda: merkle.joined(6, 5, LEAVES[0], ()),
    ):
        with pytest.raises(Fault) as caught:
            attempt()
        assert code(caught) == "log-range"


def test_a_proof_reads_few_subtrees() -> None:
    read = list[tuple[int, int]]()

    def subtrees(level: int, n: int) -> bytes:
        read.append((level, n))
        return LEAVES[0]

    merkle.inclusion(123_456_789, 10**12 + 7, subtrees)
    merkle.consistency(123_456_789, 10**12 + 7, subtrees)
    assert len(read) < 200
