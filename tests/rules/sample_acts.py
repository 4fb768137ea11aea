"""One lawful act of every action of the complaint procedure, and the acts that must stand before it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from storage.rulebooks import installed
from tests.office import DECISION, INTAKE
from tests.rules.sampling import DAY, Samples

RULEBOOK = installed()["lu-cai-cai-2018-72"]
CORRECTED = replace(RULEBOOK, title="山东省政府采购质疑与投诉实施办法（更正）")
HANDLING = ("intake", "acceptance")
ELSEWHERE = {"case": "01869aae-ea80-7e0b-8600-ecda860e5b98", "head": "A" * 43}
NOTIFIED = (*HANDLING, "answer-notice", "service")

AGENT: dict[str, Any] = {
    "for": ["complainant"],
    "as": "agent",
    "name": "周倩",
    "matters": "代为投诉",
    "powers": ["file", "submit", "receive"],
    "from": "2023-02-20",
    "kind": "entity",
    "signed": ["representative", "seal"],
}

SAMPLES: dict[str, dict[str, Any]] = {
    "intake": INTAKE,
    "review-conclusion": {"conclusion": "refuse", "findings": "未先行质疑。", "ineligible_on": DAY},
    "acceptance": {},
    "refusal": {"grounds": ["unchallenged"], "reasons": "未先行质疑。"},
    "referral": {"department": "临江市财政局", "reasons": "项目属市级预算。"},
    "correction-notice": {"grounds": ["no-fact"], "items": ["补充检测报告原件"], "due": "2023-03-13"},
    "corrected-papers": {"received_on": DAY, "items": ["检测报告原件"], "sufficient": True},
    "abandonment": {"received_on": DAY},
    "answer-notice": {"copies": 1, "duties": "作出书面说明并提交证据。", "progress": "请说明项目进展情况。"},
    "written-answer": {
        "party": "hospital",
        "received_on": DAY,
        "statement": "评分合理。",
        "progress": "尚未签订合同。",
    },
    "party-added": {
        "reason": "中标供应商与投诉事项有关。",
        "parties": [{"id": "winner", "role": "related", "name": "华东影像设备有限公司"}],
    },
    "commission": {
        "kind": "expert-review",
        "institution": "省医学装备协会",
        "matters": ["技术参数是否通用"],
        "dispatched_on": DAY,
        "days": 15,
    },
    "commission-return": {"received_on": DAY, "last": True, "findings": "参数通用。"},
    "suspension": {"days": 20, "reasons": "可能影响采购结果。"},
    "resumption": {"reasons": "事实已查明。"},
    "withdrawal": {"received_on": DAY},
    "termination": {"reasons": "投诉人书面申请撤回。"},
    "investigation-notice": {
        "matters": ["评审过程"],
        "at": "2023-03-06T09:00:00+08:00",
        "place": "临江市公共资源交易中心",
        "recipients": ["hospital"],
    },
    "investigation-minutes": {
        "place": "临江市公共资源交易中心",
        "content": "问：评审如何进行？答：按招标文件进行。",
        "pages": 2,
        "persons": [{"name": "周海"}],
        "materials": [{"title": "评审现场录像", "confirmed_by": "周海"}],
    },
    "inquiry-letter": {"matters": ["证书真伪"], "materials": ["证书存根"], "recipients": ["hospital"]},
    "inquiry-reply": {"party": "hospital", "received_on": DAY, "content": "证书属实。"},
    "commissioned-investigation": {
        "institution": "江北市公安局",
        "matters": ["印章真伪"],
        "dispatched_on": DAY,
    },
    "investigation-return": {"received_on": DAY, "findings": "印章未经备案。"},
    "cross-examination-notice": {
        "matters": ["业绩合同真伪"],
        "at": "2023-03-06T09:00:00+08:00",
        "place": "第二会议室",
    },
    "cross-examination-minutes": {
        "place": "第二会议室",
        "content": "双方陈述、质证。",
        "pages": 3,
        "present": [{"of": "complainant", "attended": True}, {"of": "hospital", "attended": False}],
    },
    "decision": {**DECISION, "fees": [{"bearer": "complainant", "amount": "800.00", "reasons": "投诉不成立部分。"}]},
    "publication": {"published_on": DAY, "site": "shandong", "heading": "投诉处理结果公告"},
    "agent-appointed": {"received_on": DAY, "agents": [{"id": "sun", **AGENT, "for": ["hospital"]}]},
    "mandate-ended": {"agent": "zhou", "ended_on": DAY, "reason": "revoked"},
    "partial-withdrawal": {"party": "complainant", "received_on": DAY},
    "service": {},
    "rectification": {"target": 1, "mode": "corrects", "reason": "录入有误。", "changes": {"lot": "A包"}},
    "backfill-closed": {},
    "case-joined": {
        "other": ELSEWHERE,
        "number": "临财采诉〔2023〕2号",
        "received_on": DAY,
        "reason": "同一采购项目，事实相同。",
        "matters": [{"id": "b-1", "matter": "评分标准设置不合理"}],
    },
    "joined-into": {"lead": ELSEWHERE, "number": "临财采诉〔2023〕1号", "reason": "同一采购项目，事实相同。"},
    "severed": {"new_case": ELSEWHERE, "matters": [2], "reason": "两项事项互不相关。"},
    "carried-over": {"accepted_on": DAY, "notified_on": DAY},
    "fee-advanced": {"payer": "complainant", "amount": "800.00", "paid_on": DAY, "payee": "省医学装备协会"},
    "fee-accounted": {
        "basis": "advanced",
        "reasons": "投诉人撤回投诉。",
        "fees": [{"bearer": "complainant", "amount": "800.00"}],
    },
    "handover": {"since": DAY, "reason": "工作调整。"},
    "remedy-sought": {
        "against": 5,
        "forum": "reconsideration",
        "applicant": "complainant",
        "authority": "临江市人民政府",
        "known_on": DAY,
    },
    "remedy-outcome": {
        "against": 5,
        "authority": "临江市人民政府",
        "number": "临政复决〔2023〕1号",
        "ruled_on": DAY,
        "received_on": DAY,
        "outcome": "revoked",
        "anew": "handle",
        "findings": "主要事实不清，撤销并责令重新作出。",
    },
    "rehandling": {"reasons": "依照行政复议决定。"},
    "rereview": {"reasons": "依照行政复议决定。"},
    "version-change": {"version": CORRECTED.digest, "reason": "原版本期限有误，已更正启用。"},
    "filing": {"contents": ["投诉书及证明材料", "处理决定书"], "volumes": 1, "keeper": "档案室"},
}

OTHERWISE: dict[str, dict[str, Any]] = {  # after a colon: another lawful act of the same action
    "agent": {"by_agent": True, "agents": [{"id": "zhou", **AGENT}]},
    "origins": {
        "origins": [
            {"of": "1", "basis": "challenged", "challenge_matter": 2},
            {"of": "2", "basis": "from-answer", "answer_part": "答复称业绩已经核实。"},
        ]
    },
    "refer": {"conclusion": "refer", "ineligible_on": None, "elsewhere_on": DAY},
    "review": {"against": 3, "anew": "review", "due": "2023-03-20"},
    "review-sought": {"against": 3},
    "severed": {"severed": True, "origin": ELSEWHERE, "origin_matters": [2]},
    "paper": {"then_signers": [{"capacity": "handler", "name": "孙衡"}]},
}
BEFORE: dict[str, tuple[str, ...]] = {
    "intake": (),
    "refusal": ("intake", "review-conclusion"),
    "referral": ("intake", "review-conclusion:refer"),
    "corrected-papers": ("intake", "correction-notice", "service"),
    "written-answer": NOTIFIED,
    "commission-return": (*HANDLING, "commission"),
    "resumption": (*HANDLING, "suspension", "service"),
    "termination": (*HANDLING, "withdrawal"),
    "investigation-minutes": (*HANDLING, "investigation-notice", "service"),
    "investigation-return": (*HANDLING, "commissioned-investigation"),
    "inquiry-reply": (*HANDLING, "inquiry-letter", "service"),
    "cross-examination-minutes": (*HANDLING, "cross-examination-notice", "service"),
    "decision": NOTIFIED,
    "publication": (*NOTIFIED, "decision"),
    "service": (*HANDLING, "answer-notice"),
    "filing": (*NOTIFIED, "decision"),
    "agent-appointed": ("intake",),
    "mandate-ended": ("intake:agent",),
    "partial-withdrawal": HANDLING,
    "remedy-sought": (*NOTIFIED, "decision"),
    "remedy-outcome": (*NOTIFIED, "decision", "remedy-sought"),
    "handover": HANDLING,
    "backfill-closed": ("intake:paper",),
    "carried-over": ("intake:severed",),
    **dict.fromkeys(("case-joined", "joined-into", "severed"), HANDLING),
    "fee-advanced": (*HANDLING, "commission"),
    "fee-accounted": (*HANDLING, "commission", "fee-advanced", "withdrawal", "termination"),
    "rehandling": (*NOTIFIED, "decision", "remedy-sought", "remedy-outcome"),
    "rereview": ("intake", "review-conclusion", "refusal", "remedy-sought:review-sought", "remedy-outcome:review"),
    **dict.fromkeys(("review-conclusion", "acceptance", "correction-notice", "abandonment"), ("intake",)),
    **dict.fromkeys(("answer-notice", "party-added", "commission", "suspension", "withdrawal"), HANDLING),
    **dict.fromkeys(("investigation-notice", "inquiry-letter", "cross-examination-notice", "rectification"), HANDLING),
    "version-change": HANDLING,
    "commissioned-investigation": HANDLING,
}


WAYS: dict[str, dict[str, Any]] = {  # what each way of service asks for besides its days and proof
    "retention": {"refusal": "拒绝签收", "left_at": "住所", "attested": "witnesses", "witnesses": ["范立"]},
    "filmed": {
        "way": "retention",
        "refusal": "拒绝签收",
        "left_at": "住所",
        "attested": "recording",
        "recording": "录像",
    },
    "electronic": {"consent": "送达地址确认书", "consented_on": DAY},
    "entrusted": {"entrusted_to": "江北市财政局"},
    "transfer": {"transferred_by": "江北市公安局"},
    "announcement": {
        "cause": "下落不明",
        "published_on": DAY,
        "served_on": None,
        "medium": "中国山东政府采购网",
        "period": 30,
        "period_source": "民事诉讼法（2021年修正）第九十五条",
    },
}


def delivered(way: str, **changes: Any) -> dict[str, Any]:
    """One delivery by that way upon the respondent on the sample day; by notice, not yet served."""
    row = {"recipient": "hospital", "way": way, "sent_on": DAY, "served_on": DAY, "proof": "送达回证", **WAYS[way]}
    return {name: value for name, value in {**row, **changes}.items() if value is not None}


COMPLAINT = Samples(RULEBOOK, SAMPLES, BEFORE, OTHERWISE, {CORRECTED.digest: CORRECTED})
sample, case_before = COMPLAINT.sample, COMPLAINT.case_before
