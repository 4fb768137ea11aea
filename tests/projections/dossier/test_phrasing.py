"""Days, moments, articles and sizes in official Chinese."""

from __future__ import annotations

import pytest

from domain.rules.citing import cited, numeral
from projections.dossier.phrasing import moment, octets


@pytest.mark.parametrize(
    ("article", "said"),
    [
        ("27", "第二十七条"),
        ("27(三)", "第二十七条第（三）项"),
        ("10", "第十条"),
        ("110", "第一百一十条"),
        ("205", "第二百零五条"),
        ("28(十一)", "第二十八条第（十一）项"),
        ("0", "0"),
        ("R16", "R16"),
        ("", ""),
    ],
)
def test_articles(article: str, said: str) -> None:
    assert cited(article) == said


def test_numerals_are_never_said_twice() -> None:
    said = [numeral(number) for number in range(1, 1000)]
    assert len(set(said)) == 999
    assert said[9:12] == ["十", "十一", "十二"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2023-03-06", "2023年3月6日"),
        ("2023-03-06T16:30:00.000Z", "2023年3月7日00时30分00秒"),
        ("2023-03-06T09:30:05+08:00", "2023年3月6日09时30分05秒"),
    ],
)
def test_moments_are_told_in_beijing_time(text: str, said: str) -> None:
    assert moment(text) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [(0, "0 字节"), (1023, "1023 字节"), (1024, "1 KB"), (1536, "1.5 KB"), (5 << 20, "5 MB"), (3 << 30, "3 GB")],
)
def test_sizes(length: int, said: str) -> None:
    assert octets(length) == said
