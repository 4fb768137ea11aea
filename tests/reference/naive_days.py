"""Working days counted one by one: a second implementation that shares nothing with the first.

Written from 第四十一条 and from the text of the notices alone, typed in anew; slow and plain on purpose.
Knows 2018-01-01 to 2026-12-31. An exclusion is (after, until): the days in (after, until], until None for "not back".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

Excluded = Sequence[tuple[date, date | None]]

# 放假: first day, last day. The weekend beside a holiday is left to the weekday rule, as the notices leave it.
OFF = """
2018-01-01
2018-02-15 2018-02-21
2018-04-05 2018-04-07
2018-04-29 2018-05-01
2018-06-18
2018-09-24
2018-10-01 2018-10-07
2018-12-30 2019-01-01
2019-02-04 2019-02-10
2019-04-05
2019-05-01 2019-05-04
2019-06-07
2019-09-13
2019-10-01 2019-10-07
2020-01-01
2020-01-24 2020-02-02
2020-04-04 2020-04-06
2020-05-01 2020-05-05
2020-06-25 2020-06-27
2020-10-01 2020-10-08
2021-01-01 2021-01-03
2021-02-11 2021-02-17
2021-04-03 2021-04-05
2021-05-01 2021-05-05
2021-06-12 2021-06-14
2021-09-19 2021-09-21
2021-10-01 2021-10-07
2022-01-01 2022-01-03
2022-01-31 2022-02-06
2022-04-03 2022-04-05
2022-04-30 2022-05-04
2022-06-03 2022-06-05
2022-09-10 2022-09-12
2022-10-01 2022-10-07
2022-12-31 2023-01-02
2023-01-21 2023-01-27
2023-04-05
2023-04-29 2023-05-03
2023-06-22 2023-06-24
2023-09-29 2023-10-06
2024-01-01
2024-02-10 2024-02-17
2024-04-04 2024-04-06
2024-05-01 2024-05-05
2024-06-10
2024-09-15 2024-09-17
2024-10-01 2024-10-07
2025-01-01
2025-01-28 2025-02-04
2025-04-04 2025-04-06
2025-05-01 2025-05-05
2025-05-31 2025-06-02
2025-10-01 2025-10-08
2026-01-01 2026-01-03
2026-02-15 2026-02-23
2026-04-04 2026-04-06
2026-05-01 2026-05-05
2026-06-19 2026-06-21
2026-09-25 2026-09-27
2026-10-01 2026-10-07
"""

# 上班: Saturdays and Sundays that the notices make working days; 2020-02-01 was cancelled.
ON = """
2018-02-11 2018-02-24 2018-04-08 2018-04-28 2018-09-29 2018-09-30 2018-12-29
2019-02-02 2019-02-03 2019-04-28 2019-05-05 2019-09-29 2019-10-12
2020-01-19 2020-04-26 2020-05-09 2020-06-28 2020-09-27 2020-10-10
2021-02-07 2021-02-20 2021-04-25 2021-05-08 2021-09-18 2021-09-26 2021-10-09
2022-01-29 2022-01-30 2022-04-02 2022-04-24 2022-05-07 2022-10-08 2022-10-09
2023-01-28 2023-01-29 2023-04-23 2023-05-06 2023-06-25 2023-10-07 2023-10-08
2024-02-04 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29 2024-10-12
2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11
2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10
"""


def _span(line: str) -> Iterator[date]:
    ends = [date.fromisoformat(word) for word in line.split()]
    day = ends[0]
    while day <= ends[-1]:
        yield day
        day += timedelta(1)


_OFF = {day for line in OFF.strip().splitlines() for day in _span(line)}
_ON = {date.fromisoformat(word) for word in ON.split()}


def is_working(day: date) -> bool:
    if day in _OFF:
        return False
    return day in _ON or day.weekday() not in (5, 6)


def is_excluded(day: date, excluded: Excluded) -> bool:
    return any(after < day and (until is None or day <= until) for after, until in excluded)


def count(after: date, until: date, *, workdays: bool = True, excluded: Excluded = ()) -> int:
    """The days in (after, until] that count."""
    total = 0
    day = after
    while day < until:
        day += timedelta(1)
        if (is_working(day) or not workdays) and not is_excluded(day, excluded):
            total += 1
    return total


def ends(start: date, length: int, *, workdays: bool = True, roll: bool = True, excluded: Excluded = ()) -> date | None:
    """The last day of a period; None where an exclusion that is not back leaves no day to end on."""
    last_return = max([until for _, until in excluded if until is not None], default=start)
    give_up = max(start, last_return) + timedelta(3 * length + 60)
    day, left = start, length
    while day < give_up:
        day += timedelta(1)
        if is_excluded(day, excluded) or (workdays and not is_working(day)):
            continue
        left -= 1
        if left <= 0 and (is_working(day) or not roll):
            return day
    return None
