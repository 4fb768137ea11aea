"""How an article is cited in full: 27(三) is 第二十七条第（三）项."""

from __future__ import annotations

import re

_DIGITS = "零一二三四五六七八九"
_ARTICLE = re.compile(r"(?P<article>\d{1,3})(?:\((?P<item>[一二三四五六七八九十]+)\))?")
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


def by(article: str | None) -> str:
    """The article behind a sentence, in brackets; nothing where none is its reason."""
    return f"（{cited(article)}）" if article else ""
