"""What the measure on grading asks for, article by article: the fact (or the paper, after #) that each item requires.

`[]` is a column of rows.
"""

from __future__ import annotations

MINE_REQUIRED: dict[str, tuple[str, ...]] = {
    "4": (
        "application.basic",
        "grading.basic",
        "failed-notice.reasons",
    ),
    "5": (
        "application.kind",
        "application.had_accident",
        "application.accident",
        "application.accident_on",
        "grading.weighted",
        "grading.parts",
        "grading.parts[].part",
        "grading.parts[].score",
    ),
    "7": (
        "application.received_on",
        "acceptance.through_system",
        "rectification.target",
        "rectification.mode",
        "rectification.reason",
        "version-change.version",
        "version-change.reason",
    ),
    "7(一)": (
        "application.number",
        "application.mine",
        "application.applied",
        "application.own_score",
        "application.parties",
        "application.parties[].phone",
        "application#form",
        "application#report",
    ),
    "7(二)": (
        "preliminary-opinion.visited_on",
        "preliminary-opinion.papers",
        "preliminary-opinion.fixed",
        "preliminary-opinion.qualified",
    ),
    "7(三)": (
        "refusal.ground",
        "refusal.reasons",
        "disqualification.what",
        "disqualification.found_on",
        "disqualification#proof",
        "grading.papers",
        "grading.visited_on",
    ),
    "7(四)": (
        "hazard-report.inspected_on",
        "hazard-report.all_fixed",
        "hazard-report.details",
        "hazard-report#report",
        "public-notice.published_on",
        "public-notice.site",
    ),
    "7(五)": (
        "objection.received_on",
        "objection.from",
        "objection.content",
        "objection-reply.answers",
        "objection-reply.upheld",
        "objection-reply.reasons",
        "grade-publication.published_on",
        "grade-publication.site",
    ),
    "8": (
        "application.renewal",
        "filing.contents",
    ),
    "9": (
        "extension.promised",
        "extension.zero",
        "extension.few_faces",
        "extension.mechanised",
    ),
    "10": (
        "extension.applied_on",
        "extension.harmless",
        "extension.advice",
        "extension.registered_on",
        "extension.extends_from",
    ),
    "11(一)": (
        "spot-check.checked_on",
        "spot-check.keeps",
        "spot-check.hazard",
        "spot-check.findings",
        "downgrade.to",
        "downgrade.ground",
        "downgrade.reasons",
        "revocation.ground",
        "revocation.reasons",
    ),
    "11(二)": (
        "accident.happened_on",
        "accident.kind",
        "accident.details",
    ),
    "11(三)": (
        "downgrade.published_on",
        "revocation.published_on",
    ),
    "11(四)": ("revocation.halt_ordered",),
    "11(五)": (
        "application.ended_extension",
        "application.extension_end",
        "application.extension_ended_on",
    ),
}
