"""Instants become civil days in Asia/Shanghai here, and nowhere else (R23).

China has had UTC+8 without summer time since 1992-01-01; records before that day carry dates, not instants.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
DATE_LENGTH = len("2023-03-06")


def civil_day(text: str) -> date:
    """The civil day of an ISO date or an RFC 3339 time with offset; ValueError if it is neither."""
    if len(text) == DATE_LENGTH:
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(SHANGHAI).date()


def instant(text: str) -> datetime | None:
    """The instant of an RFC 3339 time with offset, in Asia/Shanghai; None for a date. ValueError if it is neither."""
    if len(text) == DATE_LENGTH:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(SHANGHAI)


def day_or_moment(text: str) -> date | datetime:
    """The civil day, or the moment in Shanghai, that an ISO date or an RFC 3339 time names; ValueError for neither."""
    if len(text) == DATE_LENGTH:
        day = date.fromisoformat(text)
        if day.isoformat() != text:  # a week date
            raise ValueError(text)
        return day
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    try:
        return moment.astimezone(SHANGHAI)
    except OverflowError as error:
        raise ValueError(text) from error


def day_end(day: date) -> datetime:
    """The instant at which a civil day ends."""
    return datetime.combine(day, time.max, SHANGHAI)


def chinese(day: date) -> str:
    """The day as official papers write it: 2023年3月6日."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_moment(moment: datetime) -> str:
    """The moment as official papers write it, to the minute, or the second where there is one: 2023年3月6日09时30分."""
    local = moment.astimezone(SHANGHAI)
    return f"{chinese(local.date())}{local:%H时%M分}" + (f"{local:%S秒}" if local.second else "")


def moment_of(text: Any, otherwise: str | None) -> datetime:
    """An instant fact; where it is absent, the receipt's moment."""
    value = text if isinstance(text, str) else otherwise
    return datetime.fromisoformat(value) if value else datetime.min.replace(tzinfo=UTC)
