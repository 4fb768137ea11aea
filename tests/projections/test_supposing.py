"""假设推算 in words: what people are told of an act that isn't done yet."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from domain.rules.time_limits import deadlines
from domain.rules.what_if import Moved, suppose, what_if
from projections.supposing import as_json, lines, name, shift
from tests.rules.acting import after, done, served
from tests.rules.sample_acts import NOTIFIED

if TYPE_CHECKING:
    from domain.rules.case import Case

HANDLING = after(*NOTIFIED)
DAY = date(2023, 3, 6)


def said(case: Case, on: date = DAY, **what: Any) -> list[str]:
    return lines(what_if(case, suppose(case.rulebook, str(on), **what), DAY), case)


def test_a_correction() -> None:
    told = said(after("intake"), window="correction", days=7)
    assert told[:4] == [
        "假设 2023-03-06 作“补正通知”，7 日后（2023-03-13）有“补正材料”，文书当日送达。",
        "可以作出。",
        "办理时还要补全：“需要补正的情形”；“需要补正的事项”。",
        "期限变化：",
    ]
    decide = "  处理期限  第三十三条  进行中，至 2023-04-13 届满 → 进行中，至 2023-04-20 届满"
    assert f"{decide}  延后 5 个工作日，以“受理”为前提" in told
    assert "  审查期限  第二十七条  进行中，至 2023-03-08 届满 → 按期，至 2023-03-08 届满" in told
    assert "  补正期限  第二十八条  未起算 → 按期，至 2023-03-13 届满" in told


def test_an_appraisal_without_an_end() -> None:
    assert said(HANDLING, date(2023, 3, 7), window="appraisal")[-1] == (
        "  处理期限  第三十三条  进行中，至 2023-04-13 届满 → 停止计算，余 26 个工作日"
    )


def test_a_suspension() -> None:
    assert said(HANDLING, window="suspension", days=20)[3:] == [
        "没有期限因此变化。",
        "暂停采购活动累计日数最多 30 日，已用 0 日，尚余 30 日。",
        "此次 20 日，至 2023-03-26 届满，届满日是节假日的不顺延；此后尚余 10 日。",
        "提示：此次届满时，“处理期限”至 2023-04-13 才届满；在此之前未另行决定的，届满后自行失效。",
    ]


def test_what_may_not_be_done_with_its_article_and_what_to_do() -> None:
    case = served(done(HANDLING, "suspension", "2023-03-06", days=30), ("hospital", "2023-03-06"))
    told = said(case, date(2023, 4, 6), window="suspension", days=5)
    assert told[1:3] == [
        "不能作出。",
        "  · “暂停采购活动期间”合计最多 30 日，已用 30 日，本次 5 日，超出 5 日（第三十六条）。本次至多可定 0 日。",
    ]
    assert said(after("intake"), action="withdrawal")[:2] == [
        "假设 2023-03-06 有“撤回投诉”。",
        "可以登记，但要标明不合规定。",
    ]
    assert "假如仍然入卷，期限变化：" in said(after("intake", "correction-notice"), window="correction")


def test_whose_limit_it_is() -> None:
    told = said(after("intake", "acceptance"), action="answer-notice")
    assert "  书面说明期限（临江市第二人民医院）  第二十九条  未起算 → 进行中，至 2023-03-13 届满" in told


def test_a_day_that_rests_on_no_table_yet_is_provisional() -> None:
    far = date(2027, 1, 4)
    told = said(done(HANDLING, "commission", "2023-03-07", dispatched_on="2023-03-07"), far, action="commission-return")
    assert any(line.endswith("届满（暂定）") for line in told)


def test_days_of_a_limit_in_days_are_days_and_earlier_is_said() -> None:
    case = after("intake", "correction-notice", "service")
    before = next(d for d in deadlines(case, DAY) if d.limit.code == "corrected-papers")
    assert before.due == date(2023, 3, 13)
    for due, told in ((date(2023, 3, 20), "延后 7 日"), (date(2023, 3, 10), "提前 3 日")):
        assert shift(Moved(before, replace(before, due=due), None), case) == told


def test_an_item_is_told_by_its_number_and_a_party_by_its_name() -> None:
    some = deadlines(HANDLING, DAY)[0]
    assert [name(replace(some, of=of), HANDLING) for of in (None, "hospital", "2")] == [
        None,
        "临江市第二人民医院",
        "第 2 项",
    ]


def test_what_is_stopped_outlasts_a_suspension_without_a_last_day() -> None:
    case = done(HANDLING, "commission", "2023-03-07", dispatched_on="2023-03-07")
    assert said(case, date(2023, 3, 8), window="suspension", days=30)[-1] == (
        "提示：此次届满时，“处理期限”停止计算，尚无届满日；在此之前未另行决定的，届满后自行失效。"
    )


def test_machines_are_told_the_same() -> None:
    case = after("intake")
    found = as_json(what_if(case, suppose(case.rulebook, str(DAY), window="correction", days=7), DAY), case)
    assert json.loads(json.dumps(found)) == found
    decide = next(row for row in found["moved"] if row["limit"] == "decide")
    assert (decide["before"]["due"], decide["after"]["due"], decide["later"]) == ("2023-04-13", "2023-04-20", 7)
    assert (decide["given"], decide["after"]["unit"], decide["advisory"]) == ("acceptance", "workdays", False)
    assert found["closes"] == [{"action": "corrected-papers", "title": "补正材料"}]
    assert (found["answer"], found["defects"], found["caps"]) == ("accepted", [], [])
