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
        (
            (
                line("送达", "2 项"),
                *(x for who in "甲乙" for x in (line("之", "", 1), line("人", who, 2), line("式", "邮寄", 2))),
                line("日", "6"),
            ),
            "日：6；送达：甲 邮寄、乙 邮寄",
        ),
        ((line("送达", "1 项"), line("之1", "", 1), line("人", "不公开", 2, withheld=True)), ""),
        ((line("方", "1 项"), line("1", "", 1), line("代号", "a", 2), line("名", "甲", 2)), "方：甲"),
        ((line("更正后的内容", "1 项"), line("收到日期", "3月1日", 1)), "更正后的内容：收到日期 3月1日"),
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
