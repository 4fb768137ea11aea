"""One lawful act of every action of the grading of coal mines, and the acts that must stand before it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from storage.rulebooks import installed
from tests.rules.sampling import DAY, Samples

RULEBOOK = installed()["meikuang-dingji"]
CORRECTED = replace(RULEBOOK, title=f"{RULEBOOK.title}（更正）")

MINE = {"id": "mine", "role": "mine", "name": "云岭煤矿", "phone": "0599-5550401"}
PARTS = [{"part": "通风", "score": "90"}, {"part": "机电", "score": "95.5"}]
ACTS: dict[str, dict[str, Any]] = {
    "application": {
        "number": "申〔2023〕1号",
        "mine": "云岭煤矿",
        "received_on": DAY,
        "kind": "shaft",
        "applied": "first",
        "own_score": "92.5",
        "basic": True,
        "renewal": False,
        "had_accident": True,
        "accident": "ordinary",
        "accident_on": "2021-03-01",
        "ended_extension": True,
        "extension_end": "downgraded",
        "extension_ended_on": "2021-03-01",
        "parties": [MINE],
    },
    "acceptance": {"through_system": True},
    "refusal": {"ground": "papers", "reasons": "自评报告不全。"},
    "preliminary-opinion": {"visited_on": DAY, "papers": "齐全。", "fixed": True, "qualified": True},
    "disqualification": {"what": "伪造数据。", "found_on": DAY},
    "grading": {"papers": "合格。", "visited_on": DAY, "basic": True, "weighted": "90", "parts": PARTS},
    "hazard-report": {"inspected_on": DAY, "all_fixed": True, "details": "已修复。"},
    "public-notice": {"published_on": DAY, "site": "官方网站"},
    "objection": {"received_on": DAY, "from": "某职工", "content": "超员。"},
    "objection-reply": {"upheld": False, "reasons": "没有超员。"},
    "grade-publication": {"published_on": DAY, "site": "官方网站"},
    "failed-notice": {"reasons": "不具备基本条件。"},
    "extension": {
        "applied_on": DAY,
        "promised": True,
        "zero": True,
        "few_faces": True,
        "mechanised": True,
        "harmless": True,
        "advice": "没有异议。",
        "registered_on": DAY,
        "extends_from": "2026-03-06",
    },
    "spot-check": {"checked_on": DAY, "keeps": True, "hazard": False, "findings": "保持。"},
    "accident": {"happened_on": DAY, "kind": "ordinary", "details": "一人死亡。"},
    "downgrade": {"to": "third", "ground": "accident", "reasons": "一般事故。", "published_on": DAY},
    "revocation": {"ground": "hazard", "reasons": "组织生产。", "halt_ordered": True, "published_on": DAY},
    "rectification": {"target": 1, "mode": "corrects", "reason": "笔误", "changes": {"own_score": "91"}},
    "version-change": {"version": CORRECTED.digest, "reason": "期限录入有误，已更正启用。"},
    "filing": {"contents": ["全部材料"]},
}
OTHERWISE: dict[str, dict[str, Any]] = {
    "lacking": {"basic": False},
    "earlier": {"published_on": "2023-02-20"},
}
_GRADING = ("application", "acceptance", "preliminary-opinion")
_PASSED = (*_GRADING, "grading")
_PUBLICITY = (*_PASSED, "hazard-report", "public-notice:earlier")
_GRADED = (*_PUBLICITY, "grade-publication")
BEFORE: dict[str, tuple[str, ...]] = {
    "application": (),
    "acceptance": ("application",),
    "refusal": ("application",),
    "preliminary-opinion": ("application", "acceptance"),
    "disqualification": _GRADING,
    "grading": _GRADING,
    "hazard-report": _PASSED,
    "public-notice": (*_PASSED, "hazard-report"),
    "objection": _PUBLICITY,
    "objection-reply": (*_PUBLICITY, "objection"),
    "grade-publication": _PUBLICITY,
    "failed-notice": (*_GRADING, "grading:lacking"),
    "extension": _GRADED,
    "spot-check": _GRADED,
    "accident": _GRADED,
    "downgrade": _GRADED,
    "revocation": _GRADED,
    "rectification": ("application",),
    "version-change": ("application",),
    "filing": ("application", "refusal"),
}
GRADED = Samples(RULEBOOK, ACTS, BEFORE, OTHERWISE, {CORRECTED.digest: CORRECTED})
