"""data/proofs for the factory's archive: its records in their order in a log of their own, a census at its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.formats import merkle
from domain.formats.census import Census, CensusLine, paths
from domain.formats.checkpoint import Checkpoint, signed_line
from domain.formats.encoding import sha256
from domain.formats.keys import PrivateKey
from domain.formats.log_proof import LogProof
from domain.formats.note import KeyType, Note, NoteKey
from domain.verification.proofs import CENSUS, CENSUS_PROOF, census_place, proof_place
from tests.verification.factory import ORIGIN, Archive, moment

if TYPE_CHECKING:
    from domain.formats.record import Record
    from domain.formats.trust import Trust

LOG_SEED = PrivateKey.from_seed(sha256(b"log"))
LOG = NoteKey(ORIGIN, KeyType.ED25519, LOG_SEED.public.raw)
WITNESSES = {
    name: (NoteKey(f"{name}.example.test", KeyType.COSIGNATURE, seed.public.raw), seed)
    for name in ("审计", "监察")
    for seed in [PrivateKey.from_seed(sha256(name.encode()))]
}
POLICY = "".join(f"witness {name} {key.vkey}\n" for name, (key, _) in WITNESSES.items()) + (
    "group both all 审计 监察\nquorum both\n"
)


def trust(of: Archive, *, log: str | None = LOG.vkey, witnesses: str | None = None) -> Trust:
    plain = of.trust()
    return type(plain)(plain.origin, plain.genesis, log, witnesses, ())


@dataclass
class Log:
    """The log of `of`; what an attacker would exchange is given."""

    of: Archive
    order: list[Record] = field(default_factory=list)
    lines: list[CensusLine] | None = None
    key: NoteKey = LOG
    signer: PrivateKey = LOG_SEED
    cosigners: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.order = self.order or list(self.of.order)
        cases = sorted(self.of.records)
        lines = [CensusLine(case, len(chain), chain[-1].digest) for case in cases for chain in [self.of.records[case]]]
        self.lines = lines if self.lines is None else self.lines
        self.census = Census.of(ORIGIN, len(self.order), moment(self.of.step), self.lines)
        self.entries = [*(sha256(record.data) for record in self.order), self.census.entry]
        leaves = [merkle.leaf_hash(entry) for entry in self.entries]
        self.subtrees = merkle.subtrees_of(leaves)
        self.checkpoint = Checkpoint(self.key.name, len(leaves), merkle.root_of(leaves))
        signed = [signed_line(self.checkpoint, self.key, self.signer)]
        signed += [signed_line(self.checkpoint, *WITNESSES[name], 1_678_060_800) for name in self.cosigners]
        self.note = Note(self.checkpoint.body, tuple(signed))

    def proof(self, index: int) -> LogProof:
        return LogProof(index, merkle.inclusion(index, len(self.entries), self.subtrees), self.note)

    def files(self) -> dict[str, bytes]:
        out = {CENSUS: self.census.dump(), CENSUS_PROOF: self.proof(len(self.order)).dump().encode()}
        needed = self.of.needed()
        for index, record in enumerate(self.order):
            if record.case in needed:
                folder = "data/records" if record.case == self.of.case else f"data/register/{record.case}"
                out[proof_place(f"{folder}/{record.seq:04}.json")] = self.proof(index).dump().encode()
        assert self.lines is not None
        return out | {census_place(case): path.dump() for case, path in paths(self.lines, needed).items()}

    def package(self, files: dict[str, bytes] | None = None, checkpoint: int | None = None) -> bytes:
        """The package with these proofs, exported under the log's checkpoint."""
        payload = {**self.of.payload(), **(self.files() if files is None else files)}
        return self.of.package(payload, checkpoint=checkpoint or self.checkpoint.size)
