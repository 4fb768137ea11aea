"""Small real things that the tests of formats start from; every key and salt comes from a written-down seed."""

from __future__ import annotations

import io
import itertools
from typing import TYPE_CHECKING, Any

from domain.formats.act import Act, Seen, SignedAct, Signer, sign_act
from domain.formats.encoding import b64u, digest
from domain.formats.export import ExportClaim, issue_export
from domain.formats.keys import PrivateKey
from domain.formats.package import Source, write_package
from domain.formats.receipt import issue
from domain.formats.record import Record, make_record
from domain.formats.withheld import withhold

if TYPE_CHECKING:
    from collections.abc import Callable

HANDLER, REVIEWER, ARCHIVE, STRANGER = (PrivateKey.from_seed(bytes([n]) * 32) for n in (1, 2, 3, 4))
KEYS = {key.kid: key.public for key in (HANDLER, REVIEWER)}
CASE = "01890a5d-ac96-774b-bcce-b302099a8001"
ACT = "01890a5d-ac96-774b-bcce-b302099a8002"
OFFICERS = ("01890a5d-ac96-774b-bcce-b302099a8011", "01890a5d-ac96-774b-bcce-b302099a8012")
OBJECT = "01890a5d-ac96-774b-bcce-b302099a8021"
RECEIVED = "2023-03-06T01:02:03.004Z"
SMALL = b'{"small":true}'
SECRET = {"bank_account", "amount", "sha256", "length", "media", "name", "title"}


def salts(start: int = 0) -> Callable[[], bytes]:
    counter = itertools.count(start)
    return lambda: bytes([next(counter)]) * 16


def clear() -> dict[str, Any]:
    """Facts and evidence before anything is withheld."""
    return {
        "facts": {
            "matters": ["评分标准设置不合理", "中标产品参数不符"],
            "complainant": {"name": "甲公司(虚构)", "bank_account": "6222 0000 0000 0000"},
            "amount": "12800.00",
            "pages": 3,
        },
        "evidence": [
            {
                "object": OBJECT,
                "blob": digest(b"blob"),
                "size": 4,
                "version": None,
                "class": "party",
                "slot": "complaint",
                "sha256": "00" * 32,
                "length": 4,
                "media": "application/pdf",
                "name": "投诉书.pdf",
                "title": "投诉书",
            }
        ],
    }


def closed() -> tuple[dict[str, Any], tuple[str, ...]]:
    return withhold(clear(), lambda path: path[-1] in SECRET, salts())


def act(**changes: Any) -> Act:
    shown, _ = closed()
    members: dict[str, Any] = {
        "id": ACT,
        "case": CASE,
        "seen": Seen(0, None),
        "signers": (
            Signer(OFFICERS[0], HANDLER.kid, "handler"),
            Signer(OFFICERS[1], REVIEWER.kid, "reviewer"),
        ),
        "rulebook_id": "lu-cai-cai-2018-72",
        "rulebook_digest": digest(b"rulebook"),
        "action": "intake",
        "occurred": "2023-03-06",
        "facts": shown["facts"],
        "evidence": tuple(shown["evidence"]),
    }
    return Act(**{**members, **changes})


def signed(value: Act | None = None) -> SignedAct:
    payload = (value or act()).payload()
    return SignedAct(payload, (sign_act(payload, HANDLER), sign_act(payload, REVIEWER)))


def receipt(of: SignedAct, **changes: Any) -> str:
    members: dict[str, Any] = {"case": CASE, "seq": 1, "prev": None, "act": of.digest, "received": RECEIVED}
    return issue(ARCHIVE, **{**members, **changes})


def record() -> Record:
    whole = signed()
    return make_record(whole, receipt(whole))


def claim(manifest: bytes = bytes(32)) -> ExportClaim:
    return ExportClaim(CASE, 1, record().digest, None, "某市财政局", RECEIVED, b64u(manifest))


def package() -> bytes:
    return packed({"data/records/0001.json": record().data, "data/案卷.pdf": b"%PDF-1.4\n", "data/empty": b""})


def small_package() -> bytes:
    return packed({"data/a.json": SMALL, "data/empty": b""})


def packed(payload: dict[str, Source]) -> bytes:
    out = io.BytesIO()
    write_package(out, f"{CASE}-1", payload, lambda manifest: issue_export(ARCHIVE, claim(manifest)))
    return out.getvalue()
