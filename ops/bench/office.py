"""An archive to measure: founded in a temporary directory, one officer who signs everything, one long case."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from api.wiring import Running, open_archive
from domain.formats.act import Signer, sign_act
from domain.formats.keys import PrivateKey
from ops.founding import Newcomer, enrol, genesis
from storage.clock import ScenarioClock
from storage.home import Home

if TYPE_CHECKING:
    from pathlib import Path

    from domain.formats.record import Record

RULEBOOK = "lu-cai-cai-2018-72"
AT = datetime(2023, 3, 1, 1, 0, tzinfo=UTC)
CAPACITIES = ("registrar", "handler", "reviewer", "head", "investigator", "host")
CONTACT = {"kind": "entity", "address": "地址", "postcode": "250000", "contact": "联系人", "phone": "电话"}
SIGNED = {"signed": ["representative", "representative-seal", "seal"], "identified": ["licence", "representative"]}
INTAKE: dict[str, Any] = {
    "received_on": "2023-03-01",
    "manner": "direct",
    "project": "测量用采购项目",
    "project_number": "CL-1",
    "matters": ["事项一"],
    "requests": ["请求一"],
    "reasons": "事实依据",
    "laws": "法律依据",
    "challenge": "质疑情况",
    "challenged_on": "2023-02-01",
    "challenge_received_on": "2023-02-01",
    "answered_on": "2023-02-08",
    "filed_on": "2023-03-01",
    "signature": "in-order",
    "by_agent": False,
    "copies_needed": 2,
    "copies_received": 2,
    "parties": [
        {"id": "p0", "role": "complainant", "name": "甲公司", **CONTACT, **SIGNED},
        {"id": "p1", "role": "respondent", "name": "乙医院", **CONTACT},
    ],
}


SignedAct = tuple[bytes, list[Any], tuple[str, ...]]  # payload, signatures, disclosures


@dataclass
class Bench:
    """A running archive, its signer, and an accepted case."""

    running: Running
    key: PrivateKey
    signer: Signer
    case: str

    def signed(self, action: str, facts: dict[str, Any], case: str | None = None, **more: Any) -> SignedAct:
        """A drafted and signed act."""
        made = self.running.archive.draft(
            case=case or self.case, action=action, facts=facts, signers=[self.signer], occurred="2023-03-01", **more
        )
        return made.payload, [sign_act(made.payload, self.key)], made.disclosures

    def inquiry(self, i: int) -> SignedAct:
        """One more act that may stand any number of times: an inquiry letter."""
        facts = {"matters": [f"事项 {i}"], "materials": ["材料"], "recipients": ["p1"]}
        return self.signed("inquiry-letter", facts)

    def submit(self, act: SignedAct) -> Record:
        """Enter a signed act."""
        return self.running.archive.submit(*act)


def founded(path: Path) -> Bench:
    """A founded archive in `path` with one accepted case."""
    Home.create(path)
    running = open_archive(path, ScenarioClock(AT))
    archive = running.archive
    genesis(archive, root := PrivateKey.from_seed(b"r" * 32), origin="measure", demonstration=True)
    for i, name in enumerate(("甲", "乙"), 1):
        enrol(archive, Newcomer(name, "measure", PrivateKey.from_seed(bytes([i]) * 32), CAPACITIES), root=root)
    key = PrivateKey.from_seed(bytes([1]) * 32)
    officer = next(o for o in archive.register().officers.values() if o.name == "甲")
    bench = Bench(running, key, Signer(officer.case, key.kid, "handler"), archive.ids.uuid7())
    stored = archive.attaching.attach(case=bench.case, source=io.BytesIO(b"%PDF-1.4"), name="a.pdf").stored
    evidence = [{"object": stored.object, "slot": slot} for slot in ("complaint", "proof", "identity")]
    bench.submit(bench.signed("intake", INTAKE, rulebook=RULEBOOK, evidence=evidence))
    bench.submit(bench.signed("acceptance", {}))
    return bench
