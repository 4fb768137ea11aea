"""A made-up notice for 2027, as someone would bring it: cn-2027.toml, and the same with a later notice."""

from __future__ import annotations

from domain.formats.canonical import dump
from domain.formats.encoding import digest
from domain.rules.calendar import compile_year

NAME, NUMBER, LATER = "cn-2027", "国办发明电〔2026〕99号", "国办发明电〔2027〕98号"
TOML = f"""year = 2027
[[notice]]
number = "{NUMBER}"
issued = 2026-11-20
title = "关于2027年部分节假日安排的通知"
holidays = [
    {{ name = "元旦", from = 2027-01-01, to = 2027-01-03 }},
    {{ name = "春节", from = 2027-02-05, to = 2027-02-12 }},
]
workdays = [2027-01-30, 2027-02-14]
"""
LONGER = f"""{TOML}
[[notice]]
number = "{LATER}"
issued = 2027-02-08
title = "关于延长2027年春节假期的通知"
holidays = [{{ name = "春节", from = 2027-02-13, to = 2027-02-15 }}]
cancels = [2027-02-14]
"""


def compiled(toml: str = TOML, name: str = NAME) -> tuple[str, dict[str, bytes]]:
    """The digest of the table, and what a draft brings."""
    data = dump(compile_year(name, toml.encode()))
    return digest(data), {digest(data): data}
