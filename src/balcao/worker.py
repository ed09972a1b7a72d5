"""Entry point of the worker processes."""

from __future__ import annotations

from balcao.kernel.job_runner import build_queue, run_worker
from balcao.kernel.runtime import Runtime


async def work(runtime: Runtime, *, concurrency: int = 4) -> None:
    """Takes jobs until the process is told to stop."""
    runtime.start()
    try:
        await run_worker(build_queue(runtime), concurrency=concurrency)
    finally:
        await runtime.close()
