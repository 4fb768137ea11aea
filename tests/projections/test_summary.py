from __future__ import annotations

import pytest

from domain.rules.wording import Line
from projections.worded import summary


def line(label: str, value: str, depth: int = 0, *, withheld: bool = False) -> Line:
    return Line(label, value, depth, f"facts.{label}", withheld)


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ((), ""),
        ((line("理由", "材料不全。"),), "理由：材料不全"),
        ((line("当事人", "1 项"), line("甲", "", 1), line("姓名", "甲", 2), line("日期", "3月6日")), "日期：3月6日"),
        ((line("不公开事项", "不公开（1 项）", withheld=True), line("空", ""), line("甲", "乙\n丙")), "甲：乙 丙"),
        ((line("甲", "1"), line("乙", "2"), line("丙", "3"), line("丁", "4")), "甲：1；乙：2；丙：3"),
    ],
)
def test_a_summary_tells_the_first_plain_facts(lines: tuple[Line, ...], text: str) -> None:
    assert summary(lines) == text


def test_a_summary_stays_short() -> None:
    told = summary((line("理由", "长" * 500),))
    assert len(told) == 90
    assert told.endswith("…")
