"""Drafts and their signatures: what the routes do, without HTTP.

Keeps: the same request under the same id gives the same draft; a signature is judged when it comes, and again with
all others when the last one has come; withheld facts lie in the WithheldFacts store under the act's id, nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from api.context import stamp
from domain.errors import Defect, Fault
from domain.formats.act import HEADER_TYP, Act, Signature, SignedAct, Signer
from domain.formats.canonical import dump, parse
from domain.formats.encoding import b64u, b64u_decode, digest
from domain.formats.jws import header_kid
from domain.formats.record import parse_record
from domain.signing import signing_keys

from .draft_store import KeptDraft

if TYPE_CHECKING:
    from api.access.officers import Asking
    from api.context import Server
    from domain.formats.record import Record
    from domain.rules.rulebook import Rulebook

    from .models import DraftRequest, SignatureItem, SignerItem

_NOT_YET = ("signature-missing", "signature-order")  # of one signature among several nothing else can be said


def drafted(server: Server, asking: Asking, request: DraftRequest) -> KeptDraft:
    """The draft of a request, kept. Faults of `Archive.draft`, "not-permitted", "rulebook", "draft-conflict"."""
    rulebook = _rulebook(server, request)
    asking.must_act(request.case, rulebook)
    if request.id is not None:
        known = server.drafts.find(request.id)
        if known is not None:
            return _repeated(server, known, request)
        if server.archive.events.find_act(request.id) is not None:
            raise Fault("act-conflict", "该行为编号已经入卷", "请使用新的编号重新起草。", field="id")
    made = server.archive.draft(
        case=request.case,
        rulebook=rulebook.id,
        action=request.action,
        facts=request.facts,
        evidence=[item.model_dump(exclude_none=True) for item in request.evidence],
        occurred=request.occurred,
        signers=[_signer(asking, item, i) for i, item in enumerate(request.signers)],
        act_id=request.id,
    )
    act = made.act
    if made.disclosures:
        server.archive.withheld.put(act.case, act.id, made.disclosures)
    outcome = {"answer": made.outcome.answer.value, "defects": [d.as_json() for d in made.outcome.defects]}
    draft = KeptDraft(
        id=act.id,
        case=act.case,
        officer=asking.officer.case,
        fingerprint=_fingerprint(request, made.disclosures),
        payload=made.payload,
        outcome=orjson.dumps(outcome).decode(),
        expires=made.expires,
    )
    kept = server.drafts.keep(draft, stamp(asking.now))
    return kept if kept is draft else _repeated(server, kept, request)


def found(server: Server, asking: Asking, name: str) -> KeptDraft:
    """A draft that the officer may see. Faults "unknown-draft", "not-permitted"."""
    draft = server.drafts.draft(name)
    asking.must_act(draft.case, _pinned(server, Act.parse(draft.payload)))
    return draft


def signed(server: Server, asking: Asking, name: str, items: list[SignatureItem]) -> KeptDraft:
    """Keep signatures of a draft, and enter the act once all have come. Again is no change.

    Faults: "draft-expired", "signature-extra", the codes of signatures, and those of `Archive.submit`.
    """
    draft = found(server, asking, name)
    act = Act.parse(draft.payload)
    entered = server.archive.events.find_act(act.id) is not None
    if draft.expires <= stamp(asking.now) and not entered:
        raise Fault("draft-expired", "草稿已经过期", "请重新起草。")
    expected = [signer.kid for signer in act.signers]
    for i, item in enumerate(items):
        signature = Signature(item.protected, item.signature)
        kid = _judged(server, draft.payload, signature, expected, i)
        server.drafts.sign(name, kid, signature)
    came = server.drafts.signatures(name)
    if all(kid in came for kid in expected):
        disclosures = server.archive.withheld.get(act.case, act.id)
        server.archive.submit(draft.payload, [came[kid] for kid in expected], disclosures)
    return draft


def view(server: Server, asking: Asking, draft: KeptDraft) -> dict[str, Any]:
    """A draft as the API shows it (models.DraftView)."""
    act = Act.parse(draft.payload)
    came, rulebook = server.drafts.signatures(draft.id), _pinned(server, act)
    outcome: Any = orjson.loads(draft.outcome)
    entered = server.archive.events.find_act(act.id)
    return {
        "id": act.id,
        "case": act.case,
        "action": act.action,
        "payload": b64u(draft.payload),
        "disclosures": list(server.archive.withheld.get(act.case, act.id)),
        "signers": [
            {
                "officer": s.officer,
                "name": o.name if (o := asking.register.officers.get(s.officer)) else s.officer,
                "as": s.capacity,
                "title": c.title if (c := rulebook.by_capacity.get(s.capacity)) else s.capacity,
                "kid": s.kid,
                "signed": s.kid in came,
            }
            for s in act.signers
        ],
        **outcome,
        "expires": draft.expires,
        "record": place(parse_record(entered.data)) if entered else None,
    }


def place(record: Record) -> dict[str, Any]:
    """Where an act was entered (models.RecordPlace)."""
    return {"case": record.case, "seq": record.seq, "digest": record.digest, "received": record.receipt.received}


def rulebook_of(server: Server, case: str) -> Rulebook:
    """The rulebook of a case that exists, or whose number was given out. Fault "unknown-case"."""
    if server.archive.events.case(case):
        return server.archive.case(case).rulebook
    known = server.drafts.opening(case, stamp(server.now()))
    if known is None:
        raise Fault("unknown-case", f"没有案件 {case[:60]}", "请核对案件编号；新案请先领取编号。", field="case")
    return server.archive.rulebook(known)


def _rulebook(server: Server, request: DraftRequest) -> Rulebook:
    rulebook = rulebook_of(server, request.case)
    if request.rulebook != rulebook.id:
        message = f"本案适用规则手册“{rulebook.id}”，请求写的是“{request.rulebook}”"
        raise Fault("rulebook", message, "请核对规则手册。", field="rulebook")
    return rulebook


def _pinned(server: Server, act: Act) -> Rulebook:
    return server.archive.rulebooks.rulebook(act.rulebook_digest)


def _signer(asking: Asking, item: SignerItem, i: int) -> Signer:
    if item.kid is not None:
        return Signer(item.officer, item.kid, item.capacity)
    officer = asking.register.officers.get(item.officer)
    if officer is None:
        raise Fault("not-enrolled", f"签署人“{item.officer}”没有登记", "请先登记。", field=f"signers[{i}].officer")
    kids = [kid for kid, key in officer.keys.items() if key.trusted(asking.now)]
    if len(kids) != 1:
        message = f"{officer.name}现有 {len(kids)} 把有效密钥，须写明用哪一把"
        raise Fault("wrong-key", message, "请填写 kid。", field=f"signers[{i}].kid")
    return Signer(item.officer, kids[0], item.capacity)


def _fingerprint(request: DraftRequest, disclosures: tuple[str, ...]) -> str:
    """What tells one request from another; with withheld facts it can't be guessed without their salts."""
    asked = parse(orjson.dumps(request.model_dump(by_alias=True, exclude={"id"})))
    return digest(dump({"asked": asked, "disclosures": list(disclosures)}))


def _repeated(server: Server, kept: KeptDraft, request: DraftRequest) -> KeptDraft:
    disclosures = server.archive.withheld.get(kept.case, kept.id)
    if kept.case != request.case or kept.fingerprint != _fingerprint(request, disclosures):
        raise Fault("draft-conflict", "这一编号已有另一份草稿", "请使用新的编号重新起草。", field="id")
    return kept


def _judged(server: Server, payload: bytes, signature: Signature, expected: list[str], i: int) -> str:
    """The kid of a signature that holds. Fault with what is wrong."""
    at = f"signatures[{i}]"
    kid = header_kid(b64u_decode(signature.protected), HEADER_TYP)
    if kid not in expected:
        raise Fault("signature-extra", f"密钥 {kid[:8]}… 不在签署人名单中", "请由名单上的人员签名。", field=at)
    defects = signing_keys(SignedAct(payload, (signature,)), server.archive.register())
    wrong = tuple(
        Defect(d.code, d.message, d.remedy, d.article, d.action, at, d.record)
        for d in defects
        if d.code not in _NOT_YET
    )
    if wrong:
        raise Fault.of(wrong)
    return kid
