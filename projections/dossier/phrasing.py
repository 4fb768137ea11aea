"""How a dossier says days, moments, articles, classes and sizes: official Chinese, nothing left out."""

from __future__ import annotations

import re
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
_DIGITS = "零一二三四五六七八九"
_ARTICLE = re.compile(r"(?P<article>\d{1,3})(?:\((?P<item>[一二三四五六七八九十]+)\))?")
_KIB = 1024
_TEN, _HUNDRED = 10, 100


def numeral(number: int) -> str:
    """A number from 1 to 999 as articles are counted: 12 → 十二, 110 → 一百一十."""
    hundreds, rest = divmod(number, _HUNDRED)
    tens, ones = divmod(rest, _TEN)
    out = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        out += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        out += "零"
    return out + (_DIGITS[ones] if ones else "")


def cited(article: str) -> str:
    """An article in full: 27(三) → 第二十七条第（三）项; anything else as it stands."""
    found = _ARTICLE.fullmatch(article)
    if found is None or int(found["article"]) == 0:
        return article
    item = f"第（{found['item']}）项" if found["item"] else ""
    return f"第{numeral(int(found['article']))}条{item}"


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
