"""Tiles, bundles, notes, checkpoints and proof files, held against Go's own implementation where Go is there."""

from __future__ import annotations

import base64
import shutil
import struct
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Fault
from domain.formats import merkle, tiles
from domain.formats.checkpoint import Checkpoint, judged, signed_line
from domain.formats.encoding import b64, b64_decode
from domain.formats.keys import PrivateKey
from domain.formats.log_proof import LogProof
from domain.formats.note import KeyType, Note, NoteKey, SignatureLine, parse_line
from tests.formats.go_judge import GoJudge
from tests.reference import naive_merkle as naive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ORIGIN = "example.org/log"
SEED = PrivateKey.from_seed(b"l" * 32)
LOG = NoteKey(ORIGIN, KeyType.ED25519, SEED.public.raw)
WITNESS = NoteKey("example.org/witness", KeyType.COSIGNATURE, SEED.public.raw)
QUANTUM = MLDSA44PrivateKey.from_seed_bytes(b"q" * 32)
OWN = NoteKey(ORIGIN, KeyType.ML_DSA_44, QUANTUM.public_key().public_bytes_raw())
SOFA = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="  # c2sp.org/tlog-checkpoint's example
ENTRIES = [merkle.leaf_hash(b"record %d" % n) for n in range(600)]


def refused(code: str, action: Callable[[], object]) -> None:
    with pytest.raises(Fault) as caught:
        action()
    assert caught.value.code == code


def checkpoint(size: int = 3) -> Checkpoint:
    return Checkpoint(ORIGIN, size, naive.mth(ENTRIES[:size]))


def signed(size: int = 3) -> Note:
    made = checkpoint(size)
    lines = [
        signed_line(made, LOG, SEED),
        signed_line(made, WITNESS, SEED, 1_679_315_147),
        signed_line(made, OWN, QUANTUM, 1_679_315_147),
    ]
    return Note(made.body, tuple(lines))


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoJudge]:
    if shutil.which("go") is None:
        pytest.skip("no Go toolchain here: its log can't judge ours")
    judge = GoJudge(tmp_path_factory.mktemp("go"))
    yield judge
    judge.close()


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 600])
def test_go_makes_the_same_tiles_roots_and_proofs(go: GoJudge, size: int) -> None:
    entries = ENTRIES[:size]
    index, old = size * 2 // 3, max(1, size // 2)
    theirs = go.ask(Do="log", Entries=[b64(entry) for entry in entries], Index=index, Old=old)
    files = laid_out(entries)
    ours = {tile.path: files[tile] for tile in tiles.tiles_of(size) if tile.level != tiles.ENTRIES}
    assert {path.replace("tile/8/", "tile/"): base64.b64decode(data) for path, data in theirs["tiles"].items()} == ours
    subtrees = tiles.subtrees_in(size, files.__getitem__)
    assert merkle.root(size, subtrees) == base64.b64decode(theirs["root"])
    assert [b64(hashed) for hashed in merkle.inclusion(index, size, subtrees)] == theirs["inclusion"]
    # Go's proof of an equal tree is empty, as ours; of a smaller one the same hashes.
    assert [b64(hashed) for hashed in merkle.consistency(old, size, subtrees)] == theirs["consistency"]


def laid_out(entries: list[bytes]) -> dict[tiles.Tile, bytes]:
    """Every file of a log of these entries, by the definition: level by level, from whole tiles only."""
    files = dict[tiles.Tile, bytes]()
    for tile in tiles.tiles_of(len(entries)):
        start = tile.n * tiles.WIDTH
        if tile.level == tiles.ENTRIES:
            files[tile] = tiles.bundle(entries[start : start + tile.width])
        else:
            span = tiles.WIDTH**tile.level
            parts = [entries[(start + i) * span : (start + i + 1) * span] for i in range(tile.width)]
            files[tile] = b"".join(naive.mth(part) for part in parts)
    return files


def test_the_tiles_of_the_published_example() -> None:
    """c2sp.org/tlog-tiles: a tree of 70,000."""
    found = [tile for tile in tiles.tiles_of(70_000) if tile.level != tiles.ENTRIES]
    widths = {level: [t.width for t in found if t.level == level] for level in (0, 1, 2)}
    assert widths == {0: [256] * 273 + [112], 1: [256, 17], 2: [1]}
    assert [t.path for t in tiles.tiles_of(256)] == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]
    assert tiles.Tile(0, 1_234_067).path == "tile/0/x001/x234/067"


