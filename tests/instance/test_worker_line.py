"""A worker whose line to the database breaks comes back; one that is told to stop stops."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from procrastinate.exceptions import ConnectorException

from balcao.kernel import job_runner


class BreakingQueue:
    """The library's face: its worker ends as the lines say, and works on when they are used up."""

    def __init__(self, *ends: BaseException | None) -> None:
        self.ends = list(ends)
        self.starts = 0
        self.works_on = asyncio.Event()

    @contextlib.asynccontextmanager
    async def open_async(self) -> AsyncGenerator[None]:
        yield

    async def run_worker_async(self, **_options: Any) -> None:
        self.starts += 1
        if not self.ends:
            self.works_on.set()
            await asyncio.Event().wait()
        end = self.ends.pop(0)
        if end is not None:
            raise end


async def test_it_comes_back_after_each_way_a_line_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_runner, "RECONNECT_SECONDS", 0.0)
    queue = BreakingQueue(None, ConnectorException(), OSError())
    worker = asyncio.create_task(job_runner.run_worker(queue, signals=False))  # type: ignore[arg-type]
    await asyncio.wait_for(queue.works_on.wait(), 10)
    # Each of its places starts anew until no line breaks any more.
    assert queue.ends == []
    assert queue.starts >= 4
    worker.cancel()
    with pytest.raises(asyncio.CancelledError):
        await worker


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_well_when_told_to(kind: signal.Signals) -> None:
    queue = BreakingQueue()
    worker = asyncio.create_task(job_runner.run_worker(queue))  # type: ignore[arg-type]
    await asyncio.wait_for(queue.works_on.wait(), 10)
    os.kill(os.getpid(), kind)
    await asyncio.wait_for(worker, 10)
