"""One lawful act of every action of the gift supplier's complaints, and the acts that must stand before it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from storage.rulebooks import installed
from tests.rules.sampling import DAY, Samples

RULEBOOK = installed()["lipin-tousu"]
CORRECTED = replace(RULEBOOK, title=f"{RULEBOOK.title}（更正）")

USER = {"id": "user", "role": "complainant", "name": "林女士", "phone": "0599-5550301"}
RESULTS = [{"of": "1", "result": "已补发"}, {"of": "2", "result": "已说明"}]


def at(clock: str, day: str = DAY) -> str:
    return f"{day}T{clock}:00+08:00"


ACTS: dict[str, dict[str, Any]] = {
    "complaint": {
        "number": "投〔2023〕1号",
        "subject": "礼品盒破损",
        "came_at": at("09:20"),
        "channel": "hotline",
        "kind": "transport",
        "content": "三份破损。",
        "requests": ["补发", "说明原因"],
        "against": "承运商",
        "amount": "300.00",
        "exposed": False,
        "sued": False,
        "collective": False,
        "responsible": "白露",
        "parties": [USER],
    },
    "contact": {"contacted_at": at("09:50"), "by_phone": True, "confirmed": True, "details": "急用。"},
    "allocation": {"sent_at": at("10:05"), "department": "物流部", "involved": ["小满"], "demands": "查明。"},
    "department-plan": {"submitted_at": at("11:00"), "found": "装卸不当。", "plan": "补发。", "prevention": "加衬垫。"},
    "reply": {"replied_at": at("15:00"), "outcome": "补发。", "prevention": "加衬垫。"},
    "user-response": {"accepted": True, "opinion": "接受。"},
    "escalation": {
        "ground": "no-solution",
        "handed_at": at("11:30"),
        "to": "营销部经理",
        "events": "破损。",
        "requests": "补发。",
        "progress": "没有方案。",
    },
    "inside-panel": {"plan": "退款。", "feasible": "可行。", "cost": "不高。", "fair": "公平。", "approved": True},
    "escalated-reply": {"replied_at": at("17:00"), "outcome": "退款。"},
    "outside-notice": {"body": "消费者协会", "how": "书面提出。"},
    "outside-panel": {"received_on": DAY, "upheld": False, "opinion": "方案适当。"},
    "carrying-out": {"done_at": at("16:00"), "measures": ["resupply"], "details": "已补发。"},
    "return-visit": {"visited_at": at("17:30"), "satisfied": True, "opinion": "满意。"},
    "making-good": {"done_at": at("18:00"), "measures": "上门调换。"},
    "written-notice": {"answered": RESULTS},
    "prevention": {"cause": "装卸不当。", "measures": ["换承运商"], "evaluation": "及时。"},
    "service": {},
    "rectification": {"target": 1, "mode": "corrects", "reason": "笔误", "changes": {"subject": "礼品盒运输破损"}},
    "version-change": {"version": CORRECTED.digest, "reason": "期限录入有误，已更正启用。"},
}
OTHERWISE: dict[str, dict[str, Any]] = {
    "no": {"accepted": False},
    "unhappy": {"satisfied": False},
    "unaccepted": {"ground": "unaccepted"},
}
_REPLIED = ("complaint", "contact", "allocation", "department-plan", "reply")
_ESCALATED = ("complaint", "escalation")
_REFUSED = (*_ESCALATED, "inside-panel", "escalated-reply", "user-response:no")
_AGREED = (*_REPLIED, "user-response")
_SETTLED = (*_AGREED, "carrying-out", "return-visit")
BEFORE: dict[str, tuple[str, ...]] = {
    "complaint": (),
    "contact": ("complaint",),
    "allocation": ("complaint",),
    "department-plan": ("complaint", "allocation"),
    "reply": _REPLIED[:-1],
    "user-response": _REPLIED,
    "escalation": ("complaint",),
    "inside-panel": _ESCALATED,
    "escalated-reply": (*_ESCALATED, "inside-panel"),
    "outside-notice": _REFUSED,
    "outside-panel": (*_REFUSED, "outside-notice"),
    "carrying-out": _AGREED,
    "return-visit": (*_AGREED, "carrying-out"),
    "making-good": (*_AGREED, "carrying-out", "return-visit:unhappy"),
    "written-notice": _SETTLED,
    "prevention": (*_SETTLED, "written-notice"),
    "service": (*_SETTLED, "written-notice"),
    "rectification": ("complaint",),
    "version-change": ("complaint",),
}
GIFT = Samples(RULEBOOK, ACTS, BEFORE, OTHERWISE, {CORRECTED.digest: CORRECTED})
