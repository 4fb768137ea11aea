"""One lawful act of every action of the challenge procedure, and the acts that must stand before it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from storage.rulebooks import installed
from tests.rules.sampling import DAY, Samples

RULEBOOK = installed()["lu-cai-cai-2018-72-challenge"]
CORRECTED = replace(RULEBOOK, title=f"{RULEBOOK.title}（更正）")

MATTERS: list[dict[str, Any]] = [
    {
        "matter": "评分标准限定特定品牌",
        "ground": "unreasonable-terms",
        "object": "documents",
        "known_by": "both",
        "documents_on": "2023-02-27",
        "notice_ended_on": "2023-03-01",
        "interest": "yes",
        "before": "first",
    },
    {
        "matter": "评审专家未回避",
        "ground": "not-recused",
        "object": "process-after",
        "step": "评标",
        "step_ended_on": "2023-02-28",
        "interest": "yes",
        "before": "first",
    },
]
CHALLENGER = {
    "id": "challenger",
    "role": "challenger",
    "name": "江北远山科技有限公司",
    "kind": "entity",
    "representative": "周远",
    "address": "江北市建设路 1 号",
    "phone": "0599-5550101",
    "postcode": "276001",
    "contact": "周山 0599-5550102",
    "signature": "sealed",
    "common_seal": "yes",
}
PERSON = {
    "id": "joint",
    "role": "challenger",
    "name": "周自然",
    "kind": "natural",
    "address": "江北市建设路 3 号",
    "phone": "0599-5550103",
    "postcode": "276001",
    "contact": "周自然 0599-5550103",
    "own_signature": "yes",
}
HOSPITAL = {
    "id": "hospital",
    "role": "purchaser",
    "name": "临江市人民医院",
    "representative": "林江",
    "address": "临江市人民路 2 号",
    "phone": "0599-5550301",
    "postcode": "276002",
    "contact": "方圆 0599-5550302",
}
AGENCY = HOSPITAL | {"id": "agency", "role": "agency", "name": "临江正衡招标代理有限公司"}
WINNER = {"id": "winner", "role": "related", "name": "华东影像设备有限公司"}
PAPER = {
    "material": "境外检测报告",
    "faithful": "yes",
    "signed": "yes",
    "translator": "冯译",
    "employer": "江北市译文社",
    "phone": "0599-5550105",
}
AGENT = {
    "name": "高明",
    "matters": "提出质疑、接收答复",
    "powers": "一般授权",
    "term": "自 2023 年 3 月 1 日至质疑办结",
    "signature": "signed",
    "common_seal": "yes",
}
INTAKE: dict[str, Any] = {
    "challengers": [CHALLENGER, PERSON],
    "answering": [HOSPITAL, AGENCY],
    "related": [WINNER],
    "number": "临医质〔2023〕1号",
    "received_on": DAY,
    "manner": "direct",
    "agreed_manner": "yes",
    "signed_for_by": "陈立",
    "project": "临江市人民医院医疗设备采购项目",
    "project_number": "LJZC2023-0107",
    "took_part": True,
    "obtained": True,
    "submitted": True,
    "requests": ["修改评分标准", "认定采购结果无效"],
    "laws": "《中华人民共和国政府采购法实施条例》第二十条。",
    "reasons": "评分标准第三项列明品牌。",
    "affects_result": True,
    "concerns_others": True,
    "foreign": True,
    "translations": [PAPER],
    "filed_on": DAY,
    "by_agent": True,
    "agents": [AGENT],
    "copies_needed": 3,
    "copies_received": 3,
    "matters": MATTERS,
}
FINDINGS: list[dict[str, Any]] = [
    {
        "of": "1",
        "outcome": "unfounded",
        "content": "所列为参考品牌。",
        "facts": "见采购文件。",
        "laws": "实施条例第二十条。",
    },
    {"of": "2", "outcome": "no-effect", "content": "专家应回避。", "facts": "见评审记录。", "laws": "采购法第十二条。"},
]
REDONE = [FINDINGS[0], FINDINGS[1] | {"outcome": "redone"}]
ANSWER: dict[str, Any] = {
    "challengers": ["challenger", "joint"],
    "received_on": DAY,
    "project": "临江市人民医院医疗设备采购项目",
    "project_number": "LJZC2023-0107",
    "remedy": "none",
    "complaint_right": "对答复不满意的，可以在答复期满后 15 个工作日内向临江市财政局投诉。",
    "issuers": ["hospital", "agency"],
    "sealed": "yes",
    "by_agency": True,
    "mandate": "组织采购活动并答复质疑",
    "within_mandate": "yes",
    "within_scope": "yes",
    "without_secrets": "yes",
    "opened": False,
    "without_obtainers": "yes",
    "determined": False,
    "without_experts": "yes",
    "without_candidates": "yes",
    "without_bids": "yes",
    "without_others": "yes",
    "findings": FINDINGS,
}
SAMPLES: dict[str, dict[str, Any]] = {
    "intake": INTAKE,
    "second-intake": {"party": "agency", "received_on": DAY, "signed_for_by": "钱收"},
    "contract-hold": {"kind": "signed", "contract": "LJHT2023-09", "reasons": "可能影响中标结果。"},
    "contract-release": {"reasons": "质疑事项不成立。"},
    "challenge-copies": {"copies": 1, "duties": "就第 2 项作出书面说明并提交证据。"},
    "written-answer": {"party": "winner", "received_on": DAY, "statement": "并无利害关系。"},
    "review-findings": {"materials": ["采购文件", "评审记录"], "findings": "逐项核对采购文件。"},
    "committee-assistance": {
        "held_on": DAY,
        "members": ["孙评", "吴审"],
        "opinions": [{"of": "2", "opinion": "评审过程合规。"}],
    },
    "re-evaluation": {"held_on": DAY, "exception": "财政部令第 87 号第六十四条所列情形。", "outcome": "结果不变。"},
    "written-reply": {
        "complaint_right": "可以依法向临江市财政局投诉。",
        "grounds": [
            {"of": "1", "ground": "other-condition", "reasons": "不符合规定。"},
            {"of": "2", "ground": "not-supplier", "reasons": "没有参与采购活动。"},
        ],
    },
    "challenge-answer": ANSWER,
    "suppliers-notice": {
        "way": "announced",
        "notified_on": DAY,
        "content": "认定采购结果无效，重新组织采购活动。",
        "site": "中国山东政府采购网",
    },
    "registration": {"department": "临江市财政局", "reported_on": DAY, "content": "认定采购结果无效。"},
    "withdrawal": {"received_on": DAY},
    "service": {},
    "rectification": {"target": 1, "mode": "corrects", "reason": "录入有误。", "changes": {"lot": "A包"}},
    "version-change": {"version": CORRECTED.digest, "reason": "期限录入有误，已更正启用。"},
    "filing": {"contents": ["质疑函", "质疑答复"], "volumes": 1, "keeper": "档案室"},
}
OTHERWISE: dict[str, dict[str, Any]] = {
    "redone": {"remedy": "redo", "findings": REDONE},
    "analogous": {
        "findings": [
            {**FINDINGS[0], "outcome": "analogous", "analogy": "no-effect"},
            {**FINDINGS[1], "outcome": "declined", "ground": "other-condition"},
        ]
    },
    "other-harm": {"matters": [MATTERS[0] | {"ground": "other-harm"}, MATTERS[1]]},
}
BEFORE: dict[str, tuple[str, ...]] = {
    "intake": (),
    **dict.fromkeys(set(SAMPLES) - {"intake"}, ("intake",)),
    "contract-release": ("intake", "contract-hold"),
    "written-answer": ("intake", "challenge-copies", "service"),
    "service": ("intake", "challenge-copies"),
    "suppliers-notice": ("intake", "challenge-answer:redone"),
    "registration": ("intake", "challenge-answer:redone"),
    "filing": ("intake", "challenge-answer:redone", "suppliers-notice", "registration"),
}
CHALLENGE = Samples(RULEBOOK, SAMPLES, BEFORE, OTHERWISE, {CORRECTED.digest: CORRECTED})
