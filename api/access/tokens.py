"""Bearer tokens of officers (RFC 6750): who is calling, never what they may do (that is the register's to say).

Keeps: a token is told once, at issue; only its SHA-256 is kept, in a file for its owner alone; a secret is compared in
constant time, and a token that isn't there takes the same path as a wrong one; every token ends.
Leaves: whether the officer is still enrolled, and in which capacities (`officers`).
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from domain.errors import Fault
from domain.formats.encoding import b64u, sha256
from storage.database import Database, Schema

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

FILE = "tokens.db"
LIFE = timedelta(days=365)
_ID_OCTETS, _SECRET_OCTETS = 9, 32
_FORM = re.compile(r"anjuan_([A-Za-z0-9_-]{12})_([A-Za-z0-9_-]{43})")
_NOTHING = bytes(32)
SCHEMA = Schema(
    mark=0x616E6A21,
    statements=(
        """CREATE TABLE tokens (id TEXT NOT NULL PRIMARY KEY, digest BLOB NOT NULL, officer TEXT NOT NULL,
            issued TEXT NOT NULL, expires TEXT NOT NULL, withdrawn TEXT) WITHOUT ROWID""",
    ),
    journal="DELETE",
)


@dataclass(frozen=True, slots=True)
class TokenNote:
    """What is kept of a token: its public id, the officer's case id, RFC 3339 times."""

    id: str
    officer: str
    issued: str
    expires: str
    withdrawn: str | None


class Tokens:
    """The tokens of one archive, in `home`/tokens.db (0600)."""

    def __init__(self, home: Path) -> None:
        """Open or make the file. Faults of `storage.database`."""
        self._database = Database(home / FILE, SCHEMA)

    def issue(self, officer: str, now: datetime, life: timedelta = LIFE) -> str:
        """A new token for the officer whose register case is `officer`; it can't be told again."""
        name, secret = b64u(secrets.token_bytes(_ID_OCTETS)), b64u(secrets.token_bytes(_SECRET_OCTETS))
        with self._database.transaction() as write:
            row = (name, sha256(secret.encode("ascii")), officer, now.isoformat(), (now + life).isoformat())
            write.execute("INSERT INTO tokens VALUES (?,?,?,?,?,NULL)", row)
        return f"anjuan_{name}_{secret}"

    def officer(self, token: str, now: datetime) -> str:
        """The officer's case id. Fault "token-unknown" for one that is malformed, wrong, withdrawn or past its end."""
        found = _FORM.fullmatch(token)
        rows = self._database.rows("SELECT * FROM tokens WHERE id = ?", found[1]) if found else []
        kept = bytes(rows[0]["digest"]) if rows else _NOTHING
        given = sha256(found[2].encode("ascii")) if found else _NOTHING[:-1]
        if not hmac.compare_digest(kept, given) or not _standing(rows[0], now):
            raise Fault("token-unknown", "访问令牌无效或者已经过期", "请用 anjuan token 领取新的令牌。")
        return str(rows[0]["officer"])

    def withdraw(self, name: str, officer: str, now: datetime) -> None:
        """End the officer's token with the public id `name`; again is no change. Fault "token-unknown"."""
        with self._database.transaction() as write:
            if not write.execute("SELECT 1 FROM tokens WHERE id = ? AND officer = ?", (name, officer)).fetchone():
                raise Fault("token-unknown", "没有这个访问令牌", "请核对令牌的编号。")
            write.execute("UPDATE tokens SET withdrawn = ? WHERE id = ? AND withdrawn IS NULL", (now.isoformat(), name))

    def issued(self, officer: str) -> tuple[TokenNote, ...]:
        """What is kept of an officer's tokens, oldest first."""
        rows = self._database.rows("SELECT * FROM tokens WHERE officer = ? ORDER BY issued, id", officer)
        return tuple(TokenNote(r["id"], r["officer"], r["issued"], r["expires"], r["withdrawn"]) for r in rows)

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _standing(row: sqlite3.Row, now: datetime) -> bool:
    return row["withdrawn"] is None and now < datetime.fromisoformat(row["expires"])
