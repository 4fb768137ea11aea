"""The Merkle tree of the log and of the census: hashes, roots, proofs (FORMAT.md §4).

Source: RFC 6962 §2.1 (hashing, roots, proofs), RFC 9162 §2.1.3.2 and §2.1.4.2 (checking them step by step).

Hashes are 32 octets. A proof is a tuple of hashes, bottom up. Nothing here says whether a proof holds: `reached` and
`joined` compute the roots that it leads to, and whoever asks compares them with roots that were signed.

A tree is read through `Subtrees`: the hash of the perfect subtree of 2^level leaves that begins at leaf n·2^level. That
is what tiles hold, so a proof costs a number of reads that grows with the logarithm of the tree.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ..errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Subtrees = Callable[[int, int], bytes]  # (level, n) → hash

HASH_OCTETS = 32
EMPTY = hashlib.sha256().digest()  # the root of a tree without leaves
MAX_SIZE = 2**63 - 1


def leaf_hash(data: bytes) -> bytes:
    """H(00 ‖ data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """H(01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes; EMPTY over none. In memory: for a census, a tile, a test."""
    level = list(leaves)
    if not level:
        return EMPTY
    while len(level) > 1:
        paired = [node_hash(a, b) for a, b in zip(level[::2], level[1::2], strict=False)]
        level = [*paired, level[-1]] if len(level) % 2 else paired
    return level[0]


def subtrees_of(leaves: Sequence[bytes]) -> Subtrees:
    """`Subtrees` over leaf hashes in memory, each level hashed once."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(a, b) for a, b in zip(below[::2], below[1::2], strict=False)])
    return lambda level, n: levels[level][n]


def perfect(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The perfect subtrees (level, n) that cover the leaves [start, end), from left to right, each as large as can be.

    Their number is at most twice the logarithm of `end`. The tree over [0, size) is these, joined from the right.
    """
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        yield level, start >> level
        start += 1 << level


def root(size: int, subtrees: Subtrees) -> bytes:
    """The root of the first `size` leaves."""
    return _joined_right(0, size, subtrees) if size else EMPTY


def inclusion(index: int, size: int, subtrees: Subtrees) -> tuple[bytes, ...]:
    """The proof that leaf `index` is in the tree of `size` leaves (RFC 6962 §2.1.1). Fault "log-range"."""
    _ordered(0, index, size - 1, size)
    start, end, path = 0, size, list[bytes]()
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_joined_right(middle, end, subtrees))
            end = middle
        else:
            path.append(_joined_right(start, middle, subtrees))
            start = middle
    return tuple(reversed(path))


def consistency(old: int, new: int, subtrees: Subtrees) -> tuple[bytes, ...]:
    """The proof that the tree of `old` leaves is the beginning of that of `new` (RFC 6962 §2.1.2). Fault "log-range".

    Empty where there is nothing to show: `old` is 0, or equal to `new`.
    """
    _ordered(0, old, new)
    if old in (0, new):
        return ()
    start, end, path = 0, new, list[bytes]()
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_joined_right(middle, end, subtrees))
            end = middle
        else:
            path.append(_joined_right(start, middle, subtrees))
            start = middle
    if start:  # the old tree isn't a perfect subtree of the new one: its rightmost part must be shown
        path.append(_joined_right(start, end, subtrees))
    return tuple(reversed(path))


def reached(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root of a tree of `size` leaves that an inclusion proof leads to from leaf hash `leaf` at `index`.

    RFC 9162 §2.1.3.2. Fault "log-proof" for a proof that is too short or too long, "log-range".
    """
    _ordered(0, index, size - 1, size)
    node, last, found = index, size - 1, leaf
    for hashed in path:
        if last == 0:
            raise _misfit()
        if node % 2 or node == last:
            found = node_hash(hashed, found)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, hashed)
        node, last = node >> 1, last >> 1
    if last:
        raise _misfit()
    return found


def joined(old: int, new: int, old_root: bytes, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of the trees of `old` and of `new` leaves that a consistency proof leads to, in this order.

    RFC 9162 §2.1.4.2; `old_root` is needed where the old tree is a perfect subtree, which the proof leaves out. With
    `old` equal to `new` both are `old_root`. Fault "log-proof" for a proof that is too short or too long; "log-range"
    for an empty old tree: every tree begins with it, so nothing can be shown of the new one.
    """
    _ordered(1, old, new)
    if old == new:
        if path:
            raise _misfit()
        return old_root, old_root
    rest = list(path)
    node, last = old - 1, new - 1
    while node % 2:
        node, last = node >> 1, last >> 1
    if node and not rest:
        raise _misfit()
    first = second = rest.pop(0) if node else old_root
    for hashed in rest:
        if last == 0:
            raise _misfit()
        if node % 2 or node == last:
            first, second = node_hash(hashed, first), node_hash(hashed, second)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, hashed)
        node, last = node >> 1, last >> 1
    if last:
        raise _misfit()
    return first, second


def _split(size: int) -> int:
    """The largest power of two below `size`, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


def _joined_right(start: int, end: int, subtrees: Subtrees) -> bytes:
    """The hash over the leaves [start, end), a subtree of some tree in the sense of RFC 6962."""
    parts = [subtrees(level, n) for level, n in perfect(start, end)]
    found = parts.pop()
    while parts:
        found = node_hash(parts.pop(), found)
    return found


def _ordered(low: int, number: int, high: int, size: int = 0) -> None:
    if not low <= number <= high or max(high, size) > MAX_SIZE:
        raise Fault("log-range", f"日志位置或规模应在 {low} 与 {high} 之间，实为 {number}。", "请核对序号和规模。")


def _misfit() -> Fault:
    return Fault("log-proof", "证明中的哈希个数与序号、规模不符。", "请重新取得证明。")
