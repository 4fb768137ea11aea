"""Drafts that wait for signatures, and case numbers given out, in drafts.db: a convenience, never proof.

Keeps: a draft's payload never changes; a signature, once kept, stays; what is expired is swept. Withheld facts never
lie here: their disclosures lie in the WithheldFacts store under the act's id.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import Fault
from domain.formats.act import Signature
from storage.database import Database, Schema

if TYPE_CHECKING:
    from pathlib import Path

FILE = "drafts.db"
SCHEMA = Schema(
    mark=0x616E6A22,
    statements=(
        """CREATE TABLE drafts (id TEXT NOT NULL PRIMARY KEY, "case" TEXT NOT NULL, officer TEXT NOT NULL,
            fingerprint TEXT NOT NULL, payload BLOB NOT NULL, outcome TEXT NOT NULL, expires TEXT NOT NULL
            ) WITHOUT ROWID""",
        "CREATE INDEX drafts_by_end ON drafts (expires)",
        """CREATE TABLE signatures (draft TEXT NOT NULL REFERENCES drafts, kid TEXT NOT NULL, protected TEXT NOT NULL,
            signature TEXT NOT NULL, PRIMARY KEY (draft, kid)) WITHOUT ROWID""",
        """CREATE TABLE openings ("case" TEXT NOT NULL PRIMARY KEY, rulebook TEXT NOT NULL, officer TEXT NOT NULL,
            expires TEXT NOT NULL) WITHOUT ROWID""",
    ),
)


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A draft as kept: `id` is its act's; `outcome` the JSON text of what was found; `expires` RFC 3339 UTC."""

    id: str
    case: str
    officer: str
    fingerprint: str
    payload: bytes
    outcome: str
    expires: str


class DraftStore:
    """The drafts of one archive, in `home`/drafts.db (0600)."""

    def __init__(self, home: Path) -> None:
        """Open or make the file. Faults of `storage.database`."""
        self._database = Database(home / FILE, SCHEMA)

    def keep(self, draft: KeptDraft, now: str) -> KeptDraft:
        """Keep a draft, and sweep those that are past their end at `now`; one that has this id already is answered."""
        row = (draft.id, draft.case, draft.officer, draft.fingerprint, draft.payload, draft.outcome, draft.expires)
        try:
            with self._database.transaction() as write:
                _sweep(write, now)
                write.execute("INSERT INTO drafts VALUES (?,?,?,?,?,?,?)", row)
        except sqlite3.IntegrityError:
            return self.draft(draft.id)
        return draft

    def find(self, name: str) -> KeptDraft | None:
        """The draft with this id, or None."""
        rows = self._database.rows("SELECT * FROM drafts WHERE id = ?", name)
        return KeptDraft(*rows[0]) if rows else None

    def draft(self, name: str) -> KeptDraft:
        """The draft with this id. Fault "unknown-draft"."""
        found = self.find(name)
        if found is None:
            raise Fault("unknown-draft", "没有这份草稿，或者已经过期清除", "请重新起草。")
        return found

    def valid(self, now: str) -> tuple[KeptDraft, ...]:
        """Every draft that isn't past its end at `now`."""
        rows = self._database.rows("SELECT * FROM drafts WHERE expires > ? ORDER BY id", now)
        return tuple(KeptDraft(*row) for row in rows)

    def sign(self, name: str, kid: str, signature: Signature) -> None:
        """Keep the signature by `kid`; the same again is no change. Fault "draft-conflict" for another one."""
        with self._database.transaction() as write:
            find = "SELECT protected, signature FROM signatures WHERE draft = ? AND kid = ?"
            known = write.execute(find, (name, kid)).fetchone()
            if known is None:
                row = (name, kid, signature.protected, signature.signature)
                write.execute("INSERT INTO signatures VALUES (?,?,?,?)", row)
            elif tuple(known) != (signature.protected, signature.signature):
                raise Fault("draft-conflict", f"密钥 {kid[:8]}… 已对这份草稿签过另一个签名", "请重新起草。")

    def signatures(self, name: str) -> dict[str, Signature]:
        """The signatures kept for a draft, by kid."""
        rows = self._database.rows("SELECT kid, protected, signature FROM signatures WHERE draft = ?", name)
        return {row["kid"]: Signature(row["protected"], row["signature"]) for row in rows}

    def open(self, case: str, rulebook: str, officer: str, expires: str) -> None:
        """Remember a case number that was given out for a case under `rulebook`."""
        with self._database.transaction() as write:
            write.execute("INSERT INTO openings VALUES (?,?,?,?)", (case, rulebook, officer, expires))

    def opening(self, case: str, now: str) -> str | None:
        """The rulebook for which the number of a case was given out, or None."""
        rows = self._database.rows('SELECT rulebook FROM openings WHERE "case" = ? AND expires > ?', case, now)
        return str(rows[0]["rulebook"]) if rows else None

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _sweep(write: sqlite3.Connection, now: str) -> None:
    write.execute("DELETE FROM signatures WHERE draft IN (SELECT id FROM drafts WHERE expires <= ?)", (now,))
    write.execute("DELETE FROM drafts WHERE expires <= ?", (now,))
    write.execute("DELETE FROM openings WHERE expires <= ?", (now,))
