"""Where time, identity and chance enter: the system's, and a scenario's for demonstration archives."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from domain.errors import Fault

if TYPE_CHECKING:
    from domain.ports import Clock

SALT_OCTETS = 16
_RANDOM_OCTETS = 10


class SystemClock:
    """The operating system's time."""

    def now(self) -> datetime:
        """UTC, in microseconds."""
        return datetime.now(UTC)


class ScenarioClock:
    """A clock that stands where it was set, for demonstration archives: their genesis says that they are one."""

    def __init__(self, moment: datetime) -> None:
        self._moment = _aware(moment)

    def now(self) -> datetime:
        """The moment it was set to."""
        return self._moment

    def set(self, moment: datetime) -> None:
        """Set it, forwards or back. Fault `clock` without a time zone."""
        self._moment = _aware(moment)


class SystemIds:
    """UUIDs version 7 (RFC 9562 §5.7) by `clock`, their other 74 bits and salts from the system's random source."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()

    def uuid7(self) -> str:
        """A fresh one, lower case."""
        milliseconds = int(self._clock.now().timestamp() * 1000)
        value = milliseconds << 80 | int.from_bytes(os.urandom(_RANDOM_OCTETS))
        value = value & ~(0xF << 76) | 0x7 << 76  # version
        value = value & ~(0x3 << 62) | 0x2 << 62  # variant
        digits = f"{value:032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def salt(self) -> bytes:
        """16 random octets."""
        return os.urandom(SALT_OCTETS)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise Fault("clock", "时钟的时刻应带时区。", "请写明时区，如 +08:00。")
    return moment.astimezone(UTC)