@given(st.integers(-1, 63), st.integers(0, 2**55), st.integers(1, 256))
def test_a_tile_is_found_again_by_its_name(level: int, n: int, width: int) -> None:
    tile = tiles.Tile(level, n, width)
    assert tiles.Tile.parse(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/1", "tile/0/x001", "tile/0/000/001", "tile/0/x000/001", "tile/00/001", "tile/64/001", "tile/0/001.p/0",
        "tile/0/001.p/256", "tile/0/001.p/01", "tile/0/001/", "/tile/0/001", "tile/0/../001", "tile/entries/1",
        "tile/0/００１", "tile/0/001\n",
    ],
)  # fmt: skip
def test_other_names_are_refused(path: str) -> None:
    refused("tile-path", lambda: tiles.Tile.parse(path))


def test_a_bundle_gives_its_entries_back_and_hashes_to_its_tile() -> None:
    entries = [b"", b"one", b"x" * 65_535]
    data = tiles.bundle(entries)
    assert tiles.parse_bundle(data, 3) == entries
    assert tiles.leaves_of(entries) == b"".join(naive.leaf(entry) for entry in entries)
    for wrong in (data[:-1], data + b"\x00", data[:1], data + tiles.bundle([b"y"]), b""):
        refused("tile", lambda wrong=wrong: tiles.parse_bundle(wrong, 3))
    refused("tile", lambda: tiles.parse_hashes(b"x" * 33, 1))


def test_go_opens_our_checkpoint(go: GoJudge) -> None:
    answer = go.ask(Do="note", Text=b64(signed().dump().encode()), Key=LOG.vkey)
    assert answer == {"text": checkpoint().body, "size": 3, "root": b64(checkpoint().root)}
    altered = signed().dump().replace("\n3\n", "\n4\n")
    assert "error" in go.ask(Do="note", Text=b64(altered.encode()), Key=LOG.vkey)


def test_the_published_checkpoint_holds() -> None:
    """FORMAT.md §4, worked example: entries `one`, `two`, `three`."""
    root = merkle.root_of([merkle.leaf_hash(entry) for entry in (b"one", b"two", b"three")])
    key = NoteKey.parse("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx")
    line = (
        "— example.com/log/testdata "
        "M9e0lvAQRtH832pk2RTbeSeZMkp4FZSdJYFBUjO5SKxuRbywPUF3cx+HUrb50kjd3rUWW/fj53Wj1dwcwh9bGQnqVAg="
    )
    made = Checkpoint("example.com/log/testdata", 3, root)
    assert b64(root) == "Wqx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk="
    assert [found.key for found in judged(made, Note(made.body, (parse_line(line),)), [key])] == [key]


def test_the_published_cosignature_has_its_message() -> None:
    """c2sp.org/tlog-cosignature: the bytes that are signed, written out as the page does."""
    made = Checkpoint("example.com/behind-the-sofa", 20_852_163, b64_decode(SOFA))
    text = f"cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n{SOFA}\n"
    line = signed_line(made, WITNESS, SEED, 1_679_315_147)
    assert line.signature == struct.pack(">Q", 1_679_315_147) + SEED.sign(text.encode())
    quantum = signed_line(made, OWN, QUANTUM, 7)
    message = (
        b"subtree/v1\n\x00" + bytes([15]) + b"example.org/log" + struct.pack(">Q", 7)
        + bytes([27]) + b"example.com/behind-the-sofa" + struct.pack(">QQ", 0, 20_852_163) + made.root
    )  # fmt: skip
    QUANTUM.public_key().verify(quantum.signature[8:], message)


def test_every_line_that_holds_is_told_with_its_time() -> None:
    told = judged(checkpoint(), Note.parse(signed().dump().encode()), [LOG, WITNESS, OWN])
    assert [(found.key, found.time) for found in told] == [(LOG, None), (WITNESS, 1_679_315_147), (OWN, 1_679_315_147)]


@pytest.mark.parametrize("which", [0, 1, 2])
@pytest.mark.parametrize("at", [0, 7, 8, 40, -1])
def test_a_flipped_bit_in_a_known_key_s_line_spoils_the_checkpoint(which: int, at: int) -> None:
    note = signed()
    line = note.lines[which]
    bent = bytearray(line.signature)
    bent[at] ^= 1
    lines = list(note.lines)
    lines[which] = SignatureLine(line.name, line.id, bytes(bent))
    refused("checkpoint-signature", lambda: judged(checkpoint(), Note(note.text, tuple(lines)), [LOG, WITNESS, OWN]))


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_short_line_of_a_known_key_spoils_it_too(which: int) -> None:
    note = signed()
    line = note.lines[which]
    for kept in (1, 8, len(line.signature) - 1):
        cut = Note(note.text, (SignatureLine(line.name, line.id, line.signature[:kept]),))
        refused("checkpoint-signature", lambda cut=cut: judged(checkpoint(), cut, [LOG, WITNESS, OWN]))


def test_lines_of_strangers_say_nothing() -> None:
    stranger = NoteKey("example.org/other", KeyType.ED25519, SEED.public.raw)
    same_name = NoteKey(ORIGIN, KeyType.ED25519, PrivateKey.from_seed(b"z" * 32).public.raw)
    assert judged(checkpoint(), signed(), [stranger, same_name]) == ()


