"""The reason codes of log, witnesses and census: a part of `reasons`, whose rules hold here too."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# code of the reason: (Chinese template, English template)
PROOF_REASONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "log-valid": (
            "全部 {count} 条记录都在日志中，日志当时有 {size} 项。",
            "All {count} records stand in the log, which had {size} entries.",
        ),
        "log-proof-missing": ("缺少日志证明。", "A log proof is missing."),
        "log-proof-malformed": ("日志证明的格式不符：{detail}", "The log proof is malformed: {detail}"),
        "log-proof-wrong": (
            "日志证明不能证明这条记录在日志中。",
            "The log proof does not show that this record stands in the log.",
        ),
        "log-order": (
            "记录在日志中的次序与案内次序不符。",
            "The record's place in the log contradicts its place in the case.",
        ),
        "log-checkpoint-differs": (
            "与其他证明或导出签名所称的检查点不是同一个。",
            "This is not the checkpoint of the other proofs, or of the export.",
        ),
        "log-signature": ("检查点没有日志密钥的有效签名。", "The checkpoint has no good signature by the log's key."),
        "log-key-unknown": (
            "不知道日志的密钥：信任文件和创世记录都没有写明。",
            "The log's key is unknown: neither the trust file nor the genesis names it.",
        ),
        "log-key-wrong": ("日志密钥不可用：{detail}", "The log's key cannot be used: {detail}"),
        "witness-quorum": ("检查点已有 {count} 名见证人共同签署，达到要求。", "{count} witnesses cosigned; enough."),
        "witness-signature": ("见证人的签名不成立：{detail}", "A witness's cosignature does not hold: {detail}"),
        "witness-policy": ("见证规则无法解读：{detail}", "The witness policy cannot be read: {detail}"),
        "census-valid": (
            "与档案库 {taken} 的普查一致（共 {cases} 个案件）：截至该普查，所附案件没有缺少记录。",
            "Agrees with the census of {taken} ({cases} cases): as committed, no record of these cases is missing.",
        ),
        "census-malformed": ("普查材料的格式不符：{detail}", "The census material is malformed: {detail}"),
        "census-unlogged": (
            "普查没有按其所称进入日志。",
            "The census does not stand in the log where it says.",
        ),
        "census-path-missing": ("缺少本案的普查路径。", "The census path of this case is missing."),
        "census-path": ("普查路径不能证明本案的这一行。", "The census path does not show this case's line."),
        "census-neighbours": (
            "普查路径中的前后两行不与本案相邻。",
            "The neighbouring lines of the census path are not next to this case's.",
        ),
        "census-tail": (
            "普查时本案已有 {seq} 条记录，所附只有 {found} 条。",
            "The census knows {seq} records of this case, only {found} are enclosed.",
        ),
        "census-head": (
            "第 {seq} 号记录与普查所载的不同。",
            "Record {seq} is not the one that the census commits to.",
        ),
    }
)
