"""The log follows the store while the server runs: a checkpoint within a second of a record, one for many at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog
from anyio import create_task_group, sleep, to_thread

from domain.errors import Fault

if TYPE_CHECKING:
    from storage.log.opened import OpenLog

PERIOD = 0.4  # seconds between two looks
AFTER_A_FAULT = 10.0


@asynccontextmanager
async def following(log: OpenLog) -> AsyncIterator[None]:
    """Follow in the background as long as this lasts; a round that has begun is finished."""
    async with create_task_group() as tasks:
        tasks.start_soon(_follow, log)
        yield
        tasks.cancel_scope.cancel()


async def _follow(log: OpenLog) -> None:
    while True:
        try:
            if await to_thread.run_sync(log.behind):
                await to_thread.run_sync(log.follow)
            await sleep(PERIOD)
        except Fault as fault:  # said, and tried again: a full disk is mended while the server runs
            structlog.get_logger().error("log-follow", code=fault.code)
            await sleep(AFTER_A_FAULT)
