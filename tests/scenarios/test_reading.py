"""A scenario file that is wrong is refused with the place and the reason; one that is right says what it says."""

from __future__ import annotations

import pytest

from domain.errors import Fault
from domain.rules.deadline import Status
from ops.demo.scenario import ActSpec, Expectation, scenario_from

GOOD = """
title = "试"
about = "试"
rulebook = "lu-cai-cai-2018-72"
[[officer]]
name = "陈立"
capacities = ["handler"]
[[act]]
on = 2023-03-06
at = 09:30:00
do = "intake"
by = ["handler:陈立"]
facts = { received_on = 2023-03-06, at = 2023-03-06T09:00:00+08:00 }
files = { complaint = "a.pdf", proof = ["b.png", "c.png"] }
[[expect]]
limit = "review"
status = "running"
[[act]]
on = 2023-03-07
do = "service"
by = ["handler:陈立"]
facts = { paper = "@intake" }
[[expect]]
stage = "review"
[[paper]]
file = "a.pdf"
"""


def test_acts_and_expectations_are_told_in_the_order_of_the_file() -> None:
    steps = scenario_from("good", GOOD).steps
    assert [type(step) for step in steps] == [ActSpec, Expectation, ActSpec, Expectation]
    assert steps[1] == Expectation(limit="review", status=Status.RUNNING)


def test_dates_are_read_as_acts_carry_them() -> None:
    act, later = scenario_from("good", GOOD).acts
    assert act.facts == {"received_on": "2023-03-06", "at": "2023-03-06T09:00:00+08:00"}
    assert (act.occurred, later.occurred) == ("2023-03-06T09:30:00+08:00", "2023-03-07")
    assert later.moment.isoformat() == "2023-03-07T09:00:00+08:00"
    assert act.papers == (("complaint", "a.pdf"), ("proof", "b.png"), ("proof", "c.png"))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('title = "试"', "title = ", "Invalid"),
        ('title = "试"\n', "", "title"),
        ('do = "service"', 'does = "service"', "does"),
        ("on = 2023-03-07", "on = 2023-03-05", "时间早于"),
        ("on = 2023-03-07", 'on = "三月七日"', "时间写法"),
        ('by = ["handler:陈立"]\nfacts = { paper', 'by = ["handler:王强"]\nfacts = { paper', "王强"),
        ('by = ["handler:陈立"]\nfacts = { paper', 'by = ["陈立"]\nfacts = { paper', "身份:姓名"),
        ('"@intake"', '"@decision"', "@decision"),
        ('file = "a.pdf"', 'file = "d.pdf"', "d.pdf"),
        ('stage = "review"', 'limit = "decide"', "没有写明期待什么"),
        ('status = "running"', 'status = "runs"', "runs"),
        ('do = "service"', 'do = "service"\nexpect = "refused"', "code"),
        ('do = "service"', 'do = "service"\ncode = "stage"', "code"),
        ('do = "service"', 'do = "service"\nregister = "王强"', "王强"),
        ('about = "试"', 'about = """\n[[act]]\n"""', "各占一行"),
    ],
)
def test_what_is_wrong_is_told(old: str, new: str, told: str) -> None:
    assert GOOD.count(old) == 1
    with pytest.raises(Fault, match=told) as caught:
        scenario_from("bad", GOOD.replace(old, new))
    assert caught.value.code == "scenario"
    assert "bad" in str(caught.value)
