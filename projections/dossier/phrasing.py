"""How a dossier says moments, classes and sizes: official Chinese, nothing left out."""

from __future__ import annotations

from datetime import datetime

from domain.rules.civil import DATE_LENGTH, SHANGHAI, chinese, civil_day

CLASSES = {
    "public": "公开",
    "party": "当事人",
    "internal": "内部",
    "trade-secret": "商业秘密",
    "personal": "个人隐私",
}
VOLUMES = {"main": "正卷", "sub": "副卷"}
_KIB = 1024


def moment(text: str) -> str:
    """A date or an RFC 3339 time as papers write it, in Beijing time: 2023年3月6日10时05分33秒."""
    day = chinese(civil_day(text))
    if len(text) == DATE_LENGTH:
        return day
    local = datetime.fromisoformat(text).astimezone(SHANGHAI)
    return f"{day}{local:%H时%M分%S秒}"


def octets(length: int) -> str:
    """A file's length: 1.5 MB, 312 KB, 87 字节."""
    for unit, size in (("GB", _KIB**3), ("MB", _KIB**2), ("KB", _KIB)):
        if length >= size:
            return f"{length / size:.1f} {unit}".replace(".0 ", " ")
    return f"{length} 字节"
