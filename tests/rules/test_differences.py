"""What tells two versions of a rulebook apart, in words and for machines; nothing that differs is left untold."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from domain.rules.differences import SECTIONS, differences, named, said
from domain.rules.vocabulary import Length, Unit
from tests.rules.sample_acts import RULEBOOK
from tests.rules.test_binding import DEMANDING, OTHER, SHORTER, STAGELESS, WITHOUT


def told(old: Any, new: Any) -> list[str]:
    return [difference.words for difference in differences(old, new)]


def test_a_version_does_not_differ_from_itself() -> None:
    assert differences(RULEBOOK, RULEBOOK) == ()


def test_a_changed_limit_is_told_with_both_lengths() -> None:
    assert "期限“处理期限”(decide) › 长度：30 个工作日 → 20 个工作日" in told(RULEBOOK, SHORTER)
    (length,) = (d for d in differences(RULEBOOK, SHORTER) if d.path == "limits.decide.length")
    assert length.as_json() == {
        "path": "limits.decide.length",
        "change": "changed",
        "before": "30 个工作日",
        "after": "20 个工作日",
        "zh": length.words,
    }


def test_an_added_fact_is_told_with_what_it_asks() -> None:
    found = told(RULEBOOK, DEMANDING)
    assert "增加 行为“立案受理”(acceptance) › 事实“受理依据”(ground)" in found
    assert "增加 行为“立案受理”(acceptance) › 事实“受理依据”(ground) › 类型：文字" in found
    assert "行为“立案受理”(acceptance) › 标题：受理 → 立案受理" in found


def test_what_is_added_one_way_is_removed_the_other() -> None:
    assert told(RULEBOOK, WITHOUT) == ["删去 行为“受理”(acceptance)"]
    assert told(WITHOUT, RULEBOOK)[0] == "增加 行为“受理”(acceptance)"
    assert "增加 行为“受理”(acceptance) › 签署人：承办人 1 人" in told(WITHOUT, RULEBOOK)
    assert told(RULEBOOK, STAGELESS) == ["删去 阶段“处理”(handling)"]


def test_the_head_of_a_rulebook_is_compared_too() -> None:
    assert told(RULEBOOK, OTHER)[0] == "代号：lu-cai-cai-2018-72 → other"


def test_another_order_is_told() -> None:
    turned = replace(RULEBOOK, limits=RULEBOOK.limits[::-1])
    assert told(RULEBOOK, turned) == ["次序不同 期限"]


@pytest.mark.parametrize("name", [field.name for field in fields(RULEBOOK) if field.name in SECTIONS])
def test_whatever_list_loses_its_last_item_the_difference_is_told(name: str) -> None:
    items = getattr(RULEBOOK, name)
    if items:
        (found,) = differences(RULEBOOK, replace(RULEBOOK, **{name: items[:-1]}))
        assert (found.change, found.path.split(".")[0]) == ("removed", name)


def test_values_are_said_in_words() -> None:
    assert said(Length(Unit.DAYS, n=3)) == "3 日"
    assert (said(None), said(()), said(True), said("text", {"text": "文字"})) == ("（无）", "（无）", "是", "文字")
    assert said("x" * 400).endswith("x……")
    assert named(RULEBOOK).endswith(f"摘要 {RULEBOOK.digest[:12]}…）")