def test_another_size_root_or_origin_is_signed_by_nobody() -> None:
    note = signed()
    for other in (
        Checkpoint(ORIGIN, 4, checkpoint().root),
        Checkpoint(ORIGIN, 3, checkpoint(4).root),
        Checkpoint("example.org/log2", 3, checkpoint().root),
    ):
        for key in (LOG, WITNESS, OWN):
            refused("checkpoint-signature", lambda other=other, key=key: judged(other, note, [key]))


@pytest.mark.parametrize(
    "text",
    [
        "", "example.org/log\n3\n", "\n3\nAAAA\n", "example.org/log\n03\n{root}\n", "example.org/log\n-3\n{root}\n",
        "example.org/log\n3\n{root}\nextension\n", "example.org/log\n3\n{root}", "example.org/log\n3\n{root}=\n",
        "example.org/log\n9223372036854775808\n{root}\n", "example.org/log\n0\n{root}\n",
        "example.org/log\n3 \n{root}\n",
        "example.org/log\n3\nAAAA\n", "example.org/log\n٣\n{root}\n",
    ],
)  # fmt: skip
def test_other_bodies_are_no_checkpoints(text: str) -> None:
    refused("checkpoint", lambda: Checkpoint.parse(text.format(root=b64(checkpoint().root))))


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_octets_are_a_note_that_is_written_the_same_or_refused(data: bytes) -> None:
    for parse in (Note.parse, LogProof.parse):
        try:
            found = parse(data)
        except Fault as fault:
            assert fault.code in {"note", "log-proof", "checkpoint"}  # noqa: PT017  # one of two right answers
        else:
            assert found.dump().encode() == data


@given(st.data())
def test_a_mutated_note_or_proof_is_refused_or_reads_as_it_stands(data: st.DataObject) -> None:
    subtrees = merkle.subtrees_of([merkle.leaf_hash(entry) for entry in ENTRIES[:3]])
    proof = LogProof(1, merkle.inclusion(1, 3, subtrees), signed())
    octets = bytearray(proof.dump().encode())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(octets) - 1))
        octets[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    try:
        found = LogProof.parse(bytes(octets))
    except Fault as fault:
        assert fault.code in {"note", "log-proof", "checkpoint"}  # noqa: PT017  # same
    else:
        assert found.dump().encode() == bytes(octets)


def test_a_proof_file_holds_for_its_entry_alone() -> None:
    subtrees = merkle.subtrees_of([merkle.leaf_hash(entry) for entry in ENTRIES[:600]])
    for index in (0, 255, 256, 599):
        proof = LogProof.parse(LogProof(index, merkle.inclusion(index, 600, subtrees), signed(600)).dump().encode())
        assert proof.holds(ENTRIES[index])
        assert not proof.holds(ENTRIES[index - 1])
        assert not LogProof(index ^ 1, proof.path, proof.note).holds(ENTRIES[index])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
        ("index 1", "index 01"),
        ("index 1", "index -1"),
        ("index 1", "extra AAAA\nindex 1"),
        ("index 1", "index 9223372036854775808"),
        ("=\n\n", "\n\n"),
    ],
)
def test_other_proof_files_are_refused(old: str, new: str) -> None:
    subtrees = merkle.subtrees_of([merkle.leaf_hash(entry) for entry in ENTRIES[:3]])
    text = LogProof(1, merkle.inclusion(1, 3, subtrees), signed()).dump()
    assert old in text
    refused("log-proof", lambda: LogProof.parse(text.replace(old, new, 1).encode()))


def test_go_s_keys_read_as_ours_and_vkeys_are_strict(go: GoJudge) -> None:
    vkey = go.ask(Do="key", Key="example.org/go")["vkey"]
    key = NoteKey.parse(vkey)
    assert (key.name, key.type, key.vkey) == ("example.org/go", KeyType.ED25519, vkey)
    for wrong in (
        vkey.replace("example", "Example"),
        vkey[:-1],
        vkey + "=",
        vkey.replace("+", "++", 1),
        f"a b+{LOG.id.hex()}+{b64(bytes([1]) + LOG.raw)}",
        f"{ORIGIN}+{LOG.id.hex()}+{b64(bytes([9]) + LOG.raw)}",
        "",
    ):
        refused("vkey", lambda wrong=wrong: NoteKey.parse(wrong))


@given(st.integers(0, 63), st.integers(0, 2**40), st.integers(1, 256))
def test_go_reads_our_tile_names(go: GoJudge, level: int, n: int, width: int) -> None:
    path = tiles.Tile(level, n, width).path.replace("tile/", "tile/8/")
    answer = go.ask(Do="path", Text=b64(path.encode()))
    assert answer == {"level": level, "n": n, "width": width}
