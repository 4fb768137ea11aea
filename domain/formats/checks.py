"""The table of checks. Codes are stable ASCII and never change meaning; adding one is adding a line."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# code of the check: (Chinese, English), in the order in which a report shows them
CHECKS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "package": ("案卷包形式", "package form"),
        "manifest": ("清单与文件", "manifests and files"),
        "export": ("导出签名", "export signature"),
        "records": ("记录形式", "record form"),
        "chain": ("记录链", "chain of records"),
        "signatures": ("签署人签名", "signers' signatures"),
        "receipts": ("档案回执", "archive receipts"),
        "register": ("登记", "register"),
        "authority": ("签署权限", "authority to sign"),
        "rulebook": ("规则版本", "rulebook"),
        "forms": ("文书格式", "forms"),
        "calendar": ("工作日历", "calendars"),
        "disclosures": ("不公开事项", "withheld facts"),
        "evidence": ("证据文件", "evidence files"),
        "vault": ("证据库", "evidence vault"),
        "store": ("记录库", "record store"),
        "report": ("检测报告与可读案卷", "report and readable dossier"),
        "trust": ("信任依据", "trust"),
        "procedure": ("程序合规", "compliance with procedure"),
        "log": ("透明日志", "transparency log"),
        "witness": ("见证", "witnesses"),
        "time": ("可信时间", "proven time"),
        "census": ("普查", "census"),
    }
)
